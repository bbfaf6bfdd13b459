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
	// rootsBefore is how many messages before it are looked at for edits, and for new answers in their threads; maxThreads in how many threads they are read.
	rootsBefore = lastPage
	maxThreads  = 20
	// maxQuiet is in how many threads without new answers the old ones are looked at for edits, reviewed how old those may be.
	maxQuiet = 5
	reviewed = 7 * 24 * time.Hour
	// loadTime bounds how long the members may hold up what was said.
	loadTime = 10 * time.Second
)

// leftover is what was read of a place's history, and not given yet.
type leftover struct {
	place  transports.Place
	after  transports.MessageID
	events []transports.Event
}

// After reads what was said in a place after a message, the answers in threads as well, with the reactions on it, and then which of the messages before it were edited since. Who reads a
// room's history opens it: then its members are read too.
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
	events = s.takeLeftover(place, id)
	if events == nil {
		if events, err = s.eventsAfter(ctx, place, channel, string(id), limit); err != nil {
			return nil, false, asFault(err, false)
		}
	}
	if len(events) <= limit {
		return events, false, nil
	}
	left := leftover{place: place, events: events[limit:]}
	for _, e := range events[:limit] {
		if m, is := e.(transports.Message); is {
			left.after = m.ID
		}
	}
	s.mu.Lock()
	s.leftover = left
	s.mu.Unlock()
	return events[:limit], true, nil
}

func (s *Session) takeLeftover(place transports.Place, id transports.MessageID) []transports.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" || s.leftover.place != place || s.leftover.after != id {
		return nil
	}
	events := s.leftover.events
	s.leftover = leftover{}
	return events
}

// eventsAfter are the messages after a timestamp, and the edits since of those before it.
func (s *Session) eventsAfter(ctx context.Context, place transports.Place, channel, ts string, limit int) (events []transports.Event, err error) {
	before, all, err := s.readAfter(ctx, channel, ts, limit, place.Room != "")
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		m.Channel = channel
		s.reactionsOf(m)
		events = append(events, s.message(ctx, place, m, s.author(ctx, m)))
	}
	for _, m := range all {
		if ts == "" { // the messages count, and there is room for no more
			break
		}
		for _, r := range s.reactionsOn(ctx, place, m) {
			events = append(events, r)
		}
	}
	for _, m := range before {
		m.Channel = channel
		s.reactionsOf(m)
		if m.Edited != nil && compareTS(m.Edited.TS, ts) > 0 {
			e := s.message(ctx, place, m, s.author(ctx, m))
			events = append(events, transports.Edited{Place: place, ID: e.ID, From: e.From, At: timeOf(m.Edited.TS), Style: e.Style, Text: e.Text})
		}
	}
	return events, nil
}

// readAfter reads the messages after a timestamp, oldest first, and some of those before it; without one, the last. Answers in threads that began before are looked
// for in rooms: talks have few, and after an outage there are many talks to read.
func (s *Session) readAfter(ctx context.Context, channel, ts string, limit int, room bool) (before, all []*messageObject, err error) {
	if ts == "" {
		all, err := s.readHistory(ctx, "conversations.history", url.Values{"channel": {channel}}, limit)
		return nil, clean(all), err
	}
	all, reaches, err := s.readLast(ctx, channel, ts)
	from := oldestOf(all)
	if err == nil && !reaches {
		from = ts
		all, err = s.readHistory(ctx, "conversations.history", url.Values{"channel": {channel}, "oldest": {ts}}, maxGap)
		if err == nil && room {
			earlier, err := s.readHistory(ctx, "conversations.history", url.Values{"channel": {channel}, "latest": {ts}, "inclusive": {"true"}}, rootsBefore)
			if err != nil {
				s.log.Info("What was answered to earlier messages could not be read.", "channel", channel, "error", err)
			} else if len(earlier) > 0 {
				from = oldestOf(earlier)
			}
			all = append(all, earlier...)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	all = append(all, s.answersAfter(ctx, channel, ts, all)...)
	s.looks.put(channel, from, all)
	all = clean(all)
	for _, m := range all {
		if compareTS(m.TS, ts) <= 0 {
			before = append(before, m)
		}
	}
	if len(all) > 0 {
		s.came(channel, all[len(all)-1].TS)
	}
	return before, all[len(before):], nil
}

// lastPage is how many of the last messages are read at first: mostly they are all that was missed, and those before it.
const lastPage = 200

// readLast reads the last messages; reaches tells that all after a timestamp are among them.
func (s *Session) readLast(ctx context.Context, channel, ts string) (all []*messageObject, reaches bool, err error) {
	var page struct {
		Messages []*messageObject `json:"messages"`
	}
	next, err := s.client.read(ctx, "conversations.history", url.Values{"channel": {channel}, "limit": {strconv.Itoa(lastPage)}, "include_all_metadata": {"true"}}, &page)
	if err != nil {
		return nil, false, err
	}
	all = slices.DeleteFunc(page.Messages, func(m *messageObject) bool { return m == nil || !isTS(m.TS) })
	if next == "" || len(all) == 0 {
		return all, next == "", nil
	}
	newest, oldest := all[0], all[len(all)-1]
	return all, compareTS(newest.TS, oldest.TS) >= 0 && compareTS(oldest.TS, ts) <= 0, nil // where a server begins with the oldest, nothing is known
}

// answersAfter reads the answers after a timestamp in the threads of some messages, and of those before it such as may have been edited since. Where there are no new
// ones, it reads only what Slack would tell at once.
func (s *Session) answersAfter(ctx context.Context, channel, ts string, roots []*messageObject) (all []*messageObject) {
	oldest := earlier(ts, reviewed)
	var threads []*messageObject
	for _, root := range roots {
		if root != nil && compareTS(root.LatestReply, oldest) > 0 {
			threads = append(threads, root)
		}
	}
	slices.SortFunc(threads, func(a, b *messageObject) int { return compareTS(b.LatestReply, a.LatestReply) })
	quiet := 0
	for i, root := range threads {
		within := ctx
		switch news := compareTS(root.LatestReply, ts) > 0; {
		case news && i >= maxThreads:
			s.log.Info("Not all answers in threads could be read.", "channel", channel)
			return all
		case !news && quiet >= maxQuiet:
			return all
		case !news:
			quiet++
			within = patient(ctx, 0)
		}
		replies, err := s.readHistory(within, "conversations.replies", url.Values{"channel": {channel}, "ts": {root.TS}, "oldest": {oldest}}, maxGap)
		if err != nil {
			s.log.Info("The answers in a thread could not be read.", "channel", channel, "error", err)
			continue
		}
		all = append(all, replies...)
	}
	return all
}

// earlier is a timestamp before another.
func earlier(ts string, by time.Duration) string {
	return strconv.FormatInt(timeOf(ts).Add(-by).Unix(), 10) + ".000000"
}

// oldestOf is the timestamp of the oldest of some messages, empty where there are none.
func oldestOf(all []*messageObject) (ts string) {
	for _, m := range all {
		if m != nil && (ts == "" || compareTS(m.TS, ts) < 0) {
			ts = m.TS
		}
	}
	return ts
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
		return m == nil || !isTS(m.TS) || m.Hidden || silent[m.Subtype] || m.Subtype == "channel_topic" || m.Subtype == "group_topic"
	})
	slices.SortFunc(all, func(a, b *messageObject) int { return compareTS(a.TS, b.TS) })
	return slices.CompactFunc(all, func(a, b *messageObject) bool { return a.TS == b.TS })
}
