package xep

import "isthmus/core/stanza"

// NSGateway is the namespace by which clients turn what a person types into an address (XEP-0100 §6.3).
const NSGateway = "jabber:iq:gateway"

// ParseGateway finds such a request (XEP-0100 §6.3). A get asks what to ask the person; a set has what the person typed.
func ParseGateway(s *stanza.Stanza) (typed string, set, ok bool) {
	q := s.Child(NSGateway, "query")
	if !s.Request() || q == nil {
		return "", false, false
	}
	return q.Child(NSGateway, "prompt").Text(), s.Type == "set", true
}

// GatewayPrompt answers a get: desc asks the person, prompt names what is asked for (XEP-0100 §6.3).
func GatewayPrompt(desc, prompt string) *stanza.Element {
	return stanza.New(NSGateway, "query").Add(stanza.Text("", "desc", desc), stanza.Text("", "prompt", prompt))
}

// GatewayAddress answers a set (XEP-0100 §6.3).
func GatewayAddress(j stanza.JID) *stanza.Element {
	return stanza.New(NSGateway, "query").Add(stanza.Text("", "jid", j.String()))
}
