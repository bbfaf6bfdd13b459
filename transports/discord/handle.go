package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"isthmus/transports"
)

// guildsWithin is how long the guilds of a new session may take before the account is usable without them.
const guildsWithin = 10 * time.Second

// handler takes the events of a Run.
type handler struct {
	*Session
	link        *link
	connections sync.WaitGroup // the goroutines of the shards
	out         func(transports.Event)
	events      []transports.Event // to be emitted when nothing is locked any more
	// ready are the shards whose session was begun or taken up again.
	ready map[*shard]bool
	// online and settled: Online and Memberships were told.
	online, settled bool
	// late: guilds that are not there by now have an outage. That is so at lateAt.
	late   bool
	lateAt *time.Timer
	// sought are the threads that were asked for, as they are in no list, and unsure those of which it is not known what became of them.
	sought map[string]bool
	unsure []transports.RoomID
	// asked is when the members of a guild are asked for next.
	asked time.Time
	// shownAt is when it was told how the account is shown, and showing that it will be told again.
	shownAt time.Time
	showing bool
	// held are events that an earlier process may have taken, and replaying tells that one of them is being handled.
	held      []item
	replaying bool
	// waiting are joins of rooms in guilds that may be told yet.
	waiting []item
	// Of a person's account: order is that of the guilds in READY, demand what Discord wants of the person, finding the messages of channels that are asked
	// for, each nil once it was.
	order   []string
	demand  string
	finding map[string][]*message
	// subscribing are the guilds that are about to be subscribed to.
	subscribing map[string]bool
}

// handlers are what each event does (Gateway Events, Receive Events). What is missing concerns nobody here.
var handlers = map[string]func(*handler, json.RawMessage){
	"GUILD_CREATE": (*handler).guildCreated, "GUILD_UPDATE": (*handler).guildUpdated, "GUILD_DELETE": (*handler).guildDeleted,
	"GUILD_ROLE_CREATE": (*handler).roleChanged, "GUILD_ROLE_UPDATE": (*handler).roleChanged, "GUILD_ROLE_DELETE": (*handler).roleDeleted,
	"GUILD_EMOJIS_UPDATE": (*handler).emojisChanged,
	"GUILD_MEMBER_ADD":    (*handler).memberAdded, "GUILD_MEMBER_UPDATE": (*handler).memberUpdated, "GUILD_MEMBER_REMOVE": (*handler).memberRemoved,
	"GUILD_BAN_ADD":       (*handler).banned,
	"GUILD_MEMBERS_CHUNK": (*handler).membersTold, "RATE_LIMITED": (*handler).askedTooOften,
	"CHANNEL_CREATE": (*handler).channelChanged, "CHANNEL_UPDATE": (*handler).channelChanged, "CHANNEL_DELETE": (*handler).channelDeleted,
	"THREAD_CREATE": (*handler).channelChanged, "THREAD_UPDATE": (*handler).channelChanged, "THREAD_DELETE": (*handler).channelDeleted,
	"THREAD_LIST_SYNC": (*handler).threadsTold,
	"MESSAGE_CREATE":   (*handler).messageCreated, "MESSAGE_UPDATE": (*handler).messageUpdated,
	"MESSAGE_DELETE": (*handler).messageDeleted, "MESSAGE_DELETE_BULK": (*handler).messagesDeleted,
	"MESSAGE_REACTION_ADD": (*handler).reactionAdded, "MESSAGE_REACTION_REMOVE": (*handler).reactionRemoved,
	"MESSAGE_REACTION_REMOVE_ALL": (*handler).reactionsCleared, "MESSAGE_REACTION_REMOVE_EMOJI": (*handler).reactionsCleared,
	"READY_SUPPLEMENTAL": (*handler).supplemented, "USER_REQUIRED_ACTION_UPDATE": (*handler).requiredChanged,
	"RELATIONSHIP_ADD": (*handler).relationChanged, "RELATIONSHIP_UPDATE": (*handler).relationChanged, "RELATIONSHIP_REMOVE": (*handler).relationRemoved,
	"CHANNEL_RECIPIENT_ADD": (*handler).recipientAdded, "CHANNEL_RECIPIENT_REMOVE": (*handler).recipientRemoved,
	"MESSAGE_ACK": (*handler).acknowledged, "CHANNEL_UNREAD_UPDATE": (*handler).passive, "PASSIVE_UPDATE_V1": (*handler).passive, "PASSIVE_UPDATE_V2": (*handler).passive,
	"GUILD_MEMBER_LIST_UPDATE": (*handler).listed, "MESSAGE_REACTION_ADD_MANY": (*handler).reactionsAdded,
	"TYPING_START": (*handler).typingStarted, "USER_UPDATE": (*handler).selfUpdated, "PRESENCE_UPDATE": (*handler).presenceUpdated,
}

// dispatch takes an event. The first one after a resumption says that it was granted; that of a new session is READY.
func (h *handler) dispatch(sh *shard, kind string, data json.RawMessage) {
	switch {
	case kind == "READY":
	case !h.ready[sh] && sh.resume.session == "":
		return
	case !h.ready[sh]:
		h.ready[sh] = true
		h.showAgain(sh, true)
		h.awaitVoices("")
		h.connected()
		h.settle()
		h.flush()
	}
	switch handle := handlers[kind]; {
	case kind == "READY":
		h.begun(sh, data)
	case handle != nil && !h.elsewhere(kind, data):
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

// begun takes the beginning of a session. What was known of guilds holds until they are told.
func (h *handler) begun(sh *shard, data json.RawMessage) {
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
		sh.resume = resumption{} // it cannot be taken up
		h.link.queue.put(item{shard: sh, end: unreachable(errors.New("the gateway did not say who the account is"))})
		return
	}
	sh.resume = resumption{session: e.SessionID, url: cmp.Or(h.driver.config.Gateway, e.Resume, h.gateway.URL), other: h.gateway.URL}
	var more readyUser
	h.mu.Lock()
	w, there := h.world, map[string]bool{}
	w.self = e.User
	if h.asUser {
		decode(data, &more)
		e.Guilds = h.userGuilds(more)
	}
	for _, g := range e.Guilds {
		if !isSnowflake(g.ID) {
			continue
		}
		there[g.ID], w.pending[g.ID] = true, true
		if old := w.guilds[g.ID]; old != nil {
			old.unavailable = true
		}
	}
	for id := range w.guilds {
		if !there[id] && h.shardOf(id) == sh {
			w.forget(id)
		}
	}
	for id := range w.pending {
		if !there[id] && h.shardOf(id) == sh {
			delete(w.pending, id)
		}
	}
	if h.app.ID == "" {
		h.app.ID = e.App.ID
	}
	h.mu.Unlock()
	h.ready[sh] = true
	h.showAgain(sh, false)
	h.connected()
	h.waitForGuilds()
	if h.asUser {
		h.userReady(more)
		h.takeGuilds(e.Guilds)
		return
	}
	for _, g := range e.Guilds {
		if len(g.Channels) > 0 { // some servers tell them at once
			h.guildTold(g)
		}
	}
	h.settle()
}

// connected tells, with the first shard, that the account is connected, and lets commands through.
func (h *handler) connected() {
	if h.online {
		return
	}
	h.online = true
	h.mu.Lock()
	h.world.rooms = map[string]bool{}
	h.mu.Unlock()
	h.tellOnline()
}

// tellOnline tells who the account is and what it can do.
func (h *handler) tellOnline() {
	h.mu.Lock()
	self := userOf(h.world.self)
	h.mu.Unlock()
	h.live.Store(h.link) // before, for a command may follow the event at once
	h.emit(transports.Online{Self: self, Can: h.capabilities(), Through: h.through(self.Name)})
	h.flush()
}

// waitForGuilds has guilds that are not told in time taken for unavailable.
func (h *handler) waitForGuilds() {
	h.late = false
	if h.lateAt == nil {
		h.lateAt = time.NewTimer(h.driver.pace.guilds)
		return
	}
	h.lateAt.Reset(h.driver.pace.guilds)
}

// toldBy tells whether the shard of a guild is there to tell about it.
func (h *handler) toldBy(guild string) bool { return h.ready[h.shardOf(guild)] }

// settle tells the rooms and, once all guilds are known, which they are.
func (h *handler) settle() {
	h.reconcile("")
	h.mu.Lock()
	ready := !h.settled && len(h.ready) == len(h.shards)
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
	away := h.putAway()
	h.mu.Unlock()
	if ready && len(away) > 0 {
		h.seek(away)
		return
	}
	if ready {
		all.Rooms = append(all.Rooms, h.unsure...)
		h.settled = true
		h.emit(all)
		h.keep()
	}
	if h.complete() {
		h.releaseWaiting()
	}
}

// complete tells that no guild is to be waited for.
func (h *handler) complete() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ready) == len(h.shards) && (h.late || len(h.world.pending) == 0)
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
	if h.late = true; !h.online {
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
		if !h.toldBy(c.GuildID) || !h.world.sees(c) || !h.data.wants(c) {
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
