package irc_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/servers"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// tagOf is the value of a tag in a line that a peer heard, as it stands there.
func tagOf(line []string, name string) string {
	for one := range strings.SplitSeq(strings.TrimPrefix(line[0], "@"), ";") {
		if value, is := strings.CutPrefix(one, name+"="); is {
			return value
		}
	}
	return ""
}

// tagged is the line behind the tags, in words.
func behindTags(line []string) []string {
	if strings.HasPrefix(line[0], "@") {
		return line[1:]
	}
	return line
}

func onInspIRCd(t *testing.T, story func(*testing.T, *servers.Server)) {
	if testing.Short() {
		t.Skip("a real server takes seconds")
	}
	story(t, servers.ForTest(t).InspIRCd(servers.Options{}))
}

func TestMessageTagsOnARealServer(t *testing.T) {
	t.Parallel()
	onInspIRCd(t, func(t *testing.T, server *servers.Server) {
		p := dialPeer(t, server, "romeo")
		p.register()
		p.write("CAP REQ :message-tags echo-message batch labeled-response")
		p.write("JOIN #balcony")
		p.await(func(line []string) bool { return line[1] == "366" || len(line) > 2 && line[2] == "366" })
		g := newGuest(t, plainNetwork(server))
		online := event(g, anything[transports.Online])
		for _, want := range []transports.Feature{transports.Replies, transports.Reactions, transports.TypingShown} {
			if online.Can.Features&want == 0 {
				t.Errorf("the features are %b, without %b", online.Can.Features, want)
			}
		}
		balcony := transports.InRoom("#balcony")
		g.must(transports.Join{Room: "#balcony"})

		p.write("PRIVMSG #balcony :But soft")
		first := event(g, func(m transports.Message) bool { return m.Text.String() == "But soft" })
		if first.ID == "" || first.At.IsZero() {
			t.Fatalf("heard %+v", first)
		}

		sent := make(chan transports.Result, 1)
		g.session.Do(t.Context(), transports.Send{Place: balcony, Text: text.Plain("what light"), ReplyTo: &transports.Reference{ID: first.ID, From: first.From}},
			func(r transports.Result, err error) {
				if err != nil {
					t.Errorf("the answer gave %v", err)
				}
				sent <- r
			})
		result := <-sent
		var id, reply string
		p.await(func(line []string) bool {
			words := behindTags(line)
			if words[1] != "PRIVMSG" || !strings.HasSuffix(strings.Join(words, " "), ":romeo: what light") {
				return false
			}
			id, reply = tagOf(line, "msgid"), tagOf(line, "+draft/reply")
			return true
		})
		if len(result.Parts) != 1 || string(result.Parts[0]) != id || reply != string(first.ID) {
			t.Errorf("it is known as %v, and to others as %q, in answer to %q", result.Parts, id, reply)
		}

		p.write("@+draft/react=❤;+draft/reply=" + id + " TAGMSG #balcony")
		if r := event(g, anything[transports.Reacted]); string(r.ID) != id || r.From.ID != "romeo" || len(r.Emoji) != 1 || r.Emoji[0] != "❤" {
			t.Errorf("reacted as %+v", r)
		}
		g.must(transports.React{Place: balcony, ID: first.ID, Emoji: []string{"🌹"}})
		p.await(func(line []string) bool {
			return behindTags(line)[1] == "TAGMSG" && tagOf(line, "+draft/react") == "🌹" && tagOf(line, "+draft/reply") == string(first.ID)
		})
		g.must(transports.React{Place: balcony, ID: first.ID})
		p.await(func(line []string) bool { return tagOf(line, "+draft/unreact") == "🌹" })

		p.write("@+typing=active TAGMSG #balcony", "@+typing=done TAGMSG #balcony")
		event(g, func(e transports.Typing) bool { return e.On && e.From.ID == "romeo" && e.Place == balcony })
		event(g, func(e transports.Typing) bool { return !e.On })
		g.must(transports.SetTyping{Place: balcony, On: true})
		p.await(func(line []string) bool { return tagOf(line, "+typing") == "active" })
		g.must(transports.SetTyping{Place: balcony})
		p.await(func(line []string) bool { return tagOf(line, "+typing") == "done" })
	})
}

func TestHistoryOfARealServerIsToldOnce(t *testing.T) {
	t.Parallel()
	onInspIRCd(t, func(t *testing.T, server *servers.Server) {
		p := dialPeer(t, server, "romeo")
		p.does("JOIN #history", "MODE #history +H 10:1h", "PRIVMSG #history :before")
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		g.must(transports.Join{Room: "#history"})
		if m := event(g, anything[transports.Message]); m.Text.String() != "before" || m.At.IsZero() || m.ID == "" {
			t.Errorf("heard %+v", m)
		}
		p.does("PRIVMSG #history :live")
		event(g, func(m transports.Message) bool { return m.Text.String() == "live" })
		g.must(transports.Send{Place: transports.InRoom("#history"), Text: text.Plain("mine")})
		g.must(transports.Leave{Room: "#history"})
		p.does("PRIVMSG #history :while away")
		g.must(transports.Join{Room: "#history"})
		if m := event(g, anything[transports.Message]); m.Text.String() != "while away" {
			t.Errorf("told again: %q", m.Text)
		}
	})
}
