package discord

import (
	"cmp"
	"slices"

	"isthmus/transports"
)

// world is what the account knows of Discord: an own small cache, for discordgo's State holds several times as much, never shrinks, and races.
type world struct {
	cdn      string // the base address of pictures
	self     user
	guilds   map[string]*guildState
	channels map[string]*channel
	// dms are the channels of talks by user, talks the users by channel.
	dms, talks map[string]string
	// lastIn is the last message of a talk when a session of a person's account began, relations are to whom the account has any.
	lastIn    map[string]string
	relations map[string]relation
	people    map[string]user // by id, whom the account has met outside of guilds, at most maxPeople
	presences map[string]transports.Presence
	// pending are the guilds of READY that have not been told yet.
	pending map[string]bool
	// rooms are the channels that the core was told of.
	rooms map[string]bool
	// partial: of the members of guilds only some are told, as a person's account is.
	partial bool
}

type guildState struct {
	id, name, ownerID string
	unavailable       bool
	outage            bool // people were told that it is unavailable
	group             bool // it is a group of a person's account
	count             int
	complete          bool // all members are known
	roles             map[string]role
	hatLists          map[string][]transports.Hat // by the ids of roles
	emojis            []emoji
	members           map[string]*member
	speakers          []string // of a large guild, in the order of their first words
	// unsure are members from before the guild was told anew: they may have left.
	unsure map[string]bool
}

func newWorld(cdn string) *world {
	return &world{cdn: cdn, guilds: map[string]*guildState{}, channels: map[string]*channel{}, dms: map[string]string{}, talks: map[string]string{},
		people: map[string]user{}, presences: map[string]transports.Presence{}, pending: map[string]bool{}, rooms: map[string]bool{}, lastIn: map[string]string{}, relations: map[string]relation{}}
}

// maxMembers is the size of a guild from which on only those are members of its rooms who have said something.
const maxMembers = 2_000

// maxSpeakers is how many of those are kept in a guild, maxPeople how many people outside of guilds.
const (
	maxSpeakers = maxMembers
	maxPeople   = 20_000
)

// remember keeps who somebody is. Where there are too many, some are forgotten whom there is no talk with.
func (w *world) remember(u user) {
	if _, known := w.people[u.ID]; !known && len(w.people) >= maxPeople {
		for id := range w.people {
			if _, talks := w.dms[id]; !talks && w.relations[id].Type == 0 {
				if delete(w.people, id); len(w.people) < maxPeople/2 {
					break
				}
			}
		}
	}
	w.people[u.ID] = u
}

// speaks takes a member of a large guild who has said something: they are in its rooms now, and who has said nothing for longest is no longer.
func (w *world) speaks(g *guildState, m member) (events []transports.Event) {
	if g.count > maxMembers {
		if g.speakers = append(g.speakers, m.User.ID); len(g.speakers) > maxSpeakers {
			first := g.speakers[0]
			g.speakers = g.speakers[1:]
			if gone := g.members[first]; gone != nil {
				delete(g.members, first)
				delete(w.presences, first)
				events = w.goes(g, w.userIn(g.id, gone), nil)
			}
		}
	}
	return append(events, w.comes(g, g.put(m))...)
}

// take takes a whole guild.
func (w *world) take(g guild) *guildState {
	state := &guildState{id: g.ID, name: g.Name, ownerID: g.OwnerID, count: g.MemberCount, roles: map[string]role{}, emojis: g.Emojis, members: map[string]*member{}}
	if was := w.guilds[g.ID]; was != nil { // it returns
		state.members, state.speakers = was.members, was.speakers
		if g.MemberCount <= maxMembers && !w.partial { // they are about to be told
			state.unsure = map[string]bool{}
			for id := range was.members {
				state.unsure[id] = id != w.self.ID
			}
		}
	}
	w.guilds[g.ID] = state
	for _, r := range g.Roles {
		state.roles[r.ID] = r
	}
	for _, m := range g.Members {
		if isSnowflake(m.User.ID) && (m.User.ID == w.self.ID || g.MemberCount <= maxMembers) {
			state.put(m)
		}
	}
	for _, p := range g.Presences {
		if state.members[p.User.ID] != nil {
			w.presences[p.User.ID] = p.told()
		}
	}
	if state.members[w.self.ID] == nil {
		state.put(member{User: w.self})
	}
	state.completed()
	for id, c := range w.channels {
		if c.GuildID == g.ID {
			delete(w.channels, id)
		}
	}
	for _, c := range slices.Concat(g.Channels, g.Threads) {
		w.put(g.ID, c)
	}
	return state
}

// put takes a channel of a guild that is known.
func (w *world) put(guild string, c channel) {
	if c.GuildID = guild; isSnowflake(c.ID) {
		w.channels[c.ID] = &c
	}
}

// completed finds out whether all members have been told. Then nobody else is there any more.
func (g *guildState) completed() {
	unsure := 0
	for id, is := range g.unsure {
		if is && g.members[id] != nil {
			unsure++
		}
	}
	if g.complete = g.count > 0 && len(g.members)-unsure >= g.count; g.complete {
		g.sure()
	}
}

// sure forgets the members from before who have not been told again.
func (g *guildState) sure() {
	for id, is := range g.unsure {
		if is {
			delete(g.members, id)
		}
	}
	g.unsure = nil
}

// put takes a member who has an id.
func (g *guildState) put(m member) *member {
	delete(g.unsure, m.User.ID)
	g.members[m.User.ID] = &m
	return &m
}

// forget drops a guild.
func (w *world) forget(id string) {
	delete(w.guilds, id)
	for channel, c := range w.channels {
		if c.GuildID == id {
			delete(w.channels, channel)
		}
	}
}

// sees tells whether the account may read a channel.
func (w *world) sees(c *channel) bool {
	return c.GuildID != "" && w.guilds[c.GuildID] != nil && w.mine(c)&viewChannel != 0
}

// ordered are the channels of a guild, all guilds where it is empty, in a stable order.
func (w *world) ordered(guild string) []*channel {
	var all []*channel
	for _, c := range w.channels {
		if guild == "" || c.GuildID == guild {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *channel) int {
		return cmp.Or(cmp.Compare(a.GuildID, b.GuildID), cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// userIn is a member as the rooms of a guild show them.
func (w *world) userIn(guild string, m *member) transports.User {
	u := userOf(m.User)
	u.Name = m.name()
	if m.Avatar != "" {
		u.Picture = guild + ":" + m.Avatar
	}
	return u
}

func userOf(u user) transports.User {
	return transports.User{ID: transports.UserID(u.ID), Name: u.name(), Identity: u.ID, Picture: u.Avatar}
}

// person finds a user by id, as a guild knows them or as any does.
func (w *world) person(guild, id string) (transports.User, bool) {
	if g := w.guilds[guild]; g != nil && g.members[id] != nil {
		return w.userIn(guild, g.members[id]), true
	}
	if u, there := w.people[id]; there {
		return userOf(u), true
	}
	for _, g := range w.guilds {
		if m := g.members[id]; m != nil {
			return w.userIn(g.id, m), true
		}
	}
	if id == w.self.ID {
		return userOf(w.self), true
	}
	return transports.User{ID: transports.UserID(id), Name: id, Identity: id}, false
}

// roomID is what the core calls a channel; guildID what it calls a guild, whose id a channel may have as well.
func roomID(channel string) transports.RoomID { return transports.RoomID("#" + channel) }
func guildID(guild string) transports.RoomID  { return transports.RoomID("#g" + guild) }

// parentOf is what a channel is in: the channel of a thread, a category, or the guild.
func (w *world) parentOf(c *channel) transports.RoomID {
	switch {
	case c.isGroup():
		return ""
	case w.channels[c.ParentID] != nil:
		return roomID(c.ParentID)
	}
	return guildID(c.GuildID)
}

// room is the state of a channel.
func (w *world) room(c *channel) transports.Room {
	g := w.guilds[c.GuildID]
	r := transports.Room{Room: roomID(c.ID), Name: w.title(c), Parent: w.parentOf(c), Topic: transports.Topic{Text: c.Topic}, Complete: g.complete, Lacks: w.lacks(c)}
	if c.isGroup() {
		r.Picture = c.Icon
	}
	if parent := w.channels[c.ParentID]; c.isThread() && parent != nil && parent.talks() {
		r.Thread = transports.MessageID(c.ID)
	}
	for id, m := range g.members {
		if id == w.self.ID || w.permissions(c, id, m.Roles)&viewChannel != 0 {
			r.Members = append(r.Members, w.standing(c, m))
		}
	}
	slices.SortFunc(r.Members, func(a, b transports.Member) int { return cmp.Compare(a.User.ID, b.User.ID) })
	return r
}

// title is what people call a channel.
func (w *world) title(c *channel) string {
	if c.isGroup() {
		return w.groupTitle(c)
	}
	name := c.Name
	if name == "" {
		name = c.ID
	}
	if g := w.guilds[c.GuildID]; g != nil && g.name != "" {
		return "#" + name + " (" + g.name + ")"
	}
	return "#" + name
}
