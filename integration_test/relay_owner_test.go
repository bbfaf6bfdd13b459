package integration_test

import (
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"isthmus/integration_test/xmppclient"
	"isthmus/transports"
)

// toBot asks the gateway's bot something, and waits for an answer with those words.
func toBot(t *testing.T, c *xmppclient.Client, words, answer string) string {
	t.Helper()
	return ask(t, c, "isthmus@"+domain, words, answer)
}

func ask(t *testing.T, c *xmppclient.Client, to, words, answer string) string {
	t.Helper()
	c.Send(t, "<message to='{to}' type='chat' id='{id}'><body>{words}</body></message>", "to", to, "id", c.NewID(), "words", words)
	return c.Expect(t, "message[@from='"+to+"']/body[text()~'"+answer+"']").Find("message/body").Text
}

var agreement = regexp.MustCompile(`agree \d+`)

var starByOwner = starScenario{"an owner of a room joins it with a channel by commands, and both sides must agree", func(t *testing.T, s *star) {
	alice := s.client(t, "alice", "owner")
	muc := strings.Replace(s.muc, "team@", "owned@", 1)
	join(t, alice, muc, "alice")
	chanop := s.onIRC(t, "chanop", "#owned")

	// In the room: the bot comes when it is invited, and hears its name.
	alice.Send(t, "<message to='{muc}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='{bot}'/></x></message>", "muc", muc, "bot", "isthmus@"+domain)
	alice.Expect(t, "presence[not(@type)][@from='"+muc+"/relay']")
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'I can join this room with a room of IRC']")
	bob := s.client(t, "bob", "guest")
	join(t, bob, muc, "bob")
	say(t, bob, muc, "relay: bridge "+host+" #owned")
	bob.Expect(t, "message[@type='chat'][@from='"+muc+"/relay']/body[text()~'Only an owner or admin']")
	say(t, alice, muc, "relay: bridge "+host+" #owned")
	asked := alice.Expect(t, "message[@type='chat'][@from='"+muc+"/relay']/body[text()~'I am there']").Find("message/body").Text
	words := agreement.FindString(asked)
	other := s.onIRC(t, "nobody", "#owned")
	other.Say(t, "#owned", words)
	other.Expect(t, ` NOTICE #owned :.*Only who runs this room may agree`)
	chanop.Say(t, "#owned", words)
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'is joined with #owned of "+host+"']")
	chanop.Say(t, "#owned", "hello there")
	s.hears(t, alice, muc, "chanop [irc]", "hello there")
	say(t, alice, muc, "hello back")
	chanop.Expect(t, ` PRIVMSG #owned :<alice> hello back`)

	// It outlives the gateway, and is paused and resumed.
	s.stop(t)
	s.start(t)
	alice.Expect(t, "presence[not(@type)][@from='"+muc+"/relay']")
	chanop.Expect(t, `^:relay\S* JOIN `)
	chanop.Say(t, "#owned", "again")
	s.hears(t, alice, muc, "chanop [irc]", "again")
	ask(t, alice, muc+"/relay", "bridges", "#owned")
	say(t, alice, muc, "relay: pause #owned")
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'is paused']")
	chanop.Expect(t, `^:relay\S* JOIN `) // it stays, to hear what it is told
	say(t, alice, muc, "not for them")
	chanop.Say(t, "#owned", "nor for you")
	chanop.Say(t, "#owned", "relay: resume")
	chanop.Expect(t, ` NOTICE #owned :An owner or admin of `+muc+` has paused this, and alone can resume it`)
	say(t, alice, muc, "relay: resume #owned")
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'works again']")
	say(t, alice, muc, "for them")
	if came := chanop.Expect(t, ` PRIVMSG #owned :<alice> (.*)$`)[1]; came != "for them" {
		t.Errorf("on IRC came %q", came)
	}

	// The operator of the channel can do the same from there.
	chanop.Say(t, "#owned", "relay: bridges")
	chanop.Expect(t, ` NOTICE #owned :This room is joined with the chat room `+muc+`: at work`)
	other.Say(t, "#owned", "relay: pause")
	other.Expect(t, ` NOTICE #owned :Only who runs this room may tell me that`)
	chanop.Say(t, "#owned", "relay: pause")
	chanop.Expect(t, ` NOTICE #owned :Paused, as chanop wants it`)
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'Paused, as chanop wants it']")
	say(t, alice, muc, "relay: resume #owned")
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'is still paused by who runs the room on the network']")
	chanop.Say(t, "#owned", "relay: resume")
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'is heard in the other again']")
	chanop.Expect(t, ` NOTICE #owned :As chanop wants it, .* is heard in the other again`)
	chanop.Say(t, "#owned", "once more")
	if m := alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/chanop [irc]']/body"); m.Find("message/body").Text != "once more" {
		t.Errorf("in the MUC came %s", m)
	}
	chanop.Say(t, "#owned", "relay: unbridge")
	chanop.Expect(t, ` NOTICE #owned :As chanop wants it, I leave`)
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'chanop, who runs the room on the network, has ended that this room is joined with #owned']")
	alice.Expect(t, "presence[@type='unavailable'][@from='"+muc+"/relay']")
	chanop.Expect(t, `^:relay\S* (PART|QUIT) `)

	// At the gateway: whose account is operator of the channel need not ask anybody there.
	room := "#alices%" + host + "@" + domain
	join(t, alice, room, "alice")
	asked = toBot(t, alice, "bridge "+host+" #alices "+muc, "I am there")
	if strings.Contains(asked, "#alices") {
		t.Errorf("the bot asks %q", asked)
	}
	say(t, alice, muc, agreement.FindString(asked))
	alice.Expect(t, "message[@from='isthmus@"+domain+"']/body[text()~'is joined with #alices']")
	toBot(t, alice, "bridges", "#alices")
	toBot(t, alice, "bridge "+host+" #alices second@"+strings.SplitN(muc, "@", 2)[1], "in one relay only")
	toBot(t, bob, "unbridge #alices", "There is no relay for that")
	alice.Send(t, "<message to='{bot}' type='chat' id='u1'><body>unbridge #alices</body></message>", "bot", "isthmus@"+domain)
	alice.ExpectEach(t, "presence[@type='unavailable'][@from='"+muc+"/relay']", "message[@from='isthmus@"+domain+"']/body[text()~'is removed']")
}}

// hears waits for a message in a MUC, under that nick.
func (s *star) hears(t *testing.T, c *xmppclient.Client, muc, nick, words string) *xmppclient.Element {
	t.Helper()
	return c.Expect(t, "message[@type='groupchat'][@from='"+muc+"/"+nick+"']/body[text()='"+words+"']")
}

func TestWhoHasALoginJoinsItsRoomsByCommands(t *testing.T) {
	for _, k := range loopbackKinds {
		t.Run(k.name, func(t *testing.T) {
			w := k.start(t, logins)
			ida, user := w.AddPerson(t, "Ida"), w.AddPerson(t, "bridge")
			w.AddLogin(t, user.ID, "bridge", "sesame", "123456")
			room := ida.Do(t, transports.Create{Name: "Crew"}).Room // which is hers
			user.Join(t, room)
			config, err := os.ReadFile(w.configPath())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(w.configPath(), []byte(strings.Replace(string(config), "    people: [", "    relay_people: [localhost]\n    people: [", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			w.gateway.Signal(syscall.SIGHUP)
			alice := w.client(t, "alice", "desk")
			loggedIn(t, alice, "bridge")
			muc := "crew@muc.localhost"
			if k.name == "ejabberd" {
				muc = "crew@conference.localhost"
			}
			join(t, alice, muc, "alice")
			bot := "isthmus@" + loopbackDomain
			asked := ask(t, alice, bot, "bridge "+loopbackNetwork+" "+string(room)+" "+muc, "I am there")
			say(t, alice, muc, agreement.FindString(asked))
			ida.Say(t, room, agreement.FindString(asked)) // for alice's own account has no say there
			alice.Expect(t, "message[@from='"+bot+"']/body[text()~'is joined with']")
			alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'is joined with']")
			ida.Say(t, room, "hello")
			alice.Expect(t, "message[@from='"+muc+"/Ida [loopback]']/body[text()='hello']")
			say(t, alice, muc, "hello, Ida")
			if m := ida.Hears(t, "hello, Ida"); m.From.Name != "alice" {
				t.Errorf("Ida hears it from %+v", m.From)
			}
			ask(t, alice, bot, "unbridge "+string(room), "is removed")

			// A login that is opened to somebody serves their relays until it is closed.
			mustMatch(t, stages(t, alice, loopbackDomain, "share", "<field var='people'><value>bob@localhost</value></field>"), completed)
			bob := w.client(t, "bob", "desk")
			bobs := strings.Replace(muc, "crew@", "bobs@", 1)
			join(t, bob, bobs, "bob")
			asked = ask(t, bob, bot, "bridge "+loopbackNetwork+" "+string(room)+" "+bobs, "I am there")
			say(t, bob, bobs, agreement.FindString(asked))
			ida.Say(t, room, agreement.FindString(asked))
			bob.Expect(t, "message[@type='groupchat'][@from='"+bobs+"/relay']/body[text()~'is joined with']")
			ida.Say(t, room, "hello, Bob")
			bob.Expect(t, "message[@from='"+bobs+"/Ida [loopback]']/body[text()='hello, Bob']")
			mustMatch(t, stages(t, alice, loopbackDomain, "share", "<field var='people'/>"), completed+"/note[text()~'relays that others had through it are ended: "+bobs+"']")
			bob.Expect(t, "message[@type='groupchat'][@from='"+bobs+"/relay']/body[text()~'has closed it to who joined this room']")
			bob.Expect(t, "presence[@type='unavailable'][@from='"+bobs+"/relay']")
		})
	}
}

// turn hands in a form of a command that is under way, or gives it up; the answer is given back.
func turn(t *testing.T, c *xmppclient.Client, last *xmppclient.Element, action, fields string) *xmppclient.Element {
	t.Helper()
	command := last.Find("iq" + form)
	if command == nil {
		t.Fatalf("%s is no step of a command", last)
	}
	id := c.NewID()
	c.Send(t, "<iq type='set' id='{id}' to='{to}'><command xmlns='http://jabber.org/protocol/commands' node='{node}' sessionid='{session}' action='{action}'>"+
		"<x xmlns='jabber:x:data' type='submit'>"+fields+"</x></command></iq>", "id", id, "to", last.Attr("from"), "node", command.Attr("node"), "session", command.Attr("sessionid"), "action", action)
	return c.Expect(t, "iq[@id='"+id+"']")
}

var starByForm = starScenario{"an owner of a room joins it with a channel by the forms of their client", func(t *testing.T, s *star) {
	alice := s.client(t, "alice", "forms")
	muc := strings.Replace(s.muc, "team@", "forms@", 1)
	join(t, alice, muc, "alice")
	chanop := s.onIRC(t, "formop", "#forms")
	const asks, data = "iq[@type='result']" + form + "[@status='executing']", "/{jabber:x:data}x"

	first := stages(t, alice, domain, "bridge")
	mustMatch(t, first, asks+data+"[field[@var='network']/required][field[@var='room']/required][field[@var='muc'][@type='jid-single']/required]",
		asks+data+"/field[@var='topics'][@type='list-single']/option/value[text()='both']", asks+data+"/field[@var='password'][@type='text-private']")
	where := field("network", host) + field("room", "#forms")
	again := turn(t, alice, first, "next", where+field("muc", "team"))
	mustMatch(t, again, asks+"[note[@type='error'][text()~'not the address of a chat room']]", asks+data+"/field[@var='room']/value[text()='#forms']")
	who := turn(t, alice, again, "next", where+field("muc", muc)+field("topics", "both"))
	mustMatch(t, who, asks+data+"/instructions[text()~'I am there. Now .*agree']")
	early := turn(t, alice, who, "next", "")
	mustMatch(t, early, asks+"[note[text()~'Nobody who may has agreed yet']]")
	words := agreement.FindString(early.Find("iq" + form + data + "/instructions").Text)
	chanop.Say(t, "#forms", words)
	if strings.Contains(early.Find("iq"+form+data+"/instructions").Text, muc) { // it does not show who owns it
		say(t, alice, muc, words)
	}
	mustMatch(t, turn(t, alice, early, "next", ""), completed+"/note[text()~'is joined with #forms of "+host+" now']")
	alice.Expect(t, "message[@type='groupchat'][@from='"+muc+"/relay']/body[text()~'is joined with #forms']")
	chanop.Say(t, "#forms", "hello")
	s.hears(t, alice, muc, "formop [irc]", "hello")

	mustMatch(t, stages(t, alice, domain, "bridges"), completed+data+"[@type='result']/item[field[@var='room']/value[text()='#forms']][field[@var='state']/value[text()='at work']]")
	mustMatch(t, stages(t, alice, domain, "pause-bridge", field("room", "#forms")), completed+"/note[text()~'is paused']")
	mustMatch(t, stages(t, alice, domain, "resume-bridge", field("room", "#forms")), completed+"/note[text()~'works again']")
	mustMatch(t, turn(t, alice, stages(t, alice, domain, "unbridge"), "cancel", ""), "iq[@type='result']"+form+"[@status='canceled']")
	say(t, alice, muc, "still there")
	chanop.Expect(t, ` PRIVMSG #forms :<alice> still there$`)
	mustMatch(t, stages(t, alice, domain, "unbridge", field("room", "#forms")), completed+"/note[text()~'is removed']")
	mustMatch(t, stages(t, alice, domain, "unbridge"), completed+"/note[text()~'There is no relay for that']")
}}
