package slacktest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// maxText is what a message may have, in characters.
const maxText = 40000

// post puts a message into a channel and tells its members. A reply does not carry message_replied, as on the Events API.
func (w *Workspace) post(c *channel, m Object) string {
	ts := w.now()
	m["ts"] = ts
	c.messages = append(c.messages, m)
	event := clone(m)
	delete(event, "metadata") // it comes with what is read alone
	event["channel"], event["event_ts"], event["channel_type"] = c.id, ts, c.kind()
	w.tell(c.id, event)
	root := str(m, "thread_ts")
	if _, r := w.find(c.id, root); root != "" && root != ts && r != nil {
		replies, _ := r["reply_count"].(int)
		r["reply_count"], r["latest_reply"], r["thread_ts"] = replies+1, ts, root
		w.tell(c.id, Object{"type": "message", "channel": c.id, "message": clone(r), "hidden": true, "ts": w.now(), "event_ts": w.now(), "channel_type": c.kind()})
	}
	return ts
}

func (c *channel) kind() string {
	switch {
	case c.im:
		return "im"
	case c.mpim:
		return "mpim"
	case c.private:
		return "group"
	}
	return "channel"
}

func (w *Workspace) find(in, ts string) (*channel, Object) {
	c := w.channels[in]
	if c == nil || ts == "" {
		return c, nil
	}
	for _, m := range c.messages {
		if m["ts"] == ts {
			return c, m
		}
	}
	return c, nil
}

// changed tells of a message that is another now.
func (w *Workspace) changed(c *channel, m, before Object) {
	w.tell(c.id, Object{"type": "message", "subtype": "message_changed", "hidden": true, "channel": c.id, "message": clone(m), "previous_message": before,
		"ts": w.now(), "event_ts": w.now(), "channel_type": c.kind()})
}

// canPost is why a user cannot write into a channel, or nil. A channel may be the id of a user.
func (w *Workspace) canPost(t *token, a Object) (*channel, Object) {
	in := str(a, "channel")
	c := w.channels[in]
	if w.users[in] != nil {
		c = w.direct(t.user, in)
	}
	switch text := str(a, "text"); {
	case c == nil || !c.visible(t.user):
		return nil, bad("channel_not_found")
	case !c.inside(t.user):
		return nil, bad("not_in_channel")
	case c.archived:
		return nil, bad("is_archived")
	case c.readOnly && !w.users[t.user].Admin:
		return nil, bad("restricted_action_read_only_channel")
	case c.noThreads && str(a, "thread_ts") != "":
		return nil, bad("restricted_action_non_threadable_channel")
	case len([]rune(text)) > maxText:
		return nil, bad("msg_too_long")
	}
	return c, nil
}

func chatPostMessage(w *Workspace, t *token, a Object) Object {
	c, no := w.canPost(t, a)
	if no != nil {
		return no
	}
	if str(a, "text") == "" {
		return bad("no_text")
	}
	m := Object{"type": "message", "user": t.user, "text": str(a, "text"), "team": w.Team, "client_msg_id": "c-" + w.id("")}
	if mark := str(a, "metadata"); mark != "" {
		var metadata Object
		if json.Unmarshal([]byte(mark), &metadata) != nil || metadata["event_type"] == nil || metadata["event_payload"] == nil {
			return bad("invalid_metadata_format")
		}
		m["metadata"] = metadata
	}
	if t.bot != "" {
		m["bot_id"] = t.bot
		if name := str(a, "username"); name != "" { // chat:write.customize
			m["subtype"], m["username"], m["icons"] = "bot_message", name, Object{"image_48": str(a, "icon_url")}
			delete(m, "user")
		}
	}
	if root := str(a, "thread_ts"); root != "" {
		_, r := w.find(c.id, root)
		if r == nil {
			return bad("thread_not_found")
		}
		if of := str(r, "thread_ts"); of != "" && of != root { // an answer has no thread of its own
			return bad("cannot_reply_to_message")
		}
		m["thread_ts"] = root
		if str(a, "reply_broadcast") == "true" {
			m["subtype"], m["root"] = "thread_broadcast", clone(r)
		}
	}
	ts := w.post(c, m)
	return Object{"channel": c.id, "ts": ts, "message": clone(m)}
}

func chatMeMessage(w *Workspace, t *token, a Object) Object {
	c, no := w.canPost(t, a)
	if no != nil {
		return no
	}
	return Object{"channel": c.id, "ts": w.post(c, Object{"type": "message", "subtype": "me_message", "user": t.user, "text": str(a, "text")})}
}

// own is a message that a user wrote, or why they cannot change it.
func (w *Workspace) own(t *token, a Object, refusal string) (*channel, Object, Object) {
	c, m := w.find(str(a, "channel"), str(a, "ts"))
	switch {
	case c == nil:
		return nil, nil, bad("channel_not_found")
	case m == nil:
		return nil, nil, bad("message_not_found")
	case m["user"] != t.user && (t.bot == "" || m["bot_id"] != t.bot):
		return nil, nil, bad(refusal)
	}
	return c, m, nil
}

func chatUpdate(w *Workspace, t *token, a Object) Object {
	c, m, no := w.own(t, a, "cant_update_message")
	if no != nil {
		return no
	}
	before := clone(m)
	m["text"], m["edited"] = str(a, "text"), Object{"user": t.user, "ts": w.now()}
	w.changed(c, m, before)
	return Object{"channel": c.id, "ts": m["ts"], "text": m["text"]}
}

func chatDelete(w *Workspace, t *token, a Object) Object {
	refusal := "cant_delete_message"
	if u := w.users[t.user]; u.Admin || u.Owner { // they may delete anyone's
		if c, m := w.find(str(a, "channel"), str(a, "ts")); m != nil {
			return w.remove(c, m)
		}
	}
	c, m, no := w.own(t, a, refusal)
	if no != nil {
		return no
	}
	return w.remove(c, m)
}

// remove deletes a message; the root of a thread stays as a tombstone.
func (w *Workspace) remove(c *channel, m Object) Object {
	before, ts := clone(m), m["ts"]
	if replies, _ := m["reply_count"].(int); replies > 0 {
		m["text"], m["subtype"], m["user"] = "This message was deleted.", "tombstone", "USLACKBOT"
		w.changed(c, m, before)
		return Object{"channel": c.id, "ts": ts}
	}
	c.messages = slices.DeleteFunc(c.messages, func(other Object) bool { return other["ts"] == ts })
	w.tell(c.id, Object{"type": "message", "subtype": "message_deleted", "hidden": true, "channel": c.id, "deleted_ts": ts, "previous_message": before,
		"ts": w.now(), "event_ts": w.now(), "channel_type": c.kind()})
	return Object{"channel": c.id, "ts": ts}
}

// conversationsHistory gives the messages between oldest and latest, newest first: those of threads are not among them. With an oldest alone, the first page is
// the one closest to it.
func conversationsHistory(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	if c == nil {
		return bad("channel_not_found")
	}
	return w.messagesOf(a, slices.DeleteFunc(slices.Clone(c.messages), func(m Object) bool {
		root := str(m, "thread_ts")
		return root != "" && root != m["ts"] && m["subtype"] != "thread_broadcast"
	}), true)
}

func conversationsReplies(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	if c == nil {
		return bad("channel_not_found")
	}
	root := str(a, "ts")
	if _, r := w.find(c.id, root); r == nil {
		return bad("thread_not_found")
	}
	return w.messagesOf(a, slices.DeleteFunc(slices.Clone(c.messages), func(m Object) bool { return m["ts"] != root && str(m, "thread_ts") != root }), false)
}

func (w *Workspace) messagesOf(a Object, all []Object, newestFirst bool) Object {
	oldest, latest, inclusive := str(a, "oldest"), str(a, "latest"), str(a, "inclusive") == "true"
	all = slices.DeleteFunc(all, func(m Object) bool {
		ts := str(m, "ts")
		return oldest != "" && (compare(ts, oldest) < 0 || ts == oldest && !inclusive) || latest != "" && (compare(ts, latest) > 0 || ts == latest && !inclusive)
	})
	forward := oldest != "" && latest == "" || !newestFirst
	if !forward {
		slices.Reverse(all)
	}
	part, next := page(w, all, a)
	part = slices.Clone(part)
	if forward && newestFirst {
		slices.Reverse(part)
	}
	objects := []any{}
	for _, m := range part {
		o := clone(m)
		if str(a, "include_all_metadata") != "true" {
			delete(o, "metadata")
		}
		objects = append(objects, o)
	}
	return Object{"messages": objects, "has_more": next["next_cursor"] != "", "response_metadata": next, "pin_count": 0}
}

// compare orders timestamps.
func compare(a, b string) int {
	as, af, _ := strings.Cut(a, ".")
	bs, bf, _ := strings.Cut(b, ".")
	x, _ := strconv.Atoi(as)
	y, _ := strconv.Atoi(bs)
	if x != y {
		return x - y
	}
	return strings.Compare(af, bf)
}
