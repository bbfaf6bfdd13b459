package account

import (
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// ask puts a client's question to the program of a user on the network, and its answer into the answer to s.
func (a *Account) ask(s *stanza.Stanza, user transports.UserID, q transports.Question) {
	if a.link.phase != online {
		a.refuse(s, a.stanzaError(a.offlineFault()))
		return
	}
	a.command(transports.Ask{Place: transports.TalkWith(user), Question: q}, func(r transports.Result, err error) {
		switch {
		case err != nil:
			a.refuse(s, a.stanzaError(err))
		case q == transports.AboutVersion:
			a.Stream.Reply(s.Result(xep.Version(r.Text, "", "")))
		default:
			a.Stream.Reply(s.Result())
		}
	})
}

// answerDeadline is how long the person's client may take to say what it is.
const answerDeadline = 10 * time.Second

// askedBy puts the question of a user's program to one of the person's clients in a room.
func (a *Account) askedBy(e transports.Asked) {
	place := transports.TalkWith(e.From.ID)
	answer := func(text string) {
		a.command(transports.Answer{Place: place, ID: e.ID, Text: text}, func(_ transports.Result, err error) {
			if err != nil {
				a.log.Debug("A program's question could not be answered.", "error", err)
			}
		})
	}
	who, from := a.anyClient(e.From)
	if e.Question != transports.AboutVersion || who.IsZero() {
		answer("")
		return
	}
	a.Stream.Request(xep.VersionRequest(from, who), answerDeadline, func(s *stanza.Stanza) {
		a.mail.put(func() { answer(strings.Join(xep.ParseVersion(s), " ")) })
	})
}

// anyClient is one of the person's clients, and the address by which it knows the user.
func (a *Account) anyClient(user transports.User) (who, from stanza.JID) {
	for _, j := range a.rooms {
		if people := j.view.People(); len(people) > 0 {
			if m, there := j.view.Member(user.ID); there {
				return people[0], j.view.JID.WithResource(m.Nick)
			}
			who, from = people[0], a.userJID(user.ID)
		}
	}
	return who, from
}
