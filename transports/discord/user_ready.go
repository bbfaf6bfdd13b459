package discord

import (
	"encoding/json"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// readyUser is what READY, and READY_SUPPLEMENTAL after it, say to a person's account. Lists are read one element at a time, for some belong to those of other lists by their place.
type readyUser struct {
	Users           []user          `json:"users"`
	Guilds          json.RawMessage `json:"guilds"`
	Members         json.RawMessage `json:"merged_members"`
	Presences       json.RawMessage `json:"presences"`
	MergedPresences struct {
		Friends json.RawMessage `json:"friends"`
		Guilds  json.RawMessage `json:"guilds"`
	} `json:"merged_presences"`
	PrivateChannels json.RawMessage `json:"private_channels"`
	LazyChannels    json.RawMessage `json:"lazy_private_channels"`
	Relationships   json.RawMessage `json:"relationships"`
	ReadState       json.RawMessage `json:"read_state"`
	Required        string          `json:"required_action"`
}

// mergedMember is a member whose user may be told by id alone.
type mergedMember struct {
	member
	UserID string `json:"user_id"`
}

// userGuilds are the guilds of a READY with what is told of them elsewhere in it, and keeps whom it names.
func (h *handler) userGuilds(r readyUser) (guilds []guild) {
	for _, u := range r.Users {
		if isSnowflake(u.ID) {
			h.world.remember(u)
		}
	}
	h.order = nil
	members := readArray(r.Members)
	presences := readArray(r.MergedPresences.Guilds)
	for i, data := range readArray(r.Guilds) {
		var g guild
		decode(data, &g)
		g.flatten()
		h.order = append(h.order, g.ID)
		g.Members = h.membersOf(g.Members)
		if i < len(members) {
			g.Members = append(g.Members, h.mergedMembers(members[i])...)
		}
		if i < len(presences) {
			g.Presences = append(g.Presences, readPresences(presences[i])...)
		}
		guilds = append(guilds, g)
	}
	return guilds
}

// membersOf are the members of a guild, with who they are.
func (h *handler) membersOf(all []member) []member {
	for i := range all {
		if known, is := h.world.people[all[i].User.ID]; is && all[i].User.Username == "" {
			all[i].User = known
		}
	}
	return all
}

func (h *handler) mergedMembers(data json.RawMessage) (all []member) {
	for _, one := range readArray(data) {
		var m mergedMember
		decode(one, &m)
		if m.User.ID == "" {
			m.User = h.world.people[m.UserID]
			m.User.ID = m.UserID
		}
		if m.User.ID == h.world.self.ID {
			m.User = h.world.self
		}
		if isSnowflake(m.User.ID) {
			all = append(all, m.member)
		}
	}
	return all
}

func readPresences(data json.RawMessage) (all []presence) {
	for _, one := range readArray(data) {
		var p presence
		decode(one, &p)
		if p.flatten(); isSnowflake(p.User.ID) {
			all = append(all, p)
		}
	}
	return all
}

// flatten takes what a guild says of itself in its properties.
func (g *guild) flatten() {
	var inner struct {
		Name    string `json:"name"`
		OwnerID string `json:"owner_id"`
	}
	if len(g.Properties) == 0 {
		return
	}
	decode(g.Properties, &inner)
	g.Properties = nil
	if inner.Name != "" {
		g.Name = inner.Name
	}
	if inner.OwnerID != "" {
		g.OwnerID = inner.OwnerID
	}
}

// flatten takes the user of a presence where they are told by id alone.
func (p *presence) flatten() {
	if p.User.ID == "" {
		p.User.ID = p.UserID
	}
}

// userReady takes what READY says to a person's account beside its guilds, when Online was told.
func (h *handler) userReady(r readyUser) {
	h.mu.Lock()
	h.relate(r.Relationships)
	h.privateChannels(r.PrivateChannels)
	h.watchPresences(r)
	h.mu.Unlock()
	h.tellContacts()
	h.tellPresences()
	h.required(r.Required)
	h.unread(r.ReadState)
}

// takeGuilds takes the guilds of a READY that are told whole, all at once: a person may be in hundreds.
func (h *handler) takeGuilds(all []guild) {
	h.mu.Lock()
	for _, g := range all {
		if !g.Unavailable && isSnowflake(g.ID) && len(g.Channels)+len(g.Roles) > 0 {
			h.world.take(g)
			delete(h.world.pending, g.ID)
		}
	}
	h.mu.Unlock()
	h.settle()
	for _, g := range all {
		h.subscribeGuild(g.ID)
	}
}

// supplemented takes what is told after READY.
func (h *handler) supplemented(data json.RawMessage) {
	var r readyUser
	decode(data, &r)
	order := h.order
	if all := readArray(r.Guilds); len(all) > 0 {
		order = nil
		for _, one := range all {
			var g guild
			decode(one, &g)
			order = append(order, g.ID)
		}
	}
	h.mu.Lock()
	var events []transports.Event
	for i, of := range readArray(r.Members) {
		if i < len(order) && h.world.guilds[order[i]] != nil {
			events = append(events, h.meetMembers(h.world.guilds[order[i]], h.mergedMembers(of))...)
		}
	}
	h.privateChannels(r.LazyChannels)
	h.watchPresences(r)
	h.mu.Unlock()
	h.tell(events)
	h.tellPresences()
	h.settle()
}

// watchPresences takes how friends, and those in guilds, are.
func (h *handler) watchPresences(r readyUser) {
	all := append(readPresences(r.Presences), readPresences(r.MergedPresences.Friends)...)
	for _, of := range readArray(r.MergedPresences.Guilds) {
		all = append(all, readPresences(of)...)
	}
	for _, p := range all {
		h.world.presences[p.User.ID] = p.told()
	}
}

// tellPresences tells how the friends are who are there.
func (h *handler) tellPresences() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range h.friends() {
		if now := h.world.presences[id]; now != (transports.Presence{}) {
			u, _ := h.world.person("", id)
			h.emit(transports.PresenceChanged{User: h.world.friendly(u), Presence: now})
		}
	}
}

// requiredActions are what Discord may want of somebody before they can go on.
var requiredActions = map[string]string{
	"AGREEMENTS":             "to agree to its new terms",
	"REQUIRE_VERIFIED_EMAIL": "to confirm your e-mail address", "REQUIRE_REVERIFIED_EMAIL": "to confirm your e-mail address again",
	"REQUIRE_VERIFIED_PHONE": "to confirm your telephone number", "REQUIRE_REVERIFIED_PHONE": "to confirm your telephone number again",
	"REQUIRE_CAPTCHA": "to solve a captcha",
}

// required tells the person what Discord wants of them.
func (h *handler) required(action string) {
	told := action == h.demand
	if h.demand = action; action == "" || told {
		return
	}
	what := requiredActions[action]
	if what == "" {
		what = "to do something (" + action + ")"
	}
	h.emit(transports.Announced{Text: text.Plain("Discord wants you " + what + " before your account can do everything. Open Discord's own client once and do it there.")})
}

func (h *handler) requiredChanged(data json.RawMessage) {
	var e struct {
		Required string `json:"required_action"`
	}
	decode(data, &e)
	h.required(e.Required)
}
