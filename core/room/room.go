// Package room is the model of a room and how it is shown. The model is a value that one goroutine owns: events go in,
// changes come out, and a view makes stanzas of them.
package room

import (
	"maps"
	"slices"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/nick"
	"isthmus/transports"
)

// Member is someone in a room.
type Member struct {
	ID transports.UserID
	// Nick is the resource under which the room shows them.
	Nick string
	// Occupant is their occupant-id (XEP-0421).
	Occupant    string
	Affiliation transports.Affiliation
	Role        transports.Role
}

// Room is what is known of a room now.
type Room struct {
	// JID is the room's own address.
	JID       stanza.JID
	Topic     transports.Topic
	Name      string
	Moderated bool
	// Self is the account itself among the members.
	Self    transports.UserID
	members map[transports.UserID]*Member
	nicks   map[string]transports.UserID
	key     []byte
}

// New makes an empty room; key is the secret from which occupant-ids are made.
func New(jid stanza.JID, key []byte) *Room {
	return &Room{JID: jid, key: key, members: map[transports.UserID]*Member{}, nicks: map[string]transports.UserID{}}
}

// Change is one thing that people in the room see happen. The set is closed.
type Change interface{ change() }

type (
	// Came tells of a new member.
	Came struct{ Member Member }
	// Changed tells of another standing.
	Changed struct {
		Member Member
		By     string
	}
	// Renamed tells of another nick.
	Renamed struct {
		Was    string
		Member Member
	}
	// Went tells of a member who is no longer there.
	Went struct {
		Member Member
		Cause  transports.Cause
		By     string
		Reason string
	}
	// Retitled tells of another topic.
	Retitled struct{ Topic transports.Topic }
)

func (Came) change()     {}
func (Changed) change()  {}
func (Renamed) change()  {}
func (Went) change()     {}
func (Retitled) change() {}

// Member finds a member by id.
func (r *Room) Member(id transports.UserID) (Member, bool) {
	if m := r.members[id]; m != nil {
		return *m, true
	}
	return Member{}, false
}

// ByNick finds a member by the nick that the room shows.
func (r *Room) ByNick(resource string) (Member, bool) {
	id, ok := r.nicks[resource]
	if !ok {
		return Member{}, false
	}
	return r.Member(id)
}

// Nick is the resource for a user: the one shown for a member, and one made of the name for who is not there (any more).
func (r *Room) Nick(u transports.User) string {
	if m := r.members[u.ID]; m != nil {
		return m.Nick
	}
	return nick.Resource(u.Name)
}

// Occupant is the occupant-id of a user, there or not.
func (r *Room) Occupant(u transports.User) string {
	if m := r.members[u.ID]; m != nil {
		return m.Occupant
	}
	return r.occupantID(u)
}

func (r *Room) occupantID(u transports.User) string {
	identity := u.Identity
	if identity == "" {
		identity = string(u.ID)
	}
	return xep.OccupantID(r.key, r.JID.String(), identity)
}

// Len is the number of members.
func (r *Room) Len() int { return len(r.members) }

// Apply takes an event into the room and returns what people see of it. Events about other rooms must not come here;
// those about users who are not members change nothing.
func (r *Room) Apply(event transports.Event) []Change {
	switch e := event.(type) {
	case transports.Room:
		return r.replace(e)
	case transports.TopicChanged:
		r.Topic = e.Topic
		return []Change{Retitled{e.Topic}}
	case transports.MemberChanged:
		return r.put(e.Member, e.By)
	case transports.MemberLeft:
		return r.remove(e.User.ID, Went{Cause: e.Cause, By: e.By, Reason: e.Reason})
	case transports.UserLeft:
		return r.remove(e.User.ID, Went{Reason: e.Reason})
	case transports.UserRenamed:
		return r.rename(e)
	}
	return nil
}

// replace takes the true state of the room over, by the difference to what was known: after a reconnect people see who
// went and who came, and nothing of those who stayed.
func (r *Room) replace(e transports.Room) []Change {
	var changes []Change
	if e.Name != "" {
		r.Name = e.Name
	}
	r.Moderated = e.Moderated
	if e.Complete {
		there := make(map[transports.UserID]bool, len(e.Members))
		for _, m := range e.Members {
			there[m.User.ID] = true
		}
		for id := range r.members {
			if !there[id] {
				changes = append(changes, r.remove(id, Went{})...)
			}
		}
	}
	for _, m := range e.Members {
		changes = append(changes, r.put(m, "")...)
	}
	if !sameTopic(e.Topic, r.Topic) {
		r.Topic = e.Topic
		changes = append(changes, Retitled{e.Topic})
	}
	return changes
}

func sameTopic(a, b transports.Topic) bool {
	return a.Text == b.Text && a.By == b.By && a.At.Equal(b.At)
}

func (r *Room) put(m transports.Member, by string) []Change {
	known := r.members[m.User.ID]
	if known == nil {
		known = &Member{ID: m.User.ID, Nick: r.freeNick(m.User), Occupant: r.occupantID(m.User),
			Affiliation: m.Affiliation, Role: m.Role}
		r.members[known.ID] = known
		r.nicks[known.Nick] = known.ID
		return []Change{Came{*known}}
	}
	if known.Affiliation == m.Affiliation && known.Role == m.Role {
		return nil
	}
	known.Affiliation, known.Role = m.Affiliation, m.Role
	return []Change{Changed{*known, by}}
}

func (r *Room) remove(id transports.UserID, went Went) []Change {
	m := r.members[id]
	if m == nil {
		return nil
	}
	delete(r.members, id)
	delete(r.nicks, m.Nick)
	went.Member = *m
	return []Change{went}
}

func (r *Room) rename(e transports.UserRenamed) []Change {
	m := r.members[e.Was]
	if m == nil {
		return nil
	}
	var changes []Change
	if e.User.ID != e.Was { // whoever had that id must have gone, or the network would not have given it
		changes = r.remove(e.User.ID, Went{})
	}
	delete(r.members, e.Was)
	delete(r.nicks, m.Nick)
	was := m.Nick
	m.ID, m.Nick = e.User.ID, r.freeNick(e.User)
	r.members[m.ID] = m
	r.nicks[m.Nick] = m.ID
	if r.Self == e.Was {
		r.Self = m.ID
	}
	if was == m.Nick {
		return changes
	}
	return append(changes, Renamed{was, *m})
}

func (r *Room) freeNick(u transports.User) string {
	return nick.Distinct(nick.Resource(u.Name), func(s string) bool { _, taken := r.nicks[s]; return taken })
}

// Nicks are the nicks that the room shows, in order.
func (r *Room) Nicks() []string { return slices.Sorted(maps.Keys(r.nicks)) }
