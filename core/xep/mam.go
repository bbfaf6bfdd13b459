package xep

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"isthmus/core/stanza"
)

const (
	nsMAM         = "urn:xmpp:mam:2"
	nsMAMExtended = "urn:xmpp:mam:2#extended"
	nsForward     = "urn:xmpp:forward:0"
	nsClient      = "jabber:client"
)

// ArchiveQuery is what a client asks of an archive (XEP-0313 §4).
type ArchiveQuery struct {
	ID           string
	Node         string
	Since, Until time.Time
	// After and Before are the ids of messages that the wanted ones came after and before, IDs those that are wanted (§4.1.3).
	After, Before string
	IDs           []string
	Page          Paging
	// Flipped: the newest of the page goes first (§4.3.3).
	Flipped bool
	// With is the filter of §4.1.1, empty where there is none.
	With string
	// Unknown is a field that the form has and the archive has not (§4.1.5).
	Unknown string
}

// maxIDs bounds the ids that one query may name.
const maxIDs = 500

// IsArchiveQuery tells whether s asks for messages (set) or for the form (get, §4.1.5).
func IsArchiveQuery(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Request() && s.Child(nsMAM, "query") != nil
}

// ParseArchiveQuery reads the query in s. The problem is a text for the sender, empty where there is none.
func ParseArchiveQuery(s *stanza.Stanza) (q ArchiveQuery, problem string) {
	query := s.Child(nsMAM, "query")
	q = ArchiveQuery{ID: query.Attr("queryid"), Node: query.Attr("node"), Flipped: query.Child(nsMAM, "flip-page") != nil}
	var ok bool
	if q.Page, ok = ParsePaging(query); !ok {
		return q, "The number of messages asked for is not a number."
	}
	x := query.Child(nsForm, "x")
	if x == nil {
		return q, ""
	}
	answers, problem := Submitted(x)
	switch {
	case problem != "":
		return q, problem
	case answers.Get("FORM_TYPE") != nsMAM:
		return q, "The form in the archive query is not of the type " + nsMAM + "."
	case len(answers["ids"]) > maxIDs:
		return q, "The query names too many messages. Ask for at most " + strconv.Itoa(maxIDs) + " at once."
	}
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		value := answers.Get(name)
		ok := true
		switch name {
		case "start":
			q.Since, ok = filterTime(value)
		case "end":
			q.Until, ok = filterTime(value)
		case "with":
			q.With = value
		case "after-id":
			q.After = value
		case "before-id":
			q.Before = value
		case "ids":
			q.IDs = answers[name]
		case "FORM_TYPE":
		default:
			q.Unknown = name
		}
		if !ok {
			return q, "The time " + value + " is not written as XEP-0082 asks."
		}
	}
	return q, ""
}

func filterTime(value string) (time.Time, bool) {
	if value == "" {
		return time.Time{}, true
	}
	t, err := ParseStamp(value)
	return t, err == nil
}

// ArchiveForm tells which filters there are (XEP-0313 §4.1.5), as a form (XEP-0004 §3). The ids are a list of which the form does
// not name the items (XEP-0122 §3.2.2).
func ArchiveForm() *stanza.Element {
	x := stanza.New(nsForm, "x", "type", "form")
	x.Add(stanza.New("", "field", "type", "hidden", "var", "FORM_TYPE").Add(stanza.Text("", "value", nsMAM)),
		stanza.New("", "field", "type", "jid-single", "var", "with"))
	for _, name := range []string{"start", "end", "before-id", "after-id"} {
		x.Add(stanza.New("", "field", "type", "text-single", "var", name))
	}
	x.Add(stanza.New("", "field", "type", "list-multi", "var", "ids").Add(
		stanza.New("http://jabber.org/protocol/xdata-validate", "validate", "datatype", "xs:string").Add(stanza.New("", "open"))))
	return stanza.New(nsMAM, "query").Add(x)
}

// IsArchiveMetadata finds the question where an archive begins and ends (XEP-0313 §5).
func IsArchiveMetadata(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsMAM, "metadata") != nil
}

// ArchiveEdge is the first or last message of an archive.
type ArchiveEdge struct {
	ID string
	At time.Time
}

// ArchiveMetadata is the answer: the first and the last message, or nothing for an archive without any (XEP-0313 §5).
func ArchiveMetadata(edges ...ArchiveEdge) *stanza.Element {
	m := stanza.New(nsMAM, "metadata")
	for i, e := range edges {
		m.Add(stanza.New("", choose(i == 0, "start", "end"), "id", e.ID, "timestamp", Stamp(e.At)))
	}
	return m
}

// ArchiveResult wraps one archived message for who asked (XEP-0313 §4.2).
func ArchiveResult(queryID, id string, at time.Time, message *stanza.Element) *stanza.Element {
	forwarded := stanza.New(nsForward, "forwarded").Add(
		stanza.New(nsDelay, "delay", "stamp", Stamp(at)), message)
	return stanza.New(nsMAM, "result", "queryid", queryID, "id", id).Add(forwarded)
}

// ArchivedMessage is a room's message as it was shown, content being its rendered children; author is the address of who said it
// outside the room, which is shown where nobody is anonymous (XEP-0313 §6.1.2).
func ArchivedMessage(from, author stanza.JID, id string, content []byte) *stanza.Element {
	return stanza.New(nsClient, "message", "type", "groupchat", "from", from.String(), "id", id).AddRaw(content).
		Add(stanza.New(nsUser, "x").Add(stanza.New("", "item", "jid", author.String())))
}

// ArchiveEnd closes a page (XEP-0313 §4.2, XEP-0059).
func ArchiveEnd(complete bool, set *stanza.Element) *stanza.Element {
	fin := stanza.New(nsMAM, "fin").Add(set)
	if complete {
		fin.Set("complete", "true")
	}
	return fin
}
