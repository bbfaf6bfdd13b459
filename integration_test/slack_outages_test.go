package integration_test

import (
	"fmt"
	"testing"
	"time"

	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

var slackOutages = []slackScenario{
	{"what was said, edited, deleted and reacted to while the gateway was away is seen when it comes back", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		var all []string
		for i := range 4 {
			words := fmt.Sprint("before ", i)
			all = append(all, w.Post(w.ida, id, words, nil))
			alice.Expect(t, "message/body[text()='"+words+"']")
		}
		w.Act(w.ida, "reactions.add", slacktest.Object{"channel": id, "timestamp": all[3], "name": "tada"})
		alice.Expect(t, "message/{urn:xmpp:reactions:0}reactions[@id='"+all[3]+"']/reaction[text()='🎉']")
		if err := w.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		w.Post(w.ida, id, "missed", nil)
		w.Act(w.ida, "chat.update", slacktest.Object{"channel": id, "ts": all[0], "text": "edited"})
		w.Act(w.ida, "chat.delete", slacktest.Object{"channel": id, "ts": all[1]})
		w.Act(w.ida, "reactions.add", slacktest.Object{"channel": id, "timestamp": all[2], "name": "+1"})
		w.restart()
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.ExpectEach(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='missed']",
			"message[@from='"+room+"/Ida Lovelace'][body[text()='edited']]/{urn:xmpp:message-correct:0}replace[@id='"+all[0]+"']",
			"message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:message-retract:1}retract[@id='"+all[1]+"']",
			"message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+all[2]+"']/reaction[text()='👍']")
		w.Post(w.ida, id, "after", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='after']")
	}},
	{"who writes for the first time while the gateway is away is heard when it is back", func(t *testing.T, w *slackWorld) {
		alice, _, room := w.inside(t)
		w.gateway.Kill()
		zoe := w.AddUser("Zoe")
		w.Post(zoe, w.Direct(zoe, w.tess), "is this you?", nil)
		w.restart()
		alice.Expect(t, "message[@type='chat'][@from='"+w.address(zoe.ID)+"']/body[text()='is this you?']")
		join(t, alice, room, "Tess")
	}},
	{"what became of a talk's messages while the gateway was away is seen when it comes back, once", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		zoe := w.AddUser("Zoe")
		talk, jid := w.Direct(w.tess, zoe), w.address(zoe.ID)
		var hers []string
		for i := range 3 {
			words := fmt.Sprint("psst ", i)
			hers = append(hers, w.Post(zoe, talk, words, nil))
			alice.Expect(t, "message[@from='"+jid+"']/body[text()='"+words+"']")
		}
		alice.Send(t, "<message to='{to}' type='chat' id='p1'><body>psst what?</body><request xmlns='urn:xmpp:receipts'/></message>", "to", jid)
		mine := ts(w.hears(t, "psst what?"))
		alice.Expect(t, "message[@from='"+jid+"']/{urn:xmpp:receipts}received[@id='p1']")
		w.Act(zoe, "reactions.add", slacktest.Object{"channel": talk, "timestamp": hers[0], "name": "tada"})
		alice.Expect(t, "message[@from='"+jid+"']/{urn:xmpp:reactions:0}reactions[@id='"+hers[0]+"']")
		if err := w.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		w.Act(zoe, "reactions.add", slacktest.Object{"channel": talk, "timestamp": mine, "name": "+1"})
		w.Act(zoe, "chat.update", slacktest.Object{"channel": talk, "ts": hers[1], "text": "psst one"})
		w.Act(zoe, "chat.delete", slacktest.Object{"channel": talk, "ts": hers[2]})
		w.restart()
		alice.ExpectEach(t, "message[@from='"+jid+"']/{urn:xmpp:reactions:0}reactions[@id='p1']/reaction[text()='👍']",
			"message[@from='"+jid+"'][body[text()='psst one']]/{urn:xmpp:message-correct:0}replace[@id='"+hers[1]+"']",
			"message[@from='"+jid+"']/{urn:xmpp:message-retract:1}retract[@id='"+hers[2]+"']")
		w.Cut()
		w.Post(zoe, talk, "and now?", nil)
		alice.Expect(t, "message[@from='"+jid+"']/body[text()='and now?']")
		alice.ExpectNone(t, "message[@from='"+jid+"']/{urn:xmpp:reactions:0}reactions", alice.Ping(t, slackDomain))
	}},
	{"a crash in the middle of traffic loses nothing, doubles nothing, and leaves the truth", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		talk, ida := w.Direct(w.tess, w.ida), w.address(w.ida.ID)
		const before, after = 40, 20
		var said []string
		whisper := func(i int) string { return fmt.Sprintf("whisper %d of %s", i, id) }
		killed, over := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(over)
			for i, left := 0, after; left > 0; i++ {
				ts := w.Post(w.ida, id, fmt.Sprint("draft ", i), nil)
				said = append(said, ts)
				w.Act(w.ida, "chat.update", slacktest.Object{"channel": id, "ts": ts, "text": fmt.Sprint("final ", i)})
				w.Act(w.ida, "reactions.add", slacktest.Object{"channel": id, "timestamp": ts, "name": "+1"})
				w.Post(w.ida, talk, whisper(i), nil)
				if i%10 == 9 {
					w.Act(w.ida, "chat.delete", slacktest.Object{"channel": id, "ts": ts})
				}
				select {
				case <-killed:
					left--
				case <-time.After(3 * time.Millisecond): // the pace
				}
			}
		}()
		alice.Expect(t, "message/body[text()='"+whisper(0)+"']")
		whispers := map[string]map[string]bool{whisper(0): {"": true}} // the ids under which each came
		hear := func() string {
			m := alice.Expect(t, "message[@from~'^"+ida+"']/body")
			body := m.Find("message/body").Text
			if whispers[body] == nil {
				whispers[body] = map[string]bool{}
			}
			whispers[body][m.Attr("id")] = true
			return body
		}
		for hear() != whisper(before) {
		}
		w.gateway.Kill()
		close(killed)
		<-over
		w.restart()
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		w.Post(w.ida, talk, "the end", nil)
		for hear() != "the end" {
		}
		for i := range said {
			if ids := whispers[whisper(i)]; len(ids) != 1 {
				t.Errorf("whisper %d came under %d ids", i, len(ids))
			}
		}
		var wrong []string
		defer func() {
			if t.Failed() {
				t.Logf("not as it is on Slack: %q", wrong)
			}
		}()
		until(t, "the archive tells the truth", func() bool {
			state := truth(t, alice, room)
			wrong = nil
			for i, id := range said {
				switch m := state[id]; {
				case i%10 == 9 && (m == nil || m.gone && m.times == 1): // nobody saw it, or it is gone
				case m != nil && i%10 != 9 && *m == seen{times: 1, body: fmt.Sprint("final ", i), reactions: "👍"}:
				default:
					wrong = append(wrong, fmt.Sprintf("%d: %+v", i, m))
				}
			}
			return len(wrong) == 0
		})
	}},
	{"messages under way when the gateway is killed, or whose answer is lost, are there once", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		first := say(t, alice, room, "is anybody there?")
		alice.Expect(t, "message[@id='"+first+"']/body")
		w.LoseAnswer("chat.postMessage")
		sent := map[string]string{say(t, alice, room, "lost"): "lost"}
		alice.Expect(t, "message[@from='"+room+"/Tess']/body[text()='lost']") // its history tells
		for i := range 8 {
			text := fmt.Sprint("under way ", i)
			sent[say(t, alice, room, text)] = text
		}
		w.hears(t, "under way 2")
		w.gateway.Kill()
		w.restart()
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "message[@type='groupchat']/subject")
		end := say(t, alice, room, "the end")
		for {
			s := alice.Expect(t, "message[@id]")
			if s.Attr("type") == "error" {
				t.Errorf("%q was refused: %s", sent[s.Attr("id")], s)
			}
			if s.Attr("id") == end {
				break
			}
		}
		archived := map[string]int{}
		for _, id := range archivedIDs(t, alice, room) {
			archived[id]++
		}
		for stanza, text := range sent {
			times := 0
			for _, m := range w.Messages(id) {
				if m["text"] == text {
					times++
				}
			}
			if times > 1 || times != archived[stanza] {
				t.Errorf("%q is there %d times, and %d times in the archive", text, times, archived[stanza])
			}
		}
	}},
}

// seen is what a client knows of a message from a room's archive.
type seen struct {
	times           int
	body, reactions string
	gone            bool
}

// truth reads a whole archive as clients do, and gives what stands at the end of it, by the messages' ids.
func truth(t *testing.T, c *xmppclient.Client, room string) map[string]*seen {
	t.Helper()
	state := map[string]*seen{}
	for after := ""; ; {
		page := archiveQuery + "<max>200</max>"
		if after != "" {
			page += "<after>{after}</after>"
		}
		query := c.NewID()
		c.Send(t, page+"</set></query></iq>", "id", query, "room", room, "after", after)
		for {
			s := c.Expect(t, "*")
			if s.Attr("id") == query {
				if s.Find("iq/{urn:xmpp:mam:2}fin[@complete='true']") != nil {
					return state
				}
				break
			}
			result := s.Find("message/{urn:xmpp:mam:2}result")
			if result == nil {
				continue
			}
			after = result.Attr("id")
			m := s.Find("message/" + inArchive)
			of := func(id string) *seen {
				if state[id] == nil {
					state[id] = &seen{}
				}
				return state[id]
			}
			replaces, reactions := m.Find("message/{urn:xmpp:message-correct:0}replace"), m.Find("message/{urn:xmpp:reactions:0}reactions")
			switch body := m.Find("message/body"); {
			case m.Find("message/{urn:xmpp:message-retract:1}retract") != nil:
				of(m.Find("message/{urn:xmpp:message-retract:1}retract").Attr("id")).gone = true
			case replaces != nil && body != nil:
				of(replaces.Attr("id")).body = body.Text
			case reactions != nil:
				of(reactions.Attr("id")).reactions = ""
				for _, r := range reactions.Children {
					of(reactions.Attr("id")).reactions += r.Text
				}
			case m.Find("message/{urn:xmpp:message-retract:1}retracted") != nil:
				of(after).times++
				of(after).gone = true
			case body != nil:
				of(after).times++
				if of(after).body == "" {
					of(after).body = body.Text
				}
			}
		}
	}
}
