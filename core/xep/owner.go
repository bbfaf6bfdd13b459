package xep

import "isthmus/core/stanza"

const nsOwner = "http://jabber.org/protocol/muc#owner"

// ParseOwner finds a request for a room's configuration, or one that changes it: then submitted has the form (XEP-0045 §10.2).
func ParseOwner(s *stanza.Stanza) (submitted *stanza.Element, ok bool) {
	q := s.Child(nsOwner, "query")
	if !s.Request() || q == nil {
		return nil, false
	}
	return q.Child(nsForm, "x"), true
}

// ParseDestroy finds a request to destroy a room, and the reason (XEP-0045 §10.9).
func ParseDestroy(s *stanza.Stanza) (reason string, ok bool) {
	d := s.Child(nsOwner, "query").Child(nsOwner, "destroy")
	return d.Child(nsOwner, "reason").Text(), s.Kind == stanza.IQ && s.Type == "set" && d != nil
}

// RoomConfig is the form of a room's configuration (XEP-0045 §10.2).
func RoomConfig(f *Form) *stanza.Element {
	typed := *f
	typed.Fields = append([]Field{{Name: "FORM_TYPE", Kind: Hidden, Values: []string{NSMUC + "#roomconfig"}}}, f.Fields...)
	return stanza.New(nsOwner, "query").Add(typed.Element())
}
