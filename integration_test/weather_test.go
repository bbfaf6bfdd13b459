package integration_test

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
)

// What happens to networks, and to people on them: whatever it is, it ends in the truth.

// operator is someone on a server who may do anything there.
func operator(t *testing.T, server *servers.Server, nick string) *ircclient.Client {
	t.Helper()
	c := ircclient.Dial(t, server.Plain, nick)
	c.Send(t, "OPER "+servers.OperName+" "+servers.OperPassword)
	c.Expect(t, " 381 ")
	return c
}

// link has an operator of the leaf link it.
func link(t *testing.T, there *ircclient.Client) {
	t.Helper()
	there.Send(t, "CONNECT ircd.localhost")
	until(t, "the servers are linked", func() bool { // another process links, and says so in its log alone
		there.Send(t, "LINKS")
		linked := false
		for {
			line := there.Expect(t, ` 36[45] .*`)[0]
			if strings.HasPrefix(line, " 365 ") {
				return linked
			}
			linked = linked || strings.Contains(line, "ircd.localhost")
		}
	})
}

func TestANetsplitEndsInTheTruth(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	leaf := servers.ForTest(t).InspIRCdLeaf(w.irc)
	there := operator(t, leaf, "leafoper")
	link(t, there)
	channel, room := w.channel()
	here := operator(t, w.irc, "hubop")
	here.Join(t, channel)
	dora := ircclient.Dial(t, leaf.Plain, "dora")
	dora.Join(t, channel)
	eve := ircclient.Dial(t, leaf.Plain, "eve")
	eve.Join(t, channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	dora.Expect(t, `^:alice!\S+ JOIN`)

	here.Send(t, "SQUIT "+servers.LeafName+" :a storm")
	const lost = "/{muc#user}x[item[@role='none']][status[@code='333']][not(status[@code='110'])]"
	alice.ExpectEach(t, "presence[@type='unavailable'][@from='"+room+"/dora']"+lost, "presence[@type='unavailable'][@from='"+room+"/eve']"+lost)
	id := say(t, alice, room, "who is here?")
	alice.Expect(t, "message[@id='"+id+"']/body[text()='who is here?']")
	here.Expect(t, "PRIVMSG "+channel+" :who is here")

	// Meanwhile one has gone on the other side, one takes the nick that another will take here.
	eve.Send(t, "QUIT :enough")
	eve.ExpectEnd(t)
	ircclient.Dial(t, leaf.Plain, "rob").Join(t, channel)
	bob := w.client(t, "bob", "desk")
	join(t, bob, room, "rob")
	alice.Expect(t, "presence[not(@type)][@from='"+room+"/rob']")

	link(t, there)
	// Whose nick is younger gets another one: that is ours.
	renamed := bob.Expect(t, "presence[@type='unavailable'][@from='"+room+"/rob']/{muc#user}x[item[@nick]][status[@code='303']][status[@code='110']]")
	nick := renamed.Find("presence/{muc#user}x/item").Attr("nick")
	bob.Expect(t, "presence[not(@type)][@from='"+room+"/"+nick+"']/{muc#user}x[status[@code='110']]")
	bob.Expect(t, "presence[not(@type)][@from='"+room+"/rob']/{muc#user}x[not(status)]")
	alice.ExpectEach(t, "presence[not(@type)][@from='"+room+"/dora']", "presence[not(@type)][@from='"+room+"/rob']")
	dora.Say(t, channel, "back again")
	alice.Expect(t, "message[@from='"+room+"/dora']/body[text()='back again']")
	say(t, bob, room, "that is not me")
	dora.Expect(t, "^:"+nick+"!\\S+ PRIVMSG "+channel+" :that is not me")

	// Both sides agree on who is there.
	alice.Send(t, "<iq type='get' id='who' to='{room}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", "room", room)
	who := alice.Expect(t, "iq[@type='result'][@id='who']")
	var names []string
	for _, item := range who.Children[0].Children {
		if name := item.Attr("name"); name != "" {
			names = append(names, name)
		}
	}
	want := []string{nick, "alice", "dora", "hubop", "rob"}
	if fmt.Sprint(names) != fmt.Sprint(want) {
		t.Errorf("in the room are %q, want %q", names, want)
	}
}

func TestWhoIsKilledComesBack(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	op := operator(t, w.irc, "hubop")
	op.Join(t, channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	op.Expect(t, `^:alice!\S+ JOIN`)
	op.Send(t, "KILL alice :to see what happens")
	op.Expect(t, `^:alice!\S+ QUIT`)
	alice.Expect(t, "message[@from='"+room+"']/body[text()~'lost.*to see what happens']")
	op.Expect(t, `^:alice!\S+ JOIN`)
	alice.Expect(t, "message[@from='"+room+"']/body[text()~'again']")
	say(t, alice, room, "nothing has happened")
	op.Expect(t, "PRIVMSG "+channel+" :nothing has happened")
	alice.ExpectNone(t, "presence[@type='unavailable']", alice.Ping(t, room+"/alice"))
}

func TestWhoIsBannedFromTheNetworkIsToldAndNotInTheRoom(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	op := operator(t, w.irc, "hubop")
	op.Join(t, channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	mask := op.Expect(t, `^:alice!(\S+)@\S+ JOIN`)[1] + "@127.0.0.1"
	op.Send(t, "GLINE "+mask+" 600 :no gateways")
	op.Expect(t, `^:alice!\S+ QUIT`)
	alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[status[@code='110']][status[@code='333']]", "presence/status[text()~'no gateways']")
	alice.Send(t, joinStanza, "room", room, "nick", "alice")
	alice.Expect(t, "presence[@type='error'][@from='"+room+"/alice']/error["+conditions+"forbidden]/"+conditions+"text[text()~'no gateways']")
	op.Send(t, "GLINE "+mask)
	op.ExpectNone(t, " 461 ")
	join(t, alice, room, "alice")
}

func TestAServerThatHasTooManyConnectionsSaysSoAndIsLeftInPeace(t *testing.T) {
	t.Parallel()
	start := servers.ForTest(t)
	w := newWorld(t, start.Prosody(servers.Options{}), start.InspIRCd(servers.Options{AtOnce: 3}), "", "")
	_, room := w.channel()
	alice, bob := w.client(t, "alice", "desk"), w.client(t, "bob", "desk")
	join(t, alice, room, "alice")
	w.onIRC(t, "dora")
	bob.Send(t, joinStanza, "room", room, "nick", "bob")
	bob.Expect(t, "presence[@type='error'][@from='"+room+"/bob']/error[@type='wait']/"+conditions+"text[text()~'no more connections for now.*Throttled']")
	mustMatch(t, run(t, bob, host+"@"+domain, "get-irc-connection-info", ""), "iq"+form+"/note[text()~'not connected']")
	say(t, alice, room, "nobody else is disturbed")
	alice.Expect(t, "message[@from='"+room+"/alice']/body[text()='nobody else is disturbed']")
}

func TestANickThatAnOperatorForcesIsTheNick(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	op := operator(t, w.irc, "hubop")
	op.Join(t, channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	op.Send(t, "SANICK alice guest77")
	alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[item[@nick='guest77']][status[@code='303']][status[@code='110']]")
	alice.ExpectNext(t, "presence[not(@type)][@from='"+room+"/guest77']/{muc#user}x[status[@code='110']]")
	op.Say(t, channel, "hello, guest")
	alice.Expect(t, "message[@from='"+room+"/hubop']/body[text()='hello, guest']")
	say(t, alice, room, "hello")
	alice.Expect(t, "message[@from='"+room+"/guest77']/body[text()='hello']")
	alice.Expect(t, alice.Ping(t, room+"/guest77"), "iq[@type='result']")
	op.Send(t, "SAKICK "+channel+" guest77 :out")
	alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/guest77']/{muc#user}x[status[@code='307']][status[@code='110']]")
}

func TestAPersistentRoomIsKeptOverRestartsOfBothSides(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	dora.Send(t, "MODE "+channel+" +H 20:1h") // the server replays the last lines to everyone who enters
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	dora.Expect(t, `^:alice!\S+ JOIN`)
	alice.Send(t, "<iq type='set' id='o1' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"+
		"<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field><field var='persistent'><value>true</value></field></x></query></iq>", "room", room)
	alice.Expect(t, "iq[@type='result'][@id='o1']")
	kept := func(messages int) {
		t.Helper()
		w.heard(t, alice, room, messages)
	}
	dora.Say(t, channel, "zero")
	alice.Expect(t, "message/body[text()='zero']")
	leave(t, alice, room, "alice")
	dora.Say(t, channel, "one")
	kept(2)
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	dora.Expect(t, `^:alice!\S+ QUIT`)
	dora.Say(t, channel, "while it was down")
	w.run(t)
	dora.Expect(t, `^:alice!\S+ JOIN`)
	dora.Say(t, channel, "two")
	kept(4)
	if err := w.irc.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	dora = w.onIRC(t, "dora", channel)
	dora.Expect(t, `^:alice!\S+ JOIN`)
	dora.Say(t, channel, "three")
	kept(5)
	w.gateway.Kill()
	dora.Expect(t, `^:alice!\S+ QUIT`)
	w.run(t)
	dora.Expect(t, `^:alice!\S+ JOIN`)
	dora.Say(t, channel, "four")
	kept(6)
	alice.Send(t, joinStanza, "room", room, "nick", "alice")
	alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
	for _, said := range []string{"one", "while it was down", "two", "three", "four"} { // in order, and once
		alice.ExpectNext(t, "message[@from='"+room+"/dora'][{urn:xmpp:delay}delay]/body[text()='"+said+"']")
	}
	alice.ExpectNext(t, "message/subject")
	dora.Say(t, channel, "five")
	alice.ExpectNext(t, "message[@from='"+room+"/dora'][not({urn:xmpp:delay}delay)]/body[text()='five']")
}
