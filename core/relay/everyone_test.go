package relay

import (
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// called has words stand beside each mention of everyone, as the network was asked for it: CALL where it is to call, TEXT where it is not to.
func called(n *network) (all []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, t := range n.sent {
		words := ""
		for _, s := range t[0].Spans {
			switch s.Ref.Kind {
			case text.CallEveryone:
				words += "CALL " + s.Ref.ID
			case text.MentionEveryone:
				words += "TEXT " + s.Ref.ID
			default:
				words += s.Text
			}
		}
		all = append(all, words)
	}
	n.sent = nil
	return all
}

func TestEveryoneIsCalledOnlyWhereThePolicySaysSo(t *testing.T) {
	everybody := text.Text{{Spans: []text.Span{{Text: "@channel", Ref: text.Ref{Kind: text.MentionEveryone, ID: "channel"}}, {Text: " and @here"}}}}
	for may, want := range map[bool]string{false: "TEXT", true: "CALL"} {
		story(t, func(c *Config) {
			c.CallEveryone = may
			two := c.Rooms[1].Session.(*network)
			two.can.Features &^= transports.Mentions
		}, func(w *world) {
			fails := func(n *network, words string) {
				t.Helper()
				time.Sleep(pace)
				w.settle()
				if got := called(n); len(got) != 1 || got[0] != words {
					t.Errorf("with the policy %t, %s is told %q, want %q", may, n.name, got, words)
				}
			}
			w.muc.says("alice", "a1", body("@here, lunch for `@everyone`"))
			fails(w.one, want+" here, lunch for @everyone")
			w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "o1", From: transports.User{ID: "ida", Name: "ida"}, Text: everybody}
			w.settle()
			called(w.one)
			w.hears("ida [one] enters", "ida [one]: @channel and @here")
			if got := called(w.two); len(got) != 2 || got[1] != want+" channel and @here" { // whoever may call there is known there
				t.Errorf("with the policy %t, two is told %q", may, got)
			}
			w.two.say("carl", "t1", "@everyone too") // where nobody can be called, anybody may
			fails(w.one, want+" everyone too")
			w.muc.says("alice", "a2", body("yesterday, @here"), xep.Delay(stanza.JID{Domain: "muc.example"}, time.Now().Add(-time.Minute)))
			fails(w.one, "yesterday, TEXT here")
		})
	}
}
