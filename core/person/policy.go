// Package person knows who may do what, and holds the hub, through which every stanza from a person goes.
package person

import (
	"fmt"
	"slices"
	"strings"

	"isthmus/core/stanza"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// List names people: by domain ("example.org") and by bare JID ("alice@example.net"), in lower case.
type List []string

// Has tells whether a person is named.
func (l List) Has(who stanza.JID) bool {
	for _, entry := range l {
		if entry == who.Domain || entry == who.Bare().String() {
			return true
		}
	}
	return false
}

// Policy says who may use a transport. It is closed: whom it does not name may not. It is a value that never changes; the hub
// is given another one.
type Policy struct {
	// People may use the transport.
	People List
	// Operators may manage it; they are bare JIDs.
	Operators List
	// Registration says who of the people may register; nil for all of them.
	Registration *List
	// RegistrationRequired lets only the registered use networks.
	RegistrationRequired bool
	// Networks names the people of networks that are not for all.
	Networks map[transports.Scope]List
	// Relays may set up relays: people, and rooms of chat services whose owners may, by their address or their service's domain.
	Relays List
	Limits Limits
}

// Limits bound what one person may take up; 0 is no bound.
type Limits struct {
	// Networks are those in use at a time, Rooms those that one is in, on each network.
	Networks, Rooms int
	// Stanzas are those a second that one may send in the long run; for burst seconds' worth of them may come at once.
	Stanzas int
}

// Operator tells whether a person may manage the transport.
func (p Policy) Operator(who stanza.JID) bool {
	return slices.Contains(p.Operators, who.Bare().String())
}

// AllowsRelay tells whether a person may join a room of a chat service with rooms of the transport. Where a room does not show who is in it, the person is the zero JID.
func (p Policy) AllowsRelay(who, muc stanza.JID) bool {
	return p.Relays.Has(muc) || !who.IsZero() && p.Relays.Has(who)
}

// Allows tells whether a person may use the transport.
func (p Policy) Allows(who stanza.JID) bool { return p.People.Has(who) }

// MayRegister tells whether a person may register.
func (p Policy) MayRegister(who stanza.JID) bool {
	return p.Allows(who) && (p.Registration == nil || p.Registration.Has(who))
}

// AllowsDomain tells whether anybody of a domain may use the transport.
func (p Policy) AllowsDomain(domain stanza.JID) bool {
	return slices.ContainsFunc(p.People, func(entry string) bool {
		return entry == domain.Domain || strings.HasSuffix(entry, "@"+domain.Domain)
	})
}

// refusal tells whom it does not allow what to do.
func (p Policy) refusal() *stanza.Error {
	var domains []string
	for _, entry := range p.People {
		if !strings.Contains(entry, "@") { // who else may use it is nobody's business
			domains = append(domains, entry)
		}
	}
	whose := "those whom its operator has invited"
	if len(domains) > 0 {
		whose = "the people of " + strings.Join(domains, ", ")
	}
	return &stanza.Error{Type: xmpp.Auth, Condition: xmpp.Forbidden, Text: "This gateway is for " + whose + ". Ask its operator to let you in."}
}

// RefuseNetwork says why a person may not use a network, or nil.
func (p Policy) RefuseNetwork(who stanza.JID, scope transports.Scope, registered func(stanza.JID) bool) *stanza.Error {
	if only, ok := p.Networks[scope]; ok && !only.Has(who) {
		return &stanza.Error{Type: xmpp.Auth, Condition: xmpp.Forbidden,
			Text: "Not everyone may use " + string(scope) + " by this gateway. Ask its operator to let you in."}
	}
	if p.RegistrationRequired && !registered(who.Bare()) { // RFC 6120 §8.3.3.16
		text := "Register with the gateway first: in your client's list of services, or by writing “register” to its bot."
		if !p.MayRegister(who) {
			text = "This gateway is for those who have registered, and you may not register. Ask its operator to let you in."
		}
		return &stanza.Error{Type: xmpp.Auth, Condition: xmpp.RegistrationRequired, Text: text}
	}
	return nil
}

// tooManyNetworks refuses another network.
func (p Policy) tooManyNetworks() *stanza.Error {
	return &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint,
		Text: fmt.Sprintf("You are connected to too many networks: one person may use %d at a time. Leave all rooms of one first.", p.Limits.Networks)}
}
