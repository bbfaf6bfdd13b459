// Package room is the model of a room and how it is shown. The model is a value that one goroutine owns: events go in,
// changes come out, and a view makes stanzas of them.
package room

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/nick"
	"isthmus/transports"
)

// Room is what is known of a room now.
type Room struct {
	// JID is the room's own address.
	JID   stanza.JID
	Topic transports.Topic
	Name  string
	Rules transports.Rules
	// Parent is the space that it belongs to, or empty.
	Parent transports.RoomID
	// Self is the account itself among the members.
	Self    transports.UserID
	members members
	key     *xep.OccupantKey
}

// New makes an empty room; key is the secret from which occupant-ids are made.
func New(jid stanza.JID, key *xep.OccupantKey) *Room {
	return &Room{JID: jid, key: key, members: newMembers()}
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
	// Reconfigured tells of another name or other rules.
	Reconfigured struct{}
)

func (Came) change()         {}
func (Changed) change()      {}
func (Renamed) change()      {}
func (Went) change()         {}
func (Retitled) change()     {}
func (Reconfigured) change() {}

// Member finds a member by id.
func (r *Room) Member(id transports.UserID) (Member, bool) {
	return r.members.byID.find(string(id))
}

// ByNick finds a member by the nick that the room shows.
func (r *Room) ByNick(resource string) (Member, bool) {
	return r.members.byNick.find(resource)
}

// Nick is the resource for a user: the one shown for a member, and one made of the name for who is not there (any more).
func (r *Room) Nick(u transports.User) string {
	if m, there := r.Member(u.ID); there {
		return m.Nick
	}
	return nick.Resource(u.Name)
}

// Occupant is the occupant-id of a user, there or not.
func (r *Room) Occupant(u transports.User) string {
	if m, there := r.Member(u.ID); there {
		return m.Occupant
	}
	return r.occupantID(u)
}

func (r *Room) occupantID(u transports.User) string {
	identity := u.Identity
	if identity == "" {
		identity = string(u.ID)
	}
	return r.key.ID(r.JID.String(), identity)
}

// Len is the number of members.
func (r *Room) Len() int { return r.members.len }

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
		return r.put(e.Member, e.By, &wardrobe{domain: r.JID.Domain})
	case transports.MemberLeft:
		return r.remove(e.User.ID, Went{Cause: e.Cause, By: e.By, Reason: e.Reason})
	case transports.UserLeft:
		return r.remove(e.User.ID, Went{Cause: e.Cause, Reason: e.Reason})
	case transports.UserRenamed:
		return r.rename(e)
	case transports.PresenceChanged:
		return r.describe(e.User.ID, func(m *Member) { m.Show, m.Status = e.Presence.Show, e.Presence.Status })
	case transports.ProfileChanged:
		return r.describe(e.User.ID, func(m *Member) { m.Picture = e.User.Picture })
	case transports.RoomChanged:
		r.Parent = e.Parent
		if e.Name != "" && e.Name != r.Name {
			r.Name = e.Name
			return []Change{Reconfigured{}}
		}
	}
	return nil
}

// replace takes the true state of the room over, by the difference to what was known: after a reconnect people see who
// went and who came, and nothing of those who stayed.
func (r *Room) replace(e transports.Room) []Change {
	var changes []Change
	if e.Rules != r.Rules || e.Name != "" && e.Name != r.Name {
		changes = append(changes, Reconfigured{})
	}
	if e.Name != "" {
		r.Name = e.Name
	}
	r.Rules, r.Parent = e.Rules, e.Parent
	if e.Complete {
		there := make(map[transports.UserID]bool, len(e.Members))
		for _, m := range e.Members {
			there[m.User.ID] = true
		}
		var gone []Member
		for m := range r.members.inOrder() {
			if !there[m.ID] {
				gone = append(gone, m)
			}
		}
		for _, m := range gone {
			changes = append(changes, r.remove(m.ID, Went{})...)
		}
	}
	from := &wardrobe{domain: r.JID.Domain}
	for _, m := range e.Members {
		if known, there := r.Member(m.User.ID); there && !named(known, m.User.Name) {
			changes = append(changes, r.rename(transports.UserRenamed{Was: m.User.ID, User: m.User})...)
		}
		changes = append(changes, r.put(m, "", from)...)
	}
	if !sameTopic(e.Topic, r.Topic) {
		r.Topic = e.Topic
		changes = append(changes, Retitled{e.Topic})
	}
	return changes
}

// maxNamesakes is how many of one name are told apart when a room's state comes anew.
const maxNamesakes = 100

// named tells whether a member is shown under a name, be it with a number after it. A network that knows no name gives the id, or nothing.
func named(m Member, name string) bool {
	if name == "" || name == string(m.ID) || name == m.Nick {
		return true
	}
	tried := 0
	taken := func(s string) bool { tried++; return s != m.Nick && tried < maxNamesakes }
	return nick.Distinct(nick.Resource(name), taken) == m.Nick
}

func sameTopic(a, b transports.Topic) bool {
	return a.Text == b.Text && a.By == b.By && a.At.Equal(b.At)
}

func (r *Room) put(m transports.Member, by string, from *wardrobe) []Change {
	known, there := r.Member(m.User.ID)
	hats := from.wears(m.Hats)
	if !there {
		known = Member{ID: m.User.ID, Nick: r.freeNick(m.User), Occupant: r.occupantID(m.User), Origin: m.User.Origin, Affiliation: m.Affiliation, Role: m.Role, Picture: m.User.Picture, Hats: hats}
		r.members.add(known)
		return []Change{Came{known}}
	}
	if known.Affiliation == m.Affiliation && known.Role == m.Role && known.Hats == hats {
		return nil
	}
	r.members.remove(known)
	known.Affiliation, known.Role, known.Hats = m.Affiliation, m.Role, hats
	r.members.add(known)
	return []Change{Changed{known, by}}
}

// describe takes how a member is, or another picture of theirs.
func (r *Room) describe(id transports.UserID, change func(*Member)) []Change {
	known, there := r.Member(id)
	if !there {
		return nil
	}
	now := known
	if change(&now); now == known {
		return nil
	}
	r.members.remove(known)
	r.members.add(now)
	return []Change{Changed{now, ""}}
}

func (r *Room) remove(id transports.UserID, went Went) []Change {
	m, there := r.Member(id)
	if !there {
		return nil
	}
	r.members.remove(m)
	went.Member = m
	return []Change{went}
}

func (r *Room) rename(e transports.UserRenamed) []Change {
	m, there := r.Member(e.Was)
	if !there {
		return nil
	}
	var changes []Change
	if e.User.ID != e.Was { // whoever had that id must have gone, or the network would not have given it
		changes = r.remove(e.User.ID, Went{})
	}
	r.members.remove(m)
	was := m.Nick
	m.ID, m.Nick = e.User.ID, r.freeNick(e.User)
	if e.User.Origin != "" {
		m.Origin = e.User.Origin
	}
	r.members.add(m)
	if r.Self == e.Was {
		r.Self = m.ID
	}
	if was == m.Nick {
		return changes
	}
	return append(changes, Renamed{was, m})
}

func (r *Room) freeNick(u transports.User) string {
	return nick.Distinct(nick.Resource(u.Name), func(s string) bool { _, taken := r.ByNick(s); return taken })
}

// Nicks are the nicks that the room shows, in order.
func (r *Room) Nicks() []string {
	nicks := make([]string, 0, r.Len())
	for m := range r.members.inOrder() {
		nicks = append(nicks, m.Nick)
	}
	return nicks
}
