package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// author is who wrote a message: a person, or a bot under the name that the message gives it.
func (s *Session) author(ctx context.Context, m *messageObject) person {
	if m.User != "" && m.Username == "" {
		return s.writer(ctx, m)
	}
	id, name := m.BotID, m.Username
	if id == "" {
		id = m.BotProfile.ID
	}
	if name == "" {
		name = m.BotProfile.Name
	}
	switch {
	case m.User != "" && (id == "" || name == m.BotProfile.Name):
		return s.writer(ctx, m)
	case id == "":
		id = "USLACKBOT"
	}
	if name == "" {
		name = id
	}
	if m.Username != "" && m.Username != m.BotProfile.Name { // one bot speaks for many
		sum := sha256.Sum256([]byte(m.Username))
		id += "-" + hex.EncodeToString(sum[:4])
	}
	return person{id: id, name: name, bot: true}
}

// writer is the user who wrote a message. Of whom Slack tells nothing, the message itself may.
func (s *Session) writer(ctx context.Context, m *messageObject) person {
	who := s.person(ctx, m.User)
	if who.name != who.id {
		return who
	}
	for _, name := range []string{m.UserProfile.DisplayName, m.UserProfile.RealName, m.UserProfile.Name} {
		if name = strings.TrimSpace(name); name != "" {
			who.name = name
			s.people.put(who)
			break
		}
	}
	return who
}

// person gives someone; of whom Slack tells nothing, the id.
func (s *Session) person(ctx context.Context, id string) person {
	if id == "" {
		return stranger("USLACKBOT")
	}
	found, err := s.people.find(ctx, s.client, id)
	if err != nil {
		s.log.Debug("Slack does not tell who someone is.", "user", id, "error", err)
		var refused *apiError
		if errors.As(err, &refused) && (refused.code == "user_not_found" || refused.code == "user_not_visible") {
			s.people.put(stranger(id)) // it would say the same again
		}
		return stranger(id)
	}
	return found
}
