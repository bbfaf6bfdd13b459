package discord

import (
	"encoding/json"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// presence is how somebody is (Presence Update Event). Only bots with the privileged intent are told.
type presence struct {
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	UserID     string `json:"user_id"`
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

// statuses are the network's words for how somebody is (Update Presence, Status Types).
var statuses = map[transports.Show]string{transports.Absent: "invisible", transports.Present: "online", transports.Chatty: "online", transports.Away: "idle", transports.LongAway: "idle", transports.Busy: "dnd"}

// maxStatus is in characters (Activity Object, for a custom status).
const maxStatus = 128

// shown is a presence as the gateway takes it (Update Presence).
func shown(p transports.Presence) map[string]any {
	activities := []any{}
	if status := text.Pieces(strings.TrimSpace(p.Status), maxStatus)[0]; status != "" {
		activities = append(activities, map[string]any{"name": "Custom Status", "type": customStatus, "state": status})
	}
	var since any
	if !p.Since.IsZero() {
		since = p.Since.UnixMilli()
	}
	return map[string]any{"status": statuses[p.Show], "activities": activities, "since": since, "afk": p.Show == transports.Absent || p.Show == transports.Away || p.Show == transports.LongAway}
}

// presenceEvery keeps within the five changes of a presence that a connection takes in twenty seconds (Gateway, Rate Limiting).
const presenceEvery = 5 * time.Second

// setPresence shows on all connections how the account is. Of changes that follow one another too fast the last one counts.
func (h *handler) setPresence(p transports.Presence) error {
	h.own = &p
	if h.showing {
		return nil
	}
	if wait := time.Until(h.shownAt.Add(h.driver.pace.presence)); wait > 0 {
		h.showing = true
		h.later(wait, func(h *handler) { _ = h.show() }) // the reader finds out as well
		return nil
	}
	return h.show()
}

func (h *handler) show() error {
	p := *h.own
	h.showing, h.shownAt = false, time.Now()
	for _, sh := range h.shards {
		if h.ready[sh] {
			if err := sh.socket.write(opPresence, shown(p)); err != nil {
				return unreachable(err)
			}
		}
	}
	return nil
}

// showAgain shows it on one connection: a session begins with the account online, and one that is taken up again may have been left as invisible.
func (h *handler) showAgain(sh *shard, takenUp bool) {
	switch {
	case h.own != nil:
		_ = sh.socket.write(opPresence, shown(*h.own)) // the reader finds out as well
	case takenUp && !h.asUser:
		_ = sh.socket.write(opPresence, shown(transports.Presence{Show: transports.Present}))
	}
}

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
	p.flatten()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.isNow(p)
}

// isNow takes how somebody is, and tells it where the person has them in view.
func (h *handler) isNow(p presence) {
	u, known := h.world.person("", p.User.ID)
	if !known {
		return
	}
	before, after := h.world.presences[p.User.ID], p.told()
	h.world.presences[p.User.ID] = after
	if (h.watched[p.User.ID] || h.world.relations[p.User.ID].Type == friend) && before != after { // told once for each guild that both are in
		h.emit(transports.PresenceChanged{User: h.world.friendly(u), Presence: after})
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
