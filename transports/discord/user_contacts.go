package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"isthmus/transports"
)

// relation is how a person's account stands to a user.
type relation struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	Nickname string `json:"nickname"` // what the person calls a friend, or empty
	User     user   `json:"user"`
	UserID   string `json:"user_id"`
	Spam     bool   `json:"is_spam_request"`
}

// The types of relations. Others are none of the person's doing.
const (
	friend   = 1
	blocked  = 2
	incoming = 3 // the user asks to be a friend
	outgoing = 4 // the person does
)

// relate takes the whole list of relations.
func (h *handler) relate(data json.RawMessage) {
	h.world.relations = map[string]relation{}
	for _, one := range readArray(data) {
		var r relation
		if decode(one, &r); h.knowRelation(&r) {
			h.world.relations[r.ID] = r
		}
	}
}

// knowRelation completes a relation with who it is to, and remembers them. It is false for what is no relation.
func (h *handler) knowRelation(r *relation) bool {
	r.ID = cmp.Or(r.ID, r.User.ID, r.UserID)
	if !isSnowflake(r.ID) || r.Type < friend || r.Type > outgoing {
		return false
	}
	if r.User.Username != "" {
		h.world.remember(r.User)
	} else if _, known := h.world.people[r.ID]; !known {
		h.world.remember(user{ID: r.ID})
	}
	return true
}

// friends are the ids of the friends, in order.
func (h *handler) friends() (ids []string) {
	for _, id := range slices.Sorted(maps.Keys(h.world.relations)) {
		if h.world.relations[id].Type == friend {
			ids = append(ids, id)
		}
	}
	return ids
}

// friendly is a user as the person calls them.
func (w *world) friendly(u transports.User) transports.User {
	if r := w.relations[string(u.ID)]; r.Nickname != "" {
		u.Name = r.Nickname
	}
	return u
}

// contact is a friend, or somebody who is shut out, as the core takes them. Discord has no groups: those of the person's are kept with the credentials.
func (s *Session) contact(r relation) transports.Contact {
	u, _ := s.world.person("", r.ID)
	c := transports.Contact{User: s.world.friendly(u), Groups: s.data.Groups[r.ID], Blocked: r.Type == blocked}
	if r.Type == friend {
		c.Subscription = transports.Both
	}
	return c
}

// tellContacts tells who is a contact, and who asks to be one.
func (h *handler) tellContacts() {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := transports.Contacts{}
	var asked []transports.Event
	for _, id := range slices.Sorted(maps.Keys(h.world.relations)) {
		switch r := h.world.relations[id]; {
		case r.Type == friend || r.Type == blocked:
			all.Contacts = append(all.Contacts, h.contact(r))
		case r.Type == incoming && !r.Spam:
			u, _ := h.world.person("", id)
			asked = append(asked, transports.SubscriptionAsked{From: u})
		}
	}
	h.emit(all)
	for _, e := range asked {
		h.emit(e)
	}
	h.later(forgetRequests, func(h *handler) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.data.Requested = slices.DeleteFunc(slices.Clone(h.data.Requested), func(id string) bool { return h.world.relations[id].Type != outgoing })
	})
}

// forgetRequests is how long after the beginning of a connection nobody is asked again to be a friend who was asked before and is none: they have declined meanwhile.
const forgetRequests = time.Minute

func (h *handler) relationChanged(data json.RawMessage) {
	var r relation
	decode(data, &r)
	h.mu.Lock()
	defer h.mu.Unlock()
	was, there := h.world.relations[r.ID]
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(data, &fields)
	if there && fields["nickname"] == nil {
		r.Nickname = was.Nickname
	}
	if there && fields["type"] == nil {
		r.Type = was.Type
	}
	if !h.knowRelation(&r) {
		return
	}
	h.world.relations[r.ID] = r
	u, _ := h.world.person("", r.ID)
	switch r.Type {
	case friend, blocked:
		h.emit(transports.ContactChanged{Contact: h.contact(r)})
		if now := h.world.presences[r.ID]; r.Type == friend && now != (transports.Presence{}) {
			h.emit(transports.PresenceChanged{User: h.world.friendly(u), Presence: now})
		}
	case incoming:
		if was.Type != incoming && !r.Spam {
			h.emit(transports.SubscriptionAsked{From: u})
		}
	}
}

func (h *handler) relationRemoved(data json.RawMessage) {
	var r relation
	decode(data, &r)
	h.mu.Lock()
	defer h.mu.Unlock()
	was := h.world.relations[r.ID]
	delete(h.world.relations, r.ID)
	u, _ := h.world.person("", r.ID)
	switch was.Type {
	case friend, blocked:
		h.emit(transports.ContactRemoved{User: u.ID})
	case outgoing:
		h.data.Requested = without(h.data.Requested, r.ID)
		h.emit(transports.Credentials{Data: h.data.encode()})
		h.emit(transports.SubscriptionAnswered{User: u})
	}
}

// ask has a user be asked to be a friend, or lets one who asks be one.
func (s *Session) ask(ctx context.Context, c transports.Subscribe) error {
	id := string(c.User)
	s.mu.Lock()
	r := s.world.relations[id]
	declined := r.Type == 0 && slices.Contains(s.data.Requested, id)
	s.mu.Unlock()
	switch {
	case !isSnowflake(id):
		return fault(transports.NotFound, "%q is nobody on Discord.", c.User)
	case !c.On && r.Type != outgoing: // a friendship is not ended by a list of contacts: the other would have to agree to it anew
		return nil
	case !c.On:
		return s.rest.do(ctx, request{method: http.MethodDelete, path: "/users/@me/relationships/{}", ids: []string{id}}, nil)
	case r.Type == friend || declined:
		s.answered(id, !declined)
		return nil
	case r.Type == blocked:
		return fault(transports.Forbidden, "You have blocked them. Let them in again first.")
	case r.Type == outgoing:
		return nil
	}
	err := s.rest.do(ctx, request{method: http.MethodPut, path: "/users/@me/relationships/{}", ids: []string{id}, body: map[string]any{}}, nil)
	if err == nil && r.Type != incoming {
		s.keepData(func(c *credentials) { c.Requested = append(without(c.Requested, id), id) })
	}
	return err
}

// answered tells what has become of the wish to have somebody as a friend.
func (s *Session) answered(id string, granted bool) {
	s.inTurn(func(h *handler) {
		h.mu.Lock()
		defer h.mu.Unlock()
		u, _ := h.world.person("", id)
		h.emit(transports.SubscriptionAnswered{User: h.world.friendly(u), Granted: granted})
		if !granted {
			h.data.Requested = without(h.data.Requested, id)
		} else if now := h.world.presences[id]; now != (transports.Presence{}) {
			h.emit(transports.PresenceChanged{User: h.world.friendly(u), Presence: now})
		}
	})
}

// authorize lets one who asks be a friend, or not.
func (s *Session) authorize(ctx context.Context, c transports.Authorize) error {
	s.mu.Lock()
	asks := s.world.relations[string(c.User)].Type == incoming
	s.mu.Unlock()
	r := request{method: http.MethodPut, path: "/users/@me/relationships/{}", ids: []string{string(c.User)}, body: map[string]any{}}
	switch {
	case !asks:
		return nil
	case !c.Allow:
		r.method, r.body = http.MethodDelete, nil
	}
	return s.rest.do(ctx, r, nil)
}

// maxNickname is in characters (Relationship Structure).
const maxNickname = 32

// setContact names a friend, and keeps the groups that they are in.
func (s *Session) setContact(ctx context.Context, c transports.SetContact) error {
	id := string(c.User)
	s.mu.Lock()
	r := s.world.relations[id]
	was := s.contact(r)
	plain := s.world.people[id].name()
	s.mu.Unlock()
	switch {
	case r.Type != friend && r.Type != blocked:
		return fault(transports.NotFound, "%s is none of your friends on Discord.", c.User)
	case len([]rune(c.Name)) > maxNickname:
		return fault(transports.TooLarge, "Discord lets a friend's name have %d characters.", maxNickname)
	}
	if c.Name != "" && c.Name != was.User.Name && r.Type == friend {
		body := map[string]any{"nickname": c.Name}
		if c.Name == plain {
			body["nickname"] = nil
		}
		if err := s.rest.do(ctx, request{method: http.MethodPatch, path: "/users/@me/relationships/{}", ids: []string{id}, body: body}, nil); err != nil {
			return err
		}
		s.mu.Lock()
		if r, is := s.world.relations[id]; is {
			if r.Nickname = c.Name; c.Name == plain {
				r.Nickname = ""
			}
			s.world.relations[id] = r
		}
		s.mu.Unlock()
	}
	if !slices.Equal(c.Groups, was.Groups) {
		s.keepData(func(d *credentials) {
			d.Groups = maps.Clone(d.Groups)
			if d.Groups == nil {
				d.Groups = map[string][]string{}
			}
			if d.Groups[id] = c.Groups; len(c.Groups) == 0 {
				delete(d.Groups, id)
			}
		})
		s.inTurn(func(h *handler) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.emit(transports.ContactChanged{Contact: h.contact(h.world.relations[id])})
		})
	}
	return nil
}

// block shuts a user out, or lets them in again.
func (s *Session) block(ctx context.Context, c transports.Block) error {
	id := string(c.User)
	s.mu.Lock()
	is := s.world.relations[id].Type == blocked
	s.mu.Unlock()
	r := request{method: http.MethodPut, path: "/users/@me/relationships/{}", ids: []string{id}, body: map[string]any{"type": blocked}}
	switch {
	case !isSnowflake(id):
		return fault(transports.NotFound, "%q is nobody on Discord.", c.User)
	case is == c.On:
		return nil
	case !c.On:
		r.method, r.body = http.MethodDelete, nil
	}
	return s.rest.do(ctx, r, nil)
}

// keepData changes what is kept of the account.
func (s *Session) keepData(change func(*credentials)) {
	s.inTurn(func(h *handler) {
		h.mu.Lock()
		defer h.mu.Unlock()
		change(&h.data)
		h.emit(transports.Credentials{Data: h.data.encode()})
	})
}

// inTurn has something done between two events, unless the connection ends before.
func (s *Session) inTurn(do func(*handler)) {
	if l := s.live.Load(); l != nil {
		l.queue.put(item{task: func(h *handler) {
			do(h)
			h.flush()
		}})
	}
}
