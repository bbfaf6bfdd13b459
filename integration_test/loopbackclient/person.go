package loopbackclient

import (
	"fmt"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// patience bounds every wait. Only a defect waits that long.
const patience = 60 * time.Second

// Person is a user of the network who is driven by the test.
type Person struct {
	ID      transports.UserID
	network *Network
}

// AddPerson makes a new user.
func (n *Network) AddPerson(t *testing.T, name string) *Person {
	t.Helper()
	return &Person{call[transports.UserID](t, n, "AddPerson", wire.Name{Network: n.name, Name: name}), n}
}

// TakeOver is another client of a user who is there already, also of one of the gateway's.
func (n *Network) TakeOver(t *testing.T, who transports.UserID) *Person {
	t.Helper()
	if !call[bool](t, n, "TakeOver", wire.Person{Network: n.name, Person: who}) {
		t.Fatalf("there is nobody with the id %s on %s", who, n.name)
	}
	return &Person{who, n}
}

// Try carries out a command as the person and gives the fault, or nil.
func (p *Person) Try(t *testing.T, c transports.Command, files ...wire.File) (transports.Result, *transports.Fault) {
	t.Helper()
	value, err := wire.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	outcome := call[wire.Outcome](t, p.network, "Do", wire.Do{Network: p.network.name, Person: p.ID, Command: value, Files: files})
	return outcome.Result, outcome.Fault
}

// Do carries out a command that cannot fail.
func (p *Person) Do(t *testing.T, c transports.Command, files ...wire.File) transports.Result {
	t.Helper()
	result, fault := p.Try(t, c, files...)
	if fault != nil {
		t.Fatalf("%T: %v", c, fault)
	}
	return result
}

// Join enters a room.
func (p *Person) Join(t *testing.T, room transports.RoomID) {
	t.Helper()
	p.Do(t, transports.Join{Room: room})
}

// Say says something in a room and gives the message's id; Tell says it to a user.
func (p *Person) Say(t *testing.T, room transports.RoomID, words string) transports.MessageID {
	t.Helper()
	return p.send(t, transports.InRoom(room), words)
}

// Tell says something to a user alone and gives the message's id.
func (p *Person) Tell(t *testing.T, user transports.UserID, words string) transports.MessageID {
	t.Helper()
	return p.send(t, transports.TalkWith(user), words)
}

func (p *Person) send(t *testing.T, in transports.Place, words string) transports.MessageID {
	t.Helper()
	parts := p.Do(t, transports.Send{Place: in, Text: text.Plain(words)}).Parts
	if len(parts) == 0 {
		return ""
	}
	return parts[0]
}

// Past is all that happened to messages in a place, as the person sees it.
func (p *Person) Past(t *testing.T, in transports.Place) []transports.Event {
	t.Helper()
	var all []transports.Event
	for _, value := range call[[]wire.Value](t, p.network, "Past", wire.Past{Network: p.network.name, Person: p.ID, In: in}) {
		event, err := value.Event()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, event)
	}
	return all
}

// Post says something that a Send has no words for.
func (p *Person) Post(t *testing.T, in transports.Place, m transports.Message) transports.MessageID {
	t.Helper()
	return call[transports.MessageID](t, p.network, "Post", wire.Post{Network: p.network.name, Person: p.ID, In: in, Message: m})
}

// AddThread makes the room of a message's thread.
func (p *Person) AddThread(t *testing.T, parent transports.RoomID, of transports.MessageID, name string) transports.RoomID {
	t.Helper()
	return call[transports.RoomID](t, p.network, "AddThread", wire.Thread{Network: p.network.name, Person: p.ID, Parent: parent, Of: of, Name: name})
}

// SetPicture sets the person's picture and gives its version.
func (p *Person) SetPicture(t *testing.T, data []byte, mediaType string) string {
	t.Helper()
	return call[string](t, p.network, "SetPicture", wire.Picture{Network: p.network.name, Person: p.ID, Data: data, Type: mediaType})
}

// Wear sets the hats that the person wears in a room from now on.
func (p *Person) Wear(t *testing.T, room transports.RoomID, hats ...transports.Hat) {
	t.Helper()
	call[nothing](t, p.network, "Wear", wire.Wear{Network: p.network.name, Person: p.ID, Room: room, Hats: hats})
}

// Describe sets what the person tells of themselves.
func (p *Person) Describe(t *testing.T, profile transports.Profile) {
	t.Helper()
	call[nothing](t, p.network, "Describe", wire.Describe{Network: p.network.name, Person: p.ID, Profile: profile})
}

// Quit takes the person off the network for good.
func (p *Person) Quit(t *testing.T, reason string) {
	t.Helper()
	call[nothing](t, p.network, "Quit", wire.Person{Network: p.network.name, Person: p.ID, Reason: reason})
}

// Expect waits for an event of a type that fits, and passes over others before it. It fails the test where none comes.
func Expect[E transports.Event](t *testing.T, p *Person, fits func(E) bool) E {
	t.Helper()
	deadline := time.Now().Add(patience)
	var passed []string
	for {
		value := call[wire.Value](t, p.network, "Next", wire.Next{Network: p.network.name, Person: p.ID, Within: time.Until(deadline)})
		if value.Type == "" {
			var none E
			t.Fatalf("no %T came; there came %q", none, passed)
		}
		event, err := value.Event()
		if err != nil {
			t.Fatal(err)
		}
		if e, is := event.(E); is && (fits == nil || fits(e)) {
			return e
		}
		passed = append(passed, fmt.Sprintf("%s %s", value.Type, value.Data))
	}
}

// Hears waits until somebody else says something where the person is.
func (p *Person) Hears(t *testing.T, words string) transports.Message {
	t.Helper()
	return Expect(t, p, func(m transports.Message) bool { return !m.Own && m.Text.String() == words })
}
