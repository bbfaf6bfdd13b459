package slack

import (
	"context"
	"net/url"
	"slices"
	"time"

	"isthmus/transports"
)

// Slack tells apps nothing of what the person reads in its own clients, but each conversation says how far they have read. So it is asked for: of those in which
// somebody has said something, ever more rarely, until it is read.

const (
	// readsAtOnce is of how many conversations it is asked at a time; maxUnread of how many it is remembered that there is something to read.
	readsAtOnce = 10
	maxUnread   = 300
	// longestRead is the longest time between two questions for one conversation, after which it is given up.
	longestRead = time.Hour
	// neverRead is how far a person has read who has read nothing.
	neverRead = "0000000000.000000"
)

// unread is a conversation in which something is to be read.
type unread struct {
	upto string // the last message
	next time.Time
	wait time.Duration
}

// toRead remembers that there is something to read.
func (s *Session) toRead(channel, ts string) {
	if s.speaksForOthers() { // a bot reads nothing
		return
	}
	every := s.driver.config.ReadEvery
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unread[channel] == nil && len(s.unread) >= maxUnread {
		return
	}
	s.unread[channel] = &unread{upto: ts, next: time.Now().Add(every), wait: every}
}

// hasRead remembers how far the person has read, and tells whether that is news.
func (s *Session) hasRead(channel, ts string) (news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.unread[channel]; u != nil && compareTS(ts, u.upto) >= 0 {
		delete(s.unread, channel)
	}
	if compareTS(ts, s.read[channel]) <= 0 {
		return false
	}
	s.read[channel] = ts
	return true
}

// keepReads asks from time to time what was read elsewhere.
func (s *Session) keepReads(c *connection) {
	tick := time.NewTicker(s.driver.config.ReadEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return
		}
		for _, channel := range s.readable(time.Now()) {
			s.lookAtReads(c, channel)
		}
	}
}

// readable are the conversations whose turn it is to be asked about, those first in which something was said last.
func (s *Session) readable(now time.Time) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for channel, u := range s.unread {
		if u.wait > longestRead {
			delete(s.unread, channel)
		} else if now.After(u.next) {
			all = append(all, channel)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return compareTS(s.unread[b].upto, s.unread[a].upto) })
	all = all[:min(len(all), readsAtOnce)]
	for _, channel := range all {
		u := s.unread[channel]
		u.wait *= 2
		u.next = now.Add(u.wait)
	}
	return all
}

func (s *Session) lookAtReads(c *connection, channel string) {
	var answer struct {
		Channel channelObject `json:"channel"`
	}
	if _, err := s.client.read(patient(c.ctx, maxBlock), "conversations.info", url.Values{"channel": {channel}}, &answer); err != nil {
		s.log.Debug("Slack does not tell what was read.", "channel", channel, "error", err)
		return
	}
	if answer.Channel.LastRead == "" || answer.Channel.LastRead == neverRead || !s.hasRead(channel, answer.Channel.LastRead) {
		return
	}
	s.mu.Lock()
	place := transports.InRoom(roomID(channel))
	if user, is := s.talks[channel]; is {
		place = transports.TalkWith(userID(user))
	}
	s.mu.Unlock()
	c.task(context.Background(), func(emit func(transports.Event)) {
		emit(transports.Read{Place: place, Upto: transports.MessageID(answer.Channel.LastRead), By: s.own().user()})
	})
}
