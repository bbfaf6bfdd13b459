package room

import (
	"iter"
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/nick"
	"isthmus/transports"
)

// Hosted shows a room to the people attached to it as a Multi-User Chat service does (XEP-0045): every resource of the
// person is an occupant under one nick.
type Hosted struct {
	*Room
	// RealJID is the address of a user outside the room, shown because rooms are not anonymous (XEP-0045 §7.2.3).
	RealJID func(transports.UserID) stanza.JID
	// Logged: what is said is archived, which who enters is told.
	Logged bool
	// Picture is the hash of the picture of a member, empty for none; ok is false while nobody can tell. It may be nil.
	Picture func(id transports.UserID, version string) (hash string, ok bool)
	// Durable: who goes keeps their affiliation. Where the network forgets it, clients must not list who is gone among the members.
	Durable bool
	people  []stanza.JID
}

// People are the full JIDs inside, in the order of their coming.
func (h *Hosted) People() []stanza.JID { return h.people }

// Has tells whether a full JID is inside.
func (h *Hosted) Has(who stanza.JID) bool { return slices.Contains(h.people, who) }

// Remove takes a full JID out, showing nothing.
func (h *Hosted) Remove(who stanza.JID) {
	h.people = slices.DeleteFunc(h.people, func(j stanza.JID) bool { return j == who })
}

// Enter lets a full JID in and gives the presences that it gets, its own last (XEP-0045 §7.2.2); wanted is the nick that
// it asked for. One who is inside already has lost its state and gets all of it again.
func (h *Hosted) Enter(who stanza.JID, wanted string) iter.Seq[*stanza.Stanza] {
	if !h.Has(who) {
		h.people = append(h.people, who)
	}
	return func(yield func(*stanza.Stanza) bool) {
		for m := range h.members.inOrder() {
			if m.ID != h.Self && !yield(h.available(who, m, "")) {
				return
			}
		}
		if self, ok := h.Member(h.Self); ok {
			yield(h.available(who, self, "", h.entryCodes(self, wanted)...))
		}
	}
}

// entryCodes are what a newcomer's own presence tells them of the room, and of a nick other than they wanted.
func (h *Hosted) entryCodes(self Member, wanted string) []int {
	codes := []int{xep.StatusNonAnonymous}
	if h.Logged {
		codes = append(codes, xep.StatusLogged)
	}
	if wanted != "" && wanted != self.Nick {
		codes = append(codes, xep.StatusNickAssigned)
	}
	return codes
}

// Leave lets a full JID out and returns its own last presence (XEP-0045 §7.14), with codes that say why.
func (h *Hosted) Leave(who stanza.JID, codes ...int) *stanza.Stanza {
	h.Remove(who)
	self, _ := h.Member(h.Self)
	return h.unavailable(who, Went{Member: self}, codes...)
}

// Expel puts everyone out with a reason and one more code, such as xep.StatusShutdown (XEP-0045 §10.9 and §15.6.2).
func (h *Hosted) Expel(reason string, code int) []*stanza.Stanza {
	self, _ := h.Member(h.Self)
	var all []*stanza.Stanza
	for _, who := range h.people {
		all = append(all, h.unavailable(who, Went{Member: self, Reason: reason}, code))
	}
	h.people = nil
	return all
}

// Destroy puts everyone out of a room that is no more (XEP-0045 §10.9).
func (h *Hosted) Destroy(reason string) []*stanza.Stanza {
	self, _ := h.Member(h.Self)
	var all []*stanza.Stanza
	for _, who := range h.people {
		p := h.unavailable(who, Went{Member: self})
		p.Payload[0].Add(xep.Destroyed(reason))
		all = append(all, p)
	}
	h.people = nil
	return all
}

// Configured tells that the room is configured otherwise, with codes that say how (XEP-0045 §10.2.1).
func (h *Hosted) Configured(to stanza.JID, codes ...int) *stanza.Stanza {
	s := &stanza.Stanza{Kind: stanza.Message, Type: "groupchat", From: h.JID, To: to}
	return s.Add(xep.Statuses(codes...))
}

// Show is what everyone inside gets of a change.
func (h *Hosted) Show(change Change) []*stanza.Stanza {
	all := make([]*stanza.Stanza, 0, len(h.people))
	for _, who := range h.people {
		switch c := change.(type) {
		case Came:
			all = append(all, h.available(who, c.Member, ""))
		case Changed:
			all = append(all, h.available(who, c.Member, c.By))
		case Renamed:
			gone := c.Member
			gone.Nick = c.Was
			all = append(all, h.presence(who, gone, "unavailable", xep.OccupantItem{Nick: c.Member.Nick}, xep.StatusRenamed),
				h.available(who, c.Member, ""))
		case Went:
			all = append(all, h.unavailable(who, c))
		case Retitled:
			all = append(all, h.Subject(who))
		case Reconfigured:
			all = append(all, h.Configured(who, xep.StatusConfigured))
		}
	}
	return all
}

func (h *Hosted) available(to stanza.JID, m Member, by string, codes ...int) *stanza.Stanza {
	return h.presence(to, m, "", xep.OccupantItem{Actor: by}, codes...)
}

func (h *Hosted) unavailable(to stanza.JID, w Went, codes ...int) *stanza.Stanza {
	m := w.Member
	m.Role = transports.NoRole
	if !h.Durable {
		m.Affiliation = transports.NoAffiliation
	}
	switch w.Cause {
	case transports.Kicked:
		codes = append(codes, xep.StatusKicked)
	case transports.Banned:
		codes = append(codes, xep.StatusBanned)
		m.Affiliation = transports.Outcast
	case transports.Removed:
		codes = append(codes, xep.StatusTechnical)
	}
	p := h.presence(to, m, "unavailable", xep.OccupantItem{Actor: w.By, Reason: w.Reason}, codes...)
	if w.Reason != "" {
		p.Add(stanza.Text("", "status", w.Reason))
	}
	return p
}

func (h *Hosted) presence(to stanza.JID, m Member, kind string, item xep.OccupantItem, codes ...int) *stanza.Stanza {
	item.Affiliation, item.Role = affiliations[m.Affiliation], roles[m.Role]
	item.JID = h.RealJID(m.ID)
	if m.Origin != "" { // moderators go by it
		item.JID = item.JID.WithResource(nick.Resource(m.Origin))
	}
	if m.ID == h.Self {
		item.JID = to
		codes = append(codes, xep.StatusSelf)
	}
	p := &stanza.Stanza{Kind: stanza.Presence, Type: kind, From: h.JID.WithResource(m.Nick), To: to}
	if kind == "" {
		h.describe(p, m)
	}
	p.Add(item.Element(codes...), xep.Occupant(m.Occupant))
	if kind == "" {
		p.Rendered = m.Hats.rendered()
	}
	return p
}

// describe tells how a member is and which picture they have (RFC 6121 §4.7.2, XEP-0153 §4.1).
func (h *Hosted) describe(p *stanza.Stanza, m Member) {
	if word := ShowWord(m.Show); word != "" {
		p.Add(stanza.Text("", "show", word))
	}
	if m.Status != "" {
		p.Add(stanza.Text("", "status", m.Status))
	}
	if h.Picture == nil {
		return
	}
	if hash, ok := h.Picture(m.ID, m.Picture); ok && m.Picture != "" {
		p.Add(xep.PictureUpdate(hash))
	}
}

// Subject is the message with the room's topic, which may be empty (XEP-0045 §7.2.15).
func (h *Hosted) Subject(to stanza.JID) *stanza.Stanza {
	from := h.JID
	if h.Topic.By != "" {
		from = from.WithResource(h.Nick(transports.User{ID: transports.UserID(h.Topic.By), Name: h.Topic.By}))
	}
	s := &stanza.Stanza{Kind: stanza.Message, Type: "groupchat", From: from, To: to}
	s.Add(stanza.New("", "subject").AddText(h.Topic.Text))
	if !h.Topic.At.IsZero() {
		s.Add(xep.Delay(h.JID, h.Topic.At))
	}
	return s
}

// Said is a message in the room, as it is kept and shown.
type Said struct {
	// ID is the id attribute, StanzaID that of the archive.
	ID, StanzaID string
	Nick         string
	// At is set for what was said earlier.
	At time.Time
	// Corrects is the id attribute of the message that it corrects, or empty.
	Corrects string
	// Content are the rendered children.
	Content []byte
}

// Message is what one of the people gets of it.
func (h *Hosted) Message(to stanza.JID, said Said) *stanza.Stanza {
	from := h.JID
	if said.Nick != "" {
		from = from.WithResource(said.Nick)
	}
	s := &stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: said.ID, From: from, To: to, Rendered: said.Content}
	if said.Corrects != "" {
		s.Add(xep.Correction(said.Corrects))
	}
	if said.StanzaID != "" {
		s.Add(xep.StanzaID(h.JID, said.StanzaID))
	}
	if !said.At.IsZero() {
		s.Add(xep.Delay(h.JID, said.At))
	}
	return s
}

// shows are the words of RFC 6121 §4.7.2.1; who is there has none.
var shows = [...]string{transports.Chatty: "chat", transports.Away: "away", transports.LongAway: "xa", transports.Busy: "dnd"}

// ShowWord is the word of an available presence, empty for who is there or of whom nothing is known.
func ShowWord(s transports.Show) string { return shows[s] }

// ParseShow reads the word of an available presence.
func ParseShow(word string) transports.Show {
	if i := slices.Index(shows[:], word); i > 0 && word != "" {
		return transports.Show(i)
	}
	return transports.Present
}

// affiliations and roles are the words of XEP-0045 §5.
var (
	affiliations = [...]string{transports.NoAffiliation: "none", transports.Outcast: "outcast",
		transports.AffiliatedMember: "member", transports.Admin: "admin", transports.Owner: "owner"}
	roles = [...]string{transports.NoRole: "none", transports.Visitor: "visitor",
		transports.Participant: "participant", transports.Moderator: "moderator"}
)

// ParseAffiliation reads the word; ok is false for any other.
func ParseAffiliation(word string) (a transports.Affiliation, ok bool) {
	i := slices.Index(affiliations[:], word)
	return transports.Affiliation(max(i, 0)), i >= 0
}

// ParseRole reads the word; ok is false for any other.
func ParseRole(word string) (r transports.Role, ok bool) {
	i := slices.Index(roles[:], word)
	return transports.Role(max(i, 0)), i >= 0
}

// ByRealJID finds a member by their address outside the room, for requests that name people by it (XEP-0045 §9.1).
func (h *Hosted) ByRealJID(jid string) (Member, bool) {
	for m := range h.members.inOrder() {
		if bare, _, _ := strings.Cut(jid, "/"); bare != "" && h.RealJID(m.ID).String() == bare {
			return m, true
		}
	}
	return Member{}, false
}

// Items are the members that a condition holds for, as a list names them (XEP-0045 §9.5).
func (h *Hosted) Items(holds func(Member) bool) []xep.AdminItem {
	var all []xep.AdminItem
	for m := range h.members.inOrder() {
		if holds(m) {
			all = append(all, xep.AdminItem{Nick: m.Nick, JID: h.RealJID(m.ID).String(), Role: roles[m.Role], Affiliation: affiliations[m.Affiliation]})
		}
	}
	return all
}
