package xep

import (
	"slices"
	"strconv"

	"isthmus/core/stanza"
)

// RoomFacts are what a room says of itself (XEP-0045 §6.4).
type RoomFacts struct {
	Name                                   string
	Moderated, MembersOnly, Locked, Hidden bool
	// Hats: occupants may wear some (XEP-0317).
	Hats bool
	// Persistent: the room goes on without the person's clients. Logged: what is said is archived.
	Persistent, Logged bool
	// Inside: who asks is in the room, and is told what else is known.
	Inside    bool
	Subject   string
	Occupants int
	// MaxHistory is the most messages that a room shows to who enters.
	MaxHistory int
	// Picture is the hash of the room's picture, as in a presence, empty for none.
	Picture string
}

// RoomInfo describes a room on a network of that kind (XEP-0045 §6.4).
func RoomInfo(kind string, r RoomFacts) Info {
	i := Info{Category: "conference", Type: kind, Name: r.Name, Features: features(
		nsInfo, nsItems, NSMUC, "muc_nonanonymous",
		choose(r.Moderated, "muc_moderated", "muc_unmoderated"),
		choose(r.Locked, "muc_passwordprotected", "muc_unsecured"), choose(r.Hidden, "muc_hidden", "muc_public"),
		choose(r.Persistent, "muc_persistent", "muc_temporary"),
		nsVersion, nsStanzaID, nsOccupantID, nsBits, nsMAM, nsMAMExtended, NSCommands, nsRSM, nsForm, nsPing, "http://jabber.org/protocol/muc#self-ping-optimization")}
	if !r.MembersOnly { // nor is muc_membersonly told: clients take such a room for a private group and encrypt what nobody could read
		i.Features = append(i.Features, "muc_open")
		slices.Sort(i.Features)
	}
	if r.Hats {
		i = i.Offering(NSHats)
	}
	i.More = r.form()
	return i
}

// form are the facts of XEP-0045 §15.5.4.
func (r RoomFacts) form() *Report {
	f := []Field{
		{Name: "FORM_TYPE", Kind: Hidden, Values: []string{NSMUC + "#roominfo"}},
		{Name: "muc#maxhistoryfetch", Label: "Most messages shown on joining", Values: []string{strconv.Itoa(r.MaxHistory)}},
		{Name: "muc#roominfo_description", Label: "Description", Values: []string{r.Name}},
	}
	if r.Inside {
		f = append(f, Field{Name: "muc#roominfo_subject", Label: "Subject", Values: []string{r.Subject}},
			Field{Name: "muc#roominfo_occupants", Label: "Occupants", Values: []string{strconv.Itoa(r.Occupants)}})
	}
	if r.Picture != "" { // XEP-0486 §3.3
		f = append(f, Field{Name: "muc#roominfo_avatarhash", Label: "Avatar hash", Kind: Lines, Values: []string{r.Picture}})
	}
	return &Report{Fields: f}
}

// The nodes of a room's service discovery.
const (
	// TrafficNode is where a room says what it lets pass to its occupants (XEP-0045 §6.6).
	TrafficNode = NSMUC + "#traffic"
	// NickNode is where a room says which nick is the asker's (XEP-0045 §7.12).
	NickNode = "x-roomuser-item"
)

// Traffic is the answer to that question: the extensions within messages that the gateway passes on, with those that its network has.
func Traffic(abilities ...string) *stanza.Element {
	q := stanza.New(nsInfo, "query", "node", TrafficNode)
	for _, f := range features(append(abilities, nsDelay, nsOccupantID, nsStanzaID, nsOOB, nsSFS, nsReference, nsSpoiler, nsStyling, NSXHTML)...) {
		q.Add(stanza.New("", "feature", "var", f))
	}
	return q
}

// ReservedNick is the nick that the asker has in rooms, empty where none is known.
func ReservedNick(nick string) *stanza.Element {
	q := stanza.New(nsInfo, "query", "node", NickNode)
	if nick != "" {
		q.Add(stanza.New("", "identity", "category", "conference", "type", "text", "name", nick))
	}
	return q
}

// IsVoiceRequest finds a visitor's request for a voice (XEP-0045 §7.13).
func IsVoiceRequest(s *stanza.Stanza) bool {
	for _, x := range s.Payload {
		if answers, problem := Submitted(x); x.Is(nsForm, "x") && problem == "" && answers.Get("FORM_TYPE") == NSMUC+"#request" {
			return true
		}
	}
	return false
}

// IsDecline finds the refusal of an invitation (XEP-0045 §7.8.2).
func IsDecline(s *stanza.Stanza) bool { return s.Child(nsUser, "x").Child(nsUser, "decline") != nil }

// IsRegister finds a request to register a nick with a room (XEP-0045 §7.10).
func IsRegister(s *stanza.Stanza) bool {
	return s.Request() && slices.ContainsFunc(s.Payload, func(e *stanza.Element) bool { return e.Is(NSRegister, "query") })
}
