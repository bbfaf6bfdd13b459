package discordfake

import (
	"maps"
	"slices"
	"strings"
)

func (c *call) guilds() (any, *refusal) {
	all := []Object{}
	for _, id := range slices.Sorted(maps.Keys(c.Server.guilds)) {
		if g := c.Server.guilds[id]; g.members[c.bot.ID] != nil {
			all = append(all, Object{"id": id, "name": g.name})
		}
	}
	return all, nil
}

func (c *call) user() (any, *refusal) {
	if u := c.users[c.id("user")]; u != nil {
		return u, nil
	}
	return nil, &refusal{404, 10013, "Unknown User"}
}

// guild is a guild as the REST interface has it, without what is in it.
func (c *call) guild() (any, *refusal) {
	g, no := c.ownGuild()
	if no != nil {
		return nil, no
	}
	o := c.guildObject(g)
	for _, name := range []string{"channels", "threads", "members", "member_count", "presences", "unavailable", "large"} {
		delete(o, name)
	}
	if c.r.URL.Query().Get("with_counts") == "true" {
		o["approximate_member_count"] = len(g.members)
	}
	return o, nil
}

func (c *call) guildChannels() (any, *refusal) {
	g, no := c.ownGuild()
	if no != nil {
		return nil, no
	}
	return c.guildObject(g)["channels"], nil
}

func (c *call) activeThreads() (any, *refusal) {
	g, no := c.ownGuild()
	if no != nil {
		return nil, no
	}
	return Object{"threads": c.guildObject(g)["threads"], "members": []Object{}}, nil
}

func (c *call) member() (any, *refusal) {
	g, no := c.ownGuild()
	if no != nil {
		return nil, no
	}
	if m := g.members[c.id("user")]; m != nil {
		return m, nil
	}
	return nil, &refusal{404, 10007, "Unknown Member"}
}

// ownGuild is the guild of a request, which the bot must be in.
func (c *call) ownGuild() (*guild, *refusal) {
	g := c.Server.guilds[c.id("guild")]
	if g == nil || g.members[c.bot.ID] == nil {
		return nil, &refusal{404, 10004, "Unknown Guild"}
	}
	if g.unavailable {
		return nil, &refusal{503, 0, "The guild is unavailable"}
	}
	return g, nil
}

func (c *call) searchMembers() (any, *refusal) {
	g := c.Server.guilds[c.id("guild")]
	if g == nil {
		return nil, &refusal{404, 10004, "Unknown Guild"}
	}
	query, all := strings.ToLower(c.r.URL.Query().Get("query")), []Object{}
	for _, id := range slices.Sorted(maps.Keys(g.members)) {
		u := c.users[id]
		if strings.HasPrefix(strings.ToLower(str(u["username"])), query) || strings.HasPrefix(strings.ToLower(str(g.members[id]["nick"])), query) {
			all = append(all, g.members[id])
		}
	}
	return all, nil
}

func (c *call) openTalk() (any, *refusal) {
	with := str(c.body["recipient_id"])
	if all, is := c.body["recipients"].([]any); is && c.bot.Person && len(all) == 0 {
		ch := c.newGroup("", c.bot.ID, nil)
		c.tellOwn(c.bot.ID, "CHANNEL_CREATE", c.private(ch, c.bot.ID, false, nil))
		return c.private(ch, c.bot.ID, false, nil), nil
	} else if is && c.bot.Person && len(all) == 1 {
		with = str(all[0])
	}
	if c.users[with] == nil {
		return nil, &refusal{400, 50033, "Invalid Recipient(s)"}
	}
	if c.relations[c.bot.ID][with] != nil {
		return c.talk(c.bot.ID, with), nil
	}
	for _, g := range c.Server.guilds {
		if g.members[with] != nil && g.members[c.bot.ID] != nil {
			return c.talk(c.bot.ID, with), nil
		}
	}
	return nil, &refusal{403, 50278, "Cannot send messages to this user due to having no mutual guilds"}
}

// talk finds or makes the channel of a bot's talk with a user.
func (s *Server) talk(bot, user string) Object {
	for _, ch := range s.channels {
		if ch["bot"] == bot && ch["user"] == user {
			return ch
		}
	}
	ch := Object{"id": s.id(), "type": 1, "recipients": []Object{s.users[user]}, "bot": bot, "user": user, "last_message_id": nil}
	s.channels[str(ch["id"])] = ch
	for _, of := range s.sessions {
		if of.bot.ID == bot && of.bot.Person {
			of.dispatch("CHANNEL_CREATE", ch)
		}
	}
	return ch
}

// channel finds the channel of a request, where the bot may do something there.
func (c *call) channel(bits ...uint64) (Object, *refusal) {
	ch := c.channels[c.id("channel")]
	if ch == nil {
		return nil, unknownChannel
	}
	if !c.can(c.id("channel"), c.bot.ID, 1<<10) {
		return nil, missingAccess
	}
	for _, bit := range bits {
		if !c.can(c.id("channel"), c.bot.ID, bit) {
			return nil, noPermission
		}
	}
	return ch, nil
}
