package discord

import (
	"context"
	"errors"
	"strings"
	"time"

	"isthmus/transports"
)

// echoWithin is how long the echo of a message is waited for after it was sent. Commands end after their echo, so that the core knows it for what it is.
const echoWithin = 5 * time.Second

// sending is a message on its way.
type sending struct {
	nonce, content string
	id             string        // once it is known
	heard          chan struct{} // closed when its echo was told, or need not be
	over           bool          // the echo is not to be told any more
}

// sentMessages are the account's own, by what tells their echo from other messages: the nonce; for a webhook, which has none, the channel, the
// webhook and the name.
type sentMessages struct {
	*ring[*sending]
	// now is what is on its way to each channel, for servers that give no nonce back.
	now map[string]*sending
	// deleting are the messages that the account takes back.
	deleting *ring[bool]
}

func newSentMessages() *sentMessages {
	return &sentMessages{newRing[*sending](maxKnown), map[string]*sending{}, newRing[bool](maxKnown)}
}

// echo finds what a message is the echo of; own tells whether it is the account's.
func (s *sentMessages) echo(m *message, own bool) *sending {
	if m.WebhookID == "" {
		if of := s.now[m.ChannelID]; own && m.Nonce == "" && of != nil && of.content == strings.TrimSpace(m.Content) {
			return of
		}
		return s.values[m.Nonce]
	}
	key := m.ChannelID + " " + m.WebhookID + " " + m.Author.Username
	of := s.values[key]
	if of != nil && of.id != "" && of.id != m.ID {
		return nil
	}
	return of
}

// sendAndHear sends a message, and waits for its echo. by is what a webhook's echo is known by.
func (s *Session) sendAndHear(ctx context.Context, channel string, d draft, by string, r request) (string, error) {
	of := &sending{nonce: d.Nonce, content: strings.TrimSpace(d.Content), heard: make(chan struct{})}
	key := d.Nonce
	if by != "" {
		key = channel + " " + by
	}
	s.mu.Lock()
	if by == "" {
		s.sent.now[channel] = of
		defer func() {
			s.mu.Lock()
			delete(s.sent.now, channel)
			s.mu.Unlock()
		}()
	}
	if key != "" {
		s.sent.put(key, of)
	}
	before := ""
	if c := s.world.channels[channel]; c != nil {
		before = c.LastID
	}
	s.mu.Unlock()
	var m message
	err := s.rest.do(ctx, r, &m)
	if err == nil && !isSnowflake(m.ID) {
		err = &transports.Fault{Kind: transports.UnknownOutcome, Text: "Discord did not say whether it was done.", Cause: errors.New("the answer has no id")}
	}
	if err != nil && by != "" && transports.AsFault(err).Kind == transports.UnknownOutcome {
		if found := s.sentAfter(ctx, channel, before, by, r); found != nil {
			m, err = *found, nil
		}
	}
	s.mu.Lock()
	if err != nil {
		id := of.id // its echo has come all the same
		if id == "" && key != "" {
			delete(s.sent.values, key)
		}
		s.mu.Unlock()
		if id != "" {
			return id, nil
		}
		return "", err
	}
	of.id = m.ID
	m.ChannelID = channel
	s.known.note(&m)
	s.mu.Unlock()
	if key == "" {
		return m.ID, nil
	}
	timer := time.NewTimer(echoWithin)
	defer timer.Stop()
	select {
	case <-of.heard:
	case <-ctx.Done():
	case <-timer.C:
	}
	s.mu.Lock()
	of.over = true
	s.mu.Unlock()
	return m.ID, nil
}

// sentAfter looks for a message of a webhook whose answer was lost.
func (s *Session) sentAfter(ctx context.Context, channel, before, by string, r request) *message {
	d, is := r.body.(hookDraft)
	if !is || before == "" {
		return nil
	}
	all, err := s.after(ctx, channel, before, maxPage)
	if err != nil {
		return nil
	}
	for i := range all {
		if m := &all[i]; m.WebhookID+" "+m.Author.Username == by && m.Content == strings.TrimSpace(d.Content) {
			return m
		}
	}
	return nil
}
