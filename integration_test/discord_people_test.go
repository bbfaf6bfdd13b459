package integration_test

import (
	"os"
	"strings"
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/integration_test/xmppclient"
)

// A person's own account at Discord, which the operator has to let them log in with.

func TestDiscordPeople(t *testing.T) { everywhere(t, discordPeopleKinds, discordPeople) }

// discordPeopleKinds are worlds in which people may log in as themselves.
var discordPeopleKinds = func() (kinds []kindOf[*discordWorld]) {
	for _, k := range discordKinds {
		kinds = append(kinds, kindOf[*discordWorld]{k.name, func(t *testing.T, more string) *discordWorld {
			w := k.start(t, userAccounts+more)
			w.mia = w.discord.AddAccount("Mia")
			w.discord.JoinGuild(w.guild, w.mia.ID)
			w.discord.Relate(w.mia, w.ida, discordfake.Friend)
			w.key = w.mia.ID
			w.online = func() { w.discord.Online(w.mia) }
			return w
		}})
	}
	return kinds
}()

// userAccounts is the operator's line.
const userAccounts = "      user_accounts: true\n"

// configure changes the configuration, for the next run of the gateway.
func (w *discordWorld) configure(t *testing.T, from, to string) {
	t.Helper()
	config, err := os.ReadFile(w.configPath())
	if err != nil || !strings.Contains(string(config), from) {
		t.Fatalf("the configuration has no %q: %v", from, err)
	}
	if err := os.WriteFile(w.configPath(), []byte(strings.Replace(string(config), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// user is the address of a user of Discord's.
func (w *discordWorld) user(id string) string { return id + "%" + w.key + "@" + discordDomain }

// written is what alice's devices have of what she wrote elsewhere to a user.
func written(to string) string {
	return "message[@from='alice@localhost']/{urn:xmpp:carbons:2}sent/{urn:xmpp:forward:0}forwarded/{jabber:client}message[@to='" + to + "'][@from~'^alice@localhost']"
}

// atDesk is alice's desk, which is told what she does elsewhere and how her list of contacts changes.
func (w *discordWorld) atDesk(t *testing.T) *xmppclient.Client {
	t.Helper()
	alice := w.client(t, "alice", "desk")
	comesOnline(t, alice)
	alice.Send(t, "<iq type='set' id='carbons'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
	alice.Expect(t, "iq[@type='result'][@id='carbons']")
	alice.Send(t, "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>")
	alice.Expect(t, "iq[@id='roster']")
	return alice
}

func ownToken(token, agree string) string { return field("token", token) + field("agree", agree) }

// discordPeople follow one another: the first logs alice in as Mia.
var discordPeople = []discordScenario{
	{"a person logs in as themselves when they have read what they risk and agree, and finds their friends", func(t *testing.T, w *discordWorld) {
		alice := w.atDesk(t)
		answer := stages(t, alice, discordDomain, "login", field("way", "user"))
		mustMatch(t, answer, "iq[@type='result']"+form+"[@status='executing']/{jabber:x:data}x[instructions[text()~'Discord forbids']][instructions[text()~'end your account for good']]/field[@var='agree'][@type='boolean']")
		session := answer.Find("iq" + form).Attr("sessionid")
		for _, wrong := range []struct{ token, agree, said string }{{w.mia.Token, "0", "not agreed"}, {w.bot.Token, "1", "token of a bot"}, {"nonsense", "true", "does not take"}} {
			mustMatch(t, hands(t, alice, discordDomain, session, ownToken(wrong.token, wrong.agree)), "iq[@type='result']"+form+"[@status='executing']/note[@type='error'][text()~'"+wrong.said+"']")
		}
		mustMatch(t, hands(t, alice, discordDomain, session, ownToken(w.mia.Token, "1")), completed+"/note[text()~'You are logged in']")
		w.online()
		if privileged(t) {
			alice.Expect(t, "iq[@type='set']/{jabber:iq:roster}query/item[@jid='"+w.user(w.ida)+"'][@name='Ida Lovelace'][@subscription='both']/group[text()='Discord']")
			alice.Send(t, "<iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{ida}' name='Countess'><group>Poets</group></item></query></iq>", "ida", w.user(w.ida))
			alice.Send(t, "<iq type='set' id='c1' to='{domain}'><command xmlns='http://jabber.org/protocol/commands' node='add-contacts' action='execute'/></iq>", "domain", discordDomain)
			until(t, "the friend has her name", func() bool { return w.discord.Relation(w.mia, w.ida)["nickname"] == "Countess" })
			alice.Send(t, "<iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='{ida}' subscription='remove'/></query></iq>", "ida", w.user(w.ida))
			alice.Expect(t, "iq[@type='result'][@id='r2']")
		} else {
			alice.Send(t, "<presence to='{ida}' type='subscribe'/>", "ida", w.user(w.ida))
			alice.Expect(t, "presence[@type='subscribed'][@from='"+w.user(w.ida)+"']")
		}
		w.discord.Related(w.mia, w.ida, discordfake.Friend) // a list of contacts ends no friendship
		otto := w.discord.AddUser("Otto")
		w.discord.Relate(w.mia, otto, discordfake.Incoming)
		alice.Expect(t, "presence[@type='subscribe'][@from='"+w.user(otto)+"']")
		alice.Send(t, "<presence to='{otto}' type='subscribed'/>", "otto", w.user(otto))
		w.discord.Related(w.mia, otto, discordfake.Friend)
		emil := w.discord.AddUser("Emil")
		alice.Send(t, "<presence to='{emil}' type='subscribe'/>", "emil", w.user(emil))
		w.discord.Related(w.mia, emil, discordfake.Outgoing)
		w.discord.Relate(w.mia, emil, discordfake.Friend)
		alice.Expect(t, "presence[@type='subscribed'][@from='"+w.user(emil)+"']")
	}},
	{"in a talk, what is written and read elsewhere is one's own on all devices, and what is read here is read at Discord", func(t *testing.T, w *discordWorld) {
		alice := w.atDesk(t)
		ida := w.user(w.ida)
		hers := w.discord.Tell(w.ida, w.mia.ID, "have you read this?")
		alice.Expect(t, "message[@type='chat'][@from='"+ida+"'][@id='"+hers+"']/body[text()='have you read this?']")
		talk := w.discord.Talk(w.mia, w.ida)
		w.discord.Read(w.mia, talk, hers)
		alice.Expect(t, written(ida)+"/{urn:xmpp:chat-markers:0}displayed[@id='"+hers+"']")
		w.discord.Say(talk, w.mia.ID, "written on the phone", nil)
		alice.Expect(t, written(ida)+"/body[text()='written on the phone']")
		again := w.discord.Tell(w.ida, w.mia.ID, "and this?")
		alice.Expect(t, "message[@from='"+ida+"'][@id='"+again+"']/body")
		alice.Send(t, "<message to='{ida}' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>", "ida", ida, "id", again)
		w.discord.HasRead(w.mia, talk, again)
		alice.Send(t, "<message to='{ida}' type='chat' id='w1'><body>I have</body><request xmlns='urn:xmpp:receipts'/></message>", "ida", ida)
		if m := w.message("I have"); m["author"].(discordfake.Object)["id"] != w.mia.ID {
			t.Errorf("it was said by %v", m["author"])
		}
		alice.Expect(t, "message[@from='"+ida+"']/{urn:xmpp:receipts}received[@id='w1']")
	}},
	{"a group is a room, into which friends are brought, and which is left for good", func(t *testing.T, w *discordWorld) {
		alice := w.atDesk(t)
		group := w.discord.AddGroup("Tea party", w.mia.ID, w.ida)
		room := w.room(group)
		alice.Expect(t, "message[@from='"+room+"']/{jabber:x:conference}x[@jid='"+room+"']")
		join(t, alice, room, "Mia")
		w.discord.Say(group, w.ida, "sugar?", nil)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='sugar?']")
		said := say(t, alice, room, "two, please")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Mia'][@id='"+said+"']/body")
		w.discord.Say(group, w.mia.ID, "and milk", nil)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Mia']/body[text()='and milk']")
		max := w.discord.AddUser("Max")
		alice.Send(t, "<message to='{room}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='{max}'/></x></message>", "room", room, "max", w.user(max))
		alice.Expect(t, "presence[@from='"+room+"/Max'][not(@type)]")
		alice.Send(t, "<iq type='set' id='k1' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='Max' role='none'/></query></iq>", "room", room)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Max']/{muc#user}x[status[@code='307']]")
		mustMatch(t, stages(t, alice, room, "leave", ""), completed)
		alice.Send(t, joinStanza, "room", room, "nick", "Mia")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/Mia']/error[@type='cancel']")
		if in := w.discord.Channel(group)["recipients"].([]discordfake.Object); len(in) != 1 {
			t.Errorf("in the group are %v", in)
		}
	}},
	{"a channel is joined, or come to when somebody calls", func(t *testing.T, w *discordWorld) {
		alice := w.atDesk(t)
		id, room := w.channel()
		join(t, alice, room, "Mia")
		w.discord.Subscribed(w.mia, w.guild)
		w.discord.Type(id, w.ida)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{http://jabber.org/protocol/chatstates}composing")
		w.discord.Say(id, w.mia.ID, "said on the phone", nil)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Mia']/body[text()='said on the phone']")
		question := w.discord.Say(id, w.ida, "what time is it?", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][@id='"+question+"']/body")
		alice.Send(t, "<message type='groupchat' id='r1' to='{room}'><reactions xmlns='urn:xmpp:reactions:0' id='{of}'><reaction>🕛</reaction></reactions></message>", "room", room, "of", question)
		until(t, "the reaction is there", func() bool { return w.discord.Reactions(w.mia, id, question) == "🕛" })
		if privileged(t) { // else the server lets nobody keep what was read
			w.discord.Read(w.mia, id, question)
			until(t, "what was read on the phone is read", func() bool {
				q := alice.NewID()
				alice.Send(t, "<iq type='get' id='{id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub></iq>", "id", q)
				return strings.Contains(alice.Expect(t, "iq[@id='"+q+"']").String(), question)
			})
		}
		other, there := w.channel()
		w.discord.Say(other, w.ida, "nobody hears me", nil)
		w.discord.Say(other, w.ida, "<@"+w.mia.ID+"> where are you?", discordfake.Object{"mentions": []any{discordfake.Object{"id": w.mia.ID, "username": "Mia"}}})
		alice.Expect(t, "message[@from='"+there+"']/{jabber:x:conference}x[@jid='"+there+"']")
		alice.Send(t, joinStanza, "room", there, "nick", "Mia")
		alice.Expect(t, "message[@type='groupchat'][@from='"+there+"/Ida Lovelace']/body[text()='@Mia where are you?']")
	}},
	{"what was said while the gateway was down is there afterwards, unread talks with it", func(t *testing.T, w *discordWorld) {
		alice := w.atDesk(t)
		w.gateway.Kill()
		nora := w.discord.AddUser("Nora")
		w.discord.JoinGuild(w.guild, nora)
		first := w.discord.Tell(nora, w.mia.ID, "hello, stranger")
		w.discord.Read(w.mia, w.discord.Talk(w.mia, nora), first)
		w.discord.Tell(nora, w.mia.ID, "are you there?")
		w.restart(t)
		alice.Expect(t, "message[@type='chat'][@from='"+w.user(nora)+"']/body[text()='are you there?']")
	}},
	{"where the operator takes it back, the person is told, and nobody can log in so", func(t *testing.T, w *discordWorld) {
		alice := w.atDesk(t)
		w.gateway.Kill()
		w.configure(t, userAccounts, "")
		w.online = func() {}
		w.restart(t)
		alice.Expect(t, "message[@from~'"+discordDomain+"']/body[text()~'operator of this gateway no longer lets people log in']")
		mustMatch(t, stages(t, alice, discordDomain, "login"), "iq"+form+"[@status='executing']/{jabber:x:data}x/field[@var='token']")
		w.gateway.Kill()
		w.configure(t, "      cdn:", userAccounts+"      cdn:")
		w.online = func() { w.discord.Online(w.mia) }
		w.restart(t)
	}},
	{"a token that is void is told once, with what to do", func(t *testing.T, w *discordWorld) {
		alice := w.atDesk(t)
		w.discord.Revoke(w.mia)
		alice.Expect(t, "message[@from~'"+discordDomain+"']/body[text()~'not connected any more'][text()~'changed your password'][text()~'log in again']")
		if err := w.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		w.online = func() {}
		before := len(w.discord.Requests())
		w.restart(t)
		mustMatch(t, stages(t, alice, discordDomain, "login", field("way", "user")), "iq"+form+"[@status='executing']")
		if again := w.discord.Requests()[before:]; len(again) != 0 {
			t.Errorf("it was tried again: %q", again)
		}
	}},
}
