package discord

import (
	"encoding/json"
	"slices"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// notice is a word of Discord's to the people in a channel.
func notice(channel, words string) transports.Announced {
	return transports.Announced{Room: roomID(channel), Text: text.Plain(words)}
}

func (h *handler) roleChanged(data json.RawMessage) {
	var e struct {
		Guild string `json:"guild_id"`
		Role  role   `json:"role"`
	}
	decode(data, &e)
	h.changeGuild(e.Guild, func(g *guildState) { g.setRole(e.Role) })
}

func (h *handler) roleDeleted(data json.RawMessage) {
	var e struct {
		Guild string `json:"guild_id"`
		Role  string `json:"role_id"`
	}
	decode(data, &e)
	h.changeGuild(e.Guild, func(g *guildState) { g.dropRole(e.Role) })
}

func (h *handler) changeGuild(id string, change func(*guildState)) {
	h.mu.Lock()
	g := h.world.guilds[id]
	if g != nil {
		change(g)
	}
	h.mu.Unlock()
	if g != nil {
		h.refresh(id)
	}
}

func (h *handler) emojisChanged(data json.RawMessage) {
	var e struct {
		Guild  string  `json:"guild_id"`
		Emojis []emoji `json:"emojis"`
	}
	decode(data, &e)
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.world.guilds[e.Guild]; g != nil {
		g.emojis = e.Emojis
	}
}

func (h *handler) channelChanged(data json.RawMessage) {
	var c channel
	decode(data, &c)
	if !isSnowflake(c.ID) {
		return
	}
	if c.GuildID == "" && h.asUser {
		h.privateChannelChanged(c)
		return
	}
	if c.GuildID == "" { // a talk
		if len(c.Recipients) == 1 {
			h.mu.Lock()
			h.world.meet(c.ID, c.Recipients[0])
			h.mu.Unlock()
		}
		return
	}
	h.mu.Lock()
	if h.world.guilds[c.GuildID] == nil {
		h.mu.Unlock()
		return
	}
	was := h.world.channels[c.ID]
	h.world.channels[c.ID] = &c
	var events []transports.Event
	if was != nil && h.world.rooms[c.ID] && h.world.sees(&c) {
		switch {
		case string(was.encoded()) == string(c.encoded()):
		case was.Topic != c.Topic:
			topic := transports.Topic{Text: c.Topic, At: time.Now()}
			if mine, set := h.topics.values[c.ID]; set && mine == c.Topic {
				topic.By = userOf(h.world.self).Name
			}
			events = append(events, transports.TopicChanged{Room: roomID(c.ID), Topic: topic}, h.world.room(&c))
		default:
			events = append(events, h.world.room(&c))
		}
	}
	h.mu.Unlock()
	h.tell(events)
	h.reconcile(c.GuildID)
}

func (c *channel) encoded() []byte {
	data, _ := json.Marshal(c)
	return data
}

func (h *handler) channelDeleted(data json.RawMessage) {
	var c channel
	decode(data, &c)
	h.mu.Lock()
	known := h.world.channels[c.ID]
	delete(h.world.channels, c.ID)
	h.mu.Unlock()
	if known != nil && known.isGroup() {
		h.groupLeft(c.ID)
	} else if known != nil {
		h.reconcile(known.GuildID)
	}
}

// threadsTold tells the threads of channels that the account sees since now.
func (h *handler) threadsTold(data json.RawMessage) {
	var e struct {
		Guild   string    `json:"guild_id"`
		Threads []channel `json:"threads"`
	}
	decode(data, &e)
	h.mu.Lock()
	known := h.world.guilds[e.Guild] != nil
	for _, c := range e.Threads {
		if known {
			h.world.put(e.Guild, c)
		}
	}
	h.mu.Unlock()
	if known {
		h.reconcile(e.Guild)
	}
}

// meet notes whom a channel is the talk with.
func (w *world) meet(channel string, u user) {
	w.dms[u.ID], w.talks[channel] = channel, u.ID
	if _, known := w.people[u.ID]; known || u.Username != "" {
		w.remember(u)
	} else {
		w.remember(user{ID: u.ID})
	}
}

func (h *handler) memberAdded(data json.RawMessage) {
	var e struct {
		member
		Guild string `json:"guild_id"`
	}
	decode(data, &e)
	h.mu.Lock()
	g := h.world.guilds[e.Guild]
	if g == nil || !isSnowflake(e.User.ID) {
		h.mu.Unlock()
		return
	}
	g.count++
	var events []transports.Event
	if g.count <= maxMembers {
		events = h.world.comes(g, g.put(e.member))
	}
	h.mu.Unlock()
	h.tell(events)
}

// comes tells that a member is in the rooms that they see.
func (w *world) comes(g *guildState, m *member) (events []transports.Event) {
	for _, c := range w.ordered(g.id) {
		if w.rooms[c.ID] && w.permissions(c, m.User.ID, m.Roles)&viewChannel != 0 {
			events = append(events, transports.MemberChanged{Room: roomID(c.ID), Member: w.standing(c, m)})
		}
	}
	return events
}

// goes tells that a member is in the rooms of a guild no longer.
func (w *world) goes(g *guildState, u transports.User, except func(*channel) bool) (events []transports.Event) {
	for _, c := range w.ordered(g.id) {
		if w.rooms[c.ID] && (except == nil || !except(c)) {
			events = append(events, transports.MemberLeft{Room: roomID(c.ID), User: u})
		}
	}
	return events
}

func (h *handler) memberRemoved(data json.RawMessage) {
	var e struct {
		Guild string `json:"guild_id"`
		User  user   `json:"user"`
	}
	decode(data, &e)
	h.mu.Lock()
	g := h.world.guilds[e.Guild]
	if g == nil || !isSnowflake(e.User.ID) || e.User.ID == h.world.self.ID { // of itself GUILD_DELETE tells
		h.mu.Unlock()
		return
	}
	g.count--
	u, _ := h.world.person(e.Guild, e.User.ID)
	delete(g.members, e.User.ID)
	if i := slices.Index(g.speakers, e.User.ID); i >= 0 {
		g.speakers = slices.Delete(g.speakers, i, i+1)
	}
	events, how := h.world.goes(g, u, nil), h.expelled.values[e.Guild+" "+e.User.ID]
	h.expelled.put(e.Guild+" "+e.User.ID, transports.Left)
	for i, e := range events {
		if left, is := e.(transports.MemberLeft); is {
			left.Cause = how
			events[i] = left
		}
	}
	h.mu.Unlock()
	h.tell(events)
}

// banned notes that somebody is: that they are in the guild no longer is told by itself.
func (h *handler) banned(data json.RawMessage) {
	var e struct {
		Guild string `json:"guild_id"`
		User  user   `json:"user"`
	}
	decode(data, &e)
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.world.guilds[e.Guild]; g != nil && g.members[e.User.ID] != nil {
		h.expelled.put(e.Guild+" "+e.User.ID, transports.Banned)
	}
}

func (h *handler) memberUpdated(data json.RawMessage) {
	var e struct {
		member
		Guild string `json:"guild_id"`
	}
	decode(data, &e)
	h.mu.Lock()
	g := h.world.guilds[e.Guild]
	if g == nil || !isSnowflake(e.User.ID) {
		h.mu.Unlock()
		return
	}
	was := g.members[e.User.ID]
	if was == nil && g.count > maxMembers { // nobody has seen them
		h.mu.Unlock()
		return
	}
	now := g.put(e.member)
	h.awaitVoice(e.Guild, now)
	if e.User.ID == h.world.self.ID {
		h.world.self = e.User
		h.mu.Unlock()
		h.refresh(e.Guild)
		return
	}
	events := h.world.updated(g, was, now)
	h.mu.Unlock()
	h.tell(events)
}

// updated tells what is another now about a member.
func (w *world) updated(g *guildState, was, now *member) (events []transports.Event) {
	if was == nil {
		return w.comes(g, now)
	}
	before, after := w.userIn(g.id, was), w.userIn(g.id, now)
	if before.Name != after.Name {
		if w.elsewhere(g, now.User.ID) { // their name there is another
			events = append(events, w.goes(g, before, nil)...)
			return append(events, w.comes(g, now)...)
		}
		events = append(events, transports.UserRenamed{Was: before.ID, User: after})
	}
	if before.Picture != after.Picture {
		events = append(events, transports.ProfileChanged{User: after})
	}
	events = append(events, w.goes(g, after, func(c *channel) bool {
		return w.permissions(c, now.User.ID, was.Roles)&viewChannel == 0 || w.permissions(c, now.User.ID, now.Roles)&viewChannel != 0
	})...)
	if string(encodedRoles(was)) != string(encodedRoles(now)) || was.Silenced != now.Silenced {
		events = append(events, w.comes(g, now)...)
	}
	return events
}

func encodedRoles(m *member) []byte {
	data, _ := json.Marshal(m.Roles)
	return data
}

func (w *world) elsewhere(here *guildState, id string) bool {
	for _, g := range w.guilds {
		if g != here && g.members[id] != nil {
			return true
		}
	}
	return false
}

func (h *handler) selfUpdated(data json.RawMessage) {
	var u user
	decode(data, &u)
	h.mu.Lock()
	same := u.ID == h.world.self.ID
	if same {
		h.world.self = u
	}
	h.mu.Unlock()
	if same && h.online {
		h.tellOnline()
	}
}
