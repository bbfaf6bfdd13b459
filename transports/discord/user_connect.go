package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"

	"github.com/bwmarrin/discordgo"

	"isthmus/transports"
)

// What people's own accounts are told by the gateway is documented by nobody. What is read here is what Discord's own clients are seen to get, in its older and its newer forms:
// fields may be lists, or lists in an object; users may stand where they are spoken of, or once for all.

// The capabilities that are asked for (of the field “capabilities” of an identify): no notes, users once for all, members and presences after READY, no settings, and of
// servers that nobody looks at only what is new.
const userCapabilities = 1<<0 | 1<<4 | 1<<5 | 1<<9 | 1<<14

// findGateway finds out where a person's session is begun. No identifies are counted for people.
func (s *Session) findGateway(ctx context.Context) error {
	s.gateway = discordgo.GatewayBotResponse{URL: s.driver.config.Gateway}
	if s.gateway.URL == "" {
		if err := s.rest.do(ctx, request{method: http.MethodGet, path: pathGateway}, &s.gateway); err != nil {
			return err
		}
	}
	if s.gateway.URL == "" {
		return unreachable(errors.New("the address of the gateway is missing"))
	}
	s.gateway.SessionStartLimit = discordgo.SessionInformation{}
	if len(s.shards) != 1 {
		s.shards = []*shard{{of: 1}}
	}
	return nil
}

// identifyUser is what a person's new session begins with. It is shown as invisible and idle until somebody says otherwise, so that Discord goes on sending what comes to
// the person's phone.
func identifyUser(token string) map[string]any {
	return map[string]any{
		"token": token, "capabilities": userCapabilities, "compress": false,
		"properties":   map[string]string{"os": runtime.GOOS, "browser": "isthmus", "device": "isthmus"},
		"presence":     map[string]any{"status": statuses[transports.Absent], "since": 0, "activities": []any{}, "afk": true},
		"client_state": map[string]any{"guild_versions": map[string]any{}},
	}
}

// identification is what a new session begins with.
func (s *Session) identification(intents int, sh *shard) map[string]any {
	if s.asUser {
		return identifyUser(s.data.Token)
	}
	return identify(s.data.Token, intents, sh)
}

// through is how the account is connected.
func (s *Session) through(name string) string {
	if s.asUser {
		return "as " + name
	}
	return "as the bot " + name
}

// called is the account in what people read.
func (s *Session) called() string {
	if s.asUser {
		return "Your account"
	}
	return "The bot"
}

// ownWords says of a person's account what was meant for bots: what to do about a token that Discord does not take.
func (s *Session) ownWords(err error) error {
	if f := transports.AsFault(err); s.asUser && err != nil && f.Kind == transports.BadCredentials {
		dead := deadToken()
		dead.Cause = f.Cause
		return dead
	}
	return err
}

// messageAt reads one message. Discord gives it by its id to bots alone; others read those around it (Get Channel Messages).
func (s *Session) messageAt(ctx context.Context, channel, id string) (m message, err error) {
	if !s.asUser {
		err = s.rest.do(ctx, request{method: http.MethodGet, path: pathMessage, ids: []string{channel, id}}, &m)
		return m, err
	}
	all, err := s.around(ctx, channel, id)
	if err != nil {
		return m, err
	}
	for _, m := range all {
		if m.ID == id {
			return m, nil
		}
	}
	return m, noMessage(transports.MessageID(id))
}

// readArray reads a list that may stand in an object with its version.
func readArray(data json.RawMessage) (all []json.RawMessage) {
	var versioned struct {
		Entries json.RawMessage `json:"entries"`
	}
	if json.Unmarshal(data, &all) == nil {
		return all
	}
	decode(data, &versioned)
	_ = json.Unmarshal(versioned.Entries, &all)
	return all
}
