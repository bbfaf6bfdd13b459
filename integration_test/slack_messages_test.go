package integration_test

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/transports/slack/slacktest"
)

var slackMessages = []slackScenario{
	{"people talk in a channel", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		id, room := w.channel()
		earlier := w.Post(w.ida, id, "said *before*", nil)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='said *before*']]/{urn:xmpp:sid:0}stanza-id[@id='"+earlier+"']")
		alice.Expect(t, "message[@type='groupchat']/subject")
		said := say(t, alice, room, "hello <all>")
		heard := w.hears(t, "hello &lt;all&gt;")
		alice.Expect(t, "message[@id='"+said+"'][body[text()='hello <all>']]/{urn:xmpp:sid:0}stanza-id[@id='"+ts(heard)+"']")
		w.Post(w.ida, id, "hi <@"+w.tess.ID+"> :wave: <https://x.example|look>", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='hi @Tess 👋 look <https://x.example>']")
		w.Post(w.tess, id, "from my phone", nil)
		alice.Expect(t, "message[@from='"+room+"/Tess']/body[text()='from my phone']")
		alice.Send(t, "<message to='{room}' type='groupchat'><body>Ida Lovelace: see?</body></message>", "room", room)
		w.hears(t, "<@"+w.ida.ID+">: see?")
	}},
	{"corrections, retractions, reactions and threads go both ways", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		said := say(t, alice, room, "helo")
		mine := ts(w.hears(t, "helo"))
		alice.Send(t, "<message to='{room}' type='groupchat' id='fix'><body>hello</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		w.happens(t, "the edit", func(e slacktest.Object) bool {
			now, _ := e["message"].(slacktest.Object)
			return e["subtype"] == "message_changed" && ts(now) == mine && now["text"] == "hello"
		})
		alice.Expect(t, "message[@id='fix']/{urn:xmpp:message-correct:0}replace[@id='"+said+"']")
		hers := w.Post(w.ida, id, "hy", nil)
		alice.Expect(t, "message[@id='"+hers+"']/body[text()='hy']")
		w.Act(w.ida, "chat.update", slacktest.Object{"channel": id, "ts": hers, "text": "hi"})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='hi']]/{urn:xmpp:message-correct:0}replace[@id='"+hers+"']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='react'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>🎉</reaction></reactions></message>", "room", room, "id", hers)
		w.happens(t, "the reaction", func(e slacktest.Object) bool { return e["type"] == "reaction_added" && e["reaction"] == "tada" })
		w.Act(w.ida, "reactions.add", slacktest.Object{"channel": id, "timestamp": mine, "name": "+1"})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+mine+"']/reaction[text()='👍']")
		w.Post(w.ida, id, "in the thread", slacktest.Object{"thread_ts": hers})
		answer := alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='in the thread']]/thread")
		alice.Send(t, "<message to='{room}' type='groupchat'><body>me too</body><thread>{thread}</thread></message>", "room", room, "thread", answer.Find("message/thread").Text)
		if e := w.hears(t, "me too"); e["thread_ts"] != hers {
			t.Errorf("the answer is %v", e)
		}
		w.Act(w.ida, "chat.delete", slacktest.Object{"channel": id, "ts": ts(w.lastOf(id, "in the thread"))})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:message-retract:1}retract")
	}},
	{"two people talk", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		ida := w.address(w.ida.ID)
		alice.Send(t, "<message to='{to}' type='chat' id='t1'><body>psst</body><request xmlns='urn:xmpp:receipts'/></message>", "to", ida)
		w.hears(t, "psst")
		alice.Expect(t, "message[@from='"+ida+"']/{urn:xmpp:receipts}received[@id='t1']")
		w.Post(w.ida, w.Direct(w.tess, w.ida), "what?", nil)
		alice.Expect(t, "message[@from='"+ida+"'][@type='chat']/body[text()='what?']")
	}},
	{"a contact is seen away, with what they say of it", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		ida := w.address(w.ida.ID)
		alice.Send(t, "<presence type='subscribe' to='{to}'/>", "to", ida)
		alice.Expect(t, "presence[not(@type)][@from='"+ida+"'][not(show)]")
		w.Change(w.ida, func(u *slacktest.User) { u.Away, u.StatusText, u.StatusEmoji = true, "at lunch", ":spaghetti:" })
		alice.Expect(t, "presence[@from='"+ida+"'][show[text()='away']][status[text()='🍝 at lunch']]")
	}},
	{"the channel is known by its name as well", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		_, room := w.channel()
		named := fmt.Sprintf("#channel-%d%%%s@%s", w.names, strings.ToLower(w.Team), slackDomain)
		alice.Send(t, joinStanza, "room", named, "nick", "Tess")
		gone := alice.Expect(t, "presence[@type='error'][@from~'#channel-']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}gone")
		if !strings.Contains(gone.String(), strings.SplitN(room, "%", 2)[0][1:]) {
			t.Errorf("the name leads to %s", gone)
		}
	}},
	{"a reply is in the thread of what it answers, in front of everyone", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		question := w.Post(w.ida, id, "what time is it?", nil)
		alice.Expect(t, "message[@id='"+question+"']")
		alice.Send(t, "<message type='groupchat' id='r1' to='{room}'><body>&gt; what time is it?\nnoon</body><reply xmlns='urn:xmpp:reply:0' id='{of}'/>"+
			"<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='19'/></fallback></message>", "room", room, "of", question)
		alice.Expect(t, "message[@id='r1'][@from='"+room+"/Tess']")
		if m := w.hears(t, "noon"); m["thread_ts"] != question || m["subtype"] != "thread_broadcast" {
			t.Errorf("Slack has it as %v", m)
		}
	}},
	{"emoji of the workspace are pictures for clients that show them", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		w.AddEmoji("party", upload(t, alice, "party.png", "image/png", photo(t)))
		w.AddEmoji("fiesta", "alias:party")
		w.Post(w.ida, id, "yes :fiesta:", nil)
		alice.Expect(t, "message/{http://jabber.org/protocol/xhtml-im}html/{http://www.w3.org/1999/xhtml}body/p/img[@src~'^cid:sha1']", "message[@from='"+room+"/Ida Lovelace']/body[text()='yes :fiesta:']")
	}},
	{"how a person is, Slack hears, and what they read is read on both sides", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		alice.Send(t, "<presence to='{to}'><show>away</show><status>🍝 at lunch</status></presence>", "to", w.account())
		w.happens(t, "being away", func(e slacktest.Object) bool { return e["type"] == "presence_set" && e["presence"] == "away" })
		w.happens(t, "the status", func(e slacktest.Object) bool {
			return e["type"] == "status_set" && e["text"] == "at lunch" && e["emoji"] == ":spaghetti:"
		})
		first := w.Post(w.ida, id, "read me here", nil)
		alice.Expect(t, "message[@id='"+first+"']/{urn:xmpp:chat-markers:0}markable")
		alice.Send(t, "<message to='{room}' type='groupchat'><displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>", "room", room, "id", first)
		w.happens(t, "the mark", func(e slacktest.Object) bool { return e["type"] == "marked" && e["channel"] == id && e["ts"] == first })
		if !privileged(t) { // its server lets nobody keep what was read
			return
		}
		second := w.Post(w.ida, id, "read me there", nil)
		alice.Expect(t, "message[@id='"+second+"']")
		w.Read(w.tess, id, second)
		until(t, "what was read on the phone is read", func() bool {
			q := alice.NewID()
			alice.Send(t, "<iq type='get' id='{id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub></iq>", "id", q)
			return strings.Contains(alice.Expect(t, "iq[@id='"+q+"']").String(), second)
		})
	}},
	{"who is too fast is waited for, and told where the wait is long", func(t *testing.T, w *slackWorld) {
		alice, _, room := w.inside(t)
		w.RateLimit("chat.postMessage", "1", false, 1)
		said := say(t, alice, room, "a bit later")
		alice.Expect(t, "message[@id='"+said+"'][@from='"+room+"/Tess']")
		w.hears(t, "a bit later")
		w.RateLimit("chat.update", "", true, 1)
		alice.Send(t, "<message to='{room}' type='groupchat' id='w1'><body>much later</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		alice.Expect(t, "message[@type='error'][@id='w1']/error/"+conditions+"text[text()~'Slack wants less']")
	}},
	{"a person has several accounts, each with its rooms", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		other := w.AddUser("Tess at Work")
		token, app := w.install(t, other)
		answer := stages(t, alice, slackDomain, "login", field("way", "tokens"), field("token", token)+field("app_token", app), field("alias", "work"))
		mustMatch(t, answer, completed+"/note[text()~'You are logged in']")
		id := w.AddChannel("work", false, other, w.ida)
		room := "#" + strings.ToLower(id) + "%work@" + slackDomain
		join(t, alice, room, "Tess at Work")
		say(t, alice, room, "as the other one")
		if m := w.hears(t, "as the other one"); m["user"] != other.ID {
			t.Errorf("Slack has it as %v", m)
		}
		mustMatch(t, stages(t, alice, slackDomain, "logout", field("account", "work")), completed)
	}},
}
