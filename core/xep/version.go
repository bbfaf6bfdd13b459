package xep

import "isthmus/core/stanza"

const nsVersion = "jabber:iq:version"

// IsVersion finds a request for the software's version (XEP-0092 §3).
func IsVersion(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsVersion, "query") != nil
}

// Version is its answer.
func Version(name, version, system string) *stanza.Element {
	return stanza.New(nsVersion, "query").Add(
		stanza.Text("", "name", name), stanza.Text("", "version", version), stanza.Text("", "os", system))
}
