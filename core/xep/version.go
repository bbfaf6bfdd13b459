package xep

import "isthmus/core/stanza"

const nsVersion = "jabber:iq:version"

// IsVersion finds a request for the software's version (XEP-0092 §3).
func IsVersion(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsVersion, "query") != nil
}

// Version is its answer; the system is left out where it is empty.
func Version(name, version, system string) *stanza.Element {
	q := stanza.New(nsVersion, "query").Add(stanza.Text("", "name", name), stanza.Text("", "version", version))
	if system != "" {
		q.Add(stanza.Text("", "os", system))
	}
	return q
}

// VersionRequest asks a client for its version; the stream gives it an id.
func VersionRequest(from, to stanza.JID) *stanza.Stanza {
	return &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: from, To: to, Payload: []*stanza.Element{stanza.New(nsVersion, "query")}}
}

// ParseVersion reads the answer: name, version and system as far as they were given; nothing from an error or nil.
func ParseVersion(s *stanza.Stanza) []string {
	if s == nil || s.Type != "result" {
		return nil
	}
	var said []string
	for _, name := range [...]string{"name", "version", "os"} {
		if text := s.Child(nsVersion, "query").Child(nsVersion, name).Text(); text != "" {
			said = append(said, text)
		}
	}
	return said
}
