package stanza

import "slices"

// Namespace is that of stanzas on a component's stream (XEP-0114 §3); in memory a stanza's own children have the empty one.
const Namespace = "jabber:component:accept"

// Kind is the name of a stanza (RFC 6120 §8.2).
type Kind string

// The kinds of stanza.
const (
	Message  Kind = "message"
	Presence Kind = "presence"
	IQ       Kind = "iq"
)

// Stanza is one whole stanza. It is shared between goroutines once it has been read and must not be changed then.
type Stanza struct {
	Kind           Kind
	Type, ID, Lang string
	From, To       JID
	// Payload are the child elements; those of the stanza's own namespace (body, subject, show) have an empty Space.
	Payload []*Element
	// Rendered are further children as Append rendered them before, so that what many get is rendered once.
	Rendered []byte
}

// Child is the first child element of that name, nil where there is none.
func (s *Stanza) Child(space, name string) *Element {
	for _, e := range s.Payload {
		if e.Is(space, name) {
			return e
		}
	}
	return nil
}

// ChildText is the text of the first child element of that name.
func (s *Stanza) ChildText(space, name string) string { return s.Child(space, name).Text() }

// Add appends children, leaving out nil ones, and returns s.
func (s *Stanza) Add(children ...*Element) *Stanza {
	s.Payload = slices.Grow(s.Payload, len(children))
	for _, c := range children {
		if c != nil {
			s.Payload = append(s.Payload, c)
		}
	}
	return s
}

// Request tells whether it is an IQ that wants exactly one answer (RFC 6120 §8.2.3).
func (s *Stanza) Request() bool { return s.Kind == IQ && (s.Type == "get" || s.Type == "set") }

// Result is the successful answer to an IQ.
func (s *Stanza) Result(children ...*Element) *Stanza {
	r := &Stanza{Kind: IQ, Type: "result", ID: s.ID, From: s.To, To: s.From}
	return r.Add(children...)
}
