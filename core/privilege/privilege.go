// Package privilege knows what each XMPP server lets the gateway do in the name of its people (XEP-0356).
package privilege

import (
	"log/slog"
	"sync"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// Grants are what servers have granted. The stream's reader writes them and accounts read them, hence the mutex.
type Grants struct {
	allows func(stanza.JID) bool
	log    *slog.Logger
	mu     sync.RWMutex
	all    map[string]xep.Grant // by the domain of the people
	sent   [keptSent]sent
	next   int
}

// sent is a message in a person's name that its server may still refuse.
type sent struct {
	id      string
	refused func()
}

// keptSent is for how many of the last messages in people's names a refusal is still understood.
const keptSent = 256

// New makes grants; allows tells of which domains people may use the gateway at all. A domain speaks for its own people alone,
// so what it grants is believed.
func New(allows func(stanza.JID) bool, log *slog.Logger) *Grants {
	return &Grants{allows: allows, log: log, all: map[string]xep.Grant{}}
}

// Take takes what a server says of privileges and tells whether that is what it was. It may come late, again, or never.
func (g *Grants) Take(s *stanza.Stanza) bool {
	if s.From.Local != "" || s.From.Resource != "" || s.Kind != stanza.Message {
		return false
	}
	if xep.RefusedMessage(s) {
		g.refused(s)
		return true
	}
	grant, ok := xep.ParsePrivileges(s)
	if !ok {
		return false
	}
	g.mu.Lock()
	allowed := g.allows(s.From)
	if allowed {
		g.all[s.From.Domain] = grant
	}
	g.mu.Unlock()
	if !allowed {
		g.log.Warn("A server grants privileges although its people may not use the gateway. They are not used.", "server", s.From.Domain)
		return true
	}
	g.log.Info("The server grants privileges.", "server", s.From.Domain, "protocol", grant.Space, "read_roster", grant.ReadRoster,
		"write_roster", grant.WriteRoster, "messages", grant.Messages, "requests", len(grant.IQs))
	return true
}

// Of is what the server of a person grants, nothing where it has not said so.
func (g *Grants) Of(person stanza.JID) xep.Grant {
	if g == nil {
		return xep.Grant{}
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.all[person.Domain]
}

// RosterFailed notes that a server grants what it then refuses (ejabberd 23.01 writes no rosters): until it says so again
// nobody tries.
func (g *Grants) RosterFailed(person stanza.JID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	grant := g.all[person.Domain]
	if grant.WriteRoster {
		g.log.Warn("The server grants the change of contact lists, but refuses it. People get their contacts by other ways. A newer server may do it.", "server", person.Domain)
	}
	grant.WriteRoster = false
	g.all[person.Domain] = grant
}

// Sent remembers a message in a person's name: refused is called, from the stream's reader, should their server not send it.
func (g *Grants) Sent(id string, refused func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent[g.next] = sent{id, refused}
	g.next = (g.next + 1) % keptSent
}

func (g *Grants) refused(s *stanza.Stanza) {
	g.mu.Lock()
	grant := g.all[s.From.Domain]
	grant.Messages = false
	g.all[s.From.Domain] = grant
	var tell func()
	for i := range g.sent {
		if g.sent[i].id == s.ID && s.ID != "" {
			tell, g.sent[i] = g.sent[i].refused, sent{}
		}
	}
	g.mu.Unlock()
	g.log.Warn("The server refused a message in a person's name. Such messages are shown as the account's from now on.", "server", s.From.Domain, "condition", s.Condition())
	if tell != nil {
		tell()
	}
}
