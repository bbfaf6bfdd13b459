package discordfake

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// mayIn tells whether a user has a permission in a whole guild.
func (s *Server) mayIn(g *guild, user string, bit uint64) bool {
	return g.owner == user || g.base(user)&bit != 0
}

// governed finds the guild of a request and the user in it, where the bot has a permission.
func (c *call) governed(bit uint64) (*guild, string, *refusal) {
	g, no := c.ownGuild()
	user := c.id("user")
	switch {
	case no != nil:
		return nil, "", no
	case !c.mayIn(g, c.bot.ID, bit), g.owner == user:
		return nil, "", noPermission
	case user != "" && c.users[user] == nil:
		return nil, "", &refusal{404, 10013, "Unknown User"}
	}
	return g, user, nil
}

func (c *call) kick() (any, *refusal) {
	g, user, no := c.governed(1 << 1)
	if no == nil {
		c.expel(g, user)
	}
	return nil, no
}

func (c *call) ban() (any, *refusal) {
	g, user, no := c.governed(1 << 2)
	if no != nil {
		return nil, no
	}
	g.banned = append(g.banned, Object{"user": c.users[user], "reason": c.r.Header.Get("X-Audit-Log-Reason")})
	c.dispatchIn(g.id, "", "GUILD_BAN_ADD", Object{"guild_id": g.id, "user": c.users[user]})
	c.expel(g, user)
	return nil, nil
}

func (s *Server) expel(g *guild, user string) {
	if g.members[user] != nil {
		delete(g.members, user)
		s.dispatchIn(g.id, "", "GUILD_MEMBER_REMOVE", Object{"guild_id": g.id, "user": s.users[user]})
	}
}

func (c *call) bans() (any, *refusal) {
	g, _, no := c.governed(1 << 2)
	if no != nil {
		return nil, no
	}
	return append([]Object{}, g.banned...), nil
}

func (c *call) unban() (any, *refusal) {
	g, user, no := c.governed(1 << 2)
	if no != nil {
		return nil, no
	}
	before := len(g.banned)
	g.banned = slices.DeleteFunc(g.banned, func(b Object) bool { return b["user"].(Object)["id"] == user })
	if len(g.banned) == before {
		return nil, &refusal{404, 10026, "Unknown Ban"}
	}
	return nil, nil
}

func (c *call) modifyMember() (any, *refusal) {
	g, user, no := c.governed(1 << 40)
	if no != nil {
		return nil, no
	}
	m := g.members[user]
	if m == nil {
		return nil, &refusal{404, 10007, "Unknown Member"}
	}
	maps.Copy(m, c.body)
	c.dispatchIn(g.id, "", "GUILD_MEMBER_UPDATE", with(m, Object{"guild_id": g.id}))
	return m, nil
}

func (c *call) modifyChannel() (any, *refusal) {
	if ch := c.channels[c.id("channel")]; ch != nil && ch["type"] == group {
		maps.Copy(ch, c.body)
		c.dispatchIn("", str(ch["id"]), "CHANNEL_UPDATE", ch)
		return ch, nil
	}
	ch, no := c.channel(1 << 4)
	switch {
	case no != nil:
		return nil, no
	case utf8.RuneCountInString(str(c.body["topic"])) > 1024, utf8.RuneCountInString(str(c.body["name"])) > 100:
		return nil, invalidForm
	}
	maps.Copy(ch, c.body)
	c.dispatchIn(str(ch["guild_id"]), str(ch["id"]), "CHANNEL_UPDATE", ch)
	return ch, nil
}

func (c *call) createChannel() (any, *refusal) {
	g, _, no := c.governed(1 << 4)
	if no != nil {
		return nil, no
	}
	kind, _ := c.body["type"].(float64)
	ch := Object{"id": c.Server.id(), "guild_id": g.id, "type": int(kind), "name": c.body["name"], "position": len(c.channels), "permission_overwrites": []Object{}, "topic": nil,
		"parent_id": c.body["parent_id"], "last_message_id": nil}
	c.channels[str(ch["id"])] = ch
	c.dispatchIn(g.id, "", "CHANNEL_CREATE", ch)
	return ch, nil
}

func (c *call) startBareThread() (any, *refusal) {
	ch, no := c.channel(1 << 35)
	if no != nil {
		return nil, no
	}
	kind, _ := c.body["type"].(float64)
	t := Object{"id": c.Server.id(), "guild_id": ch["guild_id"], "type": int(kind), "name": c.body["name"], "parent_id": ch["id"], "permission_overwrites": []Object{},
		"thread_metadata": Object{"archived": false, "locked": false}, "last_message_id": nil}
	c.channels[str(t["id"])] = t
	c.dispatchIn(str(ch["guild_id"]), str(ch["id"]), "THREAD_CREATE", with(t, Object{"newly_created": true}))
	return t, nil
}

// Member is one of a guild's, nil for who is none.
func (s *Server) Member(guild, user string) Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.guilds[guild].members[user])
}

// Channel is a channel as it is now, nil where there is none.
func (s *Server) Channel(id string) Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.channels[id])
}
