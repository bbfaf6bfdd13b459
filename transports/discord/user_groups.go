package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"isthmus/transports"
)

// A group is kept as a guild with one channel, both with its id, whose members are those in the group: all that is done to channels is done to it as well.

// groupPermissions are those of everybody in a group.
const groupPermissions = viewChannel | sendMessages | embedLinks | attachFiles | readHistory | addReactions

// privateChannels takes talks and groups.
func (h *handler) privateChannels(data json.RawMessage) {
	for _, one := range readArray(data) {
		var c channel
		if decode(one, &c); isSnowflake(c.ID) {
			h.meetIn(c)
		}
	}
}

// meetIn takes a talk or a group.
func (h *handler) meetIn(c channel) {
	all := h.recipients(&c)
	switch {
	case c.Type == groupDirectMessage:
		h.world.putGroup(c, all)
	case len(all) == 1:
		h.world.meet(c.ID, all[0])
		h.world.lastIn[c.ID] = c.LastID
	}
}

// recipients are the others in a talk or a group.
func (h *handler) recipients(c *channel) (all []user) {
	for _, u := range c.Recipients {
		if isSnowflake(u.ID) && u.ID != h.world.self.ID {
			all = append(all, u)
		}
	}
	for _, id := range c.RecipientIDs {
		if isSnowflake(id) && id != h.world.self.ID && !slices.ContainsFunc(all, func(u user) bool { return u.ID == id }) {
			u := h.world.people[id]
			u.ID = id
			all = append(all, u)
		}
	}
	return all
}

// putGroup takes a group with the others in it.
func (w *world) putGroup(c channel, others []user) {
	g := &guildState{id: c.ID, group: true, complete: true, members: map[string]*member{},
		roles: map[string]role{c.ID: {ID: c.ID, Permissions: fmt.Sprint(uint64(groupPermissions))}}}
	for _, u := range append(others, w.self) {
		if known, is := w.people[u.ID]; is && u.Username == "" {
			u = known
		}
		g.put(member{User: u})
	}
	g.count = len(g.members)
	c.GuildID = c.ID
	w.guilds[c.ID], w.channels[c.ID] = g, &c
}

// isGroup tells whether a channel is a group, and none that a guild says to have.
func (c *channel) isGroup() bool { return c.Type == groupDirectMessage && c.GuildID == c.ID }

// maxTitled is how many of a group without a name are named.
const maxTitled = 5

// groupTitle is what a group is called: by its name, or by those who are in it, as Discord's own clients do.
func (w *world) groupTitle(c *channel) string {
	if c.Name != "" {
		return c.Name
	}
	var names []string
	for id, m := range w.guilds[c.ID].members {
		if id != w.self.ID {
			names = append(names, m.name())
		}
	}
	slices.Sort(names)
	if len(names) > maxTitled {
		names = append(names[:maxTitled], fmt.Sprintf("%d others", len(names)-maxTitled))
	}
	if len(names) == 0 {
		return "Nobody else"
	}
	return strings.Join(names, ", ")
}

// lacksInGroup are the features that an account does not have in a group.
func (w *world) lacksInGroup(c *channel) (lacks transports.Feature) {
	lacks = transports.Threads | transports.Topics | transports.Affiliations
	if c.OwnerID != w.self.ID {
		lacks |= transports.Roles
	}
	return lacks
}

// privateChannelChanged takes a talk or a group that has come or has changed.
func (h *handler) privateChannelChanged(c channel) {
	h.mu.Lock()
	was := h.world.channels[c.ID]
	if was != nil && !was.isGroup() { // of a guild that is not named
		h.mu.Unlock()
		return
	}
	if was != nil && len(c.Recipients)+len(c.RecipientIDs) == 0 {
		for id, m := range h.world.guilds[c.ID].members {
			if id != h.world.self.ID {
				c.Recipients = append(c.Recipients, m.User)
			}
		}
	}
	h.meetIn(c)
	var events []transports.Event
	if now := h.world.channels[c.ID]; was != nil && now != nil && h.world.rooms[c.ID] {
		events = append(events, h.world.room(now))
	}
	h.mu.Unlock()
	h.tell(events)
	h.reconcile(c.ID)
}

// groupLeft takes a group that the account is in no more.
func (h *handler) groupLeft(id string) {
	h.mu.Lock()
	in := h.world.rooms[id]
	delete(h.world.rooms, id)
	h.world.forget(id)
	if in {
		h.emit(transports.MemberLeft{Room: roomID(id), User: userOf(h.world.self), Cause: transports.Removed, Reason: "Your account is not in the group any more."})
	}
	h.mu.Unlock()
}

func (h *handler) recipientAdded(data json.RawMessage)   { h.recipientChanged(data, true) }
func (h *handler) recipientRemoved(data json.RawMessage) { h.recipientChanged(data, false) }

// recipientChanged: somebody is in a group now, or no longer.
func (h *handler) recipientChanged(data json.RawMessage, in bool) {
	var e struct {
		Channel string `json:"channel_id"`
		User    user   `json:"user"`
		UserID  string `json:"user_id"`
	}
	decode(data, &e)
	if e.User.ID == "" {
		e.User.ID = e.UserID
	}
	h.mu.Lock()
	g, c := h.world.guilds[e.Channel], h.world.channels[e.Channel]
	if g == nil || !g.group || c == nil || !isSnowflake(e.User.ID) || e.User.ID == h.world.self.ID {
		h.mu.Unlock()
		return
	}
	var events []transports.Event
	if in {
		if known, is := h.world.people[e.User.ID]; is && e.User.Username == "" {
			e.User = known
		}
		events = h.world.comes(g, g.put(member{User: e.User}))
	} else if m := g.members[e.User.ID]; m != nil {
		left := h.world.userIn(g.id, m)
		delete(g.members, e.User.ID)
		events = h.world.goes(g, left, nil)
		if h.expelled.values[g.id+" "+e.User.ID] == transports.Kicked {
			h.expelled.put(g.id+" "+e.User.ID, transports.Left)
			for i := range events {
				gone := events[i].(transports.MemberLeft)
				gone.Cause = transports.Kicked
				events[i] = gone
			}
		}
	}
	g.count = len(g.members)
	if c.Name == "" && h.world.rooms[c.ID] { // it is called by who is in it
		events = append(events, h.world.changed(c))
	}
	h.mu.Unlock()
	h.tell(events)
}

// changed tells the name and the picture of a group, and what can be done in it.
func (w *world) changed(c *channel) transports.RoomChanged {
	return transports.RoomChanged{Room: roomID(c.ID), Name: w.title(c), Parent: w.parentOf(c), Picture: c.Icon, Lacks: w.lacks(c)}
}

// group finds a group by its room, nil where it is none.
func (s *Session) group(room transports.RoomID) *channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.world.channels[strings.TrimPrefix(string(room), "#")]; c != nil && c.isGroup() {
		return c
	}
	return nil
}

// createGroup makes a group in which nobody else is yet.
func (s *Session) createGroup(ctx context.Context, l *link, c transports.Create, done func(transports.Result, error)) {
	var made channel
	err := s.rest.do(ctx, request{method: http.MethodPost, path: pathOwnChannels, body: map[string][]string{"recipients": {}}}, &made)
	if err == nil && (!isSnowflake(made.ID) || made.Type != groupDirectMessage) {
		err = &transports.Fault{Kind: transports.UnknownOutcome, Text: "Discord did not say whether it was done."}
	}
	if err == nil && c.Name != "" {
		err = s.nameGroup(ctx, &made, c.Name)
		made.Name = c.Name
	}
	if err != nil {
		done(transports.Result{}, s.heed(l, err))
		return
	}
	room := roomID(made.ID)
	s.inOrder(l, func(_ transports.Result, err error) { done(transports.Result{Room: room}, err) }, func(h *handler) (later bool, err error) {
		h.privateChannelChanged(made)
		h.flush()
		return h.join(transports.Join{Room: room})
	})
}

// leaveGroup leaves a group for good. Its event tells the core.
func (s *Session) leaveGroup(ctx context.Context, c *channel) error {
	return s.rest.do(ctx, request{method: http.MethodDelete, path: pathChannel, ids: []string{c.ID}}, nil)
}

// addToGroup brings a user into a group.
func (s *Session) addToGroup(ctx context.Context, i transports.Invite) error {
	c := s.group(i.Room)
	switch {
	case c == nil:
		return fault(transports.Invalid, "Discord invites to whole servers, by a link, and not into a channel. Make the link with Discord's own client.")
	case !isSnowflake(string(i.User)):
		return fault(transports.NotFound, "%q is nobody on Discord.", i.User)
	}
	return s.rest.do(ctx, request{method: http.MethodPut, path: "/channels/{}/recipients/{}", ids: []string{c.ID, string(i.User)}}, nil)
}

// removeFromGroup puts a user out of a group.
func (s *Session) removeFromGroup(ctx context.Context, c *channel, r transports.SetRole) error {
	if r.Role != transports.NoRole {
		return fault(transports.Invalid, "In a group everybody may say the same. Only its owner can put somebody out.")
	}
	if c.OwnerID != s.selfID() {
		return fault(transports.Forbidden, "Only the owner of a group can put somebody out.")
	}
	key := c.ID + " " + string(r.User)
	s.mu.Lock()
	s.expelled.put(key, transports.Kicked)
	s.mu.Unlock()
	err := s.rest.do(ctx, request{method: http.MethodDelete, path: "/channels/{}/recipients/{}", ids: []string{c.ID, string(r.User)}}, nil)
	if err != nil {
		s.mu.Lock()
		s.expelled.put(key, transports.Left)
		s.mu.Unlock()
	}
	return err
}

func (s *Session) selfID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.self.ID
}
