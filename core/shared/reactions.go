package shared

import (
	"context"
	"maps"
	"slices"
	"time"

	"isthmus/transports"
)

// together are everyone's reactions on a message with a person's new ones in them: the network has all as the account's.
func (g *Group) together(ctx context.Context, s *stay, c transports.React) (transports.React, error) {
	key, known := said{c.Place, c.ID}, false
	if !g.ask(func() { _, known = g.spoken.reactions[key] }) {
		return c, notConnected
	}
	var kept map[transports.UserID][]string
	if !known && g.Reactions != nil {
		var err error
		if kept, err = g.Reactions(ctx, c.Place, c.ID); err != nil {
			return c, &transports.Fault{Kind: transports.Offline, Text: "The gateway cannot read the reactions of the others, and would take them away. Try again later.", Cause: err}
		}
	}
	if !g.ask(func() {
		all := g.spoken.reactionsOn(key, kept)
		c.Emoji = slices.Clone(c.Emoji)
		for by, theirs := range all {
			if by != s.person.ID {
				c.Emoji = append(c.Emoji, theirs...)
			}
		}
	}) {
		return c, notConnected
	}
	slices.Sort(c.Emoji)
	c.Emoji = slices.Compact(c.Emoji)
	return c, nil
}

// apart are the reactions on a message with each person's own in place of the account's; nil where it is not known whose all of those are.
func (g *Group) apart(ctx context.Context, place transports.Place, r transports.Reviewed) []transports.Reacted {
	if r.Reactions == nil {
		return nil
	}
	var self transports.UserID
	var theirs map[transports.UserID][]string
	here, known := map[transports.UserID]transports.User{}, false
	if !g.ask(func() {
		theirs, known = g.spoken.reactions[said{place, r.ID}]
		theirs = maps.Clone(theirs)
		for s := range g.people {
			here[s.person.ID] = s.user()
		}
		if g.online != nil {
			self = g.online.Self.ID
		}
	}) || self == "" {
		return nil
	}
	i := slices.IndexFunc(r.Reactions, func(e transports.Reacted) bool { return e.From.ID == self })
	if i < 0 {
		return r.Reactions
	}
	if !known && g.Reactions != nil {
		var err error
		if theirs, err = g.Reactions(ctx, place, r.ID); err != nil {
			return nil
		}
	}
	left, all := r.Reactions[i].Emoji, slices.Delete(slices.Clone(r.Reactions), i, i+1)
	for _, who := range slices.Sorted(maps.Keys(theirs)) {
		emoji := theirs[who]
		if len(emoji) == 0 {
			continue
		}
		by, is := here[who]
		if !is {
			by = transports.User{ID: who, Identity: string(who)}
		}
		left = slices.DeleteFunc(slices.Clone(left), func(e string) bool { return slices.Contains(emoji, e) })
		all = append(all, transports.Reacted{Place: place, ID: r.ID, From: by, Emoji: emoji})
	}
	if len(left) > 0 {
		return nil
	}
	return all
}

// reactionsOn are those on a message; kept are what they begin with where nothing is known.
func (p *spoken) reactionsOn(key said, kept map[transports.UserID][]string) map[transports.UserID][]string {
	if all := p.reactions[key]; all != nil {
		return all
	}
	if p.reactions == nil {
		p.reactions = map[said]map[transports.UserID][]string{}
	}
	if kept == nil {
		kept = map[transports.UserID][]string{}
	}
	p.reactions[key] = kept
	if p.reacted = append(p.reacted, key); len(p.reacted) > maxSpoken {
		delete(p.reactions, p.reacted[0])
		p.reacted = p.reacted[1:]
	}
	return kept
}

// reacted takes the network's word that a person has these reactions, and tells the others.
func (g *Group) reacted(s *stay, c transports.React) {
	g.spoken.reactionsOn(said{c.Place, c.ID}, nil)[s.person.ID] = c.Emoji
	if g.Reacted != nil {
		g.Reacted(s.person.ID, c.Place, c.ID, c.Emoji)
	}
	g.tellOthers(s, c.Place, transports.Reacted{Place: c.Place, ID: c.ID, From: s.user(), At: time.Now(), Emoji: c.Emoji})
}
