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

	"isthmus/integration_test/discordfake"
	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

// table is a MUC that a relay joins with a channel of IRC, one of Slack and one of Discord. Around it sit bob in the MUC, carl on IRC, Ida on Slack and Dora on Discord.
type table struct {
	*world
	t       *testing.T // what is to outlive a part of the conversation ends with it
	muc     string
	slack   *slacktest.Workspace
	ida     *slacktest.User
	bot     *slacktest.User
	team    string // the channel on Slack
	discord *discordfake.Server
	tess    *discordfake.Bot
	dora    string
	guild   string
	lounge  string // the channel on Discord
	bob     *xmppclient.Client
	holder  *ircclient.Client
	carl    *ircclient.Client
	// leaf starts another server of the IRC network.
	leaf func() *servers.Server
	// web is the socket of the gateway's listener, empty where files are at the XMPP server.
	web string
	// said are the words of all, in their order.
	said []string
}

const (
	tabled      = "#table" // the channel on IRC
	tableScopes = "channels:history,channels:read,chat:write,chat:write.customize,files:read,files:write,groups:history,groups:read,im:history,im:read,im:write,mpim:history,mpim:read,reactions:read,reactions:write,users:read"
)

var tableComponents = []servers.Component{servers.Gateway, {Domain: slackDomain, Secret: servers.Gateway.Secret}, {Domain: discordDomain, Secret: servers.Gateway.Secret}}

var tableKinds = []struct {
	name string
	set  func(t *testing.T) *table
}{
	{"Prosody, InspIRCd", func(t *testing.T) *table {
		start := servers.ForTest(t)
		return setTable(t, start.Prosody(servers.Options{Components: tableComponents}), start.InspIRCd(servers.Options{}), start.InspIRCdLeaf, "table@muc.localhost")
	}},
	{"ejabberd, ngircd", func(t *testing.T) *table {
		start := servers.ForTest(t)
		return setTable(t, start.Ejabberd(servers.Options{Components: tableComponents}), start.Ngircd(servers.Options{}), start.NgircdLeaf, "table@conference.localhost")
	}},
}

func setTable(t *testing.T, xmpp, irc *servers.Server, leaf func(uplink *servers.Server) *servers.Server, muc string) *table {
	t.Helper()
	workspace, err := slacktest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(workspace.Close)
	s := &table{t: t, world: &world{xmpp: xmpp, irc: irc, dir: t.TempDir()}, muc: muc, leaf: func() *servers.Server { return leaf(irc) }, slack: workspace, discord: discordfake.New(t)}
	s.ida, s.bot = workspace.AddUser("Ida"), workspace.AddUser("Isthmus")
	s.bot.Bot = true
	workspace.SetPicture(s.ida, "h1", photo(t))
	s.team = workspace.AddChannel("table", false, s.ida, s.bot)
	owner := s.discord.AddUser("Olga")
	s.dora, s.tess = s.discord.AddUser("Dora"), s.discord.AddBot("Tess")
	s.guild = s.discord.AddGuild("Analysts", owner, may)
	for _, user := range []string{owner, s.dora, s.tess.ID} {
		s.discord.JoinGuild(s.guild, user)
	}
	s.lounge = s.discord.AddChannel(s.guild, "lounge", 0, nil)
	s.holder = s.onIRC(t, "holder", tabled) // so is the operator of the channel
	alice := s.client(t, "alice", "founder")
	alice.Send(t, "<presence/>")
	join(t, alice, muc, "alice") // who comes first owns the room
	if strings.HasSuffix(muc, "@conference.localhost") {
		dir, err := os.MkdirTemp("", "web-") // the path of a unix socket is short
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		s.web = filepath.Join(dir, "web")
	}
	s.configure(t, "")
	s.run(t)
	for _, d := range []string{slackDomain, discordDomain} { // which of the streams is up first is not known
		until(t, d+" is there", func() bool { return alice.Expect(t, alice.Ping(t, d)).Attr("type") == "result" })
	}
	mustMatch(t, stages(t, alice, slackDomain, "login", field("way", "bot"), field("token", workspace.Token(s.bot, tableScopes))+
		field("app_token", workspace.AppToken())), completed+"/note[text()~'You are logged in']")
	mustMatch(t, stages(t, alice, discordDomain, "login", field("token", s.tess.Token)), completed+"/note[text()~'You are logged in']")
	s.discord.Online(s.tess)
	s.bob = s.client(t, "bob", "desk")
	join(t, s.bob, muc, "bob")
	s.carl = s.onIRC(t, "carl", tabled)
	s.back(t)
	s.carl.Expect(t, ` MODE `+tabled+` \+o :?bridge`)
	return s
}

// configure writes the configuration, with more of what the relay does.
func (s *table) configure(t *testing.T, more string) {
	t.Helper()
	web := ""
	if s.web != "" {
		web = fmt.Sprintf("\nweb: {listen: %q, url: %q}", "unix:"+s.web, "http://gateway.localhost")
	}
	config := fmt.Sprintf(`
store: "sqlite:%[1]s/isthmus.db"
log: {level: debug}%[21]s
transports:
  - kind: irc
    domain: %[2]s
    server: tcp://%[3]s
    secret: %[4]s
    people: [localhost]
    private_networks: [127.0.0.0/8]
    options:
      networks: [{host: %[5]s, address: %[6]q, plain: true, burst: 200, rate: 200}]
  - kind: slack
    domain: %[7]s
    server: tcp://%[8]s
    secret: %[4]s
    people: [localhost]
    private_networks: [127.0.0.0/8]
    options: {api: %[9]q}
  - kind: discord
    domain: %[10]s
    server: tcp://%[11]s
    secret: %[4]s
    people: [localhost]
    private_networks: [127.0.0.0/8]
    options: {api: %[12]s, cdn: %[13]s}
relays:
  - muc: %[14]s
    nick: bridge%[20]s
    rooms:
      - {transport: %[2]s, network: %[5]s, room: "%[15]s"}
      - {transport: %[7]s, network: %[16]s, room: %[17]s, owner: alice@localhost}
      - {transport: %[10]s, network: "%[18]s", room: "%[19]s", owner: alice@localhost}
`, s.dir, domain, s.xmpp.Components[domain], servers.Gateway.Secret, host, s.irc.Plain,
		slackDomain, s.xmpp.Components[slackDomain], s.slack.API(),
		discordDomain, s.xmpp.Components[discordDomain], s.discord.API(), s.discord.CDN(),
		s.muc, tabled, strings.ToLower(s.slack.Team), s.team, s.tess.ID, s.lounge, more, web)
	if err := os.WriteFile(s.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *table) eventually(t *testing.T, what string, there func() bool) {
	t.Helper()
	for deadline := time.Now().Add(40 * time.Second); !there(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 40 s. On Slack are\n%q, on Discord\n%q", what, s.onSlack(), s.onDiscord())
		}
	}
}

// onSlack and onDiscord are what is to be read there now, in order.
func (s *table) onSlack() (texts []string) {
	for _, m := range s.slack.Messages(s.team) {
		if text, _ := m["text"].(string); m["subtype"] == nil || m["subtype"] == "bot_message" {
			texts = append(texts, text)
		}
	}
	return texts
}

func (s *table) onDiscord() (texts []string) {
	for _, m := range s.discord.Messages(s.lounge) {
		text, _ := m["content"].(string)
		texts = append(texts, text)
	}
	return texts
}

// say has everyone say something in turn, and waits each time until all others have heard it.
func (s *table) say(t *testing.T, what string) {
	t.Helper()
	for _, who := range []struct {
		name string
		say  func(words string)
	}{
		{"bob", func(words string) { say(t, s.bob, s.muc, words) }},
		{"carl", func(words string) { s.carl.Say(t, tabled, words) }},
		{"ida", func(words string) { s.slack.Post(s.ida, s.team, words, nil) }},
		{"dora", func(words string) { s.discord.Say(s.lounge, s.dora, words, nil) }},
	} {
		words := what + " by " + who.name
		who.say(words)
		s.heard(t, who.name, words)
	}
}

// heard waits until all but one have heard something.
func (s *table) heard(t *testing.T, by, words string) {
	t.Helper()
	s.said = append(s.said, words)
	if by != "bob" {
		s.bob.Expect(t, "message[@type='groupchat'][@from~'"+s.muc+"/']/body[text()='"+words+"']")
	}
	if by != "carl" {
		s.carl.Expect(t, `^:bridge\S* PRIVMSG `+tabled+` :<\w+> `+words+`$`)
	}
	s.eventually(t, words+" on Slack", func() bool { return slices.Contains(s.onSlack(), words) })
	s.eventually(t, words+" on Discord", func() bool { return slices.Contains(s.onDiscord(), words) })
}

// here waits until exactly these are in the MUC.
func (s *table) here(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	var got []string
	s.eventually(t, fmt.Sprintf("%q are in the MUC", want), func() bool {
		s.names++
		eye := s.client(t, "carol", fmt.Sprint("eye", s.names))
		eye.Send(t, joinStanza, "room", s.muc, "nick", "eye")
		got = nil
		for {
			p := eye.Expect(t, "presence[@from~'"+s.muc+"/']")
			nick := strings.TrimPrefix(p.Attr("from"), s.muc+"/")
			if nick == "eye" {
				break
			}
			got = append(got, nick)
		}
		eye.Leave(t)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Logf("in the MUC are %q", got)
		}
		return slices.Equal(got, want)
	})
}

// truth compares what is to be read on each side with what was said: each once, in its order.
func (s *table) truth(t *testing.T) {
	t.Helper()
	for side, texts := range map[string][]string{"Slack": s.onSlack(), "Discord": s.onDiscord()} {
		var got []string
		for _, text := range texts {
			if slices.Contains(s.said, text) {
				got = append(got, text)
			}
		}
		if !slices.Equal(got, s.said) {
			t.Errorf("%s shows\n%q, but it was said\n%q", side, got, s.said)
		}
	}
}

func TestThreePeopleOnThreeNetworksAndOneOnXMPPHoldAConversation(t *testing.T) {
	t.Parallel()
	for _, k := range tableKinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := k.set(t)
			s.say(t, "hello")
			for _, part := range conversation {
				t.Run(part.name, func(t *testing.T) { part.run(t, s) })
			}
			s.truth(t)
		})
	}
}

var conversation = []struct {
	name string
	run  func(*testing.T, *table)
}{
	{"a reply, a correction, a reaction and a deletion are seen on all sides", func(t *testing.T, s *table) {
		tags := strings.HasSuffix(s.muc, "@muc.localhost") // InspIRCd passes reactions on, to clients that show them
		var iris *ircclient.Client
		if tags {
			iris = ircclient.Dial(t, s.irc.Plain, "iris", "message-tags")
			iris.Join(t, tabled)
		}
		of := s.slack.Post(s.ida, s.team, "who comes tomorow?", nil)
		m := s.bob.Expect(t, "message[@from='"+s.muc+"/Ida [slack]']/body[text()='who comes tomorow?']")
		id := m.Find("message/{urn:xmpp:sid:0}stanza-id").Attr("id")
		s.eventually(t, "the question is on Discord", func() bool { return slices.Contains(s.onDiscord(), "who comes tomorow?") })
		s.slack.Act(s.ida, "chat.update", slacktest.Object{"channel": s.team, "ts": of, "text": "who comes tomorrow?"})
		s.bob.Expect(t, "message[@from='"+s.muc+"/Ida [slack]'][body[text()='who comes tomorrow?']]/{urn:xmpp:message-correct:0}replace[@id='"+m.Attr("id")+"']")
		s.eventually(t, "the correction is on Discord", func() bool {
			return slices.Contains(s.onDiscord(), "who comes tomorrow?") && !slices.Contains(s.onDiscord(), "who comes tomorow?")
		})
		s.carl.Expect(t, `<Ida> who comes tomorrow\? \(corrected\)$`) // IRC has no corrections
		s.said = append(s.said, "who comes tomorrow?")
		_, asked := s.discord.Find("who comes tomorrow?")
		s.discord.React(s.lounge, asked, s.dora, "👍", true)
		s.bob.Expect(t, "message[@from='"+s.muc+"/Dora [discord]']/{urn:xmpp:reactions:0}reactions[@id='"+id+"']/reaction[text()='👍']")
		if tags {
			iris.Expect(t, `\+draft/react=👍.* TAGMSG :?`+tabled)
		} else {
			s.carl.Expect(t, `NOTICE `+tabled+` :Dora reacts with 👍 to Ida's “who comes tomorrow\?”\.$`)
		}
		s.eventually(t, "the reaction is on Slack", func() bool {
			for _, m := range s.slack.Messages(s.team) {
				if m["ts"] == of && fmt.Sprint(m["reactions"]) != "<nil>" {
					return true
				}
			}
			return false
		})
		s.bob.Send(t, "<message to='{muc}' type='groupchat' id='b1'><body>> who comes tomorrow?\nI do</body><reply xmlns='urn:xmpp:reply:0' id='{id}'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='22'/></fallback></message>", "muc", s.muc, "id", id)
		s.carl.Expect(t, `<bob> Ida: I do$`)
		answer := s.discord.Await("bob's answer", func(m discordfake.Object) bool { c, _ := m["content"].(string); return strings.HasSuffix(c, "I do") })
		if !strings.Contains(fmt.Sprint(answer), asked) {
			t.Errorf("on Discord the answer refers to nothing: %v", answer)
		}
		bobs := s.bob.Expect(t, "message[@id='b1']").Find("message/{urn:xmpp:sid:0}stanza-id").Attr("id")
		s.bob.Send(t, "<message to='{muc}' type='groupchat' id='b2'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>", "muc", s.muc, "id", bobs)
		s.eventually(t, "the answer is gone", func() bool {
			gone := func(texts []string) bool {
				return !slices.ContainsFunc(texts, func(text string) bool { return strings.HasSuffix(text, "I do") })
			}
			return gone(s.onDiscord()) && gone(s.onSlack())
		})
		s.carl.Expect(t, `NOTICE `+tabled+` :bob has deleted a message of theirs that was said at \d\d:\d\d UTC`)
	}},
	{"Ida is seen with her picture", func(t *testing.T, s *table) {
		ask := func() *xmppclient.Element {
			s.bob.Send(t, "<iq type='get' id='face' to='{muc}/Ida [slack]'><vCard xmlns='vcard-temp'/></iq>", "muc", s.muc)
			return s.bob.Expect(t, "iq[@type='result'][@id='face']/{vcard-temp}vCard/FN[text()='Ida']")
		}
		if photo := ask().Find("iq/{vcard-temp}vCard/PHOTO/BINVAL"); photo == nil || len(photo.Text) < 100 {
			t.Error("her card has no picture")
		}
		s.names++
		eye := s.client(t, "carol", fmt.Sprint("eye", s.names))
		eye.Send(t, joinStanza, "room", s.muc, "nick", "eye")
		eye.Expect(t, "presence[@from='"+s.muc+"/Ida [slack]']/{vcard-temp:x:update}x/photo[text()~'^[0-9a-f]{40}$']")
		eye.Leave(t)
	}},
	{"bob is seen with his picture, and with another one when he has changed it", showBob},
	{"a file is a file on all sides that have files", func(t *testing.T, s *table) {
		s.discord.Upload(s.lounge, s.dora, "plan.txt", "text/plain", "the plan")
		s.bob.Expect(t, "message[@from='"+s.muc+"/Dora [discord]']/{jabber:x:oob}x/url[text()~'plan.txt']")
		s.carl.Expect(t, `<Dora> .*plan\.txt`)
		s.eventually(t, "the plan is on Slack", func() bool {
			return slices.ContainsFunc(s.slack.Messages(s.team), func(m slacktest.Object) bool { return strings.Contains(fmt.Sprint(m), "plan.txt") })
		})
	}},
	{"a kick in the MUC puts out on the network, and a nick change is one everywhere", func(t *testing.T, s *table) {
		alice := s.client(t, "alice", "desk")
		join(t, alice, s.muc, "owner")
		alice.Send(t, "<iq type='set' id='k1' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='carl [irc]' role='none'><reason>wait outside</reason></item></query></iq>", "muc", s.muc)
		s.carl.Expect(t, ` KICK `+tabled+` carl :.*wait outside`)
		leave(t, alice, s.muc, "owner")
		s.carl.Join(t, tabled)
		s.carl.Send(t, "NICK karl")
		s.carl.Expect(t, ` NICK :?karl`)
		s.say(t, "after the kick")
		s.here(t, "alice", "bob", "bridge", "karl [irc]", "Ida [slack]", "Dora [discord]")
	}},
	{"who governs the MUC governs as far as the relay may, and else is told what could not be done", governTable},
	{"actions and threads are such on all sides that have them", threads},
	{"what is more than a network takes at once waits for its turn", func(t *testing.T, s *table) {
		s.slack.RateLimit("chat.postMessage", "1", false, 3)
		s.discord.Fail(discordfake.Fault{Method: "POST", Path: "/webhooks/", Status: 429, Times: 3, Header: map[string]string{"Retry-After": "1", "X-RateLimit-Scope": "shared"},
			Body: `{"message": "You are being rate limited.", "retry_after": 1.0, "global": false}`})
		for n := range 12 {
			words := fmt.Sprint("quickly ", n, ".")
			say(t, s.bob, s.muc, words)
			s.said = append(s.said, words)
		}
		say(t, s.bob, s.muc, "that was quick")
		s.heard(t, "bob", "that was quick")
	}},
	{"everyone is called, and topics and typing go across, only where the operator wants that", func(t *testing.T, s *table) {
		called := func(words string) (onSlack, onDiscord bool) {
			say(t, s.bob, s.muc, words)
			s.bob.Expect(t, "message/body[text()='"+words+"']")
			s.eventually(t, words+" on Slack", func() bool {
				onSlack = slices.Contains(s.onSlack(), strings.Replace(words, "@everyone", "<!channel>", 1))
				return onSlack || slices.Contains(s.onSlack(), words)
			})
			m := s.discord.Await(words, func(m discordfake.Object) bool { return m["content"] == words })
			return onSlack, m["mention_everyone"] == true
		}
		s.discord.Allow(s.guild, may|1<<17)
		if onSlack, onDiscord := called("@everyone, lunch"); onSlack || onDiscord {
			t.Errorf("by themselves, people are called on Slack %t, on Discord %t", onSlack, onDiscord)
		}
		if from, to, typing := s.ways(t); from || to || !typing {
			t.Errorf("by themselves, topics go from the MUC %t, to it %t, typing %t", from, to, typing)
		}
		s.configure(t, "\n    call_everyone: true\n    topics: from_muc\n    typing: from_muc")
		s.gateway.Signal(syscall.SIGHUP)
		s.back(t)
		if onSlack, onDiscord := called("@everyone, dinner"); !onSlack || !onDiscord {
			t.Errorf("people are called on Slack %t, on Discord %t", onSlack, onDiscord)
		}
		if from, to, typing := s.ways(t); !from || to || typing {
			t.Errorf("from the MUC alone, topics go from it %t, to it %t, typing %t", from, to, typing)
		}
		s.slack.Post(s.ida, s.team, "<!here> now", nil)
		s.bob.Expect(t, "message[@type='groupchat'][@from='"+s.muc+"/Ida [slack]']/body[text()='@here now']")
		s.carl.Expect(t, `<Ida> @here now$`)
		if m := s.discord.Await("Ida's call", func(m discordfake.Object) bool { return m["content"] == "@here now" }); m["mention_everyone"] != true {
			t.Errorf("on Discord it calls nobody: %v", m)
		}
		s.configure(t, "")
		s.gateway.Signal(syscall.SIGHUP)
		s.back(t)
	}},
	{"a netsplit", splitTable},
	{"a restart of the gateway", func(t *testing.T, s *table) {
		if err := s.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		s.run(s.t)
		s.back(t)
		s.say(t, "after the gateway")
		s.here(t, "alice", "bob", "bridge", "karl [irc]", "Ida [slack]", "Dora [discord]")
	}},
	{"what is said everywhere while the gateway is dead comes over once", func(t *testing.T, s *table) {
		s.gateway.Kill()
		for n := range 2 {
			say(t, s.bob, s.muc, fmt.Sprint("meanwhile bob ", n))
			s.slack.Post(s.ida, s.team, fmt.Sprint("meanwhile ida ", n), nil)
			s.discord.Say(s.lounge, s.dora, fmt.Sprint("meanwhile dora ", n), nil)
		}
		s.run(s.t)
		s.discord.Online(s.tess)
		var came []string
		for range 4 {
			m := s.bob.Expect(t, "message[@type='groupchat'][@from~'\\[(slack|discord)\\]$']/body[text()~'meanwhile']")
			came = append(came, m.Find("message/body").Text)
		}
		for _, who := range []string{"ida", "dora"} {
			if first, second := slices.Index(came, "meanwhile "+who+" 0"), slices.Index(came, "meanwhile "+who+" 1"); first < 0 || second < first {
				t.Errorf("in the MUC came %q", came)
			}
		}
		for n := range 2 {
			s.carl.Expect(t, fmt.Sprint(`<bob> meanwhile bob `, n, `$`))
			for _, who := range []string{"bob", "ida", "dora"} {
				words := fmt.Sprint("meanwhile ", who, " ", n)
				s.eventually(t, words+" on Slack", func() bool { return slices.Contains(s.onSlack(), words) })
				s.eventually(t, words+" on Discord", func() bool { return slices.Contains(s.onDiscord(), words) })
			}
		}
		s.say(t, "after its death")
		for side, texts := range map[string][]string{"Slack": s.onSlack(), "Discord": s.onDiscord()} {
			texts = slices.DeleteFunc(texts, func(text string) bool { return !strings.HasPrefix(text, "meanwhile") })
			if len(texts) != 6 {
				t.Errorf("%s shows %q", side, texts)
			}
		}
		s.here(t, "alice", "bob", "bridge", "karl [irc]", "Ida [slack]", "Dora [discord]")
	}},
	{"Slack and Discord lose their connections", func(t *testing.T, s *table) {
		s.slack.Cut()
		s.discord.Cut()
		s.say(t, "after the cut")
	}},
	{"a restart of the IRC server, as a split from all its people", func(t *testing.T, s *table) {
		s.irc.Kill()
		words := "while IRC is gone"
		say(t, s.bob, s.muc, words)
		if err := s.irc.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.carl = s.onIRC(s.t, "carl", tabled)
		s.heard(t, "bob", words)
		s.say(t, "after IRC")
		s.here(t, "alice", "bob", "bridge", "carl [irc]", "Ida [slack]", "Dora [discord]")
	}},
	{"a restart of the XMPP server", func(t *testing.T, s *table) {
		s.xmpp.Kill()
		words := "while XMPP is gone"
		s.carl.Say(t, tabled, words)
		if err := s.xmpp.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		alice := s.client(s.t, "alice", "founder") // the room may have ended with the server
		alice.Send(t, joinStanza, "room", s.muc, "nick", "alice")
		alice.Expect(t, "presence[@from='"+s.muc+"/alice']")
		s.bob = s.client(s.t, "bob", "desk")
		s.bob.Send(t, joinStanza, "room", s.muc, "nick", "bob")
		s.heard(t, "carl", words)
		s.say(t, "after XMPP")
		s.here(t, "alice", "bob", "bridge", "carl [irc]", "Ida [slack]", "Dora [discord]")
	}},
}

// back waits until the relay is in all its rooms again.
func (s *table) back(t *testing.T) {
	t.Helper()
	s.discord.Online(s.tess)
	s.eventually(t, "the relay is back", func() bool {
		s.names++
		words := fmt.Sprint("is anybody there ", s.names)
		say(t, s.bob, s.muc, words)
		time.Sleep(time.Second)
		return slices.Contains(s.onSlack(), words) && slices.Contains(s.onDiscord(), words)
	})
	s.holder.Send(t, "MODE "+tabled+" +o bridge") // it has come anew
}
