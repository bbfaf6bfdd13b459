package relay

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// world is a relay between a MUC and two rooms, all of them played.
type world struct {
	t     *testing.T
	muc   *muc
	relay *Relay
	one   *network
	two   *network
	c     Config
	end   func()
}

// begin starts the relay, also again.
func (w *world) begin() {
	w.relay = New(w.c)
	w.muc.relay = w.relay
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { w.relay.Run(ctx); close(ended) }()
	w.end = func() { cancel(); <-ended }
	w.settle()
}

// story runs a scenario with faked time.
func story(t *testing.T, change func(*Config), tell func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, muc: &muc{occupants: map[stanza.JID]string{}, roles: map[string]xmpp.Condition{}, up: true}}
		w.one, w.two = newNetwork("one"), newNetwork("two")
		c := Config{MUC: jid(t, "team@muc.example"), Nick: "bridge", JID: jid(t, "isthmus@one.example/relay"), Stream: w.muc, Puppets: 3,
			Policy: Policy{TopicsToMUC: true, TopicsFromMUC: true, TypingToMUC: true, TypingFromMUC: true, Notices: true}, Log: slog.New(slog.DiscardHandler)}
		for _, n := range []*network{w.one, w.two} {
			c.Rooms = append(c.Rooms, Room{Name: "#go on " + n.name, Suffix: " [" + n.name + "]", ID: "#go", Domain: n.name + ".example", Session: n, Stream: w.muc, Where: func() string { return n.name + " #go" },
				Puppet: func(u transports.UserID) (stanza.JID, error) {
					return stanza.JID{Local: string(u), Domain: n.name + ".example", Resource: Resource}, nil
				},
				Share: func(context.Context, transports.File) (xep.File, error) {
					return xep.File{URL: "https://files.example/1"}, nil
				}})
		}
		if change != nil {
			change(&c)
		}
		w.c = c
		w.begin()
		t.Cleanup(func() { w.end() })
		w.muc.taken()
		tell(w)
	})
}

func (w *world) settle() { synctest.Wait() }

func jid(t *testing.T, s string) stanza.JID {
	t.Helper()
	j, err := stanza.ParseJID(s)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// hears fails unless exactly this was said in the MUC since the last time.
func (w *world) hears(want ...string) {
	w.t.Helper()
	w.settle()
	if got := w.muc.taken(); !slices.Equal(got, want) {
		w.t.Errorf("in the MUC was\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// got fails unless a network was asked exactly for this since the last time.
func (w *world) got(n *network, want ...string) {
	w.t.Helper()
	w.settle()
	if got := n.taken(); !slices.Equal(got, want) {
		w.t.Errorf("%s was asked for\n  %s\nwant\n  %s", n.name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
