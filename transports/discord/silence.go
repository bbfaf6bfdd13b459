package discord

import (
	"time"

	"isthmus/transports"
)

// A timeout ends by itself, which no event tells (Guild Member Object, communication_disabled_until).

// silenced tells that a member may not write now.
func (m *member) silenced() bool { return timeOf(m.Silenced).After(time.Now()) }

// awaitVoices has the end of the timeouts in a guild told, in all where it is empty.
func (h *handler) awaitVoices(guild string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, g := range h.world.guilds {
		if guild != "" && id != guild {
			continue
		}
		for _, m := range g.members {
			h.awaitVoice(id, m)
		}
	}
}

// awaitVoice has the end of a member's timeout told. The world is locked.
func (h *handler) awaitVoice(guild string, m *member) {
	if !m.silenced() {
		return
	}
	user, queue := m.User.ID, h.link.queue
	time.AfterFunc(time.Until(timeOf(m.Silenced)), func() {
		queue.put(item{task: func(h *handler) { h.voiced(guild, user) }})
	})
}

func (h *handler) voiced(guild, user string) {
	h.mu.Lock()
	var events []transports.Event
	own := user == h.world.self.ID
	if g := h.world.guilds[guild]; g != nil && g.members[user] != nil && !g.members[user].silenced() {
		events = h.world.comes(g, g.members[user])
	}
	h.mu.Unlock()
	h.tell(events)
	if own { // it may do in the rooms what it could not
		h.refresh(guild)
	}
	h.flush()
}
