package discordfake

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

func (c *call) react(on bool) *refusal {
	ch, m, no := c.found(1 << 16)
	if no != nil {
		return no
	}
	name, err := url.PathUnescape(c.id("emoji"))
	if err != nil {
		return &refusal{400, 10014, "Unknown Emoji"}
	}
	c.setReaction(ch, m, c.bot.ID, name, on)
	return nil
}

func (c *call) whoReacted() (any, *refusal) {
	_, m, no := c.found(1 << 16)
	if no != nil {
		return nil, no
	}
	name, _ := url.PathUnescape(c.id("emoji"))
	users := []Object{}
	for _, r := range m["reactions"].([]Object) {
		for _, u := range r["users"].([]string) {
			if r["key"] == name {
				users = append(users, c.users[u])
			}
		}
	}
	return users, nil
}

// setReaction puts a reaction on a message or takes it away, and tells.
func (s *Server) setReaction(ch, m Object, user, name string, on bool) {
	all := m["reactions"].([]Object)
	e := Object{"id": nil, "name": name}
	if custom, id, is := strings.Cut(name, ":"); is {
		e = Object{"id": id, "name": custom}
	}
	i := slices.IndexFunc(all, func(r Object) bool { return r["key"] == name })
	if i < 0 {
		if !on {
			return
		}
		all, i = append(all, Object{"key": name, "emoji": e, "users": []string{}}), len(all)
	}
	users := all[i]["users"].([]string)
	if slices.Contains(users, user) == on {
		return
	}
	kind := "MESSAGE_REACTION_ADD"
	if on {
		users = append(users, user)
	} else {
		kind = "MESSAGE_REACTION_REMOVE"
		users = slices.DeleteFunc(slices.Clone(users), func(u string) bool { return u == user })
	}
	all[i]["users"] = users
	if len(users) == 0 {
		all = slices.Delete(all, i, i+1)
	}
	m["reactions"] = all
	s.dispatchIn(str(ch["guild_id"]), str(ch["id"]), kind, Object{"user_id": user, "channel_id": ch["id"], "message_id": m["id"], "guild_id": ch["guild_id"], "emoji": e})
}

// Reactions are those of a bot on a message, one after another.
func (s *Server) Reactions(bot *Bot, channel, id string) (all string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, r := range s.mustHave(channel, id)["reactions"].([]Object) {
		if slices.Contains(r["users"].([]string), bot.ID) {
			names = append(names, str(r["key"]))
		}
	}
	slices.Sort(names)
	return strings.Join(names, "")
}

func (c *call) typing() (any, *refusal) {
	ch, no := c.channel(1 << 11)
	if no != nil {
		return nil, no
	}
	c.typed(ch, c.bot.ID)
	return nil, nil
}

func (s *Server) typed(ch Object, user string) {
	s.dispatchIn(str(ch["guild_id"]), str(ch["id"]), "TYPING_START", Object{"channel_id": ch["id"], "guild_id": ch["guild_id"], "user_id": user, "timestamp": time.Now().Unix()})
}
