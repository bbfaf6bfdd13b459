package integration_test

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"isthmus/transports/slack/slacktest"
)

const ownerDestroys = "<iq type='set' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>"

var slackRooms = []slackScenario{
	{"channels are found in the workspace, joined, and left for good by a command alone", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		id := w.AddChannel("attic", false, w.ida)
		room := w.address(id)
		alice.Send(t, "<iq type='get' id='i1' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items' node='urn:xmpp:spaces'/></iq>", "to", w.account())
		alice.Expect(t, "iq[@id='i1']")
		alice.Send(t, "<iq type='get' id='i2' to='{to}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "to", room)
		alice.Expect(t, "iq[@id='i2']")
		join(t, alice, room, "Tess")
		w.happens(t, "Tess coming into the channel", func(e slacktest.Object) bool {
			return e["type"] == "member_joined_channel" && e["channel"] == id && e["user"] == w.tess.ID
		})
		alice.Send(t, "<iq type='get' id='i3' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", "to", w.account())
		alice.Expect(t, "iq[@type='result'][@id='i3']/{disco#items}query/item[@jid='"+room+"'][@name='attic']")
		leave(t, alice, room, "Tess")
		w.Post(w.ida, id, "she is still here", nil)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.ExpectEach(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='she is still here']", "message[@type='groupchat']/subject")
		mustMatch(t, stages(t, alice, room, "leave", ""), completed)
		w.happens(t, "Tess leaving the channel", func(e slacktest.Object) bool {
			return e["type"] == "member_left_channel" && e["channel"] == id && e["user"] == w.tess.ID
		})
	}},
	{"people are invited and removed on either side, and rooms have their topics and names", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		max := w.AddUser("Max")
		id := w.AddChannel("plans", true, w.ida)
		room := w.address(id)
		w.Act(w.ida, "conversations.invite", slacktest.Object{"channel": id, "users": w.tess.ID})
		alice.Expect(t, "message[@from='"+room+"']/{muc#user}x/invite")
		join(t, alice, room, "Tess")
		alice.Send(t, "<message to='{room}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='{max}'/></x></message>", "room", room, "max", w.address(max.ID))
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/Max']")
		alice.Send(t, adminQuery+"<item nick='Max' role='none'/></query></iq>", "type", "set", "id", "k1", "room", room)
		alice.ExpectEach(t, "iq[@type='result'][@id='k1']", "presence[@type='unavailable'][@from='"+room+"/Max']")
		alice.Send(t, "<message to='{room}' type='groupchat'><subject>lunch &amp; tea</subject></message>", "room", room)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Tess']/subject[text()='lunch & tea']")
		w.Act(w.ida, "conversations.setTopic", slacktest.Object{"channel": id, "topic": "supper"})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/subject[text()='supper']")
		w.Act(w.ida, "conversations.rename", slacktest.Object{"channel": id, "name": "grand-plans"})
		alice.Expect(t, "message[@from='"+room+"']/{muc#user}x/status[@code='104']")
		w.Act(w.ida, "conversations.kick", slacktest.Object{"channel": id, "user": w.tess.ID})
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Tess']/{muc#user}x/status[@code='110']")
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "presence[@type='error'][@from~'^"+room+"']/error/"+conditions+"item-not-found")
	}},
	{"a channel is made, and archived by who destroys the room, or by somebody else", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		answer := stages(t, alice, w.account(), "create", field("name", "Reading Club"))
		mustMatch(t, answer, completed+"/note[text()~'is made']")
		made := w.happens(t, "the new channel", func(e slacktest.Object) bool { return e["type"] == "member_joined_channel" && e["user"] == w.tess.ID })
		id, _ := made["channel"].(string)
		room := w.address(id)
		join(t, alice, room, "Tess")
		alice.Send(t, ownerDestroys, "id", "d1", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='d1']")
		w.happens(t, "the end of the channel", func(e slacktest.Object) bool { return e["type"] == "channel_archive" && e["channel"] == id })
		other, otherRoom := w.channel()
		join(t, alice, otherRoom, "Tess")
		w.Act(w.ida, "conversations.archive", slacktest.Object{"channel": other})
		alice.Expect(t, "presence[@type='unavailable'][@from='"+otherRoom+"/Tess']")
	}},
	{"where only some may write, one is a visitor and is told why nothing comes of it", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		id := w.AddChannel("news", false, w.ida)
		w.Restrict(id, true, false)
		w.Act(w.ida, "conversations.invite", slacktest.Object{"channel": id, "users": w.tess.ID})
		room := w.address(id)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "presence[@from='"+room+"/Tess']/{muc#user}x/item[@role='visitor']")
		alice.Expect(t, "message[@type='groupchat']/subject")
		said := say(t, alice, room, "may I?")
		alice.Expect(t, "message[@type='error'][@id='"+said+"']/error/"+conditions+"text[text()~'Only some people may write']")
	}},
	{"a group of people is a room under their names", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		id := w.AddGroup(w.ida, w.tess)
		w.Post(w.ida, id, "just us", nil)
		room := w.address(id)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='just us']")
		said := say(t, alice, room, "yes")
		alice.Expect(t, "message[@id='"+said+"'][@from='"+room+"/Tess']")
		w.hears(t, "yes")
	}},
}

var slackFiles = []slackScenario{
	{"files go both ways", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		w.SendFile(w.ida, id, "notes.txt", "the notes", "look")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='look']")
		got := alice.Expect(t, "message/{urn:xmpp:sfs:0}file-sharing/{urn:xmpp:file:metadata:0}file[name[text()='notes.txt']][size[text()='9']]", "message[@from='"+room+"/Ida Lovelace']")
		if _, body := fetch(t, w.browser, addressOf(t, got)); string(body) != "the notes" {
			t.Errorf("the file is %q", body)
		}
		content := photo(t)
		url := upload(t, alice, "cat.png", "image/png", content)
		alice.Send(t, shareStanza, "to", room, "type", "groupchat", "id", "f1", "url", url)
		alice.Expect(t, "message[@id='f1'][@from='"+room+"/Tess']")
		sent := w.happens(t, "the picture", func(e slacktest.Object) bool { return e["subtype"] == "file_share" && e["user"] == w.tess.ID })
		files, _ := sent["files"].([]any)
		if f, _ := files[0].(slacktest.Object); len(files) != 1 || f["name"] != "cat.png" || f["size"] != len(content) {
			t.Errorf("Slack has it as %v", sent)
		}
	}},
	{"files that need to be asked for, are elsewhere, or are gone", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		w.SendUnknownFile(w.ida, id, "plan.txt", "the plan")
		got := alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:sfs:0}file-sharing/{urn:xmpp:file:metadata:0}file[name[text()='plan.txt']]")
		if _, body := fetch(t, w.browser, addressOf(t, got)); string(body) != "the plan" {
			t.Errorf("the file is %q", body)
		}
		w.Post(w.ida, id, "", slacktest.Object{"subtype": "file_share", "files": []any{slacktest.Object{"id": "F1", "mode": "tombstone"}}})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='(a file that was deleted)']")
		w.Post(w.ida, id, "", slacktest.Object{"subtype": "file_share", "files": []any{slacktest.Object{"id": "F2", "name": "far.pdf", "is_external": true, "external_url": "https://drive.example/far.pdf"}}})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{jabber:x:oob}x/url[text()='https://drive.example/far.pdf']")
	}},
}

// slackShared is what people have of a bot that carol has opened to bob. The scenarios follow one another.
var slackShared = []slackScenario{
	{"a bot is opened to people, who speak under their names and pictures and change what they said", func(t *testing.T, w *slackWorld) {
		bot := w.AddUser("Isthmus")
		bot.Bot = true
		id := w.AddChannel("public", false, w.ida)
		w.Act(w.ida, "conversations.invite", slacktest.Object{"channel": id, "users": bot.ID})
		w.Act(w.ida, "conversations.invite", slacktest.Object{"channel": id, "users": w.tess.ID})
		token, app := w.install(t, bot)
		carol, bob := w.client(t, "carol", "desk"), w.client(t, "bob", "desk")
		comesOnline(t, carol)
		bob.Send(t, "<iq type='set' id='face'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>{data}</BINVAL></PHOTO></vCard></iq>", "data", base64.StdEncoding.EncodeToString(photo(t)))
		bob.Expect(t, "iq[@type='result'][@id='face']")
		answer := stages(t, carol, slackDomain, "login", field("way", "bot"), field("token", token)+field("app_token", app))
		mustMatch(t, answer, completed+"/note[text()~'You are logged in']")
		mustMatch(t, stages(t, carol, slackDomain, "share", field("people", "bob@localhost")), completed+"/note[text()~'is open to bob@localhost']")
		room := w.address(id)
		join(t, bob, room, "Bob")

		said := say(t, bob, room, "helo")
		bob.Expect(t, "message[@id='"+said+"'][@from='"+room+"/Bob']")
		m := w.hears(t, "helo")
		if m["username"] != "Bob" || m["bot_id"] == nil {
			t.Errorf("Slack has it as %v", m)
		}
		bob.Send(t, "<message to='{room}' type='groupchat' id='b1'><body>hello</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		bob.Expect(t, "message[@id='b1'][@from='"+room+"/Bob']/body[text()='hello']")
		if now := w.lastOf(id, "hello"); ts(now) != ts(m) || now["username"] != "Bob" {
			t.Errorf("Slack has it as %v", now)
		}
		until(t, "Bob is shown with his picture", func() bool {
			hello := say(t, bob, room, "look at me")
			bob.Expect(t, "message[@id='"+hello+"'][@from='"+room+"/Bob']")
			icons, _ := w.hears(t, "look at me")["icons"].(slacktest.Object)
			address, _ := icons["image_48"].(string)
			if address == "" {
				return false
			}
			response, _ := fetch(t, w.browser, address)
			return response.StatusCode == http.StatusOK && strings.HasPrefix(response.Header.Get("Content-Type"), "image/")
		})
		hers := w.Post(w.ida, id, "welcome", nil)
		bob.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='welcome']")
		bob.Send(t, "<message to='{room}' type='groupchat' id='b2'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>🎉</reaction></reactions></message>", "room", room, "id", hers)
		w.happens(t, "the reaction", func(e slacktest.Object) bool {
			return e["type"] == "reaction_added" && e["reaction"] == "tada" && e["user"] == bot.ID
		})
		content := photo(t)
		url := upload(t, bob, "cat.png", "image/png", content)
		bob.Send(t, shareStanza, "to", room, "type", "groupchat", "id", "b3", "url", url)
		bob.Expect(t, "message[@id='b3'][@from='"+room+"/Bob']")
		file := w.happens(t, "the picture", func(e slacktest.Object) bool { return e["subtype"] == "file_share" && e["user"] == bot.ID })
		if text, _ := file["text"].(string); !strings.HasPrefix(text, "*Bob*") {
			t.Errorf("the picture is said to be of %q", text)
		}
		bob.Send(t, "<message to='{room}' type='groupchat' id='b4'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>", "room", room, "id", ts(m))
		bob.Expect(t, "message[@id='b4']/{urn:xmpp:message-retract:1}retract")
		if slices.ContainsFunc(w.Messages(id), func(o slacktest.Object) bool { return ts(o) == ts(m) }) {
			t.Error("what was taken back is still there")
		}
	}},
	{"after a crash, what each has said is still theirs, and nothing is said twice", func(t *testing.T, w *slackWorld) {
		bob := w.client(t, "bob", "desk")
		id := w.Channel("public")
		room := w.address(id)
		join(t, bob, room, "Bob")
		mine := say(t, bob, room, "yes plaese")
		bob.Expect(t, "message[@id='"+mine+"'][@from='"+room+"/Bob']")
		w.gateway.Kill()
		w.restart()
		bob.Send(t, joinStanza, "room", room, "nick", "Bob")
		bob.Expect(t, "message[@type='groupchat']/subject")
		bob.Send(t, "<message to='{room}' type='groupchat' id='c1'><body>yes please</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", mine)
		bob.Expect(t, "message[@id='c1'][@from='"+room+"/Bob']/body[text()='yes please']")
		if m := w.lastOf(id, "yes please"); m["username"] != "Bob" {
			t.Errorf("Slack has it as %v", m)
		}
	}},
}
