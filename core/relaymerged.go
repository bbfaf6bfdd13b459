package core

import (
	"cmp"
	"slices"
	"strings"

	"isthmus/core/relay"
	"isthmus/core/stanza"
	"isthmus/transports"
)

// usual is a relay as people set one up, as one of the configuration is that has no more than its rooms.
func usual(muc stanza.JID, transport, password string) Relay {
	return Relay{MUC: muc, Nick: usualNick, Puppets: 50, Policy: relay.Policy{Notices: true, TypingToMUC: true, TypingFromMUC: true}, Limits: relay.Limits{PerPerson: 60, PerRelay: 600}, Password: password, Transport: transport}
}

// merged are all relays that shall work: those of the configuration and those that people have set up, and the bots that wait in a MUC for a word.
func (all *relays) merged() []Relay {
	byMUC := map[stanza.JID]*Relay{}
	var wanted []*Relay
	of := func(r Relay) *Relay {
		if byMUC[r.MUC] == nil {
			r.Rooms = slices.Clone(r.Rooms)
			byMUC[r.MUC] = &r
			wanted = append(wanted, &r)
		}
		return byMUC[r.MUC]
	}
	for _, r := range all.configured {
		of(r)
	}
	for _, k := range all.kept {
		begun := usual(k.muc, k.room.Transport, k.password)
		begun.TopicsToMUC, begun.TopicsFromMUC = k.topics == topicsBoth || k.topics == topicsToMUC, k.topics == topicsBoth || k.topics == topicsFromMUC
		r := of(begun)
		room := k.room
		room.Paused = k.paused.any()
		r.Rooms = append(r.Rooms, room)
	}
	for muc, h := range all.hosts {
		of(usual(muc, h.transport, h.password))
	}
	var result []Relay
	for _, r := range wanted {
		result = append(result, *r)
	}
	return result
}

// taken tells in which MUC's relay a room is, the zero JID for none.
func (all *relays) taken(room RelayRoom) stanza.JID {
	same := func(other RelayRoom) bool {
		return other.Transport == room.Transport && all.scopeOf(other) == all.scopeOf(room) && strings.EqualFold(other.Room, room.Room)
	}
	for _, r := range all.configured {
		if slices.ContainsFunc(r.Rooms, same) {
			return r.MUC
		}
	}
	for _, k := range all.kept {
		if same(k.room) {
			return k.muc
		}
	}
	return stanza.JID{}
}

// scopeOf is the network that a room is on.
func (all *relays) scopeOf(room RelayRoom) transports.Scope {
	s := all.services[room.Transport]
	if s == nil {
		return transports.Scope(room.Network)
	}
	if !room.Owner.IsZero() {
		a, _ := s.logins.get(room.login().key)
		return cmp.Or(a.scope, transports.Scope(room.Network))
	}
	if scope, err := s.driver.Scope(room.Network); err == nil {
		return scope
	}
	return transports.Scope(room.Network)
}
