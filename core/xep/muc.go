package xep

import (
	"math"
	"slices"
	"strconv"
	"time"

	"isthmus/core/stanza"
)

// The namespaces of Multi-User Chat (XEP-0045 §17).
const (
	NSMUC   = "http://jabber.org/protocol/muc"
	nsUser  = "http://jabber.org/protocol/muc#user"
	nsAdmin = "http://jabber.org/protocol/muc#admin"
)

// The status codes that we send (XEP-0045 §15.6.2). The others tell of what cannot be here: rooms that hide addresses or show who is
// absent (102, 103, 172-174), affiliations of who is absent (101), rooms that we make (201) or that put people out for
// not being members (321, 322).
const (
	StatusNonAnonymous = 100
	StatusConfigured   = 104
	StatusSelf         = 110
	StatusLogged       = 170
	StatusNotLogged    = 171
	StatusNickAssigned = 210
	StatusBanned       = 301
	StatusRenamed      = 303
	StatusKicked       = 307
	StatusShutdown     = 332
	StatusTechnical    = 333
)

// JoinRequest is what a client asks when it enters (XEP-0045 §7.2).
type JoinRequest struct {
	Password string
	History  HistoryLimits
}

// HistoryLimits bound the history sent on entering (XEP-0045 §7.2.14); negative numbers and the zero time mean unlimited.
type HistoryLimits struct {
	MaxChars, MaxStanzas int
	Since                time.Time
}

// ParseJoin finds the request to enter a room in a presence; now is what "seconds" counts from.
func ParseJoin(s *stanza.Stanza, now time.Time) (JoinRequest, bool) {
	j := JoinRequest{History: HistoryLimits{MaxChars: -1, MaxStanzas: -1}}
	x := s.Child(NSMUC, "x")
	if x == nil {
		return j, false
	}
	j.Password = x.Child(NSMUC, "password").Text()
	h := x.Child(NSMUC, "history")
	j.History.MaxChars = number(h.Attr("maxchars"))
	j.History.MaxStanzas = number(h.Attr("maxstanzas"))
	if seconds := number(h.Attr("seconds")); seconds >= 0 {
		j.History.Since = now.Add(-time.Duration(seconds) * time.Second)
	}
	if t, err := ParseStamp(h.Attr("since")); err == nil && t.After(j.History.Since) {
		j.History.Since = t
	}
	return j, true
}

func number(s string) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return min(n, math.MaxInt32) // as many seconds still fit into a Duration
	}
	return -1
}

// OccupantItem is what a presence in a room says of an occupant (XEP-0045 §7.2.2).
type OccupantItem struct {
	Affiliation, Role string
	JID               stanza.JID // zero where it is not shown
	Nick              string     // the new one of who changes it (§7.6)
	Actor, Reason     string
}

// Element is the child of a room's presence with that item and those codes.
func (o OccupantItem) Element(codes ...int) *stanza.Element {
	jid := ""
	if !o.JID.IsZero() {
		jid = o.JID.String()
	}
	item := stanza.New("", "item", "affiliation", o.Affiliation, "role", o.Role, "nick", o.Nick, "jid", jid)
	if o.Actor != "" {
		item.Add(stanza.New("", "actor", "nick", o.Actor))
	}
	if o.Reason != "" {
		item.Add(stanza.Text("", "reason", o.Reason))
	}
	x := Statuses(codes...)
	x.Nodes = slices.Insert(x.Nodes, 0, stanza.Node{Element: item})
	return x
}

// Statuses are codes without an item.
func Statuses(codes ...int) *stanza.Element {
	x := stanza.New(nsUser, "x")
	for _, c := range codes {
		x.Add(stanza.New("", "status", "code", strconv.Itoa(c)))
	}
	return x
}

// Destroyed tells in a presence that the room is no more, and why (XEP-0045 §10.9).
func Destroyed(reason string) *stanza.Element {
	e := stanza.New("", "destroy")
	if reason != "" {
		e.Add(stanza.Text("", "reason", reason))
	}
	return e
}

// PrivateMark marks a private message in a room (XEP-0045 §7.5).
func PrivateMark() *stanza.Element { return stanza.New(nsUser, "x") }

// AdminItem is one change that a moderator asks for (XEP-0045 §8-9).
type AdminItem struct{ Nick, JID, Role, Affiliation, Reason string }

// ParseAdmin finds the items of a muc#admin request, changes in a set and the list asked for in a get; ok tells that it is one.
func ParseAdmin(s *stanza.Stanza) (items []AdminItem, ok bool) {
	if !s.Request() {
		return nil, false
	}
	q := s.Child(nsAdmin, "query")
	for _, e := range q.Children() {
		if e.Is(nsAdmin, "item") {
			items = append(items, AdminItem{Nick: e.Attr("nick"), JID: e.Attr("jid"), Role: e.Attr("role"),
				Affiliation: e.Attr("affiliation"), Reason: e.Child(nsAdmin, "reason").Text()})
		}
	}
	return items, q != nil
}

// AdminList is the answer to the question for a list (XEP-0045 §9.5).
func AdminList(items []AdminItem) *stanza.Element {
	q := stanza.New(nsAdmin, "query")
	for _, i := range items {
		q.Add(stanza.New("", "item", "affiliation", i.Affiliation, "role", i.Role, "nick", i.Nick, "jid", i.JID))
	}
	return q
}
