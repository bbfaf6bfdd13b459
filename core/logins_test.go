package core

import (
	"log/slog"
	"testing"

	"isthmus/core/person"
	"isthmus/core/stanza"
)

func TestOfTwoLoginsAtOnceOneGetsTheName(t *testing.T) {
	s, k := openStore(t), keys(t)
	l, err := loadLogins(t.Context(), s, k, "gw.example", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	alice := stanza.JID{Local: "alice", Domain: "example.org"}
	work, home := person.Key{Owner: alice, Key: "work"}, person.Key{Owner: alice, Key: "home"}
	for i, want := range []bool{true, false} {
		if free, err := l.add(t.Context(), work, login{scope: "net", self: "u1", name: "Al", data: []byte{byte(i), 0xff}}); free != want || err != nil {
			t.Errorf("login %d: %v, %v", i, free, err)
		}
	}
	if there, err := l.replace(t.Context(), home, login{}); there || err != nil {
		t.Errorf("an account that is not there was logged in to again: %v", err)
	}
	if there, err := l.replace(t.Context(), work, login{scope: "net", self: "u1", name: "Al", data: []byte{2, 0xff}}); !there || err != nil {
		t.Error(there, err)
	}
	was, _ := l.get(work)
	if ok, err := l.rename(t.Context(), work, home); !ok || err != nil {
		t.Error(ok, err)
	}
	l.renew(was.id, []byte{3, 0xff}) // under whichever name it is now
	write(t, s)
	again, err := loadLogins(t.Context(), s, k, "gw.example", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	a, there := again.get(home)
	if key, found := again.find(alice, "net", "u1"); !there || !found || key != home || a.id != was.id || a.name != "Al" || string(a.data) != "\x03\xff" || len(again.keysOf(alice)) != 1 {
		t.Errorf("read back: %+v", again.all)
	}
}
