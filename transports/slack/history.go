package slack

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"isthmus/transports"
)

const (
	// maxGap is how much is read of what came after a message; earlier than that is left out.
	maxGap = 1000
	// rootsBefore is how many messages before it are looked at for new answers in their threads, maxThreads in how many threads they are read.
	rootsBefore = 50
	maxThreads  = 20
	// loadTime bounds how long the members may hold up what was said.
	loadTime = 10 * time.Second
)

// leftover is what was read of a place's history, and not given yet.
type leftover struct {
	place    transports.Place
	after    transports.MessageID
	messages []*messageObject
}

// After reads what was said in a place after a message, the answers in threads as well. Who reads a room's history opens it: then its members are read too.
func (s *Session) After(ctx context.Context, place transports.Place, id transports.MessageID, limit int) (events []transports.Event, more bool, err error) {
	c := s.live.Load()
	if c == nil {
		return nil, false, disconnected()
	}
	ctx, cancel := c.joined(patient(ctx, time.Minute))
	defer cancel()
	channel, err := s.channelFor(ctx, place)
	if err != nil {
		return nil, false, err
	}
	if place.Room != "" {
		loading, done := context.WithTimeout(ctx, loadTime)
		s.loadMembers(loading, c, channel)
		done()
	}
	messages := s.takeLeftover(place, id)
	if messages == nil {
		if messages, err = s.readAfter(ctx, channel, string(id), limit, place.Room != ""); err != nil {
			return nil, false, asFault(err, false)
		}
	}
	for i, m := range messages {
		if len(events) == limit {
			s.mu.Lock()
			s.leftover = leftover{place, transports.MessageID(messages[i-1].TS), messages[i:]}
			s.mu.Unlock()
			return events, true, nil
		}
		m.Channel = channel
		s.reactionsOf(m)
		events = append(events, s.message(ctx, place, m, s.author(ctx, m)))
	}
	return events, false, nil
}

func (s *Session) takeLeftover(place transports.Place, id transports.MessageID) []*messageObject {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" || s.leftover.place != place || s.leftover.after != id {
		return nil
	}
	messages := s.leftover.messages
	s.leftover = leftover{}
	return messages
}

// readAfter reads the messages after a timestamp, oldest first; without one, the last. Answers in threads that began before are looked for in rooms: talks have
// few, and after an outage there are many talks to read.
func (s *Session) readAfter(ctx context.Context, channel, ts string, limit int, room bool) ([]*messageObject, error) {
	if ts == "" {
		all, err := s.readHistory(ctx, "conversations.history", url.Values{"channel": {channel}}, limit)
		return clean(all), err
	}
	all, err := s.readHistory(ctx, "conversations.history", url.Values{"channel": {channel}, "oldest": {ts}}, maxGap)
	if err != nil {
		return nil, err
	}
	var before []*messageObject
	if room {
		before, err = s.readHistory(ctx, "conversations.history", url.Values{"channel": {channel}, "latest": {ts}, "inclusive": {"true"}}, rootsBefore)
		if err != nil {
			s.log.Info("What was answered to earlier messages could not be read.", "channel", channel, "error", err)
		}
	}
	threads := 0
	for _, root := range slices.Concat(before, all) {
		if root.LatestReply == "" || compareTS(root.LatestReply, ts) <= 0 {
			continue
		}
		if threads++; threads > maxThreads {
			s.log.Info("Not all answers in threads could be read.", "channel", channel)
			break
		}
		replies, err := s.readHistory(ctx, "conversations.replies", url.Values{"channel": {channel}, "ts": {root.TS}, "oldest": {ts}}, maxGap)
		if err != nil {
			s.log.Info("The answers in a thread could not be read.", "channel", channel, "error", err)
			continue
		}
		all = append(all, replies...)
	}
	return slices.DeleteFunc(clean(all), func(m *messageObject) bool { return compareTS(m.TS, ts) <= 0 }), nil
}

// readHistory reads messages over all pages up to a bound. Some servers begin with the newest and some with the oldest, so nothing is concluded from a page.
func (s *Session) readHistory(ctx context.Context, method string, arguments url.Values, most int) ([]*messageObject, error) {
	arguments.Set("limit", strconv.Itoa(min(most, 200)))
	arguments.Set("include_all_metadata", "true")
	var all []*messageObject
	_, err := s.client.pages(ctx, method, arguments, maxPages, func(raw json.RawMessage) (bool, error) {
		var page struct {
			Messages []*messageObject `json:"messages"`
		}
		err := lenient(raw, &page)
		all = append(all, page.Messages...)
		return len(all) < most, err
	})
	if len(all) > most {
		all = all[:most]
	}
	return all, err
}

// clean is messages in their order, each once, without those that nobody says.
func clean(all []*messageObject) []*messageObject {
	all = slices.DeleteFunc(all, func(m *messageObject) bool {
		return m == nil || m.TS == "" || m.Hidden || silent[m.Subtype] || m.Subtype == "channel_topic" || m.Subtype == "group_topic"
	})
	slices.SortFunc(all, func(a, b *messageObject) int { return compareTS(a.TS, b.TS) })
	return slices.CompactFunc(all, func(a, b *messageObject) bool { return a.TS == b.TS })
}
