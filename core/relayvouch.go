package core

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// vouching knows which chat services people's servers have as theirs. A service may say of an occupant that they are whoever it likes, so that counts for people of its own
// server alone: the one that it is a part of by name, if that lists it among its services (XEP-0030 §4, XEP-0045 §6.1). The name alone proves nothing, for many
// let others have names below theirs. Relays' goroutines and streams' readers share it, hence the mutex.
type vouching struct {
	// ask asks a server what it lists; answer may be called at once, or later with nil.
	ask  func(server string, answer func(*stanza.Stanza))
	mu   sync.Mutex
	said map[string]*listing
}

// listing is what a server lists; at is when it answered, the zero time while it has not.
type listing struct {
	services []string
	at       time.Time
	asking   bool
	waiting  []func()
}

const (
	// listingHolds is how long an answer is taken for true, listingAgain how long a refusal.
	listingHolds, listingAgain = time.Hour, time.Minute
	listingTime                = 10 * time.Second
	// maxListings is how many servers are remembered.
	maxListings = 1000
)

// learn asks the servers of which a chat service could be a part.
func (v *vouching) learn(service string) {
	for server := service; ; {
		_, above, ok := strings.Cut(server, ".")
		if !ok || server != service && !strings.Contains(above, ".") { // a name of one label is a server's only in small houses
			return
		}
		server = above
		v.when(server, func() {})
	}
}

// of tells whether a person's server has a chat service as its own, as far as is known already.
func (v *vouching) of(person, muc stanza.JID) bool {
	switch {
	case person.IsZero():
		return false
	case muc.Domain == person.Domain:
		return true
	case !strings.HasSuffix(muc.Domain, "."+person.Domain):
		return false
	}
	v.when(person.Domain, func() {})
	v.mu.Lock()
	defer v.mu.Unlock()
	l := v.said[person.Domain]
	return l != nil && slices.Contains(l.services, muc.Domain)
}

// believed hands on who somebody is as far as that can be trusted, now or when their server has answered: the zero JID where it cannot.
func (v *vouching) believed(person, muc stanza.JID, then func(stanza.JID)) {
	decide := func() {
		if v.of(person, muc) {
			then(person)
		} else {
			then(stanza.JID{})
		}
	}
	if person.IsZero() || !strings.HasSuffix(muc.Domain, "."+person.Domain) {
		decide()
		return
	}
	v.when(person.Domain, decide)
}

// when does something when it is known what a server lists.
func (v *vouching) when(server string, do func()) {
	v.mu.Lock()
	l := v.said[server]
	if l == nil {
		l = &listing{}
		if v.said == nil {
			v.said = map[string]*listing{}
		}
		if len(v.said) >= maxListings {
			maps.DeleteFunc(v.said, func(_ string, old *listing) bool { return !old.asking })
		}
		v.said[server] = l
	}
	holds := listingHolds
	if l.services == nil {
		holds = listingAgain
	}
	known := !l.at.IsZero()
	ask := !l.asking && (!known || time.Since(l.at) > holds)
	if !known {
		l.waiting = append(l.waiting, do)
	}
	l.asking = l.asking || ask
	v.mu.Unlock()
	if known {
		do()
	}
	if ask {
		v.ask(server, func(answer *stanza.Stanza) { v.answered(l, answer) })
	}
}

func (v *vouching) answered(l *listing, answer *stanza.Stanza) {
	v.mu.Lock()
	l.asking = false
	if answer != nil {
		l.at, l.services = time.Now(), nil
	}
	if answer != nil && answer.Type == "result" {
		l.services = []string{}
		for _, item := range xep.ParseItems(answer) {
			l.services = append(l.services, item.Domain)
		}
	}
	waiting := l.waiting
	l.waiting = nil
	v.mu.Unlock()
	for _, do := range waiting {
		do()
	}
}

// askListed asks a server by the stream of any of the transports.
func (all *relays) askListed(server string, answer func(*stanza.Stanza)) {
	for _, s := range all.services {
		iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: s.face.jid, To: stanza.JID{Domain: server}}
		s.component.Request(iq.Add(xep.DiscoverItems()), listingTime, answer)
		return
	}
	answer(nil)
}
