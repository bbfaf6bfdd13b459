package shared

import (
	"context"
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
