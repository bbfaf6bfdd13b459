package integration_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

// crewed is the channel of a second relay, in which people of the MUC are on IRC themselves; two of them at the same time.
const crewed = "#crew"

// otherGateway is the domain of another gateway of the same XMPP server.
const otherGateway = "irc2.localhost"

// crew is the MUC of that relay.
func (s *star) crew() string { return "crew" + strings.TrimPrefix(s.muc, "team") }

// aboard are people in that relay: two of the MUC, one on IRC.
func (s *star) aboard(t *testing.T) (bob, carol *xmppclient.Client, dora *ircclient.Client) {
	t.Helper()
	bob, carol = s.client(t, "bob", "desk"), s.client(t, "carol", "desk")
	join(t, bob, s.crew(), "bob")
	join(t, carol, s.crew(), "carol")
	return bob, carol, s.onIRC(t, "dora", crewed)
}

var connectionScenarios = []starScenario{
	{"people of the MUC are on IRC themselves, and no strangers to the relay", func(t *testing.T, s *star) {
		bob, carol, dora := s.aboard(t)
		for _, words := range []string{"one", "two", "three"} {
			say(t, bob, s.crew(), words)
			carol.Expect(t, "message/body[text()='"+words+"']")
			say(t, carol, s.crew(), words+" more")
			bob.Expect(t, "message/body[text()='"+words+" more']")
		}
		for _, words := range []string{"one", "two", "three"} { // in order, over two connections
			dora.Expect(t, `^:bob\|x!\S+ PRIVMSG `+crewed+` :`+words+`$`)
			dora.Expect(t, `^:carol\|x!\S+ PRIVMSG `+crewed+` :`+words+` more$`)
		}
		if strings.HasPrefix(s.muc, "team@muc") { // InspIRCd has tags, and so reactions
			eye := ircclient.Dial(t, s.irc.Plain, "eye", "message-tags")
			eye.Join(t, crewed)
			dora.Say(t, crewed, "who likes tags?")
			question := stanzaID(bob.Expect(t, "message[@from='"+s.crew()+"/dora [irc]']/body[text()='who likes tags?']"))
			id := eye.Expect(t, `msgid=([^; ]+)\S* :dora!\S+ PRIVMSG `+crewed+` :who likes tags\?`)[1]
			bob.Send(t, "<message to='{muc}' type='groupchat' id='like'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>👍</reaction></reactions></message>", "muc", s.crew(), "id", question)
			if tags := eye.Expect(t, `^@(\S*\+draft/react=👍\S*) :bob\|x!\S+ TAGMSG :?`+crewed)[1]; !strings.Contains(tags, "reply="+id) {
				t.Errorf("bob reacts to another message: %s", tags)
			}
			eye.Send(t, "QUIT :bye")
		}
		dora.Say(t, crewed, "bob|x: I see you")
		bob.ExpectNone(t, "presence[@from~'"+s.crew()+"/bob|x']", "message[@from='"+s.crew()+"/dora [irc]']/body[text()='bob: I see you']")
		dora.Say(t, "bob|x", "in private?")
		dora.Expect(t, `^:bob\|x!\S+ NOTICE dora :.*nobody reads what you write to me`)
		bob.Send(t, "<presence to='{muc}/robert'/>", "muc", s.crew())
		dora.Expect(t, `^:bob\|x!\S+ NICK :?robert\|x`)
		dora.Send(t, "WHOIS robert|x")
		dora.Expect(t, ` 311 \S+ robert\|x ~?\w+x[0-9a-f]{4} `) // a user name of his own, for whom the MUC hides
		alice := s.client(t, "alice", "third")
		join(t, alice, s.crew(), "alice")
		say(t, alice, s.crew(), "a third one")
		dora.Expect(t, `^:bridge!\S+ PRIVMSG `+crewed+` :<alice> a third one$`) // over the limit the relay speaks
		leave(t, alice, s.crew(), "alice")
		dora.Send(t, "QUIT :bye")
	}},
	{"whom the channel puts out is told, and who is banned there is not heard there", func(t *testing.T, s *star) {
		_, carol, dora := s.aboard(t)
		say(t, carol, s.crew(), "hello")
		nick := dora.Expect(t, `^:(\S+\|x)!\S+ PRIVMSG `+crewed+` :hello$`)[1]
		s.holder.Send(t, "KICK "+crewed+" "+nick+" :noise")
		carol.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/bridge']/body[text()~'You were put out of #crew on "+host+" by holder .noise.']")
		say(t, carol, s.crew(), "sorry")
		nick = dora.Expect(t, `^:(\S+\|x)!\S+ PRIVMSG `+crewed+` :sorry$`)[1]
		s.holder.Send(t, "MODE "+crewed+" +b "+nick+"!*@*", "KICK "+crewed+" "+nick+" :enough")
		carol.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/bridge']/body[text()~'not passed on to it']")
		say(t, carol, s.crew(), "am I heard?")
		carol.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/bridge']/body[text()~'Your message did not reach #crew']")
		dora.ExpectNone(t, `am I heard`)
		s.holder.Send(t, "MODE "+crewed+" -b "+nick+"!*@*")
	}},
	{"names that are taken are not taken twice, on either side", func(t *testing.T, s *star) {
		bob, carol, dora := s.aboard(t)
		dora.Send(t, "NICK robin|x")
		dora.Expect(t, ` NICK :?robin\|x`)
		bob.Send(t, "<presence to='{muc}/robin'/>", "muc", s.crew())
		bob.Expect(t, "presence[not(@type)][@from='"+s.crew()+"/robin']")
		carol.Send(t, "<presence to='{muc}/Robin|x [irc]'/>", "muc", s.crew()) // before anybody of IRC has said anything under that name
		bob.Expect(t, "presence[not(@type)][@from='"+s.crew()+"/Robin|x [irc]']")
		say(t, bob, s.crew(), "who am I there?")
		if nick := dora.Expect(t, `^:(\S+)!\S+ PRIVMSG `+crewed+` :who am I there\?$`)[1]; nick == "robin|x" {
			t.Error("two have one name on IRC")
		}
		dora.Say(t, crewed, "and who am I?")
		bob.Expect(t, "message[@type='groupchat'][@from='"+s.crew()+"/robin|x [irc] (2)']/body[text()='and who am I?']")
		dora.Send(t, "QUIT :bye")
	}},
	{"of two gateways that join a MUC with one channel, the second leaves it to the first, if that is a moderator", func(t *testing.T, s *star) {
		bob, _, dora := s.aboard(t)
		judge := s.client(t, "alice", "judge")
		join(t, judge, s.crew(), "judge")
		other := &world{xmpp: s.xmpp, irc: s.irc, dir: t.TempDir()}
		config := fmt.Sprintf(`
store: "sqlite:%[1]s/isthmus.db"
transports:
  - kind: irc
    domain: %[2]s
    server: tcp://%[3]s
    secret: %[4]s
    people: [localhost]
    private_networks: [127.0.0.0/8]
    options:
      networks: [{host: %[5]s, address: %[6]q, plain: true}]
relays: [{muc: %[7]s, nick: other, rooms: [{transport: %[2]s, network: %[5]s, room: "%[8]s"}]}]
`, other.dir, otherGateway, s.xmpp.Components[otherGateway], servers.Gateway.Secret, host, s.irc.Plain, s.crew(), crewed)
		if err := os.WriteFile(other.configPath(), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		other.run(t)
		judge.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/other']/body[text()~'bridge says that it joins this room with "+crewed+" on "+host+" as I do']")
		dora.Expect(t, `^:other\S* JOIN `)
		say(t, bob, s.crew(), "does it go round?") // nobody has left anything to anybody
		dora.Expect(t, `PRIVMSG `+crewed+` :(<bob> )?does it go round\?$`)
		say(t, bob, s.crew(), "no")
		bob.ExpectNone(t, "message[@from~'irc|other|bridge']/body[text()~'go round']", "message[@from='"+s.crew()+"/bob']/body[text()='no']")
		dora.ExpectNone(t, `go round.*go round|<[^b]\S*> does it`)
		judge.Send(t, "<iq type='set' id='trust' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='bridge' role='moderator'/></query></iq>", "muc", s.crew())
		bob.Expect(t, "message[@from='"+s.crew()+"/other']/body[text()='I leave "+crewed+" on "+host+" to bridge, who joins it with this room already.']")
		dora.Say(t, crewed, "am I heard once?")
		m := bob.Expect(t, "message[@type='groupchat'][@from~'"+s.crew()+"/dora']/body[text()='am I heard once?']")
		say(t, bob, s.crew(), "and I?")
		bob.ExpectNone(t, "message/body[text()='am I heard once?']", "message[@type='groupchat'][@from='"+s.crew()+"/bob']/body[text()='and I?']")
		dora.Expect(t, `PRIVMSG `+crewed+` :(<bob> )?and I\?$`)
		dora.Say(t, crewed, "the end")
		bob.Expect(t, "message[@type='groupchat'][@from='"+m.Attr("from")+"']/body[text()='the end']")
		dora.ExpectNone(t, `and I\?`)
	}},
	{"whom the MUC has banned it does not hear", func(t *testing.T, s *star) {
		bob, _, dora := s.aboard(t)
		judge := s.client(t, "alice", "judge")
		join(t, judge, s.crew(), "judge")
		dora.Say(t, crewed, "spam")
		nick := judge.Expect(t, "message[@type='groupchat'][@from~'"+s.crew()+"/dora']/body[text()='spam']").Attr("from")
		eye := s.client(t, "alice", "eye")
		eye.Send(t, joinStanza, "room", s.crew(), "nick", "eye")
		jid, _, _ := strings.Cut(eye.Expect(t, "presence[@from='"+nick+"']/{muc#user}x/item[@jid]").Find("presence/{muc#user}x/item").Attr("jid"), "/")
		judge.Send(t, "<iq type='set' id='ban' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item jid='{jid}' affiliation='outcast'><reason>no spam</reason></item></query></iq>", "muc", s.crew(), "jid", jid)
		judge.Expect(t, "presence[@type='unavailable'][@from='"+nick+"']/{muc#user}x[status[@code='301']]")
		dora.Say(t, crewed, "more spam")
		dora.Say(t, crewed, "and more")
		say(t, bob, s.crew(), "it is quiet here")
		judge.ExpectNone(t, "message/body[text()~'spam|and more']", "message[@from~'"+s.crew()+"/bob']/body[text()='it is quiet here']")
		judge.Send(t, "<iq type='set' id='pardon' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item jid='{jid}' affiliation='none'/></query></iq>", "muc", s.crew(), "jid", jid)
	}},
	{"for whom the channel does not let in, the relay speaks, and does not knock again", func(t *testing.T, s *star) {
		bob, _, dora := s.aboard(t)
		say(t, bob, s.crew(), "in and out")
		nick := dora.Expect(t, `^:(bob\S*\|x)!\S+ PRIVMSG `+crewed+` :in and out$`)[1]
		s.holder.Send(t, "MODE "+crewed+" +i")
		dora.Expect(t, ` MODE `+crewed+` :?\+i`)
		s.holder.Send(t, "KICK "+crewed+" "+nick+" :a moment")
		bob.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/bridge']/body[text()~'You were put out of "+crewed+" on "+host+" by holder']")
		say(t, bob, s.crew(), "may I come back?")
		dora.Expect(t, `^:bridge\S*!\S+ PRIVMSG `+crewed+` :<bob> may I come back\?$`)
		bob.Expect(t, "message[@from='"+s.crew()+"/bridge']/body[text()~'Some people of this room cannot be in "+crewed+" on "+host+" themselves .*Until that changes, I pass on what they say']")
		s.holder.Send(t, "MODE "+crewed+" -i")
		dora.Expect(t, ` MODE `+crewed+` :?-i`)
		say(t, bob, s.crew(), "and now?")
		dora.Expect(t, `^:bridge\S*!\S+ PRIVMSG `+crewed+` :<bob> and now\?$`)
		dora.ExpectNone(t, `^:bob\S* JOIN `)
		dora.Send(t, "QUIT :bye")
	}},
}
