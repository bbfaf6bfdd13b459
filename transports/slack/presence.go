package slack

import (
	"context"
	"net/url"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// Slack tells nobody's presence to apps, so it is asked for from time to time: of those whom the person watches, and of nobody else.

// subscribe watches a user, or no longer. Everyone in a workspace may see how others are.
func (s *Session) subscribe(ctx context.Context, c *connection, command transports.Subscribe) error {
	id := slackUser(command.User)
	if !command.On {
		s.mu.Lock()
		delete(s.watched, id)
		s.mu.Unlock()
		return nil
	}
	who, err := s.people.find(patient(ctx, maxBlock), s.client, id)
	switch f := transports.AsFault(asFault(err, false)); {
	case err != nil && (f.Kind == transports.RateLimited || f.Kind == transports.Offline): // no reason to lose a contact
		who = stranger(id)
	case err != nil:
		return f
	}
	if who.deleted {
		return fault(transports.Gone, "This person's account is deactivated.")
	}
	s.mu.Lock()
	if _, watched := s.watched[id]; !watched {
		s.watched[id] = nil
	}
	s.shown[id] = who.user()
	s.mu.Unlock()
	c.later(func(emit func(transports.Event)) {
		emit(transports.SubscriptionAnswered{User: who.user(), Granted: true})
	})
	s.lookAgain(id)
	return nil
}

// lookAgain asks how someone is, where they are watched.
func (s *Session) lookAgain(user string) {
	c := s.live.Load()
	s.mu.Lock()
	_, watched := s.watched[user]
	s.mu.Unlock()
	if watched && c != nil {
		c.beside(func() { s.look(c, user) })
	}
}

// watch asks for the presence of those who are watched, spread over the time.
func (s *Session) watch(c *connection) {
	tick := time.NewTicker(s.driver.config.PresenceEvery)
	defer tick.Stop()
	for {
		s.mu.Lock()
		users := make([]string, 0, len(s.watched))
		for user := range s.watched {
			users = append(users, user)
		}
		s.mu.Unlock()
		for _, user := range users {
			s.look(c, user)
		}
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return
		}
	}
}

// look asks how someone is, and tells it where it is news. With the presence that changed, what they say of it is read again: its own event may still be on its way.
func (s *Session) look(c *connection, user string) {
	ctx := patient(c.ctx, maxBlock)
	var presence struct {
		Presence string `json:"presence"`
	}
	if _, err := s.client.read(ctx, "users.getPresence", url.Values{"user": {user}}, &presence); err != nil {
		s.log.Debug("Slack does not tell how someone is.", "user", user, "error", err)
		return
	}
	p := transports.Presence{Show: transports.Present}
	switch {
	case presence.Presence != "active":
		p.Show = transports.Away
	case s.snoozes(ctx, user):
		p.Show = transports.Busy
	}
	s.mu.Lock()
	before, watched := s.watched[user]
	s.mu.Unlock()
	who, err := s.people.find(ctx, s.client, user)
	if before == nil || before.Show != p.Show {
		who, err = s.people.read(ctx, s.client, user)
	}
	if err != nil || !watched {
		return
	}
	p.Status = s.status(ctx, who)
	s.mu.Lock()
	before, watched = s.watched[user]
	news := watched && (before == nil || *before != p)
	if news {
		s.watched[user] = &p
	}
	s.mu.Unlock()
	if news {
		c.task(ctx, func(emit func(transports.Event)) { emit(transports.PresenceChanged{User: who.user(), Presence: p}) })
	}
}

// status is what someone says of how they are.
func (s *Session) status(ctx context.Context, who person) string {
	emoji := ""
	if name := strings.Trim(who.statusEmoji, ":"); name != "" {
		if shown, ok := emojiText(name); ok {
			emoji = shown
		}
	}
	words := text.ParseMrkdwn(who.status, s.refer(ctx)).String()
	if words == "" || emoji == "" {
		return emoji + words
	}
	return emoji + " " + words
}

// snoozes tells whether someone does not want to be disturbed now.
func (s *Session) snoozes(ctx context.Context, user string) bool {
	var dnd struct {
		Enabled bool  `json:"dnd_enabled"`
		Start   int64 `json:"next_dnd_start_ts"`
		End     int64 `json:"next_dnd_end_ts"`
		Snooze  bool  `json:"snooze_enabled"`
	}
	if _, err := s.client.read(ctx, "dnd.info", url.Values{"user": {user}}, &dnd); err != nil {
		return false // not every token may ask
	}
	now := time.Now().Unix()
	return dnd.Snooze || dnd.Enabled && dnd.Start <= now && now < dnd.End
}
