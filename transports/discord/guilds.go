package discord

import (
	"encoding/json"
	"fmt"

	"isthmus/transports"
)

func (h *handler) guildCreated(data json.RawMessage) {
	var g guild
	decode(data, &g)
	g.flatten()
	h.guildTold(g)
}

// guildTold takes a whole guild.
func (h *handler) guildTold(g guild) {
	if g.Unavailable || !isSnowflake(g.ID) {
		return
	}
	h.mu.Lock()
	was := h.world.guilds[g.ID]
	var before []*member
	for _, m := range g.Members {
		if was != nil && was.members[m.User.ID] != nil && m.User.ID != h.world.self.ID {
			before = append(before, was.members[m.User.ID])
		}
	}
	state := h.world.take(g)
	var events []transports.Event
	for _, m := range before {
		if now := state.members[m.User.ID]; now != nil {
			events = append(events, h.world.updated(state, m, now)...)
		}
	}
	delete(h.world.pending, g.ID)
	ask := state.wantsMembers() && !h.asUser
	h.mu.Unlock()
	h.awaitVoices(g.ID)
	if ask {
		h.askMembers(g.ID)
	}
	h.tell(events)
	if was != nil && was.unavailable {
		h.refresh(g.ID)
	}
	h.settle()
	h.subscribeGuild(g.ID)
	if was != nil && was.outage {
		h.returned(g.ID)
	}
}

// returned tells that an outage is over.
func (h *handler) returned(guild string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.world.ordered(guild) {
		if h.world.rooms[c.ID] {
			h.emit(notice(c.ID, "The Discord server "+h.world.guilds[guild].name+" is back."))
		}
	}
}

func (h *handler) guildUpdated(data json.RawMessage) {
	var g guild
	decode(data, &g)
	g.flatten()
	h.mu.Lock()
	state := h.world.guilds[g.ID]
	if state != nil {
		state.name, state.ownerID = g.Name, g.OwnerID
	}
	h.mu.Unlock()
	if state != nil {
		h.refresh(g.ID)
	}
}

// guildDeleted is an outage, or the end of the account's time in the guild.
func (h *handler) guildDeleted(data json.RawMessage) {
	var g guild
	decode(data, &g)
	h.mu.Lock()
	state := h.world.guilds[g.ID]
	if state == nil {
		if !g.Unavailable {
			delete(h.world.pending, g.ID)
		}
		h.mu.Unlock()
		h.settle()
		return
	}
	var events []transports.Event
	if g.Unavailable {
		state.unavailable, state.outage = true, true
		for _, c := range h.world.ordered(g.ID) {
			if h.world.rooms[c.ID] {
				events = append(events, notice(c.ID, fmt.Sprintf("The Discord server %s has an outage. Nothing can be said here until it returns.", state.name)))
			}
		}
	} else {
		delete(h.world.pending, g.ID)
		for _, c := range h.world.ordered(g.ID) {
			if h.world.rooms[c.ID] {
				delete(h.world.rooms, c.ID)
				events = append(events, h.removed(c.ID, h.called()+" is not in the server "+state.name+" any more."))
			}
		}
		h.world.forget(g.ID)
	}
	h.mu.Unlock()
	h.tell(events)
	h.settle()
}
