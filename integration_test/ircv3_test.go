package integration_test

import (
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/ircserver"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

// modern are the capabilities of a client of today.
var modern = []string{"batch", "message-tags", "echo-message", "server-time", "draft/multiline", "draft/message-redaction"}

// met is a person and someone on IRC with a client of today, in one channel.
type met struct {
	alice   *xmppclient.Client
	dora    *ircclient.Client
	channel string
	room    string
}

func meet(t *testing.T, w *world) met {
	t.Helper()
	channel, room := w.channel()
	w.names++
	dora := ircclient.Dial(t, w.irc.Plain, "Dora"+channel[len("#room"):], modern...)
	dora.Join(t, channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	return met{alice, dora, channel, room}
}

// says has dora say something, and gives the id by which alice may refer to it and that by which IRC does.
func (m met) says(t *testing.T, words string) (stanza, msgid string) {
	t.Helper()
	m.dora.Say(t, m.channel, words)
	msgid = m.dora.Expect(t, `msgid=([^ ;]+).* PRIVMSG `+m.channel+` :`+words)[1]
	heard := m.alice.Expect(t, "message[@type='groupchat'][@from='"+m.room+"/"+m.dora.Nick+"']/body[text()='"+words+"']", "message/{urn:xmpp:sid:0}stanza-id[@id]")
	return stanzaID(heard), msgid
}

var ircv3 = []scenario{
	{"a message of several lines is one message", func(t *testing.T, w *world) {
		m := meet(t, w)
		id := say(t, m.alice, m.room, "one\n\ntwo")
		m.dora.Expect(t, `msgid=.* BATCH \+(\S+) draft/multiline `+m.channel)
		m.dora.Expect(t, `PRIVMSG `+m.channel+` :one$`)
		m.dora.Expect(t, `PRIVMSG `+m.channel+` :$`)
		m.dora.Expect(t, `PRIVMSG `+m.channel+` :two$`)
		m.alice.Expect(t, "message[@type='groupchat'][@id='"+id+"']/body[text()='one\n\ntwo']")
		m.dora.Send(t, "BATCH +1 draft/multiline "+m.channel, "@batch=1 PRIVMSG "+m.channel+" :three", "@batch=1 PRIVMSG "+m.channel+" :four", "BATCH -1")
		m.alice.Expect(t, "message[@type='groupchat']/body[text()='three\nfour']")
	}},
	{"answers refer to what they answer, in both directions", func(t *testing.T, w *world) {
		m := meet(t, w)
		stanza, msgid := m.says(t, "what is the time?")
		m.alice.Send(t, "<message to='{room}' type='groupchat' id='r1'><body>half past four</body><reply xmlns='urn:xmpp:reply:0' to='{room}/{dora}' id='{id}'/></message>",
			"room", m.room, "dora", m.dora.Nick, "id", stanza)
		m.dora.Expect(t, `\+draft/reply=`+msgid+`[; ].* PRIVMSG `+m.channel+` :`+m.dora.Nick+`: half past four$`)
		mine := m.alice.Expect(t, "message[@type='groupchat'][@id='r1']/body", "message/{urn:xmpp:sid:0}stanza-id[@id]")
		id := say(t, m.alice, m.room, "or a quarter to five")
		theirs := m.dora.Expect(t, `msgid=([^ ;]+).* PRIVMSG `+m.channel+` :or a quarter to five`)[1]
		second := m.alice.Expect(t, "message[@type='groupchat'][@id='"+id+"']/body", "message/{urn:xmpp:sid:0}stanza-id[@id]")
		if stanzaID(mine) == stanzaID(second) {
			t.Error("two messages have one id")
		}
		m.dora.Send(t, "@+draft/reply="+theirs+" PRIVMSG "+m.channel+" :which is it?")
		m.alice.Expect(t, "message[@type='groupchat'][@from='"+m.room+"/"+m.dora.Nick+"']/body[text()~'which is it?']", "message/{urn:xmpp:reply:0}reply[@id='"+stanzaID(second)+"']")
	}},
	{"reactions go both ways, and can be taken back", func(t *testing.T, w *world) {
		m := meet(t, w)
		stanza, msgid := m.says(t, "it is done")
		react := func(emoji string) {
			t.Helper()
			m.alice.Send(t, "<message to='{room}' type='groupchat' id='{id}'><reactions xmlns='urn:xmpp:reactions:0' id='{of}'>"+emoji+"</reactions></message>", "room", m.room, "id", m.alice.NewID(), "of", stanza)
		}
		react("<reaction>🎉</reaction>")
		m.dora.Expect(t, `\+draft/react=🎉;\+draft/reply=`+msgid+`[; ].* TAGMSG `)
		m.alice.Expect(t, "message[@type='groupchat'][@from='"+m.room+"/alice']/{urn:xmpp:reactions:0}reactions[@id='"+stanza+"'][reaction]")
		react("")
		m.dora.Expect(t, `\+draft/unreact=🎉`)
		m.dora.Send(t, "@+draft/react=👍;+draft/reply="+msgid+" TAGMSG "+m.channel)
		m.alice.Expect(t, "message[@type='groupchat'][@from='"+m.room+"/"+m.dora.Nick+"']/{urn:xmpp:reactions:0}reactions[@id='"+stanza+"']/reaction[text()='👍']")
	}},
	{"who writes is seen to write, on both sides", func(t *testing.T, w *world) {
		m := meet(t, w)
		m.dora.Send(t, "@+typing=active TAGMSG "+m.channel)
		m.alice.Expect(t, "message[@type='groupchat'][@from='"+m.room+"/"+m.dora.Nick+"']/{http://jabber.org/protocol/chatstates}composing")
		m.alice.Send(t, "<message to='{room}' type='groupchat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>", "room", m.room)
		m.dora.Expect(t, `\+typing=active .*:alice!\S+ TAGMSG `)
	}},
	{"a message is taken back, on both sides", func(t *testing.T, w *world) {
		m := meet(t, w)
		stanza, msgid := m.says(t, "a slip of the tongue")
		m.dora.Send(t, "REDACT "+m.channel+" "+msgid+" :oops")
		m.alice.Expect(t, "message[@type='groupchat']/{urn:xmpp:message-retract:1}retract[@id='"+stanza+"']")
		id := say(t, m.alice, m.room, "mine as well")
		theirs := m.dora.Expect(t, `msgid=([^ ;]+).* PRIVMSG `+m.channel+` :mine as well`)[1]
		id = stanzaID(m.alice.Expect(t, "message[@type='groupchat'][@id='"+id+"']/body", "message/{urn:xmpp:sid:0}stanza-id[@id]"))
		m.alice.Send(t, "<message to='{room}' type='groupchat' id='x1'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/><body>gone</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/></message>", "room", m.room, "id", id)
		m.dora.Expect(t, `REDACT `+m.channel+` :?`+theirs+`$`)
	}},
	{"what was said while nobody was there is there on return, once", func(t *testing.T, w *world) {
		m := meet(t, w)
		m.says(t, "before")
		leave(t, m.alice, m.room, "alice")
		m.dora.Expect(t, `:alice!\S+ PART `+m.channel)
		m.dora.Say(t, m.channel, "meanwhile")
		m.dora.Say(t, m.channel, "and more")
		m.alice.Send(t, joinStanza, "room", m.room, "nick", "alice")
		m.alice.Expect(t, "presence[not(@type)][@from='"+m.room+"/alice']/{muc#user}x[status[@code='110']]")
		for _, words := range []string{"before", "meanwhile", "and more"} {
			m.alice.ExpectNext(t, "message[@type='groupchat']/body[text()='"+words+"']", "message/{urn:xmpp:delay}delay[@stamp]")
		}
		m.alice.ExpectNext(t, "message[@type='groupchat']/subject")
	}},
	{"a contact on IRC is seen to come, to be away, and to go", func(t *testing.T, w *world) {
		m := meet(t, w)
		m.alice.Send(t, "<presence/>")
		m.alice.Send(t, "<presence to='{eve}' type='subscribe'/>", "eve", userAddress("eve"))
		m.alice.Expect(t, "presence[@type='unavailable'][@from='"+userAddress("eve")+"']")
		eve := ircclient.Dial(t, w.irc.Plain, "Eve")
		m.alice.Expect(t, "presence[not(@type)][@from~'"+userAddress("eve")+"']")
		eve.Send(t, "AWAY :at lunch")
		m.alice.Expect(t, "presence[@from~'"+userAddress("eve")+"']/show[text()='away']", "presence/status[text()='at lunch']")
		eve.Send(t, "QUIT")
		m.alice.Expect(t, "presence[@type='unavailable'][@from~'"+userAddress("eve")+"']")
	}},
}

func TestIRCv3(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(servers.Starter) *servers.Server{
		"Prosody":  func(s servers.Starter) *servers.Server { return s.Prosody(servers.Options{}) },
		"ejabberd": func(s servers.Starter) *servers.Server { return s.Ejabberd(servers.Options{}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, start(servers.ForTest(t)), &servers.Server{Plain: ircserver.Start(t, ircserver.Options{}).Address}, "", "")
			for _, s := range ircv3 {
				t.Run(s.name, func(t *testing.T) { s.run(t, w) })
			}
		})
	}
}
