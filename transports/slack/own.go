package slack

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"isthmus/transports"
)

// maxStatus is how long a status may be, in characters. https://docs.slack.dev/reference/methods/users.profile.set
const maxStatus = 100

// may tells whether the token has a scope. A server that tells none is believed.
func (s *Session) may(scope string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.scopes) == 0 || slices.Contains(s.scopes, scope)
}

// ownPresence is how the person is, as it was told.
type ownPresence struct{ presence, status string }

// automatic has Slack find out by itself whether the person is there.
const automatic = "auto"

// setPresence tells the workspace how the person is. Slack finds out by itself, from its own clients, whether somebody is there; what can be said is that they are away
// all the same, and a status. A status that was set elsewhere stays until the person sets another here.
func (s *Session) setPresence(ctx context.Context, p transports.Presence) error {
	now := ownPresence{automatic, p.Status}
	if p.Show == transports.Away || p.Show == transports.LongAway {
		now.presence = "away"
	}
	s.mu.Lock()
	told := s.told
	s.mu.Unlock()
	if now.presence != told.presence {
		if err := s.call(ctx, "users.setPresence", url.Values{"presence": {now.presence}}); err != nil {
			return err
		}
	}
	if now.status != told.status && s.may("users.profile:write") {
		if err := s.setStatus(ctx, now.status); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = now
	return nil
}

// setStatus sets what the person says of how they are. An emoji at its beginning is the status's emoji.
func (s *Session) setStatus(ctx context.Context, status string) error {
	words, emoji := flat(strings.TrimSpace(status)), ""
	first, rest, _ := strings.Cut(words, " ")
	if name, ok := emojiName(first); ok {
		words, emoji = strings.TrimSpace(rest), ":"+name+":"
	}
	if runes := []rune(words); len(runes) > maxStatus {
		words = string(runes[:maxStatus-1]) + "…"
	}
	profile, err := json.Marshal(map[string]any{"status_text": escaped(words), "status_emoji": emoji, "status_expiration": 0})
	if err != nil {
		return err
	}
	return s.call(ctx, "users.profile.set", url.Values{"profile": {string(profile)}})
}

var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
