package xep

import (
	"encoding/xml"
	"time"

	"isthmus/core/stanza"

	"mellium.im/xmpp/form"
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
	Page         Paging
	// With is the filter of §4.1.1, empty where there is none.
	With string
}

// IsArchiveQuery tells whether s asks for messages (set) or for the form (get, §4.1.5).
func IsArchiveQuery(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Request() && s.Child(nsMAM, "query") != nil
}

// ParseArchiveQuery reads the query in s. The error is a text for the sender.
func ParseArchiveQuery(s *stanza.Stanza) (ArchiveQuery, string) {
	query := s.Child(nsMAM, "query")
	q := ArchiveQuery{ID: query.Attr("queryid"), Node: query.Attr("node")}
	var ok bool
	if q.Page, ok = ParsePaging(query); !ok {
		return q, "The number of messages asked for is not a number."
	}
	x := query.Child(nsForm, "x")
	if x == nil {
		return q, ""
	}
	var data form.Data
	if err := xml.NewTokenDecoder(x.Tokens()).Decode(&data); err != nil {
		return q, "The form in the archive query cannot be read."
	}
	var problem string
	data.ForFields(func(f form.FieldData) {
		if len(f.Raw) == 0 || problem != "" {
			return
		}
		var err error
		switch f.Var {
		case "start":
			q.Since, err = ParseStamp(f.Raw[0])
		case "end":
			q.Until, err = ParseStamp(f.Raw[0])
		case "with":
			q.With = f.Raw[0]
		case "FORM_TYPE":
		default:
			problem = "The archive has no field " + f.Var + "." // §4.1: a filter that is not understood must not be ignored
		}
		if err != nil {
			problem = "The time " + f.Raw[0] + " is not written as XEP-0082 asks."
		}
	})
	return q, problem
}

// ArchiveForm tells which filters there are (XEP-0313 §4.1.5), as a form (XEP-0004 §3).
func ArchiveForm() *stanza.Element {
	x := mustRender(form.New(form.Hidden("FORM_TYPE", form.Value(nsMAM)), form.JID("with"), form.Text("start"), form.Text("end")).TokenReader())
	return stanza.New(nsMAM, "query").Add(x)
}

// ArchiveResult wraps one archived message for who asked (XEP-0313 §4.2).
func ArchiveResult(queryID, id string, at time.Time, message *stanza.Element) *stanza.Element {
	forwarded := stanza.New(nsForward, "forwarded").Add(
		stanza.New(nsDelay, "delay", "stamp", Stamp(at)), message)
	return stanza.New(nsMAM, "result", "queryid", queryID, "id", id).Add(forwarded)
}

// ArchivedMessage is a room's message as it was shown, content being its rendered children.
func ArchivedMessage(from stanza.JID, id string, content []byte) *stanza.Element {
	return stanza.New(nsClient, "message", "type", "groupchat", "from", from.String(), "id", id).AddRaw(content)
}

// ArchiveEnd closes a page (XEP-0313 §4.2, XEP-0059).
func ArchiveEnd(complete bool, set *stanza.Element) *stanza.Element {
	fin := stanza.New(nsMAM, "fin").Add(set)
	if complete {
		fin.Set("complete", "true")
	}
	return fin
}
