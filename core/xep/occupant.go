package xep

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"isthmus/core/stanza"
)

// Enter asks a room to let us in (XEP-0045 §7.2), with at most so many messages of what was said since then; with the zero time, with none. The password is empty
// for none (§7.2.5).
func Enter(from, occupant stanza.JID, since time.Time, most int, password string) *stanza.Stanza {
	history := stanza.New("", "history", "maxstanzas", "0")
	if !since.IsZero() {
		history = stanza.New("", "history", "maxstanzas", strconv.Itoa(most), "since", Stamp(since))
	}
	s := &stanza.Stanza{Kind: stanza.Presence, From: from, To: occupant}
	x := stanza.New(NSMUC, "x").Add(history)
	if password != "" {
		x.Add(stanza.Text("", "password", password))
	}
	return s.Add(x)
}

// OpenRoom asks a room that we have made to be as such rooms are by default, and open (XEP-0045 §10.1.2).
func OpenRoom(from, room stanza.JID) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.IQ, Type: "set", From: from, To: room}).
		Add(stanza.New(nsOwner, "query").Add(stanza.New(nsForm, "x", "type", "submit")))
}

// StatusCreated tells that the room was not there before (XEP-0045 §10.1.1).
const StatusCreated = 201

// Occupancy is what a room tells of an occupant in a presence (XEP-0045 §7.2.2).
type Occupancy struct {
	OccupantItem
	Codes []int
}

// Has tells whether one of the status codes is there (XEP-0045 §15.6.2).
func (o Occupancy) Has(codes ...int) bool {
	return slices.ContainsFunc(codes, func(c int) bool { return slices.Contains(o.Codes, c) })
}

// ParseOccupancy reads it.
func ParseOccupancy(s *stanza.Stanza) (o Occupancy, ok bool) {
	x := s.Child(nsUser, "x")
	for _, e := range x.Children() {
		switch {
		case e.Is(nsUser, "status"):
			if code, err := strconv.Atoi(e.Attr("code")); err == nil {
				o.Codes = append(o.Codes, code)
			}
		case e.Is(nsUser, "item"):
			o.Affiliation, o.Role, o.Nick = e.Attr("affiliation"), e.Attr("role"), e.Attr("nick")
			o.JID, _ = stanza.ParseJID(e.Attr("jid"))
			o.Actor, o.Reason = e.Child(nsUser, "actor").Attr("nick"), e.Child(nsUser, "reason").Text()
		}
	}
	return o, x != nil
}

// StanzaIDBy is the id that an archive gave a message (XEP-0359 §3.1), empty for none. It is to be believed only of archives that announce it (§6).
func StanzaIDBy(s *stanza.Stanza, by stanza.JID) string {
	for _, e := range s.Payload {
		if e.Is(nsStanzaID, "stanza-id") && e.Attr("by") == by.String() {
			return e.Attr("id")
		}
	}
	return ""
}

// OccupantIDOf is the id of who a stanza of a room is from (XEP-0421 §4.1), to be believed only of rooms that announce it.
func OccupantIDOf(s *stanza.Stanza) string { return s.Child(nsOccupantID, "occupant-id").Attr("id") }

// RoomAbilities are what a room announces of itself (XEP-0045 §6.4).
// Room tells that it is one: presences and messages can come from somebody's account as well, but for an account its server answers.
type RoomAbilities struct{ Room, StanzaIDs, OccupantIDs, Moderation, Archive bool }

// AskAbilities asks a room for them; ParseAbilities reads the answer, which may be nil.
func AskAbilities(from, room stanza.JID) *stanza.Stanza {
	return &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: from, To: room, Payload: []*stanza.Element{stanza.New(nsInfo, "query")}}
}

// ParseAbilities reads the answer to AskAbilities, which may be nil.
func ParseAbilities(s *stanza.Stanza) (a RoomAbilities) {
	if s == nil {
		return a
	}
	for _, e := range s.Child(nsInfo, "query").Children() {
		switch e.Attr("var") {
		case NSMUC:
			a.Room = true
		case nsStanzaID:
			a.StanzaIDs = true
		case nsOccupantID:
			a.OccupantIDs = true
		case NSModerate:
			a.Moderation = true
		case nsMAM:
			a.Archive = true
		}
	}
	return a
}

// AskModeration asks a room to take a message away (XEP-0425 §5).
func AskModeration(from, room stanza.JID, id, reason string) *stanza.Stanza {
	m := stanza.New(NSModerate, "moderate", "id", id).Add(stanza.New(NSRetract, "retract"))
	if reason != "" {
		m.Add(stanza.Text("", "reason", reason))
	}
	return &stanza.Stanza{Kind: stanza.IQ, Type: "set", From: from, To: room, Payload: []*stanza.Element{m}}
}

// Moderated reads in a room's own message that a moderator has taken a message away (XEP-0425 §5).
func Moderated(s *stanza.Stanza) (id, by, reason string, ok bool) {
	r := s.Child(NSRetract, "retract")
	m := r.Child(NSModerate, "moderated")
	if m == nil { // before version 0.3
		fasten := s.Child(nsFasten, "apply-to")
		old := fasten.Child(NSModerateOld, "moderated")
		if old == nil {
			return "", "", "", false
		}
		return fasten.Attr("id"), nickOf(old.Attr("by")), old.Child(old.Space, "reason").Text(), true
	}
	return r.Attr("id"), nickOf(m.Attr("by")), r.Child(NSRetract, "reason").Text(), r.Attr("id") != ""
}

func nickOf(occupant string) string {
	_, nick, _ := strings.Cut(occupant, "/")
	return nick
}

// SelfPingSaysOutside tells from the answer to a ping of our own occupant that we are in the room no longer (XEP-0410 §3); what proves
// nothing either way is none of that.
func SelfPingSaysOutside(answer *stanza.Stanza) bool {
	if answer == nil || answer.Type != "error" {
		return false
	}
	switch answer.Condition() {
	case "service-unavailable", "feature-not-implemented", "item-not-found", "remote-server-not-found", "remote-server-timeout":
		return false
	}
	return true
}
