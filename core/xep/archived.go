package xep

import (
	"strconv"
	"time"

	"isthmus/core/stanza"
)

// AskArchive asks a room for the last messages that were said since a time, at most so many (XEP-0313 §4.1.2, XEP-0059 §2.5). They come as messages that ParseArchived
// reads, before the answer.
func AskArchive(from, room stanza.JID, query string, since time.Time, most int) *stanza.Stanza {
	field := func(name, value string) *stanza.Element {
		return stanza.New("", "field", "var", name).Add(stanza.Text("", "value", value))
	}
	form := stanza.New(nsForm, "x", "type", "submit").Add(
		stanza.New("", "field", "var", "FORM_TYPE", "type", "hidden").Add(stanza.Text("", "value", nsMAM)), field("start", Stamp(since)))
	page := stanza.New(nsRSM, "set").Add(stanza.Text("", "max", strconv.Itoa(most)), stanza.New("", "before"))
	return (&stanza.Stanza{Kind: stanza.IQ, Type: "set", From: from, To: room}).Add(stanza.New(nsMAM, "query", "queryid", query).Add(form, page))
}

// ParseArchived reads a message that a room's archive has sent, as the room showed it, with its stanza-id and its time (XEP-0313 §4.2).
func ParseArchived(s *stanza.Stanza) (query string, m *stanza.Stanza, ok bool) {
	result := s.Child(nsMAM, "result")
	forwarded := result.Child(nsForward, "forwarded")
	for _, e := range forwarded.Children() {
		if e.Name != "message" {
			continue
		}
		from, err := stanza.ParseJID(e.Attr("from"))
		if err != nil {
			return "", nil, false
		}
		m = &stanza.Stanza{Kind: stanza.Message, Type: e.Attr("type"), ID: e.Attr("id"), From: from, To: s.To}
		by := s.From.Bare()
		for _, child := range e.Children() {
			switch {
			case child.Is(nsStanzaID, "stanza-id") && child.Attr("by") == by.String(), child.Is(nsDelay, "delay"): // the archive itself says so
				continue
			case child.Space == nsClient:
				own := *child
				own.Space = ""
				child = &own
			}
			m.Add(child)
		}
		m.Add(StanzaID(by, result.Attr("id")))
		if delay := forwarded.Child(nsDelay, "delay"); delay != nil {
			m.Add(delay)
		}
		return result.Attr("queryid"), m, true
	}
	return "", nil, false
}

// ArchiveComplete tells from the answer to AskArchive that nothing that was asked for is missing (XEP-0313 §4.2). ok tells whether it is one.
func ArchiveComplete(s *stanza.Stanza) (complete, ok bool) {
	if s == nil || s.Type != "result" {
		return false, false
	}
	complete, _ = strconv.ParseBool(s.Child(nsMAM, "fin").Attr("complete"))
	return complete, true
}

// DelayedSince is when a message was said, the zero time where it does not tell (XEP-0203 §3).
func DelayedSince(s *stanza.Stanza) time.Time {
	at, _ := ParseStamp(s.Child(nsDelay, "delay").Attr("stamp"))
	return at
}
