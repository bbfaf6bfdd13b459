package discord

import (
	"encoding/json"

	"isthmus/transports"
)

// presence is how somebody is (Presence Update Event). Only bots with the privileged intent are told.
type presence struct {
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Status     string `json:"status"`
	Activities []struct {
		Type  int    `json:"type"`
		Name  string `json:"name"`
		State string `json:"state"`
	} `json:"activities"`
}

// activityWords are what somebody does, by the type of the activity; a custom status has none (Activity Types).
var activityWords = map[int]string{0: "Playing ", 1: "Streaming ", 2: "Listening to ", 3: "Watching ", 5: "Competing in "}

const customStatus = 4

// told is a presence in the contract's words: what people write of themselves goes before what a program says that they do.
func (p presence) told() transports.Presence {
	out := transports.Presence{Show: map[string]transports.Show{"online": transports.Present, "idle": transports.Away, "dnd": transports.Busy}[p.Status]}
	for _, a := range p.Activities {
		words, known := activityWords[a.Type]
		switch {
		case a.Type == customStatus && a.State != "":
			out.Status = a.State
			return out
		case known && out.Status == "":
			out.Status = words + a.Name
		}
	}
	return out
}

func (h *handler) presenceUpdated(data json.RawMessage) {
	var p presence
	decode(data, &p)
	h.mu.Lock()
	defer h.mu.Unlock()
	u, known := h.world.person("", p.User.ID)
	if !known {
		return
	}
	before, after := h.world.presences[p.User.ID], p.told()
	h.world.presences[p.User.ID] = after
	if h.watched[p.User.ID] && before != after { // told once for each guild that both are in
		h.emit(transports.PresenceChanged{User: u, Presence: after})
	}
}

// subscribe has a user's presence told, or no longer. Everybody in a guild may see it, so nobody is asked.
func (h *handler) subscribe(c transports.Subscribe) error {
	h.mu.Lock()
	u, known := h.world.person("", string(c.User))
	if c.On && known {
		h.watched[string(c.User)] = true
	} else {
		delete(h.watched, string(c.User))
	}
	now := h.world.presences[string(c.User)]
	h.mu.Unlock()
	switch {
	case !known:
		return fault(transports.NotFound, "The bot shares no server with %s, so that it cannot see whether they are there.", c.User)
	case c.On:
		h.out(transports.SubscriptionAnswered{User: u, Granted: true})
		h.out(transports.PresenceChanged{User: u, Presence: now})
	}
	return nil
}
