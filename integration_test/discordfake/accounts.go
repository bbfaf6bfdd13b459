package discordfake

import (
	"encoding/json"
	"maps"
	"slices"
)

// Form is how READY is told to people's own accounts.
type Form int

// The forms: as a session's capabilities ask for it, as all were once told it, as one that asks for everything is told it.
const (
	AsAsked Form = iota
	Older
	Newer
)

// group is the type of the channel of a group.
const group = 3

// The capabilities of a session that concern READY.
const (
	versionedReads = 1 << 2
	dedupedUsers   = 1 << 4
	readyInParts   = 1 << 5
	propertied     = 1 << 10
)

// forBots are what people's own accounts may not ask for.
var forBots = []string{"GET /gateway/bot", "GET /applications/@me", "GET /users/{user}", "GET /channels/{channel}/messages/{message}", "GET /guilds/{guild}/threads/active",
	"GET /guilds/{guild}/members/search", "POST /channels/{channel}/webhooks", "GET /channels/{channel}/webhooks"}

var onlyBots = &refusal{403, 20002, "Only bots can use this endpoint"}

// AddAccount makes a person who has a token, and is no bot.
func (s *Server) AddAccount(name string) *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.addUser(name)["id"].(string)
	a := &Bot{ID: id, Token: "own-token-of-" + id, Person: true}
	s.bots[a.Token] = a
	return a
}

// Revoke makes a token void, and closes the connections that use it.
func (s *Server) Revoke(a *Bot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bots, a.Token)
	for _, of := range s.sessions {
		if of.bot == a && of.conn != nil {
			of.conn.send(4004)
		}
	}
}

// TellReadyIn has READY told in a form from now on.
func (s *Server) TellReadyIn(f Form) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.form = f
}

// own are the sessions of an account.
func (s *Server) own(account string) (all []*session) {
	for _, of := range s.sessions {
		if of.bot.ID == account && of.bot.Person {
			all = append(all, of)
		}
	}
	return all
}

func (s *Server) tellOwn(account, kind string, data Object) {
	for _, of := range s.own(account) {
		of.dispatch(kind, data)
	}
}

// greet tells a person's new session everything at once.
func (s *Server) greet(of *session, wants int) {
	switch s.form {
	case Older:
		wants = 0
	case Newer:
		wants = versionedReads | dedupedUsers | readyInParts | propertied
	}
	has := func(capability int) bool { return wants&capability != 0 }
	me := of.bot.ID
	users := map[string]Object{}
	slim := func(o Object, field, id string) Object { // a user once for all
		o = maps.Clone(o)
		u, _ := o["user"].(Object)
		if !has(dedupedUsers) || u == nil {
			return o
		}
		users[str(u["id"])] = u
		delete(o, "user")
		o[field] = id
		return o
	}
	var guilds []Object
	var members, others [][]Object
	for _, id := range slices.Sorted(maps.Keys(s.guilds)) {
		if !of.serves(id) {
			continue
		}
		g := s.guilds[id]
		if g.unavailable {
			guilds, members, others = append(guilds, Object{"id": id, "unavailable": true}), append(members, []Object{}), append(others, []Object{})
			continue
		}
		o := s.guildObject(g)
		delete(o, "unavailable")
		own := []Object{slim(g.members[me], "user_id", me)}
		if has(dedupedUsers) {
			delete(o, "members")
		} else {
			o["members"] = own
		}
		if has(propertied) {
			o["properties"] = Object{"id": id, "name": o["name"], "owner_id": o["owner_id"]}
			delete(o, "name")
			delete(o, "owner_id")
		}
		guilds, members, others = append(guilds, o), append(members, own), append(others, []Object{})
	}
	private := []Object{}
	for _, id := range slices.Sorted(maps.Keys(s.channels)) {
		if ch := s.channels[id]; ch["guild_id"] == nil && s.talks(id, me) {
			private = append(private, s.private(ch, me, has(dedupedUsers), users))
		}
	}
	relations := []Object{}
	for _, id := range slices.Sorted(maps.Keys(s.relations[me])) {
		relations = append(relations, slim(s.relations[me][id], "user_id", id))
	}
	reads := []Object{}
	for _, id := range slices.Sorted(maps.Keys(s.reads[me])) {
		reads = append(reads, Object{"id": id, "last_message_id": s.reads[me][id], "mention_count": 0, "flags": 0})
	}
	ready := Object{"v": 9, "user": s.users[me], "guilds": guilds, "session_id": of.id, "session_type": "normal", "resume_gateway_url": s.gateway() + "/resume", "private_channels": private,
		"relationships": relations, "read_state": any(reads), "user_guild_settings": []Object{}, "sessions": []Object{}, "notes": Object{}}
	if has(versionedReads) {
		ready["read_state"] = Object{"version": 1, "partial": false, "entries": reads}
		ready["user_guild_settings"] = Object{"version": 0, "partial": false, "entries": []Object{}}
	}
	if has(dedupedUsers) {
		ready["users"], ready["merged_members"] = slices.Collect(maps.Values(users)), members
	} else {
		ready["presences"] = []Object{}
	}
	of.dispatch("READY", ready)
	if has(dedupedUsers) && has(readyInParts) {
		ids := []Object{}
		for _, g := range guilds {
			ids = append(ids, Object{"id": g["id"], "voice_states": []Object{}})
		}
		of.dispatch("READY_SUPPLEMENTAL", Object{"guilds": ids, "merged_members": others, "merged_presences": Object{"friends": []Object{}, "guilds": make([][]Object, len(guilds))},
			"lazy_private_channels": []Object{}})
	}
}

// private is a talk or a group as an account is told it: without itself.
func (s *Server) private(ch Object, me string, deduped bool, users map[string]Object) Object {
	o, ids, others := maps.Clone(ch), []string{}, []Object{}
	all, _ := ch["recipients"].([]Object)
	for _, u := range all {
		if u["id"] == me {
			continue
		}
		ids, others = append(ids, str(u["id"])), append(others, u)
		if users != nil {
			users[str(u["id"])] = u
		}
	}
	for _, ours := range []string{"bot", "user"} {
		delete(o, ours)
	}
	if o["recipients"] = others; deduped {
		delete(o, "recipients")
		o["recipient_ids"] = ids
	}
	return o
}

// watched are the events that people's own accounts are told only of guilds that they have subscribed to.
var watched = []string{"TYPING_START", "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"}

// unseen tells that a session is not told an event of a guild.
func (of *session) unseen(guild, kind string) bool {
	return of.bot.Person && !of.subscribed[guild] && slices.Contains(watched, kind)
}

// subscribe has a session told what goes on in a guild, and the beginning of the lists that it asks for.
func (s *Server) subscribe(c *connection, data json.RawMessage) {
	var d struct {
		Guild    string             `json:"guild_id"`
		Channels map[string][][]int `json:"channels"`
	}
	_ = json.Unmarshal(data, &d)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.sessions {
		g := s.guilds[d.Guild]
		if of.conn != c || !of.bot.Person || g == nil {
			continue
		}
		of.subscribed[d.Guild] = true
		items := []Object{{"group": Object{"id": "online", "count": len(g.members)}}}
		for _, id := range slices.Sorted(maps.Keys(g.members)) {
			items = append(items, Object{"member": with(g.members[id], Object{"presence": Object{"user": Object{"id": id}, "status": "online", "activities": []Object{}}})})
		}
		for range d.Channels {
			of.dispatch("GUILD_MEMBER_LIST_UPDATE", Object{"guild_id": d.Guild, "id": "everyone", "member_count": len(g.members), "online_count": len(g.members), "groups": []Object{},
				"ops": []Object{{"op": "SYNC", "range": []int{0, 99}, "items": items}}})
		}
	}
}

// AddGroup makes a group of its owner's with others in it, and tells.
func (s *Server) AddGroup(name, owner string, others ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.newGroup(name, owner, others)
	for _, u := range ch["recipients"].([]Object) {
		s.tellOwn(str(u["id"]), "CHANNEL_CREATE", s.private(ch, str(u["id"]), false, nil))
	}
	return str(ch["id"])
}

func (s *Server) newGroup(name, owner string, others []string) Object {
	in := []Object{}
	for _, id := range append([]string{owner}, others...) {
		in = append(in, s.users[id])
	}
	ch := Object{"id": s.id(), "type": group, "name": nil, "icon": nil, "owner_id": owner, "recipients": in, "last_message_id": nil}
	if name != "" {
		ch["name"] = name
	}
	s.channels[str(ch["id"])] = ch
	return ch
}

// Recipient brings a user into a group or puts them out, and tells.
func (s *Server) Recipient(channel, user string, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recipient(channel, user, in)
}

func (s *Server) recipient(channel, user string, in bool) {
	ch := s.channels[channel]
	all, _ := ch["recipients"].([]Object)
	if in {
		ch["recipients"] = append(slices.Clone(all), s.users[user])
		s.dispatchIn("", channel, "CHANNEL_RECIPIENT_ADD", Object{"channel_id": channel, "user": s.users[user]})
		return
	}
	ch["recipients"] = slices.DeleteFunc(slices.Clone(all), func(u Object) bool { return u["id"] == user })
	s.tellOwn(user, "CHANNEL_DELETE", Object{"id": channel, "type": group})
	s.dispatchIn("", channel, "CHANNEL_RECIPIENT_REMOVE", Object{"channel_id": channel, "user": s.users[user]})
}

// grouped finds the group of a request.
func (c *call) grouped() (Object, *refusal) {
	ch := c.channels[c.id("channel")]
	if ch == nil || ch["type"] != group || !c.talks(c.id("channel"), c.bot.ID) {
		return nil, unknownChannel
	}
	return ch, nil
}

func (c *call) leaveGroup() (any, *refusal) {
	ch, no := c.grouped()
	if no == nil {
		c.recipient(str(ch["id"]), c.bot.ID, false)
	}
	return ch, no
}

func (c *call) addRecipient() (any, *refusal) {
	_, no := c.grouped()
	if no == nil {
		c.recipient(c.id("channel"), c.id("user"), true)
	}
	return nil, no
}

func (c *call) removeRecipient() (any, *refusal) {
	ch, no := c.grouped()
	if no == nil && ch["owner_id"] != c.bot.ID {
		no = noPermission
	}
	if no == nil {
		c.recipient(c.id("channel"), c.id("user"), false)
	}
	return nil, no
}

func (c *call) profile() (any, *refusal) {
	u := c.users[c.id("user")]
	if u == nil {
		return nil, &refusal{404, 10013, "Unknown User"}
	}
	return Object{"user": u, "user_profile": Object{"bio": ""}, "connected_accounts": []Object{}}, nil
}

func (c *call) acknowledge() (any, *refusal) {
	if _, no := c.channel(); no != nil {
		return nil, no
	}
	c.setRead(c.bot.ID, c.id("channel"), c.id("message"))
	return Object{"token": nil}, nil
}

func (s *Server) setRead(account, channel, message string) {
	if s.reads[account] == nil {
		s.reads[account] = map[string]string{}
	}
	s.reads[account][channel] = message
	s.tellOwn(account, "MESSAGE_ACK", Object{"channel_id": channel, "message_id": message, "version": 1})
}

// Read has an account read a channel up to a message, in another client.
func (s *Server) Read(a *Bot, channel, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setRead(a.ID, channel, message)
}

// HasRead waits until an account has read a channel up to a message.
func (s *Server) HasRead(a *Bot, channel, message string) {
	s.t.Helper()
	s.wait("mark of what was read", func() bool { return s.reads[a.ID][channel] == message })
}

// Subscribed waits until an account's session looks at a guild.
func (s *Server) Subscribed(a *Bot, guild string) {
	s.t.Helper()
	s.wait("subscription", func() bool {
		return slices.ContainsFunc(s.own(a.ID), func(of *session) bool { return of.subscribed[guild] })
	})
}

// Talk is the channel of the talk between an account and a user.
func (s *Server) Talk(a *Bot, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return str(s.talk(a.ID, user)["id"])
}

// Whisper has a user say something that no session is told.
func (s *Server) Whisper(channel, user, content string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	m := s.newMessage(ch, s.users[user], content, nil, nil)
	s.messages[channel] = append(s.messages[channel], m)
	ch["last_message_id"] = m["id"]
	return str(m["id"])
}

// Picture gives a group a picture by a hash, and tells.
func (s *Server) Picture(group, hash string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[group]["icon"] = hash
	s.pictures["/channel-icons/"+group+"/"+hash+".png"] = data
	s.dispatchIn("", group, "CHANNEL_UPDATE", s.channels[group])
}

// AddGroupInSilence makes a group that nobody is told of.
func (s *Server) AddGroupInSilence(owner string, others ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return str(s.newGroup("", owner, others)["id"])
}
