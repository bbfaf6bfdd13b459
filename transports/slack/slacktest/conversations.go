package slacktest

import (
	"slices"
	"strings"
)

func (w *Workspace) channelObject(c *channel, user string) Object {
	o := Object{"id": c.id, "created": 1700000000, "creator": c.creator, "is_archived": c.archived, "is_im": c.im, "is_mpim": c.mpim, "is_private": c.private,
		"is_channel": !c.im && !c.mpim && !c.private, "is_group": c.private && !c.im && !c.mpim, "is_member": c.inside(user), "is_ext_shared": c.foreign(), "is_org_shared": c.homes != nil && !c.foreign(),
		"is_shared":    c.homes != nil,
		"is_read_only": c.readOnly, "is_non_threadable": c.noThreads}
	if c.im {
		o["created"] = c.created
		other := c.members[0]
		if other == user && len(c.members) > 1 {
			other = c.members[1]
		}
		o["user"] = other
	} else {
		o["name"], o["name_normalized"], o["topic"], o["purpose"], o["num_members"] = c.name, c.name, c.topic, c.purpose, len(c.members)
	}
	if read := c.read[user]; read != "" {
		o["last_read"] = read
	}
	if w.Odd {
		o["created"], o["previous_names"], o["num_members"] = "then", Object{}, "many"
	}
	return o
}

func (w *Workspace) channelsOf(fits func(*channel) bool) []*channel {
	var all []*channel
	for _, c := range w.channels {
		if fits(c) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *channel) int { return strings.Compare(a.id, b.id) })
	return all
}

func (c *channel) isOf(types string) bool {
	kind := "public_channel"
	switch {
	case c.im:
		kind = "im"
	case c.mpim:
		kind = "mpim"
	case c.private:
		kind = "private_channel"
	}
	if types == "" {
		types = "public_channel"
	}
	return slices.Contains(strings.Split(types, ","), kind)
}

func (w *Workspace) listed(t *token, a Object, fits func(*channel) bool) Object {
	all := w.channelsOf(func(c *channel) bool {
		return fits(c) && c.isOf(str(a, "types")) && !(c.archived && str(a, "exclude_archived") == "true")
	})
	part, next := page(w, all, a)
	objects := []any{}
	for _, c := range part {
		objects = append(objects, w.channelObject(c, t.user))
	}
	return Object{"channels": objects, "response_metadata": next}
}

func usersConversations(w *Workspace, t *token, a Object) Object {
	return w.listed(t, a, func(c *channel) bool { return c.inside(t.user) })
}

func conversationsList(w *Workspace, t *token, a Object) Object {
	return w.listed(t, a, func(c *channel) bool { return c.visible(t.user) })
}

// visible is the channel that a call is about.
func (w *Workspace) visible(t *token, a Object) *channel {
	if c := w.channels[str(a, "channel")]; c != nil && c.visible(t.user) {
		return c
	}
	return nil
}

func conversationsInfo(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	if c == nil {
		return bad("channel_not_found")
	}
	return Object{"channel": w.channelObject(c, t.user)}
}

func conversationsMembers(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	if c == nil {
		return bad("channel_not_found")
	}
	part, next := page(w, c.members, a)
	return Object{"members": slices.Clone(part), "response_metadata": next}
}

func conversationsOpen(w *Workspace, t *token, a Object) Object {
	users := str(a, "users")
	if w.users[users] == nil {
		return bad("user_not_found")
	}
	return Object{"channel": w.channelObject(w.direct(t.user, users), t.user), "no_op": true}
}

func conversationsJoin(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	switch {
	case c == nil:
		return bad("channel_not_found")
	case c.archived:
		return bad("is_archived")
	case c.im || c.mpim:
		return bad("method_not_supported_for_channel_type")
	}
	if c.inside(t.user) {
		return Object{"channel": w.channelObject(c, t.user), "warning": "already_in_channel", "response_metadata": Object{"warnings": []any{"already_in_channel"}}}
	}
	w.enter(c, t.user, "")
	return Object{"channel": w.channelObject(c, t.user)}
}

func (w *Workspace) enter(c *channel, user, inviter string) {
	c.members = append(c.members, user)
	e := Object{"type": "member_joined_channel", "user": user, "channel": c.id, "channel_type": c.id[:1], "team": w.Team, "event_ts": w.now()}
	if inviter != "" {
		e["inviter"] = inviter
	}
	w.tell(c.id, e)
	w.post(c, Object{"type": "message", "subtype": "channel_join", "user": user, "text": "<@" + user + "> has joined the channel"})
}

func (w *Workspace) exit(c *channel, user string) {
	e := Object{"type": "member_left_channel", "user": user, "channel": c.id, "channel_type": c.id[:1], "team": w.Team, "event_ts": w.now()}
	w.tell(c.id, e)
	w.tell(c.id, Object{"type": "channel_left", "channel": c.id, "actor_id": user, "event_ts": w.now()})
	c.members = slices.DeleteFunc(c.members, func(m string) bool { return m == user })
}

func conversationsLeave(w *Workspace, t *token, a Object) Object {
	c := w.channels[str(a, "channel")]
	switch {
	case c == nil:
		return bad("channel_not_found")
	case !c.inside(t.user):
		return Object{"not_in_channel": true}
	}
	w.exit(c, t.user)
	return Object{}
}

func conversationsInvite(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	switch {
	case c == nil:
		return bad("channel_not_found")
	case !c.inside(t.user):
		return bad("not_in_channel")
	}
	for user := range strings.SplitSeq(str(a, "users"), ",") {
		switch {
		case w.users[user] == nil:
			return bad("user_not_found")
		case user == t.user:
			return bad("cant_invite_self")
		case c.inside(user):
			return bad("already_in_channel")
		}
		w.enter(c, user, t.user)
	}
	return Object{"channel": w.channelObject(c, t.user)}
}

func conversationsKick(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	user := str(a, "user")
	switch {
	case c == nil:
		return bad("channel_not_found")
	case user == t.user:
		return bad("cant_kick_self")
	case !c.inside(t.user) || !c.inside(user):
		return bad("not_in_channel")
	}
	w.exit(c, user)
	return Object{"errors": Object{}}
}

func conversationsCreate(w *Workspace, t *token, a Object) Object {
	name := str(a, "name")
	if name == "" || len(name) > 80 || strings.ToLower(name) != name || strings.ContainsAny(name, " .#") {
		return bad("invalid_name_specials")
	}
	for _, c := range w.channels {
		if c.name == name {
			return bad("name_taken")
		}
	}
	c := &channel{id: w.id("C"), name: name, creator: t.user, read: map[string]string{}, topic: topicObject("", ""), purpose: topicObject("", ""), private: str(a, "is_private") == "true"}
	w.channels[c.id] = c
	w.enter(c, t.user, "")
	return Object{"channel": w.channelObject(c, t.user)}
}

func conversationsRename(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	if c == nil || !c.inside(t.user) {
		return bad("channel_not_found")
	}
	c.name = str(a, "name")
	w.tell(c.id, Object{"type": "channel_rename", "channel": Object{"id": c.id, "name": c.name, "created": 1}, "event_ts": w.now()})
	return Object{"channel": w.channelObject(c, t.user)}
}

func conversationsArchive(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	switch {
	case c == nil:
		return bad("channel_not_found")
	case c.archived:
		return bad("already_archived")
	}
	c.archived = true
	w.tell(c.id, Object{"type": "channel_archive", "channel": c.id, "user": t.user, "event_ts": w.now()})
	return Object{}
}

func conversationsSetTopic(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	if c == nil || !c.inside(t.user) {
		return bad("not_in_channel")
	}
	c.topic = topicObject(str(a, "topic"), t.user)
	w.post(c, Object{"type": "message", "subtype": "channel_topic", "user": t.user, "topic": str(a, "topic"), "text": "set the channel topic: " + str(a, "topic")})
	return Object{"channel": w.channelObject(c, t.user)}
}

func conversationsMark(w *Workspace, t *token, a Object) Object {
	c := w.visible(t, a)
	if c == nil {
		return bad("channel_not_found")
	}
	c.read[t.user] = str(a, "ts")
	w.note(Object{"type": "marked", "user": t.user, "channel": c.id, "ts": str(a, "ts")})
	return Object{}
}
