package irc_test

import (
	"slices"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/transporttest"
)

// modern is what a peer with a client of today knows of what it heard.
type modern struct {
	ids   map[string]string   // of messages, by their words
	has   map[string][]string // reactions, by nick and message
	heard []transports.Event  // in the contract's words, as far as the laws ask for them
}

// notes reads the tags of a line, and gives the line without them.
func (m *modern) notes(line string) string {
	tags, rest, tagged := "", line, strings.HasPrefix(line, "@")
	if tagged {
		tags, rest, _ = strings.Cut(line, " ")
	}
	words := strings.Fields(rest)
	if len(words) < 3 {
		return rest
	}
	tag := func(name string) string { return tagOf([]string{tags}, name) }
	nick, _, _ := strings.Cut(strings.TrimPrefix(words[0], ":"), "!")
	who := transports.User{ID: transports.UserID(strings.ToLower(nick)), Name: nick}
	_, said, _ := strings.Cut(rest[1:], " :")
	reply := tag("+draft/reply")
	switch words[1] {
	case "PRIVMSG":
		_, answer, addressed := strings.Cut(said, ": ") // for those who see no tags
		if event := (transports.Message{From: who, Text: text.Plain(said)}); reply != "" {
			if event.ReplyTo = (&transports.Reference{ID: transports.MessageID(reply)}); addressed {
				event.Text = text.Plain(answer)
			}
			m.heard = append(m.heard, event)
		}
		m.ids[said] = tag("msgid")
	case "TAGMSG":
		key := nick + " " + reply
		if emoji := tag("+draft/react"); emoji != "" {
			m.has[key] = append(m.has[key], emoji)
		} else if emoji := tag("+draft/unreact"); emoji != "" {
			m.has[key] = slices.DeleteFunc(slices.Clone(m.has[key]), func(one string) bool { return one == emoji })
		} else if word := tag("+typing"); word != "" {
			m.heard = append(m.heard, transports.Typing{From: who, On: word == "active"})
		}
		if reply != "" {
			m.heard = append(m.heard, transports.Reacted{ID: transports.MessageID(reply), From: who, Emoji: slices.Clone(m.has[key])})
		}
	case "REDACT":
		m.heard = append(m.heard, transports.Deleted{ID: transports.MessageID(strings.TrimPrefix(words[3], ":")), By: who})
	}
	return rest
}

// today gives a peer a client of today, and what it can do with it.
func (p *peer) today(acts transporttest.Peer) transporttest.Peer {
	p.modern = &modern{ids: map[string]string{}, has: map[string][]string{}}
	id := func(words string) string { // the peer hears its own words, and others' by now
		p.does()
		return p.modern.ids[words]
	}
	acts.Sees = func(what string, fits func(transports.Event) bool) {
		p.t.Helper()
		for deadline := time.Now().Add(patience); !slices.ContainsFunc(p.modern.heard, fits); p.does() {
			if time.Now().After(deadline) {
				p.t.Fatalf("the peer does not see %s; it saw %+v", what, p.modern.heard)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	acts.Delete = func(room transports.RoomID, words string) { p.does("REDACT " + string(room) + " " + id(words)) }
	acts.Reply = func(room transports.RoomID, words, answer string) {
		p.does("@+draft/reply=" + id(words) + " PRIVMSG " + string(room) + " :" + answer)
	}
	acts.React = func(room transports.RoomID, words string, emoji ...string) {
		on := id(words)
		for _, one := range p.modern.has[p.nick+" "+on] {
			if !slices.Contains(emoji, one) {
				p.write("@+draft/unreact=" + one + ";+draft/reply=" + on + " TAGMSG " + string(room))
			}
		}
		for _, one := range emoji {
			if !slices.Contains(p.modern.has[p.nick+" "+on], one) {
				p.write("@+draft/react=" + one + ";+draft/reply=" + on + " TAGMSG " + string(room))
			}
		}
		p.does()
	}
	acts.Type = func(room transports.RoomID, on bool) {
		word := "done"
		if on {
			word = "active"
		}
		p.does("@+typing=" + word + " TAGMSG " + string(room))
	}
	acts.SetPresence = func(presence transports.Presence) { p.does("AWAY :" + presence.Status) }
	acts.Describe = func(profile transports.Profile) { p.does("SETNAME :" + profile.FullName) }
	acts.Invite = func(room transports.RoomID, user transports.User, _ string) {
		p.does("INVITE " + user.Name + " " + string(room))
	}
	return acts
}
