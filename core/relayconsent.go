package core

import (
	"context"
	"strings"
	"time"

	"isthmus/core/account"
	"isthmus/core/person"
	"isthmus/core/relay"
	"isthmus/core/shared"
	"isthmus/core/stanza"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// side is one that has agreed, or cannot: then problem says why.
type side struct {
	network bool
	room    transports.RoomID
	problem string
}

const (
	// agreeTime is how long those who must agree have for it.
	agreeTime = 10 * time.Minute
	// comeTime is how long a visit may take to be in a room.
	comeTime = 25 * time.Second
)

// asks says what is to be said where.
func (s *setUp) asks() string {
	var where []string
	if !s.inMUC {
		where = append(where, "in "+s.kept.muc.String()+" an owner or admin of it")
	}
	if !s.onNetwork {
		where = append(where, "in "+s.kept.room.Room+" of "+s.kept.room.Network+" an operator or admin of it")
	}
	return "I am there. Now " + strings.Join(where, ", and ") + " has to write: " + s.words
}

// await takes what has been agreed to, until that is all or time is over; problem is why it is not all.
func (s *setUp) await(ctx context.Context, limit time.Duration) *stanza.Error {
	late := time.NewTimer(limit)
	defer late.Stop()
	for !s.inMUC || !s.onNetwork {
		select {
		case a := <-s.agreed:
			switch {
			case a.problem != "":
				s.cancel()
				return declined(xmpp.NotAllowed, a.problem)
			case a.network:
				s.onNetwork, s.kept.room.Room = true, string(a.room)
			default:
				s.inMUC = true
			}
		case <-s.ctx.Done():
			return declined(xmpp.NotAllowed, "Nobody who may has agreed in time. Nothing was set up. Ask them first, and begin anew.")
		case <-ctx.Done():
			return declined(xmpp.NotAllowed, "Nobody who may has agreed yet. "+s.asks())
		case <-late.C:
			return declined(xmpp.NotAllowed, "Nobody who may has agreed yet. "+s.asks())
		}
	}
	return nil
}

// askMUC finds out whether who asks may for the MUC, or has the bot wait there.
func (s *setUp) askMUC(ctx context.Context) *stanza.Error {
	all := s.d.relays
	star, release := all.hosted(ctx, s.kept.room.Transport, s.kept.muc, s.kept.password)
	s.releases = append(s.releases, release)
	if star == nil {
		return declined(xmpp.ServiceUnavailable, "The gateway is busy. Try again in a moment.")
	}
	if s.asked != nil {
		s.inMUC = true
		return nil
	}
	coming, cancel := context.WithTimeout(ctx, comeTime)
	defer cancel()
	rule, why := star.Rules(coming, s.person)
	switch {
	case why != "":
		return declined(xmpp.NotAcceptable, "I cannot come into "+s.kept.muc.String()+": "+why+". Let me in there; my address is "+botName+"@"+s.d.domain+".")
	case rule == relay.RulesNot:
		return notOwner
	}
	if s.inMUC = rule == relay.Rules; !s.inMUC {
		s.releases = append(s.releases, all.consents.wait(s.kept.muc, s.words, func() { s.agreed <- side{} }))
	}
	return nil
}

// askNetwork finds out whether who asks may for the room on the network, or has a visitor wait there.
func (s *setUp) askNetwork(ctx context.Context) *stanza.Error {
	if !s.person.IsZero() {
		if own := s.d.running(ctx, person.Key{Owner: s.person, Key: s.kept.room.Network}); own != nil {
			if standing, ok := own.Standing(ctx, s.kept.room.Room); ok && standing.Affiliation >= transports.Admin {
				s.onNetwork, s.kept.room.Room = true, string(standing.Room)
				return nil
			}
		}
	}
	session, release, err := s.d.relays.visit(ctx, s.kept.room)
	if err != nil {
		return account.Refusal(err)
	}
	s.releases = append(s.releases, release)
	here, failed := make(chan transports.RoomID, 1), make(chan error, 1)
	go func() {
		id, err := relay.Visit(s.ctx, session, transports.RoomID(s.kept.room.Room), s.words, "Only who runs this room may agree to that.", func(id transports.RoomID) { here <- id })
		if err == nil {
			s.agreed <- side{network: true, room: id}
			return
		}
		failed <- err
		if s.ctx.Err() == nil {
			s.agreed <- side{network: true, problem: "I cannot wait in " + s.kept.room.Room + ": " + transports.AsFault(err).Text}
		}
	}()
	select {
	case id := <-here:
		return s.refusedRoom(id)
	case err := <-failed:
		return account.Refusal(err)
	case <-time.After(comeTime):
	case <-ctx.Done():
	}
	return declined(xmpp.RemoteServerTimeout, "I could not come into "+s.kept.room.Room+" of "+s.kept.room.Network+" in time. Try again later.")
}

// refusedRoom is why a relay may not be in a room through somebody else's login: who opens theirs says for which rooms, and a relay writes.
func (s *setUp) refusedRoom(id transports.RoomID) *stanza.Error {
	room := s.kept.room
	room.Room = string(id)
	if s.d.logins.opens(room, s.person) {
		return nil
	}
	return declined(xmpp.NotAllowed, "The owner of the account "+room.Network+" has not opened it to you for writing in "+room.Room+". Ask them, or use an account of your own.")
}

// opens tells whether a person may have a relay in a room through the login that it uses.
func (l *logins) opens(room RelayRoom, who stanza.JID) bool {
	if room.Owner.IsZero() || room.Owner == who {
		return true
	}
	a, there := l.get(room.login().key)
	return there && a.open.admits(who) && a.open.access(transports.RoomID(room.Room)) == shared.MayWrite
}
