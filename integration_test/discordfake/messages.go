package discordfake

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (c *call) list() (any, *refusal) {
	switch ch, no := c.channel(); {
	case no != nil:
		return nil, no
	case ch["type"] == forum:
		return nil, &refusal{400, 50024, "Cannot execute action on this channel type"}
	}
	all := slices.Clone(c.messages[c.id("channel")])
	q := c.r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	if limit == 0 {
		limit = 50
	}
	if !c.can(c.id("channel"), c.bot.ID, 1<<16) {
		all = nil
	}
	if before := q.Get("before"); before != "" {
		all = slices.DeleteFunc(all, func(m Object) bool { return !newer(before, str(m["id"])) })
	}
	if around := q.Get("around"); around != "" {
		at := slices.IndexFunc(all, func(m Object) bool { return str(m["id"]) == around })
		all = all[max(0, at-limit/2):min(len(all), max(at, 0)+limit/2+1)]
	} else if after := q.Get("after"); after != "" {
		all = slices.DeleteFunc(all, func(m Object) bool { return !newer(str(m["id"]), after) })
		all = all[:min(limit, len(all))]
	} else {
		all = all[max(0, len(all)-limit):]
	}
	slices.Reverse(all) // newest first
	for i := range all {
		all[i] = with(c.shown(all[i]), Object{"reactions": c.reactions(all[i])})
	}
	if all == nil {
		all = []Object{}
	}
	return all, nil
}

func newer(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

func (c *call) create() (any, *refusal) {
	ch, no := c.channel(1 << 11)
	if no != nil {
		return nil, no
	}
	content := str(c.body["content"])
	switch {
	case content == "" && len(c.files) == 0:
		return nil, &refusal{400, 50006, "Cannot send an empty message"}
	case utf8.RuneCountInString(content) > 2000:
		return nil, &refusal{400, 50035, "Invalid Form Body"}
	case c.body["allowed_mentions"] == nil:
		c.t.Errorf("a message without allowed_mentions: %v", c.body)
	}
	if c.body["enforce_nonce"] == true {
		for _, m := range c.messages[c.id("channel")] {
			if m["nonce"] == c.body["nonce"] && m["author"].(Object)["id"] == c.bot.ID {
				return c.shown(m), nil
			}
		}
	}
	m := c.newMessage(ch, c.users[c.bot.ID], content, Object{"nonce": c.body["nonce"], "mention_everyone": c.tellsEveryone(ch, false)}, c.files)
	if ref, is := c.body["message_reference"].(map[string]any); is {
		if no := c.refer(ch, m, str(ref["message_id"]), ref["fail_if_not_exists"] != false); no != nil {
			return nil, no
		}
	}
	return c.shown(c.publish(ch, m)), nil
}

// newMessage makes a message that is not published yet.
func (s *Server) newMessage(ch, author Object, content string, more Object, files []upload) Object {
	id := s.id()
	m := Object{"id": id, "channel_id": ch["id"], "author": author, "content": content, "timestamp": now(), "edited_timestamp": nil, "type": 0,
		"attachments": []Object{}, "embeds": []Object{}, "mentions": []Object{}, "components": []Object{}, "reactions": []Object{}}
	for i, f := range files {
		at := strconv.Itoa(i + 1)
		s.files["/attachments/"+str(ch["id"])+"/"+id+at] = f.data
		m["attachments"] = append(m["attachments"].([]Object), Object{"id": id + at, "filename": f.name, "content_type": f.kind, "size": len(f.data)})
	}
	m["mention_everyone"] = callsEveryone(content) && s.can(str(ch["id"]), str(author["id"]), 1<<17)
	maps.Copy(m, more)
	return m
}

// callsEveryone tells whether a text has a word that tells everyone, where its author may do that.
func callsEveryone(content string) bool {
	return strings.Contains(content, "@everyone") || strings.Contains(content, "@here")
}

// tellsEveryone tells whether what a program writes does: its permission alone is not enough, and a webhook needs none.
func (c *call) tellsEveryone(ch Object, mayAlways bool) bool {
	allowed, _ := c.body["allowed_mentions"].(map[string]any)
	parse, _ := allowed["parse"].([]any)
	return callsEveryone(str(c.body["content"])) && slices.Contains(parse, any("everyone")) && (mayAlways || c.can(str(ch["id"]), c.bot.ID, 1<<17))
}

func (s *Server) refer(ch, m Object, id string, must bool) *refusal {
	of := s.message(str(ch["id"]), id)
	if of == nil {
		if must {
			return &refusal{400, 50035, "Unknown message"}
		}
		return nil
	}
	m["type"], m["message_reference"], m["referenced_message"] = 19, Object{"message_id": id, "channel_id": ch["id"]}, of
	return nil
}

// publish keeps a message and tells of it: before the answer to who sent it.
func (s *Server) publish(ch, m Object) Object {
	id := str(ch["id"])
	s.messages[id] = append(s.messages[id], m)
	ch["last_message_id"] = m["id"]
	s.tell(ch, "MESSAGE_CREATE", s.shown(m), str(m["author"].(Object)["id"]))
	return m
}

// tell tells of a message, with the guild and the member where there are any.
func (s *Server) tell(ch Object, kind string, m Object, author string) {
	if g := s.guilds[str(ch["guild_id"])]; g != nil {
		m = with(m, Object{"guild_id": g.id})
		if member := g.members[author]; member != nil {
			partial := maps.Clone(member)
			delete(partial, "user")
			m["member"] = partial
		}
	}
	s.dispatchIn(str(ch["guild_id"]), str(ch["id"]), kind, m)
}

func (s *Server) message(channel, id string) Object {
	for _, m := range s.messages[channel] {
		if m["id"] == id {
			return m
		}
	}
	return nil
}

// found finds the message of a request.
func (c *call) found(bits ...uint64) (ch, m Object, no *refusal) {
	if ch, no = c.channel(bits...); no != nil {
		return nil, nil, no
	}
	if m = c.message(c.id("channel"), c.id("message")); m == nil {
		return nil, nil, unknownMessage
	}
	return ch, m, nil
}

func (c *call) get() (any, *refusal) {
	_, m, no := c.found(1 << 16)
	if no != nil {
		return nil, no
	}
	return with(c.shown(m), Object{"reactions": c.reactions(m)}), nil
}

// reactions are those on a message, as a bot sees them.
func (c *call) reactions(m Object) []Object {
	all := []Object{}
	for _, r := range m["reactions"].([]Object) {
		all = append(all, Object{"emoji": r["emoji"], "count": len(r["users"].([]string)), "me": slices.Contains(r["users"].([]string), c.bot.ID)})
	}
	return all
}

func (c *call) edit() (any, *refusal) {
	ch, m, no := c.found()
	switch {
	case no != nil:
		return nil, no
	case m["author"].(Object)["id"] != c.bot.ID:
		return nil, notTheAuthor
	case c.body["allowed_mentions"] == nil:
		c.t.Errorf("an edit without allowed_mentions: %v", c.body)
	}
	m["mention_everyone"] = c.tellsEveryone(ch, false)
	c.change(ch, m, str(c.body["content"]))
	return c.shown(m), nil
}

// change edits a message, and tells.
func (s *Server) change(ch, m Object, content string) {
	m["content"], m["edited_timestamp"] = content, now()
	s.tell(ch, "MESSAGE_UPDATE", s.shown(m), str(m["author"].(Object)["id"]))
}

func (c *call) delete() (any, *refusal) {
	ch, m, no := c.found()
	if no != nil {
		return nil, no
	}
	if m["author"].(Object)["id"] != c.bot.ID && !c.can(c.id("channel"), c.bot.ID, 1<<13) {
		return nil, noPermission
	}
	c.remove(ch, m)
	return nil, nil
}

func (s *Server) remove(ch, m Object) {
	id := str(ch["id"])
	s.messages[id] = slices.DeleteFunc(s.messages[id], func(of Object) bool { return of["id"] == m["id"] })
	s.dispatchIn(str(ch["guild_id"]), id, "MESSAGE_DELETE", Object{"id": m["id"], "channel_id": id, "guild_id": ch["guild_id"]})
}
