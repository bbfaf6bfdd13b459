package slacktest

import "slices"

// reacting is the message and its reactions.
func (w *Workspace) reacting(a Object) (*channel, Object, Object) {
	c, m := w.find(str(a, "channel"), str(a, "timestamp"))
	switch {
	case c == nil:
		return nil, nil, bad("channel_not_found")
	case m == nil:
		return nil, nil, bad("message_not_found")
	}
	return c, m, nil
}

func reactionsAdd(w *Workspace, t *token, a Object) Object {
	c, m, no := w.reacting(a)
	if no != nil {
		return no
	}
	name := str(a, "name")
	if name == "" || name == "no_such_emoji" {
		return bad("invalid_name")
	}
	all, _ := m["reactions"].([]any)
	for _, r := range all {
		r := r.(Object)
		if r["name"] == name {
			users := r["users"].([]string)
			if slices.Contains(users, t.user) {
				return bad("already_reacted")
			}
			r["users"], r["count"] = append(slices.Clone(users), t.user), len(users)+1
			w.reacted("reaction_added", c, m, t.user, name)
			return Object{}
		}
	}
	m["reactions"] = append(slices.Clone(all), any(Object{"name": name, "users": []string{t.user}, "count": 1}))
	w.reacted("reaction_added", c, m, t.user, name)
	return Object{}
}

func reactionsRemove(w *Workspace, t *token, a Object) Object {
	c, m, no := w.reacting(a)
	if no != nil {
		return no
	}
	all, _ := m["reactions"].([]any)
	for i, r := range all {
		r := r.(Object)
		users := r["users"].([]string)
		if r["name"] != str(a, "name") || !slices.Contains(users, t.user) {
			continue
		}
		users = slices.DeleteFunc(slices.Clone(users), func(u string) bool { return u == t.user })
		r["users"], r["count"] = users, len(users)
		if len(users) == 0 {
			m["reactions"] = slices.Delete(slices.Clone(all), i, i+1)
		}
		w.reacted("reaction_removed", c, m, t.user, str(a, "name"))
		return Object{}
	}
	return bad("no_reaction")
}

func (w *Workspace) reacted(what string, c *channel, m Object, user, name string) {
	w.tell(c.id, Object{"type": what, "user": user, "reaction": name, "item_user": m["user"], "item": Object{"type": "message", "channel": c.id, "ts": m["ts"]}, "event_ts": w.now()})
}

func reactionsGet(w *Workspace, _ *token, a Object) Object {
	c, m, no := w.reacting(a)
	if no != nil {
		return no
	}
	return Object{"type": "message", "channel": c.id, "message": clone(m)}
}
