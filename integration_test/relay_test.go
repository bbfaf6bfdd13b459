package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// star is a MUC that a relay joins with an IRC channel and with a room of the network in memory.
type star struct {
	// whole is the test of all scenarios, whose end the gateway outlasts a scenario to.
	whole *testing.T
	*world
	*loopbackclient.Network
	control string
	muc     string
	holder  *ircclient.Client
	room    transports.RoomID // on the network in memory
}

const relayed = "#team" // the channel

// starKinds are the servers that a relay is tried on.
var starKinds = []struct {
	name  string
	start func(t *testing.T) *star
}{
	{"Prosody, InspIRCd", func(t *testing.T) *star {
		start := servers.ForTest(t)
		return newStar(t, start.Prosody(servers.Options{Components: starComponents}), start.InspIRCd(servers.Options{}), "team@muc.localhost")
	}},
	{"ejabberd, ngircd", func(t *testing.T) *star {
		start := servers.ForTest(t)
		return newStar(t, start.Ejabberd(servers.Options{Components: starComponents}), start.Ngircd(servers.Options{}), "team@conference.localhost")
	}},
}

var starComponents = []servers.Component{servers.Gateway, {Domain: loopbackDomain, Secret: servers.Gateway.Secret}, {Domain: otherGateway, Secret: servers.Gateway.Secret}}

func newStar(t *testing.T, xmpp, irc *servers.Server, muc string) *star {
	t.Helper()
	short, err := os.MkdirTemp("", "rl-") // the path of a unix socket is short (unix(7))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	s := &star{whole: t, world: &world{xmpp: xmpp, irc: irc, dir: t.TempDir()}, control: filepath.Join(short, "control"), muc: muc}
	s.write(t, "")
	s.start(t)
	s.room = s.AddRoom(t, "Team", "") // its name is only known now
	s.stop(t)
	s.holder = s.onIRC(t, "holder", relayed, crewed) // so is the operator of the channel
	s.holder.Send(t, "MODE "+relayed+" +t")
	alice := s.client(t, "alice", "founder") // who comes first owns the room
	join(t, alice, muc, "founder")
	captain := s.client(t, "alice", "captain")
	join(t, captain, s.crew(), "founder")
	s.write(t, s.relays(""))
	s.start(t)
	alice.Expect(t, "presence[not(@type)][@from='"+muc+"/bridge']")
	captain.Expect(t, "presence[not(@type)][@from='"+s.crew()+"/bridge']")
	return s
}

// relays are those of the configuration, with more.
func (s *star) relays(more string) string {
	return fmt.Sprintf(`
relays:
  - muc: %s
    nick: bridge
    topics: both
    rooms:
      - {transport: %s, network: %s, room: "%s", suffix: " (IRC)"}
      - {transport: %s, network: %s, room: "%s"}
  - muc: %s
    nick: bridge
    rooms:
      - {transport: %s, network: %s, room: "%s", connections: 2}
%s`, s.muc, domain, host, relayed, loopbackDomain, loopbackNetwork, s.room, s.crew(), domain, host, crewed, more)
}

func (s *star) write(t *testing.T, more string) {
	t.Helper()
	config := fmt.Sprintf(`
store: "sqlite:%[1]s/isthmus.db"
log: {level: debug}
transports:
  - kind: irc
    domain: %[2]s
    server: tcp://%[3]s
    secret: %[4]s
    people: [localhost]
    relay_people: [localhost, muc.localhost, conference.localhost]
    private_networks: [127.0.0.0/8]
    options:
      networks: [{host: %[5]s, address: %[6]q, plain: true, burst: 200, rate: 200}]
  - kind: loopback
    domain: %[7]s
    server: tcp://%[8]s
    secret: %[4]s
    people: [localhost]
    private_networks: [127.0.0.0/8]
    options:
      control: %[9]q
      state: %[1]s/network
%[10]s`, s.dir, domain, s.xmpp.Components[domain], servers.Gateway.Secret, host, s.irc.Plain, loopbackDomain, s.xmpp.Components[loopbackDomain], s.control, more)
	if err := os.WriteFile(s.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *star) start(t *testing.T) {
	t.Helper()
	s.run(s.whole)
	for deadline := time.Now().Add(xmppclient.Patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) { // which of the streams was up first is not known
		if _, err := os.Stat(s.control); err == nil {
			break
		}
	}
	s.Network = loopbackclient.Dial(s.whole, s.control, loopbackNetwork)
}

func (s *star) stop(t *testing.T) {
	t.Helper()
	if err := s.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
}

// company is one person on each side of the star: bob in the MUC, Ida on the network in memory, carl on IRC.
type company struct {
	bob  *xmppclient.Client
	ida  *loopbackclient.Person
	carl *ircclient.Client
}

func (s *star) people(t *testing.T) company {
	t.Helper()
	s.names++
	p := company{bob: s.client(t, "bob", "desk"), ida: s.AddPerson(t, fmt.Sprintf("Ida%d", s.names)), carl: s.onIRC(t, fmt.Sprintf("carl%d", s.names), relayed)}
	join(t, p.bob, s.muc, "bob")
	p.ida.Join(t, s.room)
	return p
}

// starScenario is one behaviour, seen in a star that others use as well.
type starScenario struct {
	name string
	run  func(*testing.T, *star)
}

func TestRelays(t *testing.T) {
	for _, k := range starKinds {
		t.Run(k.name, func(t *testing.T) {
			s := k.start(t)
			for _, scenario := range slices.Concat(connectionScenarios, starScenarios) {
				t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
			}
		})
	}
}

// hearsFrom waits for a message in the MUC, under that nick.
func (s *star) hearsFrom(t *testing.T, c *xmppclient.Client, nick, words string) *xmppclient.Element {
	t.Helper()
	return s.hears(t, c, s.muc, nick, words)
}

var starScenarios = []starScenario{
	{"people of three rooms talk with each other", func(t *testing.T, s *star) {
		p := s.people(t)
		ida := fmt.Sprintf("Ida%d [loopback]", s.names)
		carl := p.carl.Nick + " (IRC)"
		say(t, p.bob, s.muc, "hello all")
		if m := p.ida.Hears(t, "hello all"); m.From.Name != "bob" {
			t.Errorf("Ida hears it from %q", m.From.Name)
		}
		p.carl.Expect(t, `^:\S+ PRIVMSG `+relayed+` :<bob> hello all$`)
		p.ida.Say(t, s.room, "hello, you two")
		p.bob.Expect(t, "presence[not(@type)][@from='"+s.muc+"/"+ida+"']")
		s.hearsFrom(t, p.bob, ida, "hello, you two")
		p.carl.Expect(t, `PRIVMSG `+relayed+` :<Ida\d+> hello, you two$`)
		p.carl.Say(t, relayed, "\x01ACTION waves\x01")
		s.hearsFrom(t, p.bob, carl, "/me waves")
		m := loopbackclient.Expect(t, p.ida, func(m transports.Message) bool { return m.Text.String() == "waves" })
		if m.From.Name != p.carl.Nick || m.Style != transports.Does {
			t.Errorf("Ida hears %+v", m)
		}
		for i := range 5 { // in order, and each once
			p.ida.Say(t, s.room, fmt.Sprint("number ", i))
		}
		for i := range 5 {
			p.carl.Expect(t, fmt.Sprint(`PRIVMSG `, relayed, ` :<Ida\d+> number `, i, `$`))
		}
		say(t, p.bob, s.muc, "the end")
		p.carl.ExpectNone(t, `number|hello|waves`)
	}},
	{"a correction, a reaction, a reply and a retraction go across", func(t *testing.T, s *star) {
		p := s.people(t)
		ida := fmt.Sprintf("Ida%d [loopback]", s.names)
		said := p.ida.Say(t, s.room, "helo")
		m := s.hearsFrom(t, p.bob, ida, "helo")
		stanzaID := m.Find("message/{urn:xmpp:sid:0}stanza-id").Attr("id")
		p.ida.Do(t, transports.Edit{Place: transports.InRoom(s.room), ID: said, Text: text.Plain("hello")})
		p.bob.Expect(t, "message[@from='"+s.muc+"/"+ida+"'][body[text()='hello']]/{urn:xmpp:message-correct:0}replace[@id='"+m.Attr("id")+"']")
		p.bob.Send(t, "<message to='{muc}' type='groupchat' id='r1'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>👍</reaction></reactions></message>", "muc", s.muc, "id", stanzaID)
		loopbackclient.Expect(t, p.ida, func(e transports.Reacted) bool { return e.ID == said && len(e.Emoji) == 1 && e.Emoji[0] == "👍" })
		p.ida.Do(t, transports.React{Place: transports.InRoom(s.room), ID: said, Emoji: []string{"🎉"}})
		p.bob.Expect(t, "message[@from='"+s.muc+"/"+ida+"']/{urn:xmpp:reactions:0}reactions[@id='"+stanzaID+"']/reaction[text()='🎉']")
		p.bob.Send(t, "<message to='{muc}' type='groupchat' id='a1'><body>> helo\nwelcome</body><reply xmlns='urn:xmpp:reply:0' id='{id}'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback></message>", "muc", s.muc, "id", stanzaID)
		answer := loopbackclient.Expect(t, p.ida, func(m transports.Message) bool { return m.Text.String() == "welcome" })
		if answer.ReplyTo == nil || answer.ReplyTo.ID != said {
			t.Errorf("Ida sees an answer to %+v", answer.ReplyTo)
		}
		bobs := p.bob.Expect(t, "message[@id='a1']").Find("message/{urn:xmpp:sid:0}stanza-id").Attr("id")
		p.bob.Send(t, "<message to='{muc}' type='groupchat' id='c1'><body>welcome back</body><replace xmlns='urn:xmpp:message-correct:0' id='a1'/></message>", "muc", s.muc)
		loopbackclient.Expect(t, p.ida, func(e transports.Edited) bool { return e.ID == answer.ID && e.Text.String() == "welcome back" })
		p.bob.Send(t, "<message to='{muc}' type='groupchat' id='d1'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/><body>gone</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/></message>", "muc", s.muc, "id", bobs)
		loopbackclient.Expect(t, p.ida, func(e transports.Deleted) bool { return e.ID == answer.ID })
		p.ida.Do(t, transports.Delete{Place: transports.InRoom(s.room), ID: said})
		p.bob.Expect(t, "message[@from='"+s.muc+"/"+ida+"']/{urn:xmpp:message-retract:1}retract[@id='"+stanzaID+"']")
	}},
	{"a puppet is called as its person and leaves with them", func(t *testing.T, s *star) {
		p := s.people(t)
		p.carl.Say(t, relayed, "I am here")
		s.hearsFrom(t, p.bob, p.carl.Nick+" (IRC)", "I am here")
		p.carl.Send(t, "NICK karl")
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+s.muc+"/"+p.carl.Nick+" (IRC)']/{muc#user}x[status[@code='303']]/item[@nick='karl (IRC)']")
		p.carl.Say(t, relayed, "still me")
		s.hearsFrom(t, p.bob, "karl (IRC)", "still me")
		p.carl.Send(t, "QUIT :bye")
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+s.muc+"/karl (IRC)']")
	}},
	{"what is encrypted stays, and its sender is told", func(t *testing.T, s *star) {
		p := s.people(t)
		const header, fallback = "<header sid='1'><key rid='2'>a2V5</key><iv>aXY=</iv></header><payload>c2VjcmV0</payload>", "<body>a fallback that nobody is to read</body>"
		for i, form := range []string{
			"<encrypted xmlns='eu.siacs.conversations.axolotl'>" + header + "</encrypted><encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl' name='OMEMO'/>" + fallback,
			"<encrypted xmlns='eu.siacs.conversations.axolotl'>" + header + "</encrypted>" + fallback,
			"<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/><payload>c2VjcmV0</payload></encrypted>",
			"<openpgp xmlns='urn:xmpp:openpgp:0'>c2VjcmV0</openpgp>" + fallback,
			"<x xmlns='jabber:x:encrypted'>c2VjcmV0</x>" + fallback,
			"<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>" + fallback,
			"<body>aesgcm://files.example/secret#0123</body>",
		} {
			p.bob.Send(t, "<message to='{muc}' type='groupchat' id='{id}'>"+form+"<store xmlns='urn:xmpp:hints'/></message>", "muc", s.muc, "id", p.bob.NewID())
			if i == 0 {
				p.bob.Expect(t, "message[@type='chat'][@from='"+s.muc+"/bridge']/body[text()~'is encrypted, so it stays']")
			}
		}
		say(t, p.bob, s.muc, "in the clear")
		if m := loopbackclient.Expect(t, p.ida, func(m transports.Message) bool { return m.From.Name == "bob" }); m.Text.String() != "in the clear" {
			t.Errorf("Ida hears %q", m.Text.String())
		}
		if words := p.carl.Expect(t, `<bob> (.*)$`)[1]; words != "in the clear" {
			t.Errorf("carl hears %q", words)
		}
		p.bob.ExpectNone(t, "message[@type='chat'][@from='"+s.muc+"/bridge']", p.bob.Ping(t, "localhost")) // he was told once
	}},
	{"a kick of a puppet is acted on, or the moderator is told", func(t *testing.T, s *star) {
		p := s.people(t)
		alice := s.client(t, "alice", "founder2")
		join(t, alice, s.muc, "owner")
		p.carl.Say(t, relayed, "spam")
		nick := p.carl.Nick + " (IRC)"
		s.hearsFrom(t, alice, nick, "spam")
		alice.Send(t, "<iq type='set' id='k1' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='{nick}' role='none'><reason>no spam</reason></item></query></iq>", "muc", s.muc, "nick", nick)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+s.muc+"/"+nick+"']/{muc#user}x[status[@code='307']]")
		alice.Expect(t, "message[@type='chat'][@from='"+s.muc+"/bridge']/body[text()~'could not be put out of']")
		s.holder.Send(t, "MODE "+relayed+" +o bridge")
		p.carl.Expect(t, ` MODE `+relayed+` \+o :?bridge`)
		p.carl.Say(t, relayed, "back")
		s.hearsFrom(t, alice, nick, "back")
		alice.Send(t, "<iq type='set' id='k2' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='{nick}' role='none'><reason>no spam</reason></item></query></iq>", "muc", s.muc, "nick", nick)
		p.carl.Expect(t, ` KICK `+relayed+` `+p.carl.Nick+` :.*no spam`)
		s.holder.Send(t, "MODE "+relayed+" -o bridge")
		s.holder.Expect(t, ` MODE `+relayed+` -o :?bridge`)
	}},
	{"a topic goes both ways, and where it cannot the room is told", func(t *testing.T, s *star) {
		p := s.people(t)
		alice := s.client(t, "alice", "founder2")
		join(t, alice, s.muc, "owner")
		alice.Send(t, "<message to='{muc}' type='groupchat' id='t1'><subject>News of today</subject></message>", "muc", s.muc)
		loopbackclient.Expect(t, p.ida, func(e transports.TopicChanged) bool { return e.Topic.Text == "News of today" })
		alice.Expect(t, "message[@from='"+s.muc+"/bridge']/body[text()~'The topic of #team on "+host+" could not be changed']") // it is no operator there
		p.ida.Do(t, transports.SetTopic{Room: s.room, Text: "News of tomorrow"})
		if strings.HasPrefix(s.muc, "team@conference") {
			alice.Expect(t, "message[@from='"+s.muc+"/bridge']/subject[text()='News of tomorrow']")
		} else { // Prosody lets moderators alone change it
			p.ida.Hears(t, "The topic could not be changed in the chat room that this room is joined with. Tell its moderators that bridge must be allowed to.")
		}
	}},
	{"a relay is added, changed and removed without a restart, and the others go on", func(t *testing.T, s *star) {
		p := s.people(t)
		second := strings.Replace(s.muc, "team@", "second@", 1)
		join(t, p.bob, second, "bob")
		dora := s.onIRC(t, "dora", "#second")
		relay := fmt.Sprintf("  - {muc: %s, nick: bridge, rooms: [{transport: %s, network: %s, room: \"#second\", suffix: \"%%s\"}]}\n", second, domain, host)
		reload := func(more string) { s.write(t, s.relays(more)); s.gateway.Signal(syscall.SIGHUP) }
		reload(fmt.Sprintf(relay, " [one]"))
		p.bob.Expect(t, "presence[not(@type)][@from='"+second+"/bridge']")
		dora.Expect(t, `^:bridge\S* JOIN `)
		dora.Say(t, "#second", "hello")
		p.bob.Expect(t, "message[@from='"+second+"/dora [one]']/body[text()='hello']")
		reload(fmt.Sprintf(relay, " [two]"))
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+second+"/dora [one]']")
		p.bob.Expect(t, "presence[not(@type)][@from='"+second+"/bridge']")
		dora.Expect(t, `^:bridge\S* JOIN `)
		dora.Say(t, "#second", "hello again")
		p.bob.Expect(t, "message[@from='"+second+"/dora [two]']/body[text()='hello again']")
		reload("")
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+second+"/bridge']")
		dora.Expect(t, `^:bridge\S* PART `)
		say(t, p.bob, s.muc, "this one has not left")
		p.ida.Hears(t, "this one has not left")
		p.carl.ExpectNone(t, `^:bridge\S* (PART|JOIN|QUIT)`)
	}},
	starByOwner, starByForm,
	starOverRestarts,
	{"after a restart of the XMPP server all are back, and what was said meanwhile comes once", func(t *testing.T, s *star) {
		p := s.people(t)
		nick := p.carl.Nick + " (IRC)"
		p.carl.Say(t, relayed, "before")
		s.hearsFrom(t, p.bob, nick, "before")
		s.xmpp.Kill()
		for i := range 5 {
			p.carl.Say(t, relayed, fmt.Sprint("meanwhile ", i))
		}
		if err := s.xmpp.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		bob := s.client(t, "bob", "phone")
		bob.Send(t, joinStanza, "room", s.muc, "nick", "bob") // before or after, for the room shows what was said
		p.carl.Say(t, relayed, "the end")
		var came []string
		for len(came) == 0 || came[len(came)-1] != "the end" {
			words := bob.Expect(t, "message[@from='"+s.muc+"/"+nick+"']/body").Find("message/body").Text
			if words != "before" { // which one of the servers still shows
				came = append(came, words)
			}
		}
		if want := []string{"meanwhile 0", "meanwhile 1", "meanwhile 2", "meanwhile 3", "meanwhile 4", "the end"}; !slices.Equal(came, want) {
			t.Errorf("bob sees %q, want %q", came, want)
		}
	}},
	{"a restart of the gateway doubles nothing and leaves nobody behind", func(t *testing.T, s *star) {
		p := s.people(t)
		nick := p.carl.Nick + " (IRC)"
		p.carl.Say(t, relayed, "before")
		s.hearsFrom(t, p.bob, nick, "before")
		s.stop(t)
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+s.muc+"/"+nick+"']")
		s.start(t)
		p.bob.Expect(t, "presence[not(@type)][@from='"+s.muc+"/bridge']")
		p.carl.Expect(t, `^:bridge\S* JOIN `)
		p.carl.Say(t, relayed, "after")
		m := p.bob.ExpectNone(t, "message[@from='"+s.muc+"/"+nick+"']/body[text()='before']", "message[@from='"+s.muc+"/"+nick+"']/body[text()='after']")
		if m == nil {
			t.Error("nothing came")
		}
	}},
}

func TestARelayMayUseSomebodysLogin(t *testing.T) {
	for _, k := range loopbackKinds {
		t.Run(k.name, func(t *testing.T) {
			w := k.start(t, logins)
			self, ida, id, _ := w.member(t, "bridge")
			alice := w.client(t, "alice", "desk")
			loggedIn(t, alice, "bridge")
			muc := "team@muc.localhost"
			if k.name == "ejabberd" {
				muc = "team@conference.localhost"
			}
			join(t, alice, muc, "alice")
			w.relays(t, muc, id)
			ida = w.TakeOver(t, ida.ID)
			alice.Expect(t, "presence[not(@type)][@from='"+muc+"/relay']")
			ida.Say(t, id, "hello")
			alice.Expect(t, "message[@from='"+muc+"/Ida Lovelace [loopback]']/body[text()='hello']")
			say(t, alice, muc, "hello, Ida")
			if m := ida.Hears(t, "hello, Ida"); m.From.Name != "alice" || !strings.HasPrefix(string(m.From.ID), string(self)) {
				t.Errorf("Ida hears it from %+v", m.From)
			}
			alice.ExpectNone(t, "message[@from='"+muc+"/relay']/body[text()~'hello, Ida']", alice.Ping(t, "localhost"))
		})
	}
}
