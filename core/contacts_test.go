package core

import (
	"context"
	"strings"
	"testing"

	"isthmus/transports"
)

// sociable is a network with a contact list, on which bobs are found, and one may be shut out.
type sociable struct{ network }

func (n sociable) Open(a transports.Account, env transports.Env) (transports.Session, error) {
	s, err := n.network.Open(a, env)
	return sociableSession{s.(*session)}, err
}

type sociableSession struct{ *session }

var bobs = []transports.User{{ID: "u1", Name: "Bob"}, {ID: "u2", Name: "Bob Builder"}}

func (s sociableSession) Run(ctx context.Context, emit func(transports.Event)) error {
	return s.session.Run(ctx, func(e transports.Event) {
		if online, ok := e.(transports.Online); ok {
			online.Can.Features |= transports.ContactLists | transports.Blocking
			emit(online)
			emit(transports.Contacts{Contacts: []transports.Contact{{User: bobs[0], Subscription: transports.To}}})
			return
		}
		emit(e)
	})
}

func (s sociableSession) Find(_ context.Context, words string, limit int) (found []transports.User, err error) {
	for _, u := range bobs {
		if strings.Contains(strings.ToLower(u.Name), strings.ToLower(words)) {
			found = append(found, u)
		}
	}
	return found, nil
}

// social is a gateway to that network, at a server that shows contact lists; alice has come in.
func social(t *testing.T, tell func(at *server)) {
	at := newServer(t)
	stop := serving(t, openStore(t), keys(t), sociable{}, at)
	at.accepts()
	at.writes(`<message from='example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:2'><perm access='roster' type='both'/></privilege></message>`)
	at.writes(joins)
	at.hears("presence", "", "#go%irc.net@gw.example/ally")
	at.hears("message", "groupchat", "#go%irc.net@gw.example")
	tell(at)
	stopped := beside(stop)
	at.answersBarriers()
	stopped()
}

const toGateway = ` from='alice@example.org/phone' to='gw.example'>`

func TestContactsComeIntoTheListAndAreLookedAtAgainWhenTheServerSaysSo(t *testing.T) {
	social(t, func(at *server) {
		const bob = `<item jid='u1%irc.net@gw.example' name='Bob' subscription='to'><group>IRC</group></item>`
		get := at.hears("iq", "get", "gw.example")
		at.writes(`<iq type='result' id='` + get.Attr("id") + `' from='alice@example.org' to='gw.example'><query xmlns='jabber:iq:roster'/></iq>`)
		set := at.hears("iq", "set", "gw.example")
		if got := string(set.Append(nil)); set.Attr("to") != "alice@example.org" || !strings.Contains(got, bob) {
			t.Errorf("set %s", got)
		}
		at.writes(`<iq type='result' id='` + set.Attr("id") + `' from='alice@example.org' to='gw.example'/>`)

		at.writes(`<iq type='set' id='push' from='alice@example.org' to='gw.example'><query xmlns='jabber:iq:roster'>` + bob + `</query></iq>`)
		if e := at.hears("iq", "result", "gw.example"); e.Attr("id") != "push" {
			t.Errorf("answered by %s", e.Append(nil))
		}
		at.hears("iq", "get", "gw.example")
		at.writes(`<iq type='set' id='forged'` + toGateway + `<query xmlns='jabber:iq:roster'>` + bob + `</query></iq>`)
		if e := at.hears("iq", "error", "gw.example"); e.Attr("id") != "forged" {
			t.Errorf("a client's own push is answered by %s", e.Append(nil))
		}
	})
}

func TestPeopleAreFoundByTheNamesThatOneSees(t *testing.T) {
	social(t, func(at *server) {
		at.hears("iq", "get", "gw.example") // for the contact list
		for _, c := range []struct{ kind, request, answer string }{
			{"result", `<iq type='get' id='1'` + toGateway + `<query xmlns='jabber:iq:search'/></iq>`, "<nick/>"},
			{"result", `<iq type='set' id='2'` + toGateway + `<query xmlns='jabber:iq:search'><first>bob</first></query></iq>`, "<item jid='u2%irc.net@gw.example'><nick>Bob Builder</nick></item>"},
			{"error", `<iq type='set' id='3'` + toGateway + `<query xmlns='jabber:iq:search'><first/></query></iq>`, "Write what to look for."},
			{"result", `<iq type='set' id='4'` + toGateway + `<query xmlns='jabber:iq:gateway'><prompt>bob</prompt></query></iq>`, "<jid>u1%irc.net@gw.example</jid>"},
			{"result", `<iq type='set' id='5'` + toGateway + `<query xmlns='jabber:iq:gateway'><prompt>builder irc.net</prompt></query></iq>`, "<jid>u2%irc.net@gw.example</jid>"},
			{"error", `<iq type='set' id='6'` + toGateway + `<query xmlns='jabber:iq:gateway'><prompt>bo irc.net</prompt></query></iq>`, "2 people were found for bo."},
			{"error", `<iq type='set' id='7'` + toGateway + `<query xmlns='jabber:iq:gateway'><prompt>zoe irc.net</prompt></query></iq>`, "Nobody was found who is called zoe."},
			{"result", `<iq type='set' id='8'` + toGateway + `<query xmlns='jabber:iq:gateway'><prompt>#go irc.net</prompt></query></iq>`, "<jid>#go%irc.net@gw.example</jid>"},
			{"result", `<iq type='set' id='9'` + toGateway + `<query xmlns='jabber:iq:gateway'><prompt>bob other.net</prompt></query></iq>`, "<jid>bob%other.net@gw.example</jid>"},
		} {
			at.writes(c.request)
			if got := string(at.hears("iq", c.kind, "gw.example").Append(nil)); !strings.Contains(got, c.answer) {
				t.Errorf("%s\nis answered by %s", c.request, got)
			}
		}
	})
}
