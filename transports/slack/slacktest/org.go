package slacktest

import (
	"slices"
	"strings"
)

// Join has the workspace be one of an organisation, in which ids are unique.
func (w *Workspace) Join(enterprise string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Enterprise = enterprise
	w.last += int64(len(w.teams)-1) * 1000
}

// AddUserAs lets somebody into the workspace who has an id: people of organisations have such as begin with W, and the same in all its workspaces.
func (w *Workspace) AddUserAs(id, realName string) *User {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := &User{in: w, ID: id, RealName: realName, Name: strings.ToLower(strings.ReplaceAll(realName, " ", "."))}
	w.users[id] = u
	return u
}

// OrgToken gives a user a token of an app that is installed in the whole organisation.
func (w *Workspace) OrgToken(u *User, scopes string) string {
	name := w.Token(u, scopes)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens[name].whole = true
	return name
}

// Share has a channel be in other workspaces as well, with the same id: of one organisation, or of several (Slack Connect).
func (w *Workspace) Share(channel string, with ...*Workspace) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[channel]
	c.homes = append([]*Workspace{w}, with...)
	for _, other := range with {
		other.channels[channel] = c
	}
}

// Rekey gives a channel another id, as happens when it is shared, and tells (channel_id_changed).
func (w *Workspace) Rekey(channel, now string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[channel]
	delete(w.channels, channel)
	c.id = now
	w.channels[now] = c
	w.tell(now, Object{"type": "channel_id_changed", "old_channel_id": channel, "new_channel_id": now, "event_ts": w.now()})
}

// among are the workspaces that a channel is in.
func (w *Workspace) among(in string) []*Workspace {
	if c := w.channels[in]; c != nil && c.homes != nil {
		return c.homes
	}
	return []*Workspace{w}
}

// foreign tells whether a channel is shared with workspaces of others.
func (c *channel) foreign() bool {
	return slices.ContainsFunc(c.homes, func(w *Workspace) bool { return w.Enterprise == "" || w.Enterprise != c.homes[0].Enterprise })
}

// stranger is somebody of another workspace who is in a channel of this one.
func (w *Workspace) stranger(id string) *User {
	for _, c := range w.channels {
		for _, home := range c.homes {
			if u := home.users[id]; u != nil && c.inside(id) {
				return u
			}
		}
	}
	return nil
}

// workspaceFor is the one in which a call with a token is carried out.
func (t *token) workspaceFor(a Object) *Workspace {
	if !t.whole {
		return t.in
	}
	for _, w := range t.in.teams {
		if w.Enterprise == t.in.Enterprise && (w.Team == str(a, "team_id") || w.channels[str(a, "channel")] != nil) {
			return w
		}
	}
	return t.in
}

func authTeamsList(w *Workspace, t *token, a Object) Object {
	if !t.whole {
		return bad("not_allowed_token_type")
	}
	var all []any
	for _, other := range w.teams {
		if other.Enterprise == w.Enterprise {
			all = append(all, Object{"id": other.Team, "name": other.Name})
		}
	}
	part, next := page(w, all, a)
	return Object{"teams": part, "response_metadata": next}
}
