// Package person knows who may do what, and holds the hub, through which every stanza from a person goes.
package person

import (
	"slices"
	"strings"

	"isthmus/core/stanza"

	xmpp "mellium.im/xmpp/stanza"
)

// Policy says who may use a transport. It is closed: whom it does not name may not.
type Policy struct {
	// People are domains ("example.org") and bare JIDs ("alice@example.net").
	People []string
	// Operators are bare JIDs that may manage the transport.
	Operators []string
}

// Operator tells whether a person may manage the transport.
func (p Policy) Operator(who stanza.JID) bool {
	return slices.Contains(p.Operators, who.Bare().String())
}

// Allows tells whether a person may use the transport.
func (p Policy) Allows(who stanza.JID) bool {
	for _, entry := range p.People {
		if entry == who.Domain || entry == who.Bare().String() {
			return true
		}
	}
	return false
}

// AllowsDomain tells whether anybody of a domain may use the transport.
func (p Policy) AllowsDomain(domain stanza.JID) bool {
	return slices.ContainsFunc(p.People, func(entry string) bool {
		return entry == domain.Domain || strings.HasSuffix(entry, "@"+domain.Domain)
	})
}

// refusal tells whom it does not allow what to do.
func (p Policy) refusal() *stanza.Error {
	return &stanza.Error{Type: xmpp.Auth, Condition: xmpp.Forbidden,
		Text: "This gateway is for the people of " + strings.Join(p.domains(), ", ") + ". Ask its operator to let you in."}
}

func (p Policy) domains() []string {
	var domains []string
	for _, entry := range p.People {
		if !strings.Contains(entry, "@") { // who else may use it is nobody's business
			domains = append(domains, entry)
		}
	}
	if len(domains) == 0 {
		return []string{"a few invited people"}
	}
	return domains
}
