package slack

import (
	"context"
	"net/url"
	"slices"
	"time"

	"isthmus/transports"
)

const (
	// maxRange is how many messages are read to review some of them, maxSought how many that are not among them are looked for by themselves, for they are answers in
	// threads, or gone: after soughtFirst of them only where Slack would tell at once.
	maxRange    = lastPage
	maxSought   = 40
	soughtFirst = 10
	// hidden is the age from which on a message that is not found is not taken for gone: free plans hide what is older than 90 days.
	hidden = 80 * 24 * time.Hour
)

// Review tells what has become of messages: whether they are gone, and who has which reactions on them. One that is missing where it was is looked for by itself.
func (s *Session) Review(ctx context.Context, place transports.Place, ids []transports.MessageID) (all []transports.Reviewed, err error) {
	c := s.live.Load()
	if c == nil || len(ids) == 0 {
		return nil, nil
	}
	ctx, cancel := c.joined(patient(ctx, time.Minute))
	defer cancel()
	channel, err := s.channelFor(ctx, place)
	if err != nil {
		return nil, err
	}
	from, there, err := s.stillThere(ctx, channel, ids)
	if err != nil {
		return nil, asFault(err, false)
	}
	sought := 0
	for _, id := range slices.Backward(ids) {
		m := there[string(id)]
		if m == nil {
			if compareTS(string(id), from) < 0 {
				continue
			}
			if sought++; sought > maxSought {
				continue
			}
			within := ctx
			if sought > soughtFirst {
				within = patient(ctx, 0)
			}
			var gone bool
			if m, gone = s.seek(within, channel, string(id)); gone && time.Since(timeOf(string(id))) < hidden {
				all = append(all, transports.Reviewed{ID: id, Gone: true})
			}
		}
		switch {
		case m == nil:
		case m.isTombstone():
			all = append(all, transports.Reviewed{ID: id, Gone: true})
		default:
			m.Channel = channel
			s.reactionsOf(m)
			all = append(all, transports.Reviewed{ID: id, Reactions: s.reactionsOn(ctx, place, m)})
		}
	}
	return all, nil
}

// stillThere are messages of a conversation by timestamp; those from a time on are all that there are, but for answers in threads. What was just read of its history is not read again.
func (s *Session) stillThere(ctx context.Context, channel string, ids []transports.MessageID) (from string, there map[string]*messageObject, err error) {
	if from, there = s.looks.take(channel); there != nil {
		return from, there, nil
	}
	first := slices.MinFunc(ids, func(a, b transports.MessageID) int { return compareTS(string(a), string(b)) })
	last := slices.MaxFunc(ids, func(a, b transports.MessageID) int { return compareTS(string(a), string(b)) })
	found, err := s.readHistory(ctx, "conversations.history", url.Values{"channel": {channel}, "oldest": {string(first)}, "latest": {string(last)}, "inclusive": {"true"}}, maxRange)
	from = string(first)
	if len(found) >= maxRange { // it began with the newest
		from = oldestOf(found)
	}
	return from, byTS(found), err
}

// seek looks for one message, which may be an answer in a thread; gone tells that Slack knows of none.
func (s *Session) seek(ctx context.Context, channel, ts string) (m *messageObject, gone bool) {
	found, err := s.readHistory(ctx, "conversations.replies", url.Values{"channel": {channel}, "ts": {ts}, "oldest": {ts}, "latest": {ts}, "inclusive": {"true"}}, 2)
	if isCode(err, "thread_not_found", "message_not_found") {
		return nil, true
	}
	if i := slices.IndexFunc(found, func(m *messageObject) bool { return m != nil && m.TS == ts }); i >= 0 {
		return found[i], false
	}
	return nil, false
}

// reactionsOn are the reactions that a message tells of, by user; nil where it does not tell all.
func (s *Session) reactionsOn(ctx context.Context, place transports.Place, m *messageObject) []transports.Reacted {
	byUser, users := map[string][]string{}, []string{}
	for _, r := range m.Reactions {
		if r.Count > len(r.Users) {
			return nil
		}
		for _, user := range r.Users {
			if byUser[user] == nil {
				users = append(users, user)
			}
			byUser[user] = append(byUser[user], shownEmoji(r.Name))
		}
	}
	all := []transports.Reacted{}
	for _, user := range users {
		all = append(all, transports.Reacted{Place: place, ID: transports.MessageID(m.TS), From: s.person(ctx, user).user(), Emoji: byUser[user]})
	}
	return all
}

// isTombstone tells whether a message stands where one was that is gone.
func (m *messageObject) isTombstone() bool {
	return m.Subtype == "tombstone" || m.Text == deletedRoot && (m.User == "USLACKBOT" || m.Hidden)
}
