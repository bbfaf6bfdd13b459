package loopback_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

// shelf is a Keeper in memory.
type shelf struct {
	kept   map[string][]byte
	broken error
}

func (s *shelf) Load(name string) ([]byte, error) { return s.kept[name], s.broken }

func (s *shelf) Save(name string, data []byte) error {
	if data == nil {
		delete(s.kept, name)
	} else {
		s.kept[name] = data
	}
	return s.broken
}

func TestTheNetworkIsTheSameAfterARestart(t *testing.T) {
	keep := &shelf{kept: map[string][]byte{}}
	config := loopback.Config{Keep: keep, Durable: true}
	var room transports.RoomID
	var message transports.MessageID
	var self, ida transports.UserID
	var picture string
	t.Run("before", func(t *testing.T) {
		d := start(t, config)
		n := d.Network(scope)
		room = n.AddRoom("Lobby", "")
		p := n.AddPerson("Ida Lovelace")
		ida, picture = p.ID, p.SetPicture([]byte("picture"), "image/png")
		must(t, p, transports.Join{Room: room})
		alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
		self = alice.self.ID
		alice.must(transports.Join{Room: room})
		alice.must(transports.SetContact{User: ida, Groups: []string{"Friends"}})
		message = must(t, p, transports.Send{Place: transports.InRoom(room), Text: text.Plain("before"), Files: []transports.Upload{upload("a.txt", "content")}}).Parts[0]
		must(t, p, transports.Edit{Place: transports.InRoom(room), ID: message, Text: text.ParseStyling("*after*")})
	})
	t.Run("after", func(t *testing.T) {
		d := start(t, config)
		n := d.Network(scope)
		if found := n.Find("Ida Lovelace"); found != ida {
			t.Errorf("Ida is %q, was %q", found, ida)
		}
		alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
		if alice.self.ID != self {
			t.Errorf("the account is %s, was %s", alice.self.ID, self)
		}
		if e := expect[transports.Contacts](alice, nil); len(e.Contacts) != 1 || e.Contacts[0].Groups[0] != "Friends" || e.Contacts[0].User.Picture != picture {
			t.Errorf("the contacts are %+v", e)
		}
		if e := expect[transports.Room](alice, nil); e.Room != room || e.Name != "Lobby" || len(e.Members) != 2 {
			t.Errorf("the room is %+v", e)
		}
		if e := expect[transports.Memberships](alice, nil); len(e.Rooms) != 1 || e.Rooms[0] != room {
			t.Errorf("the memberships are %+v", e)
		}
		events, _, err := alice.session.(transports.History).After(t.Context(), transports.InRoom(room), "", 10)
		if err != nil || len(events) != 2 {
			t.Fatalf("the history is %+v, %v", events, err)
		}
		if e := events[1].(transports.Edited); e.ID != message || !e.Text.Equal(text.ParseStyling("*after*")) {
			t.Errorf("edited as %+v", e)
		}
		in, err := alice.session.(transports.Files).OpenFile(t.Context(), events[0].(transports.Message).Files[0])
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if data, err := io.ReadAll(in); string(data) != "content" || err != nil {
			t.Errorf("the file holds %q, %v", data, err)
		}
		must(t, n.Person(ida), transports.Delete{Place: transports.InRoom(room), ID: message})
	})
}

func TestWhoHadAConnectionIsGoneAfterARestart(t *testing.T) {
	keep := &shelf{kept: map[string][]byte{}}
	config := loopback.Config{Keep: keep}
	t.Run("before", func(t *testing.T) {
		d := start(t, config)
		n := d.Network(scope)
		room := n.AddRoom("Lobby", "")
		must(t, n.AddPerson("Ida Lovelace"), transports.Join{Room: room})
		visit(t, d, transports.Account{Person: "alice", Name: "Alice"}).must(transports.Join{Room: room})
	})
	t.Run("after", func(t *testing.T) {
		d := start(t, config)
		bob := visit(t, d, transports.Account{Person: "bob", Name: "Bob"})
		bob.must(transports.Join{Room: d.Network(scope).Room("Lobby")})
		if e := expect[transports.Room](bob, nil); len(e.Members) != 2 {
			t.Errorf("the members are %+v", e.Members)
		}
	})
}

func TestWhatCannotBeKeptIsToldAtOnce(t *testing.T) {
	for says, keep := range map[string]*shelf{
		"broken":             {broken: errors.New("broken")},
		"remove it to begin": {kept: map[string][]byte{"loopback": []byte("{")}},
	} {
		if _, err := loopback.New(loopback.Config{Keep: keep}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want an error about %q", err, says)
		}
	}
	keep := &shelf{kept: map[string][]byte{}}
	d, err := loopback.New(loopback.Config{Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	d.Network(scope).AddRoom("Lobby", "")
	keep.broken = errors.New("disk full")
	stop()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("Run ended with %v", err)
	}
}
