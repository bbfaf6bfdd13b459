package slack

import (
	"context"
	"net/url"
	"slices"

	slackgo "github.com/slack-go/slack"

	"isthmus/transports"
)

// maxReacted is of how many messages the reactions are remembered.
const maxReacted = 5000

// reactions remember who reacted how, for Slack tells one change at a time, and the contract wants all that a user has. Names are Slack's.
type reactions struct {
	of    map[string]map[string][]string // by message and user
	order *recent[string]
}

func newReactions() *reactions {
	return &reactions{of: map[string]map[string][]string{}, order: newRecent[string](maxReacted)}
}

// begin remembers a message that nobody has reacted to.
func (r *reactions) begin(channel, ts string) map[string][]string {
	key := channel + " " + ts
	if r.of[key] == nil {
		if r.order.add(key) && len(r.of) >= maxReacted {
			for old := range r.of {
				if !r.order.has(old) {
					delete(r.of, old)
				}
			}
		}
		r.of[key] = map[string][]string{}
	}
	return r.of[key]
}

// reactionsOf remembers what a message tells of its reactions.
func (s *Session) reactionsOf(m *messageObject) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reacted.take(m)
}

func (r *reactions) take(m *messageObject) {
	delete(r.of, m.Channel+" "+m.TS)
	all := r.begin(m.Channel, m.TS)
	for _, reaction := range m.Reactions {
		for _, user := range reaction.Users {
			all[user] = append(all[user], reaction.Name)
		}
	}
}

// readReactions gives the reactions on a message, from what is remembered or from Slack; fresh tells the latter.
func (s *Session) readReactions(ctx context.Context, channel, ts string) (fresh bool, err error) {
	s.mu.Lock()
	known := s.reacted.of[channel+" "+ts] != nil
	s.mu.Unlock()
	if known {
		return false, nil
	}
	var answer struct {
		Message messageObject `json:"message"`
	}
	if _, err := s.client.read(ctx, "reactions.get", url.Values{"channel": {channel}, "timestamp": {ts}, "full": {"true"}}, &answer); err != nil {
		return false, err
	}
	answer.Message.Channel, answer.Message.TS = channel, ts
	s.reactionsOf(&answer.Message)
	return true, nil
}

// reactionChanged takes that someone reacted, or took it back, and gives where.
func (s *Session) reactionChanged(c *connection, e eventObject, user string, added bool, emit func(transports.Event)) transports.Place {
	channel, ts := e.Item.Channel, e.Item.TS
	place, ok := s.placeOf(c, emit, channel)
	if !ok || ts == "" {
		return place
	}
	fresh, err := s.readReactions(patient(c.ctx, 0), channel, ts)
	if err != nil { // in a storm of reactions nothing waits for those that were there before: only this one is told
		s.log.Debug("The reactions on a message could not be read.", "channel", channel, "error", err)
	}
	s.mu.Lock()
	all := s.reacted.begin(channel, ts)
	had := slices.Contains(all[user], e.Reaction)
	changed := fresh || had != added
	switch {
	case added && !had:
		all[user] = append(all[user], e.Reaction)
	case !added && had:
		all[user] = slices.DeleteFunc(slices.Clone(all[user]), func(name string) bool { return name == e.Reaction })
	}
	now := slices.Clone(all[user])
	own := user == s.self.id
	if err != nil {
		changed = true
		delete(s.reacted.of, channel+" "+ts)
	}
	s.mu.Unlock()
	if !changed { // told before, or done here
		return place
	}
	who := s.person(c.ctx, user)
	if own {
		who = s.own()
	}
	s.show(emit, place, who, "")
	emoji := []string{}
	for _, name := range now {
		emoji = append(emoji, shownEmoji(name))
	}
	emit(transports.Reacted{Place: place, ID: transports.MessageID(ts), From: who.user(), At: timeOf(e.TS), Emoji: emoji})
	return place
}

// react makes these the account's reactions on a message.
func (s *Session) react(ctx context.Context, command transports.React) error {
	channel, err := s.channelFor(ctx, command.Place)
	if err != nil {
		return err
	}
	var wanted []string
	for _, emoji := range command.Emoji {
		name, ok := emojiName(emoji)
		if !ok {
			return fault(transports.Invalid, "Slack has no emoji %s.", emoji)
		}
		wanted = append(wanted, name)
	}
	ts := string(command.ID)
	if _, err := s.readReactions(ctx, channel, ts); err != nil {
		return asFault(err, false)
	}
	s.mu.Lock()
	all, self := s.reacted.begin(channel, ts), s.self.id
	had := all[self]
	all[self] = wanted // at once: the event may come before the answer
	s.mu.Unlock()
	err = s.changeReactions(ctx, slackgo.NewRefToMessage(channel, ts), had, wanted)
	if err != nil { // nobody knows which of them there are
		s.mu.Lock()
		delete(s.reacted.of, channel+" "+ts)
		s.mu.Unlock()
	}
	return asFault(err, true)
}

func (s *Session) changeReactions(ctx context.Context, item slackgo.ItemRef, had, wanted []string) error {
	web := s.client.web()
	for _, name := range had {
		if slices.ContainsFunc(wanted, func(w string) bool { return sameEmoji(w, name) }) {
			continue
		}
		err := s.client.did("reactions.remove", web.RemoveReactionContext(ctx, name, item))
		if err != nil && !isCode(err, "no_reaction") {
			return err
		}
	}
	for _, name := range wanted {
		if slices.ContainsFunc(had, func(h string) bool { return sameEmoji(h, name) }) {
			continue
		}
		err := s.client.did("reactions.add", web.AddReactionContext(ctx, name, item))
		if isCode(err, "invalid_name") {
			return fault(transports.Invalid, "The workspace has no emoji :%s:.", name)
		}
		if err != nil && !isCode(err, "already_reacted") {
			return err
		}
	}
	return nil
}

// sameEmoji tells whether two names stand for one emoji, such as +1 and thumbsup.
func sameEmoji(a, b string) bool { return shownEmoji(a) == shownEmoji(b) }
