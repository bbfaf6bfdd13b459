package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"isthmus/transports"
)

// guildsWithin is how long the guilds of a new session may take before the account is usable without them.
const guildsWithin = 10 * time.Second

// handler takes the events of one connection.
type handler struct {
	*Session
	link   *link
	socket *socket
	out    func(transports.Event)
	events []transports.Event // to be emitted when nothing is locked any more
	// again: the core takes this connection for the one before. settled: Memberships were told.
	again, settled bool
	// begun: the session is there, new or taken up. late: guilds that are not there by now have an outage.
	begun, late bool
	// asked is when the members of a guild are asked for next.
	asked time.Time
	// waiting are joins of rooms in guilds that may be told yet.
	waiting []item
}

// handlers are what each event does (Gateway Events, Receive Events). What is missing concerns nobody here.
var handlers = map[string]func(*handler, json.RawMessage){
	"READY": (*handler).ready, "RESUMED": (*handler).resumed,
	"GUILD_CREATE": (*handler).guildCreated, "GUILD_UPDATE": (*handler).guildUpdated, "GUILD_DELETE": (*handler).guildDeleted,
	"GUILD_ROLE_CREATE": (*handler).roleChanged, "GUILD_ROLE_UPDATE": (*handler).roleChanged, "GUILD_ROLE_DELETE": (*handler).roleDeleted,
	"GUILD_EMOJIS_UPDATE": (*handler).emojisChanged,
	"GUILD_MEMBER_ADD":    (*handler).memberAdded, "GUILD_MEMBER_UPDATE": (*handler).memberUpdated, "GUILD_MEMBER_REMOVE": (*handler).memberRemoved,
	"GUILD_MEMBERS_CHUNK": (*handler).membersTold, "RATE_LIMITED": (*handler).askedTooOften,
	"CHANNEL_CREATE": (*handler).channelChanged, "CHANNEL_UPDATE": (*handler).channelChanged, "CHANNEL_DELETE": (*handler).channelDeleted,
	"THREAD_CREATE": (*handler).channelChanged, "THREAD_UPDATE": (*handler).channelChanged, "THREAD_DELETE": (*handler).channelDeleted,
	"THREAD_LIST_SYNC": (*handler).threadsTold,
	"MESSAGE_CREATE":   (*handler).messageCreated, "MESSAGE_UPDATE": (*handler).messageUpdated,
	"MESSAGE_DELETE": (*handler).messageDeleted, "MESSAGE_DELETE_BULK": (*handler).messagesDeleted,
	"MESSAGE_REACTION_ADD": (*handler).reactionAdded, "MESSAGE_REACTION_REMOVE": (*handler).reactionRemoved,
	"MESSAGE_REACTION_REMOVE_ALL": (*handler).reactionsCleared, "MESSAGE_REACTION_REMOVE_EMOJI": (*handler).reactionsCleared,
	"TYPING_START": (*handler).typingStarted, "USER_UPDATE": (*handler).selfUpdated, "PRESENCE_UPDATE": (*handler).presenceUpdated,
}

// dispatch takes an event. The first one after a resumption says that it was granted; that of a new session is READY.
func (h *handler) dispatch(kind string, data json.RawMessage) {
	switch {
	case kind == "READY":
	case !h.begun:
		return
	case h.live.Load() == nil:
		h.online()
		h.tellRooms()
	}
	if handle := handlers[kind]; handle != nil {
		handle(h, data)
	}
	h.flush()
}

// emit has an event emitted after what is being done.
func (h *handler) emit(e transports.Event) { h.events = append(h.events, e) }

func (h *handler) flush() {
	events := h.events
	h.events = nil
	for _, e := range events {
		h.out(e)
	}
}

func (h *handler) ready(data json.RawMessage) {
	var e struct {
		User      user    `json:"user"`
		Guilds    []guild `json:"guilds"`
		SessionID string  `json:"session_id"`
		Resume    string  `json:"resume_gateway_url"`
		App       struct {
			ID string `json:"id"`
		} `json:"application"`
	}
	decode(data, &e)
	if !isSnowflake(e.User.ID) {
		h.link.queue.put(item{end: unreachable(errors.New("the gateway did not say who the bot is"))})
		return
	}
	h.begun = true
	h.resume = resumption{session: e.SessionID, url: cmp.Or(e.Resume, h.resume.url), other: h.resume.url}
	h.mu.Lock()
	was := h.world
	h.world = newWorld(h.driver.config.CDN)
	h.world.self, h.world.dms, h.world.talks, h.world.people = e.User, was.dms, was.talks, was.people
	for _, g := range e.Guilds {
		if !isSnowflake(g.ID) {
			continue
		}
		h.world.pending[g.ID] = true
		if old := was.guilds[g.ID]; old != nil { // what was known holds until it is told
			old.unavailable = true
			h.world.guilds[g.ID] = old
			for id, c := range was.channels {
				if c.GuildID == g.ID {
					h.world.channels[id] = c
				}
			}
		}
	}
	if h.app.ID == "" {
		h.app.ID = e.App.ID
	}
	h.mu.Unlock()
	h.online()
	h.settle()
}

// online tells that the account is connected, and lets commands through.
func (h *handler) online() {
	h.mu.Lock()
	self := userOf(h.world.self)
	h.mu.Unlock()
	h.live.Store(h.link) // before, for a command may follow the event at once
	h.emit(transports.Online{Self: self, Can: h.capabilities(), Through: "as the bot " + self.Name})
	h.flush()
}

// tellRooms tells all rooms again, on a connection that took up the session of one before.
func (h *handler) tellRooms() {
	h.mu.Lock()
	h.world.rooms = map[string]bool{}
	h.mu.Unlock()
	h.settle()
}

func (h *handler) resumed(json.RawMessage) {}

// settle tells the rooms and, once all guilds are known, which they are.
func (h *handler) settle() {
	h.reconcile("")
	h.mu.Lock()
	ready := !h.settled
	for id := range h.world.pending {
		if !h.late || h.world.guilds[id] == nil {
			ready = false // it is about to be told, or nobody knows what is in it
		}
	}
	var all transports.Memberships
	for _, c := range h.world.ordered("") {
		if h.world.rooms[c.ID] || h.world.guilds[c.GuildID].unavailable && h.data.wants(c) && h.world.sees(c) {
			all.Rooms = append(all.Rooms, roomID(c.ID))
		}
	}
	h.mu.Unlock()
	if ready {
		h.settled = true
		h.emit(all)
	}
	if h.complete() {
		h.releaseWaiting()
	}
}

// complete tells that no guild is to be waited for.
func (h *handler) complete() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.late || len(h.world.pending) == 0
}

// releaseWaiting has what waited for guilds tried again, or lost where the connection has ended.
func (h *handler) releaseWaiting() {
	waiting := h.waiting
	h.waiting = nil
	for _, i := range waiting {
		h.link.queue.put(i)
	}
}

// guildsLate goes on without guilds that are unavailable, as far as it is known what is in them: the rooms of others are not to be taken for left.
func (h *handler) guildsLate() {
	if h.late = true; h.settled || h.live.Load() == nil {
		return
	}
	h.mu.Lock()
	for id := range h.world.pending {
		if h.world.guilds[id] == nil {
			h.env.Log.Warn("A Discord server is not available. Its rooms are told when it returns.", "guild", id)
		}
	}
	h.mu.Unlock()
	h.settle()
	h.flush()
}

// reconcile brings the rooms in line with what the account sees in a guild, in all where it is empty.
func (h *handler) reconcile(guild string) {
	h.mu.Lock()
	var events []transports.Event
	seen := map[string]bool{}
	for _, c := range h.world.ordered(guild) {
		if !h.world.sees(c) || !h.data.wants(c) {
			continue
		}
		seen[c.ID] = true
		if !h.world.rooms[c.ID] && !h.world.guilds[c.GuildID].unavailable {
			h.world.rooms[c.ID] = true
			events = append(events, h.world.room(c))
		}
	}
	for id := range h.world.rooms {
		if c := h.world.channels[id]; seen[id] || c != nil && guild != "" && c.GuildID != guild {
			continue
		}
		if h.world.channels[id] == nil || h.world.guilds[h.world.channels[id].GuildID] == nil || !h.world.guilds[h.world.channels[id].GuildID].unavailable {
			delete(h.world.rooms, id)
			events = append(events, h.removed(id, "The channel is not there any more for the account: it was deleted, or its permissions were changed."))
		}
	}
	h.mu.Unlock()
	h.tell(events)
}

func (h *handler) removed(channel, reason string) transports.MemberLeft {
	return transports.MemberLeft{Room: roomID(channel), User: userOf(h.world.self), Cause: transports.Removed, Reason: reason}
}

func (h *handler) tell(events []transports.Event) {
	for _, e := range events {
		h.emit(e)
	}
}

// refresh tells the state of a guild's rooms again: the core shows the difference.
func (h *handler) refresh(guild string) {
	h.mu.Lock()
	var events []transports.Event
	for _, c := range h.world.ordered(guild) {
		if h.world.rooms[c.ID] && h.world.sees(c) {
			events = append(events, h.world.room(c))
		}
	}
	h.mu.Unlock()
	h.tell(events)
	h.reconcile(guild)
}
