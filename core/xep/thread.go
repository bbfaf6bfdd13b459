package xep

import "isthmus/core/stanza"

// Thread is the id of the conversation that a message belongs to (XEP-0201 §4), empty for none.
func Thread(s *stanza.Stanza) string { return s.ChildText("", "thread") }

// InThread says which conversation a message belongs to.
func InThread(id string) *stanza.Element {
	if id == "" {
		return nil
	}
	return stanza.Text("", "thread", id)
}
