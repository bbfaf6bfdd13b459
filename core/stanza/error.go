package stanza

import "mellium.im/xmpp/stanza"

// errorSpace qualifies the conditions of stanza errors (RFC 6120 §8.3.3).
const errorSpace = "urn:ietf:params:xml:ns:xmpp-stanzas"

// Error says why a stanza was refused: a condition for the client, a text for the person.
type Error struct {
	Type      stanza.ErrorType
	Condition stanza.Condition
	Text      string
	// Detail is an application-specific condition (RFC 6120 §8.3.4), or nil.
	Detail *Element
	// URI is the new address that the condition gone carries (RFC 6120 §8.3.3.5).
	URI string
}

// Error is the text, or the condition where there is none.
func (e *Error) Error() string {
	if e.Text != "" {
		return e.Text
	}
	return string(e.Condition)
}

// Element is the error as the child of a stanza of type error.
func (e *Error) Element() *Element {
	condition := Text(errorSpace, string(e.Condition), e.URI)
	el := New("", "error", "type", string(e.Type)).Add(condition)
	if e.Text != "" {
		el.Add(Text(errorSpace, "text", e.Text))
	}
	return el.Add(e.Detail)
}

// Refuse is the error answer to a stanza. Callers make sure that s is itself no error (RFC 6120 §8.3.1).
func (s *Stanza) Refuse(e *Error) *Stanza {
	r := &Stanza{Kind: s.Kind, Type: "error", ID: s.ID, From: s.To, To: s.From}
	if s.Kind == Presence { // XEP-0045 §7.2: a client knows a refused join by this element
		if x := s.Child("http://jabber.org/protocol/muc", "x"); x != nil {
			r.Add(New(x.Space, x.Name))
		}
	}
	return r.Add(e.Element())
}

// Condition is the condition of a stanza of type error, empty where it has none.
func (s *Stanza) Condition() stanza.Condition {
	for _, c := range s.Child("", "error").Children() {
		if c.Space == errorSpace && c.Name != "text" {
			return stanza.Condition(c.Name)
		}
	}
	return ""
}
