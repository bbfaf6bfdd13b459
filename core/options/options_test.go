package options

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"isthmus/core/seal"
	"isthmus/core/store"
	"isthmus/transports"
)

var about = transports.About{AccountFields: []transports.Field{{Name: "nick"}, {Name: "pass", Kind: transports.Secret}}}

func open(t *testing.T, dir string) (*store.Store, *Book) {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "store.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load(t.Context(), s, keys, "gw.example", about, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

func set(t *testing.T, b *Book, w Where, o transports.Options) {
	t.Helper()
	done := make(chan error, 1)
	b.Set(w, o, func(err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestWhatAPersonSetsIsThereAfterARestartAndSecretsAreSealed(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir)
	account := Where{Person: "alice@example.org", Scope: "irc.net"}
	set(t, b, account, transports.Options{"nick": {"alice"}, "pass": {"open sesame"}})
	s.Close()
	content, err := os.ReadFile(filepath.Join(dir, "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte("open sesame")) || !bytes.Contains(content, []byte(`"nick"`)) {
		t.Error("the store's file has the secret, or not the rest")
	}
	s, b = open(t, dir)
	defer s.Close()
	if o := b.Get(account); o["pass"][0] != "open sesame" || o["nick"][0] != "alice" {
		t.Errorf("read back %v", o)
	}
	set(t, b, account, nil)
	if o := b.Get(account); len(o) != 0 {
		t.Errorf("removed, and still %v", o)
	}
}

func TestWhatOthersSetMeanwhileIsNotLost(t *testing.T) {
	s, b := open(t, t.TempDir())
	defer s.Close()
	w := Where{Person: "a@x"}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() { b.Mark(w, fmt.Sprint("mark", i), "1", nil) })
		all.Go(func() {
			b.Change(w, func(o transports.Options) transports.Options {
				o[fmt.Sprint("set", i)] = []string{"1"}
				return o
			}, nil)
		})
	}
	all.Wait()
	if got := len(b.Get(w)); got != 100 {
		t.Errorf("%d values are set, want 100", got)
	}
}

func TestARoomFollowsTheGatewayUnlessItHasAWordOfItsOwn(t *testing.T) {
	s, b := open(t, t.TempDir())
	defer s.Close()
	room, other := Where{"a@x", "net", "#a"}, Where{"a@x", "net", "#b"}
	if b.Switch(room, Persistent) || !b.Switch(room, RecordHistory) || b.HistoryLength("a@x") != 20 {
		t.Error("the defaults are others")
	}
	set(t, b, Where{Person: "a@x"}, transports.Options{Persistent: {"true"}, MaxHistoryLength: {"5"}})
	set(t, b, room, transports.Options{Persistent: {"false"}})
	set(t, b, Where{"b@x", "net", "#c"}, transports.Options{Persistent: {"true"}})
	if b.Switch(room, Persistent) || !b.Switch(other, Persistent) || b.HistoryLength("a@x") != 5 {
		t.Error("the room does not follow")
	}
	if marked := b.Marked(Persistent); len(marked) != 2 || marked[0] != (Where{Person: "a@x"}) || marked[1].Place != "#c" {
		t.Errorf("it is set for %v", marked)
	}
}

func TestWhatIsSetForAnAccountGoesWithItsName(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir)
	set(t, b, Where{"a@x", "work", ""}, transports.Options{"pass": {"open sesame"}})
	set(t, b, Where{"a@x", "work", "#a"}, transports.Options{Persistent: {"true"}})
	set(t, b, Where{"b@x", "work", "#a"}, transports.Options{Persistent: {"true"}})
	done := make(chan error, 1)
	tell := func(err error) { done <- err }
	b.Move("a@x", "work", "job", tell)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for range 2 { // in memory, then as it was stored
		if o := b.Get(Where{"a@x", "job", ""}); o["pass"][0] != "open sesame" || len(b.Get(Where{"a@x", "work", ""})) > 0 {
			t.Errorf("under the new name there is %v", o)
		}
		if rooms := b.Marked(Persistent); len(rooms) != 2 || rooms[0].Scope != "job" || rooms[1].Scope != "work" {
			t.Errorf("rooms to stay in: %v", rooms)
		}
		s.Close()
		s, b = open(t, dir)
	}
	defer s.Close()
	b.Drop("a@x", "job", tell)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if rooms := b.Marked(Persistent); len(rooms) != 1 || len(b.Get(Where{"a@x", "job", ""})) > 0 {
		t.Errorf("dropped, and still there are %v", rooms)
	}
}

func TestMistakesAreTold(t *testing.T) {
	if err := Check(GatewayFields, transports.Options{MaxHistoryLength: {"many"}}); err == nil {
		t.Error("many messages")
	}
	if err := Check(GatewayFields, transports.Options{Persistent: {"maybe"}}); err == nil {
		t.Error("maybe persistent")
	}
	if err := Check(GatewayFields, transports.Options{Persistent: {"true"}, MaxHistoryLength: {"50"}}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsSealedWithALostKeyStaysUntilItIsSetAnew(t *testing.T) {
	dir := t.TempDir()
	key, kept := filepath.Join(dir, "key"), filepath.Join(dir, "kept")
	account := Where{Person: "alice@example.org", Scope: "irc.net"}
	s, b := open(t, dir)
	set(t, b, account, transports.Options{"nick": {"alice"}, "pass": {"open sesame"}})
	again := func(change func() error) *Book {
		t.Helper()
		s.Close()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		s, b = open(t, dir)
		return b
	}
	lose := func() error { return os.Rename(key, kept) }
	find := func() error { return os.Rename(kept, key) }
	b = again(lose)
	if o := b.Get(account); o.Get(nil, "pass") != "" || o.Get(nil, "nick") != "alice" {
		t.Errorf("without the key: %v", o)
	}
	set(t, b, account, transports.Options{"nick": {"al"}})
	set(t, b, account, nil)
	if o := again(find).Get(account); o.Get(nil, "pass") != "open sesame" || o.Get(nil, "nick") != "" {
		t.Errorf("the key is there again: %v", o)
	}

	b = again(lose)
	set(t, b, account, transports.Options{"pass": {"another"}})
	set(t, b, account, transports.Options{"nick": {"al"}})
	if o := again(find).Get(account); o.Get(nil, "pass") != "" {
		t.Errorf("what was set anew and taken out came back: %v", o)
	}

	set(t, b, account, transports.Options{"pass": {"third"}})
	b = again(lose)
	b.Forget(account.Person)
	set(t, b, account, transports.Options{"nick": {"al"}})
	if o := again(find).Get(account); o.Get(nil, "pass") != "" {
		t.Errorf("of someone forgotten: %v", o)
	}
	s.Close()
}

func TestTheOperatorHasTheGatewayStayUnlessAPersonSaysOtherwise(t *testing.T) {
	s, b := open(t, t.TempDir())
	defer s.Close()
	b.StayByDefault()
	room := Where{"a@x", "net", "#a"}
	if !b.Switch(room, Persistent) || b.GatewayFields()[2].Default[0] != "true" {
		t.Error("it does not stay")
	}
	set(t, b, Where{Person: "a@x"}, transports.Options{Persistent: {"false"}})
	if b.Switch(room, Persistent) {
		t.Error("it stays against the person's will")
	}
}

func TestMarksOfManyHandsAreAllKept(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir)
	w := Where{Person: "a@x"}
	set(t, b, w, transports.Options{"gone": {"soon"}})
	var hands sync.WaitGroup
	for i := range 50 {
		hands.Go(func() {
			b.Mark(w, fmt.Sprint("mark", i), "true", nil)
			if i == 0 {
				b.Mark(w, "gone", "", nil)
			}
		})
	}
	hands.Wait()
	s.Close()
	s, b = open(t, dir)
	defer s.Close()
	if o := b.Get(w); len(o) != 50 || o.Get(nil, "mark49") != "true" {
		t.Errorf("%d values are there: %v", len(o), o)
	}
}
