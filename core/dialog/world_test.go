package dialog

import (
	"context"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// world is a gateway with a few commands, and what it has answered.
type world struct {
	t       *testing.T
	faces   *Faces
	end     context.CancelFunc
	replies chan *stanza.Stanza
	menu    Menu
	who     Asker
	// release lets the slow command end; saw is what its context ended with.
	release chan struct{}
	saw     error
	// registered and done are what the registration has led to.
	registered bool
	done       []string
}

const phone = "alice@example.org/phone"

func story(t *testing.T, tell func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, replies: make(chan *stanza.Stanza, 1000), release: make(chan struct{}), who: Asker{Person: jid(t, phone), Place: "gateway"}}
		w.faces = New(func(s *stanza.Stanza) { w.replies <- s })
		w.menu = w.commands()
		ctx, cancel := context.WithCancel(t.Context())
		w.end = cancel
		go w.faces.Run(ctx)
		tell(t, w)
		cancel()
		synctest.Wait()
	})
}

func (w *world) commands() Menu {
	join := &xep.Form{Title: "Join a room", Fields: []xep.Field{
		{Name: "room", Label: "Room", Help: "With its sign, such as #go.", Required: true},
		{Name: "network", Label: "Network", Kind: xep.Choice, Required: true, Options: []xep.Option{{Value: "a.net", Label: "Anet"}, {Value: "b.net"}}},
		{Name: "key", Label: "Key", Kind: xep.Secret}}}
	return Menu{
		{Node: "join", Name: "Join", Words: []string{"join", "room", "network"}, Help: "Joins a room.\nThe room stays until you leave it.",
			Start: func(context.Context, Asker) Outcome {
				return Outcome{Ask: join, Then: func(_ context.Context, a xep.Answers) Outcome {
					return Outcome{Note: "Joined " + a.Get("room") + " on " + a.Get("network") + " with " + a.Get("key") + "."}
				}}
			}},
		{Node: "list", Name: "List", Words: []string{"list"}, Help: "Lists your rooms.", Start: func(_ context.Context, who Asker) Outcome {
			return Outcome{Report: &xep.Report{Title: "Rooms of " + who.Person.Bare().String(), Reported: []xep.Field{{Name: "room", Label: "Room"}, {Name: "in", Kind: xep.Switch}},
				Items: []xep.Answers{{"room": {"#go"}, "in": {"true"}}, {"room": {"#c"}}}}, Warning: "One is not joined."}
		}},
		{Node: "setup", Name: "Set up", Words: []string{"setup", "nick"}, Help: "Sets you up.", Start: func(context.Context, Asker) Outcome { return setupNick() }},
		{Node: "options", Name: "Options", Words: []string{"options"}, Help: "Changes options.", Start: func(context.Context, Asker) Outcome { return askOptions(nil) }},
		{Node: "slow", Name: "Slow", Words: []string{"slow"}, Help: "Takes its time.", Start: func(ctx context.Context, _ Asker) Outcome {
			select {
			case <-w.release:
				return Outcome{Note: "At last."}
			case <-ctx.Done():
				w.saw = ctx.Err()
				return Outcome{Problem: &stanza.Error{Type: xmpp.Wait, Condition: xmpp.RemoteServerTimeout, Text: "It took too long."}}
			}
		}},
		{Node: "deaf", Name: "Deaf", Start: func(ctx context.Context, _ Asker) Outcome { <-w.release; return Outcome{Note: "Done all the same."} }},
		{Node: "reload", Name: "Reload", Words: []string{"reload"}, Help: "Reads the configuration again.", Operator: true,
			Start: func(context.Context, Asker) Outcome { return Outcome{} }},
		{Node: "never", Name: "Never", Words: []string{"never"}, Help: "Is refused.", Start: func(context.Context, Asker) Outcome {
			return Outcome{Problem: &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.NotAllowed, Text: "Never."}}
		}},
	}
}

// setupNick asks in two steps, and refuses one nick.
func setupNick() Outcome {
	form := &xep.Form{Title: "Who are you?", Fields: []xep.Field{{Name: "nick", Label: "Nick", Required: true}, {Name: "pass", Label: "Password", Kind: xep.Secret, Required: true}}}
	return Outcome{Ask: form, More: true, Then: func(_ context.Context, first xep.Answers) Outcome {
		if first.Get("nick") == "root" {
			o := setupNick()
			o.Problem = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.Conflict, Text: "The nick root is taken."}
			return o
		}
		return Outcome{Note: "Nearly there.", Ask: &xep.Form{Fields: []xep.Field{{Name: "sure", Label: "Are you sure", Kind: xep.Switch, Required: true}}},
			Then: func(_ context.Context, second xep.Answers) Outcome {
				return Outcome{Note: first.Get("nick") + " is sure: " + second.Get("sure")}
			}}
	}}
}

// askOptions may all be left as they are.
func askOptions(problem *stanza.Error) Outcome {
	form := &xep.Form{Title: "Options", Fields: []xep.Field{{Name: "realname", Label: "Real name", Values: []string{"Alice"}}, {Name: "keep", Kind: xep.Switch},
		{Name: "pass", Kind: xep.Secret}, {Name: "after", Kind: xep.Lines}}}
	return Outcome{Ask: form, Problem: problem, Then: func(_ context.Context, a xep.Answers) Outcome {
		if a.Get("realname") == "bad" {
			return askOptions(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "Not that name."})
		}
		var said []string
		for _, name := range []string{"realname", "keep", "pass", "after"} {
			if values, ok := a[name]; ok {
				said = append(said, name+"="+strings.Join(values, "/"))
			}
		}
		return Outcome{Note: "Kept: " + strings.Join(said, " ")}
	}}
}

func jid(t *testing.T, text string) stanza.JID {
	t.Helper()
	j, err := stanza.ParseJID(text)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// parse makes a stanza of its XML, from alice's phone to the gateway.
func parse(t *testing.T, text string) *stanza.Stanza {
	t.Helper()
	e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(text)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return &stanza.Stanza{Kind: stanza.Kind(e.Name), Type: e.Attr("type"), ID: e.Attr("id"), From: jid(t, phone), To: jid(t, "gw.example"), Payload: e.Children()}
}

// answers takes all that was answered since.
func (w *world) answers() []*stanza.Stanza {
	synctest.Wait()
	var all []*stanza.Stanza
	for {
		select {
		case s := <-w.replies:
			all = append(all, s)
		default:
			return all
		}
	}
}

// only fails unless there was one answer.
func (w *world) only() *stanza.Stanza {
	w.t.Helper()
	all := w.answers()
	if len(all) != 1 {
		w.t.Fatalf("%d answers", len(all))
	}
	return all[0]
}

var sessionAttr = regexp.MustCompile(` sessionid='[^']*'`)

// text is what stands in a stanza, its session left out.
func text(s *stanza.Stanza) string {
	var b []byte
	for _, e := range s.Payload {
		b = e.Append(b)
	}
	return sessionAttr.ReplaceAllString(string(b), "")
}

func (w *world) expect(s *stanza.Stanza, kind, want string) {
	w.t.Helper()
	if s.Type != kind || s.From.String() != "gw.example" || s.To.String() != phone {
		w.t.Errorf("%s from %s to %s", s.Type, s.From, s.To)
	}
	if got := text(s); got != want {
		w.t.Errorf("got\n  %s\nwant\n  %s", got, want)
	}
}

// askThen asks an empty form before it begins.
func askThen(start func(context.Context, Asker) Outcome) func(context.Context, Asker) Outcome {
	return func(_ context.Context, who Asker) Outcome {
		return Outcome{Ask: &xep.Form{}, Then: func(ctx context.Context, _ xep.Answers) Outcome { return start(ctx, who) }}
	}
}
