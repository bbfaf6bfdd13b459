package xep

import "isthmus/core/stanza"

// ArchivePreferences are what a person wants archived (XEP-0441 §2).
type ArchivePreferences struct {
	// Default is always, never or roster.
	Default string
	// Exceptions: there are addresses for which something else is to hold.
	Exceptions bool
}

// ParseArchivePreferences finds the question for the preferences, or, with set, what they are to be (XEP-0441 §2.1).
func ParseArchivePreferences(s *stanza.Stanza) (p ArchivePreferences, set, ok bool) {
	e := s.Child(nsMAM, "prefs")
	p = ArchivePreferences{Default: e.Attr("default"),
		Exceptions: e.Child(nsMAM, "always").Child(nsMAM, "jid") != nil || e.Child(nsMAM, "never").Child(nsMAM, "jid") != nil}
	return p, s.Type == "set", s.Request() && e != nil
}

// Element is the answer that tells what they are now.
func (p ArchivePreferences) Element() *stanza.Element {
	return stanza.New(nsMAM, "prefs", "default", p.Default).Add(stanza.New("", "always"), stanza.New("", "never"))
}
