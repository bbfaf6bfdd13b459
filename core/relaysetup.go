package core

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/relay"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// setUp is the joining of a room of a network with a MUC, on its way: both sides must agree. Who asks proves that for the MUC by what it shows of them, and for the
// network by how their own account stands in the room; where that is not to be seen, somebody who may says certain words there.
type setUp struct {
	d    *dialogues
	kept kept
	who  dialog.Asker
	// asked is who asks in the MUC, nil for who asks at the gateway; person is their address, zero where the MUC does not show it.
	asked  *relay.Asked
	person stanza.JID
	// words are what is to be said: nobody else waits for the same.
	words string
	// inMUC and onNetwork tell whether both have agreed; where is empty or says where the words are still to be said.
	inMUC, onNetwork bool
	agreed           chan side
	ctx              context.Context
	cancel           func()
	releases         []func()
}

// bridge is the command.
func (p relayPlace) bridge() dialog.Command {
	c := dialog.Command{Node: "bridge", Name: "Join a chat room with a room of " + p.d.about.Name, Words: []string{"bridge", "network", "room"},
		Help: "Has all that is said in one be heard in the other. Both sides must agree: an owner or admin of the chat room, and one of the room on the network."}
	if p.asked == nil {
		c.Words = append(c.Words, "muc")
	}
	c.Start = func(ctx context.Context, who dialog.Asker) dialog.Outcome {
		form := &xep.Form{Title: c.Name, Instructions: c.Help}
		network := xep.Field{Name: "network", Label: "Network", Help: "its name as it stands in addresses, or the name of your account there", Required: true, Values: nonEmpty(p.d.addresses.Fixed)}
		form.Fields = append(form.Fields, network, xep.Field{Name: "room", Label: "Room on the network", Required: true})
		if p.asked == nil {
			form.Fields = append(form.Fields, xep.Field{Name: "muc", Label: "Chat room", Help: "its address, such as team@conference.example.org", Kind: xep.JID, Required: true})
		}
		form.Fields = append(form.Fields,
			xep.Field{Name: "topics", Label: "Topics", Kind: xep.Choice, Values: []string{topicsNone}, Options: []xep.Option{{Label: "stay where they are", Value: topicsNone},
				{Label: "are passed on both ways", Value: topicsBoth}, {Label: "go to the chat room", Value: topicsToMUC}, {Label: "come from the chat room", Value: topicsFromMUC}}},
			xep.Field{Name: "password", Label: "Password of the chat room", Help: "where it needs one", Kind: xep.Secret},
			xep.Field{Name: "room_password", Label: "Password of the room on the network", Help: "where it needs one", Kind: xep.Secret})
		var take dialog.Step
		take = func(ctx context.Context, a xep.Answers) dialog.Outcome {
			s, problem := p.setUp(ctx, who, a)
			if problem == nil {
				var o dialog.Outcome
				if o, problem = s.begin(ctx); problem == nil {
					return o
				}
				s.end()
			}
			if problem.Condition != xmpp.NotAcceptable && problem.Condition != xmpp.ItemNotFound { // other answers would not help
				return dialog.Outcome{Problem: problem}
			}
			return dialog.Outcome{Ask: form.Filled(a), Then: take, Problem: problem}
		}
		return dialog.Outcome{Ask: form, Then: take, More: true}
	}
	return c
}

func nonEmpty(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func declined(condition xmpp.Condition, words string) *stanza.Error {
	return &stanza.Error{Type: xmpp.Modify, Condition: condition, Text: words}
}

// setUp reads what a person has asked for, and says why it cannot be.
func (p relayPlace) setUp(ctx context.Context, who dialog.Asker, a xep.Answers) (*setUp, *stanza.Error) {
	s := &setUp{d: p.d, who: who, asked: p.asked, person: who.Person.Bare(), agreed: make(chan side, 2), cancel: func() {},
		kept: kept{muc: p.muc, at: time.Now(), password: a.Get("password"), topics: a.Get("topics")}}
	if p.asked != nil {
		s.person = p.asked.Person
		if !p.asked.Rules {
			return nil, notOwner
		}
	} else {
		muc, err := stanza.ParseJID(a.Get("muc"))
		if err != nil || muc.Local == "" || muc.Resource != "" {
			return nil, declined(xmpp.NotAcceptable, "“"+a.Get("muc")+"” is not the address of a chat room, such as team@conference.example.org.")
		}
		s.kept.muc = muc
	}
	s.kept.by = s.person
	if p.d.relays.services[s.kept.muc.Domain] != nil {
		return nil, ownRoom(s.kept.muc)
	}
	at, problem := s.find(ctx, a.Get("network"))
	if problem != nil {
		return nil, problem
	}
	s.d, s.kept.room.Room, s.kept.room.Password = at.talk, a.Get("room"), a.Get("room_password")
	s.kept.room.Transport = at.face.jid.Domain
	if !at.policy.Load().AllowsRelay(s.person, s.kept.muc) {
		return nil, p.d.notAllowed(s.person)
	}
	if other := p.d.relays.takenNow(ctx, s.kept.room); !other.IsZero() {
		return nil, declined(xmpp.Conflict, "The room "+s.kept.room.Room+" is in the relay of "+other.String()+" already. A room can be in one relay only, or messages would go round.")
	}
	code, _ := rand.Int(rand.Reader, big.NewInt(900_000)) // never fails (crypto/rand)
	s.words = fmt.Sprintf("%s %d", relay.Agree, 100_000+code.Int64())
	s.ctx, s.cancel = context.WithTimeout(context.Background(), agreeTime)
	return s, nil
}

// find is the transport that has a network, and how the relay is on it: through the person's own login, one that is open to them, or one of its own.
func (s *setUp) find(ctx context.Context, network string) (at *service, problem *stanza.Error) {
	all := s.d.relays
	services := []*service{all.services[s.d.domain]}
	for _, other := range all.services {
		if other != services[0] {
			services = append(services, other)
		}
	}
	slices.SortFunc(services[1:], func(x, y *service) int { return strings.Compare(x.face.jid.Domain, y.face.jid.Domain) })
	var refused *stanza.Error
	for i, at := range services {
		key := network
		if network == at.face.jid.Domain {
			key = at.addresses.Fixed
		}
		if !s.person.IsZero() {
			for _, own := range at.logins.keysOf(s.person) {
				if a, _ := at.logins.get(own); own.Key == key || string(a.scope) == key {
					s.kept.room.Network, s.kept.room.Owner = own.Key, s.person
					return at, nil
				}
			}
			if a, ok := at.logins.openedTo(s.person, key); ok {
				own, _, _ := at.logins.byID(a.id)
				s.kept.room.Network, s.kept.room.Owner = own.Key, own.Owner
				return at, nil
			}
		}
		if !at.driver.About().Open {
			continue
		}
		scope, err := at.driver.Scope(key)
		if err == nil {
			if refusal := at.policy.Load().RefuseNetwork(s.person, scope, at.talk.registered); refusal != nil {
				return nil, refusal
			}
			s.kept.room.Network = key
			return at, nil
		}
		if i == 0 {
			refused = account.Refusal(err)
		}
	}
	if refused == nil {
		refused = declined(xmpp.ItemNotFound, "“"+network+"” is neither a network nor an account of yours. Log in first, or ask who has an account there to open it to you.")
	}
	return nil, refused
}

// begin looks whether both sides agree already, and asks those who have to.
func (s *setUp) begin(ctx context.Context) (dialog.Outcome, *stanza.Error) {
	if problem := s.askMUC(ctx); problem != nil {
		return dialog.Outcome{}, problem
	}
	if problem := s.askNetwork(ctx); problem != nil {
		return dialog.Outcome{}, problem
	}
	if s.inMUC && s.onNetwork {
		return s.finish(ctx), nil
	}
	form := &xep.Form{Title: "Who agrees?", Instructions: s.asks()}
	o := dialog.Outcome{Ask: form, Abandon: s.end, Wait: func(ctx context.Context) dialog.Outcome {
		if problem := s.await(ctx, agreeTime); problem != nil {
			s.end()
			return dialog.Outcome{Problem: problem}
		}
		return s.finish(ctx)
	}}
	o.Then = func(ctx context.Context, _ xep.Answers) dialog.Outcome {
		problem := s.await(ctx, time.Second)
		switch {
		case problem == nil:
			return s.finish(ctx)
		case s.ctx.Err() != nil:
			s.end()
			return dialog.Outcome{Problem: problem}
		}
		form.Instructions = s.asks()
		o.Problem = problem
		return o
	}
	return o, nil
}

// finish has the relay work.
func (s *setUp) finish(ctx context.Context) dialog.Outcome {
	defer s.end()
	all := s.d.relays
	if problem := s.refusedRoom(transports.RoomID(s.kept.room.Room)); problem != nil {
		return dialog.Outcome{Problem: problem}
	}
	if s.asked != nil && !all.stillMay(ctx, s.kept.muc, s.asked, false) {
		return dialog.Outcome{Problem: notOwner}
	}
	done := s.kept.muc.String() + " is joined with " + s.kept.room.Room + " of " + s.kept.room.Network + " now: what is said in one is heard in the other."
	if problem := all.keep(ctx, s.kept, done); problem != "" {
		return dialog.Outcome{Problem: declined(xmpp.NotAcceptable, problem)}
	}
	s.d.log.Info("A relay was set up.", "muc", s.kept.muc.String(), "room", s.kept.room.Room, "network", s.kept.room.Network, "by", s.person.String())
	return dialog.Outcome{Note: done}
}

// end lets go of all that the dialogue has used.
func (s *setUp) end() {
	s.cancel()
	for _, release := range s.releases {
		release()
	}
	s.releases = nil
}
