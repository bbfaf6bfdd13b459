package discordfake

import (
	"slices"
	"strconv"
	"strings"
)

// forum is the type of a channel whose threads are posts.
const forum = 15

// AddForum makes a forum, in which everything is said in posts.
func (s *Server) AddForum(guild, name string) string { return s.AddChannel(guild, name, forum, nil) }

// AddPost has a user begin a post in a forum, and gives its id, which is that of its first message too.
func (s *Server) AddPost(in, user, title, content string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.channels[in]
	m := s.newMessage(parent, s.users[user], content, nil, nil)
	id := str(m["id"])
	t := Object{"id": id, "guild_id": parent["guild_id"], "type": 11, "name": title, "parent_id": in, "owner_id": user, "permission_overwrites": []Object{},
		"thread_metadata": Object{"archived": false, "locked": false}, "last_message_id": nil}
	m["channel_id"], s.channels[id] = id, t
	s.dispatchIn(str(parent["guild_id"]), in, "THREAD_CREATE", with(t, Object{"newly_created": true}))
	s.publish(t, m)
	return id
}

// archived is a page of the archived threads of a channel, the last archived first (List Public Archived Threads).
func (c *call) archived(kind int, bits ...uint64) (any, *refusal) {
	ch, no := c.channel(bits...)
	if no != nil {
		return nil, no
	}
	var all []Object
	before := c.r.URL.Query().Get("before")
	for _, t := range c.channels {
		if meta, is := t["thread_metadata"].(Object); is && t["type"] == kind && t["parent_id"] == ch["id"] && meta["archived"] == true && (before == "" || str(meta["archive_timestamp"]) < before) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b Object) int {
		return strings.Compare(str(b["thread_metadata"].(Object)["archive_timestamp"]), str(a["thread_metadata"].(Object)["archive_timestamp"]))
	})
	limit, _ := strconv.Atoi(c.r.URL.Query().Get("limit"))
	more := limit > 0 && len(all) > limit
	if more {
		all = all[:limit]
	}
	return Object{"threads": append([]Object{}, all...), "members": []Object{}, "has_more": more}, nil
}
