package integration_test

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/transports/slack/slacktest"
)

// slackNotices are what comes of Slack that nobody types here.
var slackNotices = []slackScenario{
	{"pins, huddles and calls are told by the room", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		rule := w.Post(w.ida, id, "be *kind*", nil)
		alice.Expect(t, "message[@id='"+rule+"']")
		w.Pin(w.ida, id, rule)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()='Ida Lovelace pinned a message here.\n> be *kind*']")
		w.Post(w.ida, id, "", slacktest.Object{"subtype": "huddle_thread", "room": slacktest.Object{"id": "R1", "name": "", "created_by": w.ida.ID}})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()='Ida Lovelace started a huddle, which can be joined in Slack only.']")
		w.Post(w.ida, id, "", slacktest.Object{"blocks": []any{slacktest.Object{"type": "call", "call_id": "R2",
			"call": slacktest.Object{"v1": slacktest.Object{"name": "standup", "join_url": "https://call.example/1"}}}}})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='A call: standup <https://call.example/1>']")
		after := w.Post(w.ida, id, "back to work", nil)
		alice.Expect(t, "message[@id='"+after+"']")
	}},
	{"messages that were scheduled come when they are due, and those for one's eyes alone when Slack sends them", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		w.Post(w.tess, id, "scheduled yesterday", slacktest.Object{"client_msg_id": "8a9b"})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Tess']/body[text()='scheduled yesterday']")
		w.Post(w.ida, id, "scheduled by a program for her", slacktest.Object{"bot_id": "B7", "app_id": "A7", "bot_profile": slacktest.Object{"id": "B7", "name": "Planner", "app_id": "A7"}})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='scheduled by a program for her']")
		w.Tell(id, slacktest.Object{"type": "message", "channel": id, "channel_type": "channel", "user": "USLACKBOT", "text": "only you can see this", "is_ephemeral": true,
			"ts": "1700000000.000100", "event_ts": "1700000000.000100"})
		alice.Expect(t, "message[@type='groupchat'][@from~'^"+room+"/']/body[text()='only you can see this']")
	}},
	{"a contact does not want to be disturbed for a while, and says why", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		zoe := w.AddUser("Zoe")
		jid := w.address(zoe.ID)
		alice.Send(t, "<presence type='subscribe' to='{to}'/>", "to", jid)
		alice.Expect(t, "presence[not(@type)][@from='"+jid+"'][not(show)]")
		w.Change(zoe, func(u *slacktest.User) {
			u.Snoozing, u.StatusText, u.StatusEmoji = true, "deep in <thought>", ":thinking_face:"
		})
		alice.Expect(t, "presence[@from='"+jid+"'][show[text()='dnd']][status[text()='🤔 deep in <thought>']]")
		w.Quietly(zoe, func(u *slacktest.User) { u.Snoozing = false })
		w.Tell("", slacktest.Object{"type": "dnd_updated_user", "user": zoe.ID, "event_ts": "1700000000.000100", "dnd_status": slacktest.Object{"dnd_enabled": false}})
		alice.Expect(t, "presence[@from='"+jid+"'][not(show)][status[text()='🤔 deep in <thought>']]")
		w.Change(zoe, func(u *slacktest.User) { u.StatusText, u.StatusEmoji = "", "" })
		alice.Expect(t, "presence[@from='"+jid+"'][not(show)][not(status)]")
	}},
	{"of a large channel those are shown who are known, and others when they say something", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		members := []*slacktest.User{w.tess}
		for i := range 700 {
			members = append(members, w.AddUser(fmt.Sprintf("Member %03d", i)))
		}
		id := w.AddChannel("all-hands", false, members...)
		room := w.address(id)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		shown := map[string]bool{}
		for {
			p := alice.Expect(t, "presence[not(@type)][@from~'^"+room+"/']")
			shown[strings.TrimPrefix(p.Attr("from"), room+"/")] = true
			if p.Find("presence/{muc#user}x/status[@code='110']") != nil {
				break
			}
		}
		alice.Expect(t, "message[@type='groupchat']/subject")
		if len(shown) > 520 || shown["Member 699"] {
			t.Errorf("%d are shown", len(shown))
		}
		w.Post(members[700], id, "from the last row", nil)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/Member 699']")
		alice.Expect(t, "message[@from='"+room+"/Member 699']/body[text()='from the last row']")
	}},
}
