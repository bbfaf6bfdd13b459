package slack

import (
	"slices"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// room is a conversation that the account is in and that is no talk.
type room struct {
	channelObject

	id     string
	told   map[string]bool // members that the core knows
	loaded bool            // its members were read
}

func newRoom(c channelObject) *room {
	return &room{channelObject: c, id: c.ID, told: map[string]bool{}}
}

// name is what people call the room.
func (r *room) name(s *Session) string {
	if !r.MPIM {
		return r.Name
	}
	// "mpdm-ida--max--tess-1": the names of those who are in it
	inner := strings.TrimPrefix(r.Name, "mpdm-")
	if i := strings.LastIndexByte(inner, '-'); i > 0 {
		inner = inner[:i]
	}
	var names []string
	for name := range strings.SplitSeq(inner, "--") {
		if name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func (r *room) topic(s *Session) transports.Topic {
	t := transports.Topic{Text: flat(text.ParseMrkdwn(r.Topic.Value, s.refer(offhand)).String())}
	if r.Topic.Creator != "" {
		t.By = r.Topic.Creator
		if who, known := s.people.get(r.Topic.Creator); known {
			t.By = who.name
		}
	}
	if r.Topic.LastSet > 0 {
		t.At = time.Unix(r.Topic.LastSet, 0)
	}
	return t
}

func flat(s string) string { return strings.ReplaceAll(s, "\n", " ") }

// roomEvent tells the state of a room with those of its members who are known; the account itself is among them.
func (s *Session) roomEvent(r *room, members []person, complete bool) transports.Room {
	self := s.own()
	e := transports.Room{Room: roomID(r.id), Name: r.name(s), Parent: s.space(), Topic: r.topic(s), Complete: complete, Lacks: r.lacks(),
		Rules: transports.Rules{MembersOnly: r.Private || r.MPIM, Hidden: r.Private || r.MPIM, Moderated: r.ReadOnly}}
	if !slices.ContainsFunc(members, func(p person) bool { return p.id == self.id }) {
		members = append([]person{self}, members...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range members {
		m := p.member()
		if p.id == self.id && r.ReadOnly && p.affiliation < transports.Admin {
			m.Role = transports.Visitor
		}
		e.Members = append(e.Members, m)
		r.told[p.id] = true
		s.shown[p.id] = p.user()
	}
	return e
}

// space is the workspace, which has all its rooms.
func (s *Session) space() transports.RoomID { return transports.RoomID("#" + string(s.scope)) }

// lacks are the features that the account does not have in a room.
func (r *room) lacks() (no transports.Feature) {
	if r.NonThreadable {
		no |= transports.Threads | transports.Replies
	}
	return no
}

// changed tells the new name of a room.
func (s *Session) changed(r *room) transports.RoomChanged {
	return transports.RoomChanged{Room: roomID(r.id), Name: r.name(s), Parent: s.space(), Lacks: r.lacks()}
}

// room is a room that the account is in.
func (s *Session) room(channel string) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[channel]
}
