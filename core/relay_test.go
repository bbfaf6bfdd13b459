package core

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/relay"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/transports"

	"github.com/google/go-cmp/cmp"
)

func parsed(t *testing.T, s string) stanza.JID {
	t.Helper()
	j, err := stanza.ParseJID(s)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestARelayIsKeptWithItsPasswordsSealed(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "store.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := seal.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	all := &relays{store: db, keys: keys, log: slog.New(slog.DiscardHandler)}
	want := []kept{
		{muc: parsed(t, "team@muc.example"), room: RelayRoom{Transport: "irc.example", Network: "libera", Room: "#team", Password: "hunter2"},
			by: parsed(t, "alice@example.org"), at: time.UnixMilli(1000), password: "sesame", topics: topicsBoth},
		{muc: parsed(t, "a@muc.example"), room: RelayRoom{Transport: "slack.example", Network: "work", Room: "c1", Owner: parsed(t, "bob@example.org")},
			at: time.UnixMilli(2000), paused: pauses{network: true}, topics: topicsNone},
	}
	for _, k := range want {
		row := all.row(k)
		if bytes.Contains(row.Data, []byte("sesame")) || bytes.Contains(row.Data, []byte("hunter2")) {
			t.Errorf("the store has %s", row.Data)
		}
		if err := written(t.Context(), func(done func(error)) { db.Write(done, store.PutRelay{Relay: row}) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := all.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, all.kept, cmp.AllowUnexported(kept{}, pauses{}), cmp.Comparer(func(x, y stanza.JID) bool { return x == y })); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestWhatPeopleHaveSetUpIsAddedToWhatIsConfigured(t *testing.T) {
	team, other := parsed(t, "team@muc.example"), parsed(t, "other@muc.example")
	one, two, three := RelayRoom{Transport: "irc", Network: "n", Room: "#1"}, RelayRoom{Transport: "irc", Network: "n", Room: "#2"}, RelayRoom{Transport: "irc", Network: "n", Room: "#3"}
	all := &relays{configured: []Relay{{MUC: team, Nick: "bridge", Puppets: 7, Rooms: []RelayRoom{one}}},
		kept:  []kept{{muc: team, room: two}, {muc: other, room: three, paused: pauses{muc: true}, topics: topicsToMUC, password: "p"}},
		hosts: map[stanza.JID]*host{team: {transport: "irc"}}}
	second := usual(other, "irc", "p")
	second.TopicsToMUC = true
	waits := three
	waits.Paused = true
	second.Rooms = []RelayRoom{waits}
	want := []Relay{
		{MUC: team, Nick: "bridge", Puppets: 7, Rooms: []RelayRoom{one, two}},
		second,
	}
	if diff := cmp.Diff(want, all.merged(), cmp.Comparer(func(x, y stanza.JID) bool { return x == y })); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if len(all.configured[0].Rooms) != 1 {
		t.Error("the configuration was changed")
	}
}

// listedServices is a house in which example.org lists these services as its own, and nobody else any.
func listedServices(services ...string) vouching {
	return vouching{ask: func(server string, answer func(*stanza.Stanza)) {
		query := xep.DiscoverItems()
		if server == "example.org" {
			for _, of := range services {
				query.Add(stanza.New(query.Space, "item", "jid", of))
			}
		}
		answer((&stanza.Stanza{Kind: stanza.IQ, Type: "result"}).Add(query))
	}}
}

func TestAMUCVouchesForThePeopleOfTheServerThatListsIt(t *testing.T) {
	alice := parsed(t, "alice@example.org")
	v := listedServices("conference.example.org", "muc.evil.example")
	for muc, want := range map[string]bool{"team@conference.example.org": true, "team@example.org": true, "team@customer.example.org": false, "team@muc.evil.example": false, "team@evilexample.org": false} {
		v.believed(alice, parsed(t, muc), func(who stanza.JID) {
			if (who == alice) != want || v.of(alice, parsed(t, muc)) != want {
				t.Errorf("%s: %v", muc, who)
			}
		})
	}
	if v.of(stanza.JID{}, parsed(t, "team@conference.example.org")) {
		t.Error("nobody is somebody")
	}
}

func TestAServerThatDoesNotAnswerIsAskedAgain(t *testing.T) {
	var asked []string
	var answers []func(*stanza.Stanza)
	v := vouching{ask: func(server string, answer func(*stanza.Stanza)) {
		asked, answers = append(asked, server), append(answers, answer)
	}}
	v.learn("conference.chat.example.org")
	alice, muc := parsed(t, "alice@example.org"), parsed(t, "team@conference.chat.example.org")
	var told []stanza.JID
	ask := func() { v.believed(alice, muc, func(who stanza.JID) { told = append(told, who) }) }
	ask()
	if !slices.Equal(asked, []string{"chat.example.org", "example.org"}) || len(told) != 0 {
		t.Fatalf("%q was asked, and %v told", asked, told)
	}
	answers[1](nil)
	ask()
	if len(asked) != 3 || len(told) != 1 || !told[0].IsZero() {
		t.Fatalf("%q was asked, and %v told", asked, told)
	}
	listed := listedServices("conference.chat.example.org")
	listed.ask("example.org", answers[2])
	ask()
	if len(asked) != 3 || len(told) != 3 || told[1] != alice || told[2] != alice {
		t.Errorf("%q was asked, and %v told", asked, told)
	}
}

func TestWordsOfConsentCountOnceAndOnlyOfWhoMay(t *testing.T) {
	var c consents
	muc, other := parsed(t, "team@muc.example"), parsed(t, "other@muc.example")
	n := 0
	cancel := c.wait(muc, "agree 1", func() { n++ })
	if c.give(other, "agree 1", true) || c.give(muc, "agree 2", true) || !c.give(muc, "agree 1", false) || n != 0 {
		t.Error("what is none counts")
	}
	if !c.give(muc, "agree 1", true) || c.give(muc, "agree 1", true) || n != 1 {
		t.Errorf("it counted %d times", n)
	}
	cancel()
}

func TestWhoAMUCOfAnotherServerSaysThatSomebodyIsSpeaksThroughNobodysAccount(t *testing.T) {
	db, k, log := openStore(t), keys(t), slog.New(slog.DiscardHandler)
	alice := person.Key{Owner: parsed(t, "alice@example.org"), Key: "work"}
	logins, err := loadLogins(t.Context(), db, k, "gw.example", log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := logins.add(t.Context(), alice, login{scope: "net", self: "UA", name: "Al", data: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	book, err := options.Load(t.Context(), db, k, "gw.example", transports.About{}, log)
	if err != nil {
		t.Fatal(err)
	}
	book.Set(options.Where{Person: alice.Owner.String(), Scope: alice.Key}, transports.Options{account.InRelays: {"true"}}, nil)
	configured := parsed(t, "team@muc.elsewhere.example")
	all := &relays{configured: []Relay{{MUC: configured}}, vouching: listedServices("conference.example.org")}
	s := &service{logins: logins, options: book}
	for muc, want := range map[string]bool{"team@conference.example.org": true, configured.String(): true, "team@muc.evil.example": false} {
		own := s.ownAccounts(RelayRoom{}, func() transports.Scope { return "net" }, all.vouched(parsed(t, muc)))
		if found, is := own(relay.Speaker{Nick: "alice", JID: alice.Owner}); is != want || is && found.User != "UA" {
			t.Errorf("%s: %v, %v", muc, found.User, is)
		}
	}
}

// atWorkFor are relays whose goroutine does only what it is asked for.
func atWorkFor(t *testing.T, kept ...kept) *relays {
	all := &relays{kept: kept, hosts: map[stanza.JID]*host{}, running: map[stanza.JID]*relaying{}, work: make(chan func()), ended: make(chan struct{})}
	all.show()
	go func() {
		for {
			select {
			case do := <-all.work:
				do()
			case <-t.Context().Done():
				return
			}
		}
	}()
	return all
}

func TestWhoHasSetUpARelayIsNotToldToTheWholeRoom(t *testing.T) {
	muc := parsed(t, "team@muc.example")
	d := &dialogues{relays: atWorkFor(t, kept{muc: muc, by: parsed(t, "alice@example.org"), room: RelayRoom{Room: "#go", Network: "net"}})}
	for rules, want := range map[bool]string{true: "alice@example.org", false: "an owner of the room"} {
		o := relayPlace{d: d, muc: muc, asked: &relay.Asked{Nick: "bob", Rules: rules}}.list().Start(t.Context(), dialog.Asker{Occupant: true})
		if o.Report == nil || len(o.Report.Items) != 1 || o.Report.Items[0].Get("by") != want {
			t.Errorf("rules %v: %+v", rules, o.Report)
		}
	}
}

func TestWhoseLoginARelayUsesSeesIt(t *testing.T) {
	alice, bob := parsed(t, "alice@example.org"), parsed(t, "bob@example.org")
	d := &dialogues{relays: atWorkFor(t, kept{muc: parsed(t, "team@muc.example"), by: bob, room: RelayRoom{Room: "c1", Network: "work", Owner: alice}})}
	for who, want := range map[stanza.JID]int{alice: 1, bob: 1, parsed(t, "carol@example.org"): 0} {
		if seen := (relayPlace{d: d}).seen(t.Context(), dialog.Asker{Person: who}); len(seen) != want {
			t.Errorf("%s sees %d", who, len(seen))
		}
	}
}

func TestABotStaysForOneSetUpWhenAnotherWasGivenUpBeforeItBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		muc := parsed(t, "team@muc.example")
		all := &relays{work: make(chan func()), ended: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, release := all.hosted(ctx, "irc.example", muc, "")
		release()
		select {
		case <-all.work:
			t.Error("it lets go of what it never had")
		case <-time.After(time.Second):
		}
	})
}

func TestARelayIsOnlyInRoomsForWhichALoginIsOpened(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	logins, err := loadLogins(t.Context(), openStore(t), keys(t), "gw.example", log)
	if err != nil {
		t.Fatal(err)
	}
	alice, bob, carol := person.Key{Owner: parsed(t, "alice@example.org"), Key: "work"}, parsed(t, "bob@example.org"), parsed(t, "carol@example.org")
	opened := opening{people: []string{bob.String()}, rooms: []string{"c1", "c2"}, readOnly: []string{"c2"}}
	if _, err := logins.add(t.Context(), alice, login{scope: "net", self: "UA", name: "Al", data: []byte{1}, open: opened}); err != nil {
		t.Fatal(err)
	}
	d := &dialogues{logins: logins}
	for _, c := range []struct {
		by    stanza.JID
		owner stanza.JID
		room  string
		may   bool
	}{{bob, alice.Owner, "c1", true}, {bob, alice.Owner, "c2", false}, {bob, alice.Owner, "c3", false}, {carol, alice.Owner, "c1", false}, {alice.Owner, alice.Owner, "c3", true}, {bob, stanza.JID{}, "c3", true}} {
		s := &setUp{d: d, person: c.by, kept: kept{room: RelayRoom{Network: "work", Owner: c.owner, Room: c.room}}}
		if problem := s.refusedRoom(transports.RoomID(c.room)); (problem == nil) != c.may {
			t.Errorf("%s in %s: %v", c.by, c.room, problem)
		}
	}
	s := &setUp{d: d, person: bob, cancel: func() {}, kept: kept{room: RelayRoom{Network: "work", Owner: alice.Owner, Room: "c3"}}}
	if o := s.finish(t.Context()); o.Problem == nil {
		t.Error("it is set up all the same")
	}
}

func TestBotsWaitInABoundedNumberOfRooms(t *testing.T) {
	all := &relays{hosts: map[stanza.JID]*host{}}
	for i := range maxHosts + 10 {
		all.host(stanza.JID{Local: strconv.Itoa(i), Domain: "muc.example"}, "irc.example", "")
	}
	if len(all.hosts) != maxHosts || all.host(parsed(t, "0@muc.example"), "irc.example", "") == nil {
		t.Errorf("in %d", len(all.hosts))
	}
}

func TestRelaysThroughALoginFollowWhatItsOwnerDoesWithIt(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	db, k := openStore(t), keys(t)
	logins, err := loadLogins(t.Context(), db, k, "gw.example", log)
	if err != nil {
		t.Fatal(err)
	}
	alice, bob, carol := parsed(t, "alice@example.org"), parsed(t, "bob@example.org"), parsed(t, "carol@example.org")
	work := person.Key{Owner: alice, Key: "work"}
	if _, err := logins.add(t.Context(), work, login{scope: "net", self: "UA", name: "Al", data: []byte{1}, open: opening{people: []string{"example.org"}}}); err != nil {
		t.Fatal(err)
	}
	through := func(by stanza.JID, room string) kept {
		return kept{muc: parsed(t, room+"@muc.example"), by: by, room: RelayRoom{Transport: "gw.example", Network: "work", Owner: alice, Room: room}}
	}
	all := atWorkFor(t, through(alice, "hers"), through(bob, "bobs"), through(carol, "carols"), through(carol, "quiet"), kept{muc: parsed(t, "free@muc.example"), by: bob, room: RelayRoom{Transport: "gw.example", Network: "work", Room: "free"}})
	all.store, all.keys, all.log = db, k, log
	rooms := func() (names []string) {
		for _, k := range all.list(t.Context()) {
			names = append(names, k.room.Room+" of "+k.room.Network)
		}
		slices.Sort(names)
		return names
	}
	if _, err := logins.setOpen(t.Context(), work, opening{people: []string{carol.String()}, readOnly: []string{"quiet"}}); err != nil {
		t.Fatal(err)
	}
	ended := all.closed(t.Context(), logins, loginOf{"gw.example", work})
	slices.Sort(ended)
	if !slices.Equal(ended, []string{"bobs@muc.example", "quiet@muc.example"}) || !slices.Equal(rooms(), []string{"carols of work", "free of work", "hers of work"}) {
		t.Errorf("ended are %q, left %q", ended, rooms())
	}
	all.renamed(t.Context(), loginOf{"gw.example", work}, loginOf{"gw.example", person.Key{Owner: alice, Key: "job"}})
	if !slices.Equal(rooms(), []string{"carols of job", "free of work", "hers of job"}) {
		t.Errorf("under the new name there are %q", rooms())
	}
}
