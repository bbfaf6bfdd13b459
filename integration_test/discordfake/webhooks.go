package discordfake

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxWebhooks is how many a channel may have.
const maxWebhooks = 15

var (
	unknownWebhook = &refusal{404, 10015, "Unknown Webhook"}
	invalidForm    = &refusal{400, 50035, "Invalid Form Body"}
)

func (c *call) startThread() (any, *refusal) {
	ch, m, no := c.found(1 << 35)
	if no != nil {
		return nil, no
	}
	id := str(m["id"])
	if c.channels[id] != nil {
		return nil, &refusal{400, 160004, "A thread has already been created for this message"}
	}
	t := Object{"id": id, "guild_id": ch["guild_id"], "type": 11, "name": c.body["name"], "parent_id": ch["id"], "permission_overwrites": []Object{},
		"thread_metadata": Object{"archived": false, "locked": false}, "last_message_id": nil}
	c.channels[id] = t
	c.dispatchIn(str(ch["guild_id"]), str(ch["id"]), "THREAD_CREATE", with(t, Object{"newly_created": true}))
	return t, nil
}

func (c *call) getChannel() (any, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, no
	}
	return ch, nil
}

func (c *call) listWebhooks() (any, *refusal) {
	if _, no := c.channel(1 << 29); no != nil {
		return nil, no
	}
	all := []Object{}
	for _, h := range c.webhooks {
		if h["channel_id"] == c.id("channel") {
			all = append(all, h)
		}
	}
	return all, nil
}

func (c *call) createWebhook() (any, *refusal) {
	all, no := c.listWebhooks()
	switch name := strings.ToLower(str(c.body["name"])); {
	case no != nil:
		return nil, no
	case len(all.([]Object)) >= maxWebhooks:
		return nil, &refusal{400, 30007, "Maximum number of webhooks reached (15)"}
	case name == "" || strings.Contains(name, "clyde") || strings.Contains(name, "discord"):
		return nil, invalidForm
	case c.channels[c.id("channel")]["thread_metadata"] != nil:
		return nil, &refusal{400, 50024, "Cannot execute action on this channel type"}
	}
	h := Object{"id": c.Server.id(), "type": 1, "name": c.body["name"], "token": "hook-" + c.Server.id(), "channel_id": c.id("channel"), "application_id": c.bot.ID}
	c.webhooks[str(h["id"])] = h
	return h, nil
}

// hook finds the webhook of a request, and the channel or thread that it speaks in.
func (c *call) hook() (h, ch Object, no *refusal) {
	if c.r.Header.Get("Authorization") != "" {
		c.t.Error("a webhook was used with a token of a bot")
	}
	h = c.webhooks[c.id("webhook")]
	if h == nil || h["token"] != c.id("token") {
		return nil, nil, unknownWebhook
	}
	ch = c.channels[str(h["channel_id"])]
	if thread := c.r.URL.Query().Get("thread_id"); thread != "" {
		if ch = c.channels[thread]; ch == nil || ch["parent_id"] != h["channel_id"] {
			return nil, nil, unknownChannel
		}
	}
	return h, ch, nil
}

func (c *call) executeWebhook() (any, *refusal) {
	h, ch, no := c.hook()
	content, name := str(c.body["content"]), str(c.body["username"])
	lower := strings.ToLower(name)
	switch {
	case no != nil:
		return nil, no
	case content == "" && len(c.files) == 0:
		return nil, &refusal{400, 50006, "Cannot send an empty message"}
	case utf8.RuneCountInString(content) > 2000, name == "" || utf8.RuneCountInString(name) > 80, strings.Contains(lower, "clyde") || strings.Contains(lower, "discord"):
		return nil, invalidForm
	case c.body["allowed_mentions"] == nil:
		c.t.Errorf("a message without allowed_mentions: %v", c.body)
	}
	author := Object{"id": h["id"], "username": name, "avatar": nil, "bot": true}
	m := c.newMessage(ch, author, content, Object{"webhook_id": h["id"], "application_id": h["application_id"], "avatar_url": c.body["avatar_url"], "mention_everyone": c.tellsEveryone(ch, true)}, c.files)
	return c.shown(c.publish(ch, m)), nil
}

func (c *call) hookMessage() (ch, m Object, no *refusal) {
	h, ch, no := c.hook()
	if no != nil {
		return nil, nil, no
	}
	if m = c.message(str(ch["id"]), c.id("message")); m == nil || m["webhook_id"] != h["id"] {
		return nil, nil, unknownMessage
	}
	return ch, m, nil
}

func (c *call) editByWebhook() (any, *refusal) {
	ch, m, no := c.hookMessage()
	if no != nil {
		return nil, no
	}
	if c.body["allowed_mentions"] == nil {
		c.t.Errorf("an edit without allowed_mentions: %v", c.body)
	}
	m["mention_everyone"] = c.tellsEveryone(ch, true)
	c.change(ch, m, str(c.body["content"]))
	return c.shown(m), nil
}

func (c *call) deleteByWebhook() (any, *refusal) {
	ch, m, no := c.hookMessage()
	if no == nil {
		c.remove(ch, m)
	}
	return nil, no
}

// Webhooks are the ids of those in a channel.
func (s *Server) Webhooks(channel string) (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, h := range s.webhooks {
		if h["channel_id"] == channel {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// DeleteWebhook deletes one behind everybody's back.
func (s *Server) DeleteWebhook(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.webhooks, id)
}

// AddThread makes a thread, maybe one that was put away.
func (s *Server) AddThread(guild, parent, name string, archived bool) string {
	return s.AddChannel(guild, name, 11, Object{"parent_id": parent, "thread_metadata": Object{"archived": archived, "locked": false, "archive_timestamp": now()}})
}
