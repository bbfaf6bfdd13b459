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

// IsDestroy finds a request to destroy a room (XEP-0045 §10.9).
func IsDestroy(s *stanza.Stanza) bool {
	return s.Request() && s.Child(nsOwner, "query").Child(nsOwner, "destroy") != nil
}

// RoomConfig is the form of a room's configuration (XEP-0045 §10.2).
func RoomConfig(f *Form) *stanza.Element {
	typed := *f
	typed.Fields = append([]Field{{Name: "FORM_TYPE", Kind: Hidden, Values: []string{NSMUC + "#roomconfig"}}}, f.Fields...)
	return stanza.New(nsOwner, "query").Add(typed.Element())
}
