package shared_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/core/shared"
	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

// patience bounds every wait. Only a defect waits that long.
const patience = 60 * time.Second

// club is a shared account in a room, and ida, who is on the network herself.
type club struct {
	t     *testing.T
	group *shared.Group
	room  transports.RoomID
	ida   *loopback.Person
}

// newClub makes a club; with may change the session that all share.
func newClub(t *testing.T, config shared.Config, with ...func(transports.Session) transports.Session) *club {
	t.Helper()
	network, err := loopback.New(loopback.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{}, 2)
	go func() { _ = network.Run(ctx); ended <- struct{}{} }()
	n := network.Network("loopback")
	c := &club{t: t, ida: n.AddPerson("Ida"), room: n.AddRoom("Lobby", "")}
	config.Log = slog.New(slog.DiscardHandler)
	config.Open = func() (transports.Session, error) {
		session, err := network.Open(transports.Account{Scope: "loopback", Person: "bridge", Name: "Bridge"}, transports.Env{Log: config.Log})
		for _, change := range with {
			session = change(session)
		}
		return session, err
	}
	if c.group, err = shared.New(config); err != nil {
		t.Fatal(err)
	}
	go func() { c.group.Run(ctx); ended <- struct{}{} }()
	t.Cleanup(func() { stop(); <-ended; <-ended })
	c.does(transports.Join{Room: c.room})
	return c
}

// does has ida do something.
func (c *club) does(command transports.Command) transports.Result {
	c.t.Helper()
	r, err := c.ida.Do(command)
	if err != nil {
		c.t.Fatalf("ida: %T: %v", command, err)
	}
	return r
}

// guest is one of those who share the account.
type guest struct {
	t       *testing.T
	session transports.Session
	events  chan transports.Event
	ended   chan error
	stop    context.CancelFunc
}

func (c *club) guest(name string) *guest {
	c.t.Helper()
	g := &guest{t: c.t, session: c.group.Attach(shared.Person{ID: transports.UserID("~" + name), Name: name}), events: make(chan transports.Event, 1000), ended: make(chan error, 1)}
	ctx, stop := context.WithCancel(context.Background())
	g.stop = stop
	go func() { g.ended <- g.session.Run(ctx, func(e transports.Event) { g.events <- e }) }()
	c.t.Cleanup(stop)
	g.sees("Online as " + name)
	return g
}

func (g *guest) do(c transports.Command) (transports.Result, error) {
	type outcome struct {
		r   transports.Result
		err error
	}
	done := make(chan outcome, 1)
	g.session.Do(context.Background(), c, func(r transports.Result, err error) { done <- outcome{r, err} })
	select {
	case o := <-done:
		return o.r, o.err
	case <-time.After(patience):
		g.t.Fatalf("%T was never done", c)
		return transports.Result{}, nil
	}
}

func (g *guest) must(c transports.Command) transports.Result {
	g.t.Helper()
	r, err := g.do(c)
	if err != nil {
		g.t.Fatalf("%T: %v", c, err)
	}
	return r
}

func (g *guest) refused(c transports.Command, want transports.FaultKind) {
	g.t.Helper()
	if _, err := g.do(c); err == nil || transports.AsFault(err).Kind != want {
		g.t.Errorf("%T gave %v, want kind %d", c, err, want)
	}
}

// sees fails unless the next things that happen are these.
func (g *guest) sees(want ...string) {
	g.t.Helper()
	for _, w := range want {
		select {
		case e := <-g.events:
			if got := brief(e); got != w {
				g.t.Fatalf("saw %q, want %q", got, w)
			}
		case <-time.After(patience):
			g.t.Fatalf("never saw %q", w)
		}
	}
}

func brief(e transports.Event) string {
	switch e := e.(type) {
	case transports.Online:
		return "Online as " + e.Self.Name
	case transports.Room:
		var names []string
		for _, m := range e.Members {
			names = append(names, m.User.Name)
		}
		return fmt.Sprintf("%d are in the room, with %v", len(names), strings.Contains(strings.Join(names, " "), "Ida"))
	case transports.MemberChanged:
		return e.Member.User.Name + " comes"
	case transports.MemberLeft:
		return e.User.Name + " goes"
	case transports.UserRenamed:
		return string(e.Was) + " is now " + e.User.Name
	case transports.Message:
		own := ""
		if e.Own {
			own = " (own)"
		}
		return e.From.Name + ": " + e.Text.String() + own
	case transports.Edited:
		return e.From.Name + " edits: " + e.Text.String()
	case transports.Deleted:
		return e.By.Name + " deletes"
	case transports.Reacted:
		return e.From.Name + " reacts " + strings.Join(e.Emoji, "")
	}
	return fmt.Sprintf("%T", e)
}

// echo leaves out the echoes of what a guest said: they are the core's to leave out.
func (g *guest) echo(want string) {
	g.t.Helper()
	g.sees(want)
}

func send(room transports.RoomID, nonce int64, words string) transports.Send {
	return transports.Send{Place: transports.InRoom(room), Nonce: nonce, Text: text.Plain(words)}
}

func TestTwoWhoShareAnAccountAreTwoToEachOtherAndToTheNetwork(t *testing.T) {
	c := newClub(t, shared.Config{})
	alice, bob := c.guest("alice"), c.guest("bob")
	alice.must(transports.Join{Room: c.room})
	alice.sees("3 are in the room, with true") // ida, the account itself, and she
	bob.must(transports.Join{Room: c.room})
	bob.sees("4 are in the room, with true")
	alice.sees("bob comes")

	id := alice.must(send(c.room, 1, "hi bob")).Parts[0]
	bob.sees("alice: hi bob")
	alice.echo("alice: hi bob (own)")
	if m := c.heard(); m.From.Name != "alice" || m.Text.String() != "hi bob" {
		t.Errorf("ida heard %q of %s", m.Text, m.From.Name)
	}
	c.does(send(c.room, 0, "hi both"))
	alice.sees("Ida: hi both")
	bob.sees("Ida: hi both")

	alice.must(transports.Edit{Place: transports.InRoom(c.room), ID: id, Text: text.Plain("hello bob")})
	bob.sees("alice edits: hello bob", "alice edits: hello bob") // the echo too, which the core knows to be no news
	bob.refused(transports.Edit{Place: transports.InRoom(c.room), ID: id, Text: text.Plain("bob was here")}, transports.Forbidden)
	bob.refused(transports.Delete{Place: transports.InRoom(c.room), ID: id}, transports.Forbidden)

	bob.must(transports.SetName{Name: "Robert"})
	bob.sees("~bob is now Robert")
	bob.must(send(c.room, 2, "it is me"))
	bob.must(transports.Leave{Room: c.room})
	c.does(transports.Leave{Room: c.room})
}

// heard is the next message that ida hears.
func (c *club) heard() transports.Message {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		e := c.ida.Next(ctx)
		if e == nil {
			c.t.Fatal("ida hears nothing")
		}
		if m, ok := e.(transports.Message); ok && !m.Own {
			return m
		}
	}
}

func TestReactionsOfAllTogetherAreTheAccounts(t *testing.T) {
	c := newClub(t, shared.Config{})
	alice, bob := c.guest("alice"), c.guest("bob")
	alice.must(transports.Join{Room: c.room})
	bob.must(transports.Join{Room: c.room})
	alice.sees("3 are in the room, with true", "bob comes")
	bob.sees("4 are in the room, with true")
	id := c.does(send(c.room, 0, "who comes?")).Parts[0]
	react := func(emoji ...string) transports.React {
		return transports.React{Place: transports.InRoom(c.room), ID: id, Emoji: emoji}
	}
	alice.must(react("👍"))
	bob.must(react("👍", "🎉"))
	alice.must(react())
	alice.sees("Ida: who comes?", "bob reacts 👍🎉")
	bob.sees("Ida: who comes?", "alice reacts 👍", "alice reacts ")
	var last []string
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for n := 0; n < 2; { // what alice takes back is still bob's
		if e, ok := c.ida.Next(ctx).(transports.Reacted); ok {
			last = e.Emoji
			n++
		} else if ctx.Err() != nil {
			t.Fatal("ida sees no reactions")
		}
	}
	if strings.Join(last, "") != "🎉👍" && strings.Join(last, "") != "👍🎉" {
		t.Errorf("the account has %q on the message", last)
	}
}

func TestTheOwnerSaysWhoReadsAndWritesWhere(t *testing.T) {
	c := newClub(t, shared.Config{May: func(who transports.UserID, _ transports.RoomID) shared.Access {
		return map[transports.UserID]shared.Access{"~alice": shared.MayRead}[who]
	}})
	alice, bob := c.guest("alice"), c.guest("bob")
	alice.must(transports.Join{Room: c.room})
	bob.refused(transports.Join{Room: c.room}, transports.NotFound)
	c.does(send(c.room, 0, "hello"))
	alice.sees("3 are in the room, with true", "Ida: hello")
	alice.refused(send(c.room, 1, "hi"), transports.Forbidden)
	alice.refused(transports.Send{Place: transports.TalkWith("u1"), Text: text.Plain("psst")}, transports.Forbidden)
}

func TestThoseWhoShareAnAccountTalkInPrivate(t *testing.T) {
	c := newClub(t, shared.Config{})
	alice, bob := c.guest("alice"), c.guest("bob")
	alice.must(transports.Send{Place: transports.TalkWith("~bob"), Text: text.Plain("psst")})
	bob.sees("alice: psst")
}

func TestWhoComesWhileTheLastOneGoesIsConnectedAgain(t *testing.T) {
	c := newClub(t, shared.Config{})
	for i := range 20 {
		g := c.guest(fmt.Sprint("guest", i))
		g.must(transports.Join{Room: c.room})
		g.stop()
		if err := <-g.ended; err != nil {
			t.Fatalf("Run ended with %v", err)
		}
	}
}

func TestReactionsFromBeforeARestartStay(t *testing.T) {
	var kept []string
	c := newClub(t, shared.Config{
		Reactions: func(context.Context, transports.Place, transports.MessageID) (map[transports.UserID][]string, error) {
			return map[transports.UserID][]string{"~bob": {"🎉"}, "~alice": {"🐌"}}, nil
		},
		Reacted: func(who transports.UserID, _ transports.Place, _ transports.MessageID, emoji []string) {
			kept = append(kept, string(who)+" "+strings.Join(emoji, ""))
		},
	})
	alice := c.guest("alice")
	alice.must(transports.Join{Room: c.room})
	id := c.does(send(c.room, 0, "who comes?")).Parts[0]
	alice.must(transports.React{Place: transports.InRoom(c.room), ID: id, Emoji: []string{"👍"}})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		switch e := c.ida.Next(ctx).(type) {
		case nil:
			t.Fatal("ida sees no reactions")
		case transports.Reacted:
			if got := strings.Join(e.Emoji, ""); got != "🎉👍" {
				t.Errorf("the account has %q on the message", got)
			}
			if len(kept) != 1 || kept[0] != "~alice 👍" {
				t.Errorf("kept was %q", kept)
			}
			return
		}
	}
}

// reviewing is a session whose network tells what has become of messages.
type reviewing struct {
	transports.Session
	transports.History
	self transports.UserID
	now  []transports.Reviewed
}

func (r *reviewing) Run(ctx context.Context, emit func(transports.Event)) error {
	return r.Session.Run(ctx, func(e transports.Event) {
		if online, is := e.(transports.Online); is {
			r.self = online.Self.ID
		}
		emit(e)
	})
}

func (r *reviewing) Review(context.Context, transports.Place, []transports.MessageID) ([]transports.Reviewed, error) {
	return slices.Clone(r.now), nil
}

func TestReactionsDuringAnOutageAreThoseOfWhoHasThem(t *testing.T) {
	var network *reviewing
	c := newClub(t, shared.Config{
		Reactions: func(_ context.Context, _ transports.Place, id transports.MessageID) (map[transports.UserID][]string, error) {
			if id == "unread" {
				return nil, errors.New("the disk is full")
			}
			return map[transports.UserID][]string{"~alice": {"👍"}, "~bob": {"👍", "🎉"}, "~carol": {}}, nil
		},
	}, func(s transports.Session) transports.Session {
		network = &reviewing{Session: s, History: s.(transports.History)}
		return network
	})
	alice := c.guest("alice")
	alice.must(transports.Join{Room: c.room})
	has := func(who transports.UserID, emoji ...string) transports.Reacted {
		return transports.Reacted{From: transports.User{ID: who, Name: string(who)}, Emoji: emoji}
	}
	for id, reactions := range map[transports.MessageID][]transports.Reacted{
		"shared": {has("ida", "👀"), has(network.self, "🎉", "👍")}, "others": {has("ida", "👀")}, "none": {},
		"elsewhere": {has(network.self, "🎉", "👍", "🐌")}, "unread": {has(network.self, "👍")}, "unknown": nil,
	} {
		network.now = append(network.now, transports.Reviewed{ID: id, Reactions: reactions})
	}
	all, err := alice.session.(transports.Reviewer).Review(t.Context(), transports.InRoom(c.room), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[transports.MessageID]string{}
	for _, r := range all {
		if r.Reactions == nil {
			got[r.ID] = "?"
			continue
		}
		for _, e := range r.Reactions {
			got[r.ID] += string(e.From.ID) + " called " + e.From.Name + " " + strings.Join(e.Emoji, "") + ";"
		}
	}
	want := map[transports.MessageID]string{"shared": "ida called ida 👀;~alice called alice 👍;~bob called  👍🎉;", "others": "ida called ida 👀;", "elsewhere": "?", "unread": "?", "unknown": "?"}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// renewing is a session whose network gives the account other data once it is there.
type renewing struct{ transports.Session }

func (r renewing) Run(ctx context.Context, emit func(transports.Event)) error {
	return r.Session.Run(ctx, func(e transports.Event) {
		emit(e)
		if _, is := e.(transports.Online); is {
			emit(transports.Credentials{Data: []byte("fresh")})
		}
	})
}

func TestTheAccountsDataIsKeptThoughItsOwnerIsAway(t *testing.T) {
	kept := make(chan string, 1)
	c := newClub(t, shared.Config{Keep: func(data []byte) { kept <- string(data) }}, func(s transports.Session) transports.Session { return renewing{s} })
	c.guest("bob")
	select {
	case data := <-kept:
		if data != "fresh" {
			t.Errorf("kept is %q", data)
		}
	case <-time.After(patience):
		t.Error("nothing is kept")
	}
}

func TestASharedAccountIsNotShownAsOneOfItsPeopleIs(t *testing.T) {
	c := newClub(t, shared.Config{})
	owner := c.group.Attach(shared.Person{ID: "~olga", Name: "Olga", Owner: true})
	events := make(chan transports.Event, 100)
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go func() { _ = owner.Run(ctx, func(e transports.Event) { events <- e }) }()
	select {
	case e := <-events:
		if online, is := e.(transports.Online); !is || online.Can.Allows(transports.SetPresence{}) || !online.Can.Allows(transports.SetTopic{}) {
			t.Errorf("the owner heard %+v", e)
		}
	case <-time.After(patience):
		t.Fatal("the owner heard nothing")
	}
}
