package slack

import (
	"context"
	"encoding/json"
	"net/url"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// byName finds a channel by what people call it: one that the account is in, or a public one.
func (s *Session) byName(ctx context.Context, name string) (channel string, err error) {
	s.mu.Lock()
	for _, r := range s.rooms {
		if r.Name == name {
			channel = r.id
		}
	}
	s.mu.Unlock()
	if channel != "" {
		return channel, nil
	}
	err = s.listChannels(ctx, "public_channel", func(c channelObject) bool {
		if c.Name == name {
			channel = c.ID
		}
		return channel == ""
	})
	return channel, err
}

// listChannels lists the channels that the account may see.
func (s *Session) listChannels(ctx context.Context, types string, yield func(channelObject) bool) error {
	listed, more := map[string]bool{}, true
	for _, team := range s.teams() {
		arguments := ofTeam(team, url.Values{"types": {types}, "exclude_archived": {"true"}, "limit": {"200"}})
		_, err := s.client.pages(ctx, "conversations.list", arguments, maxPages, func(raw json.RawMessage) (bool, error) {
			var page struct {
				Channels []channelObject `json:"channels"`
			}
			err := lenient(raw, &page)
			for _, c := range page.Channels {
				if c.ID != "" && !listed[c.ID] { // one that workspaces share is in the lists of each
					listed[c.ID] = true
					if more = yield(c); !more {
						return false, nil
					}
				}
			}
			return true, err
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// Rooms lists the public channels, and the private ones that the account is in.
func (s *Session) Rooms(ctx context.Context, yield func(transports.Listing) bool) error {
	c := s.live.Load()
	if c == nil {
		return disconnected()
	}
	ctx, cancel := c.joined(patient(ctx, maxBlock))
	defer cancel()
	space := s.space()
	if !yield(transports.Listing{Room: space, Name: s.teamName(ctx), Space: true}) {
		return nil
	}
	return asFault(s.listChannels(ctx, "public_channel,private_channel", func(c channelObject) bool {
		return yield(transports.Listing{Room: roomID(c.ID), Name: c.Name, Users: max(c.Members, 1), Topic: flat(text.ParseMrkdwn(c.Topic.Value, s.refer(offhand)).String()), Parent: space})
	}), false)
}

func (s *Session) teamName(ctx context.Context) string {
	if who, _, err := s.client.test(ctx); err == nil && who.TeamName != "" {
		return who.TeamName
	}
	return string(s.scope)
}
