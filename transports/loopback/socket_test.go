package loopback_test

import (
	"context"
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
	"isthmus/transports/loopback/wire"
)

func TestAnotherProcessDrivesTheNetwork(t *testing.T) {
	path := filepath.Join(t.TempDir(), "control")
	d := start(t, loopback.Config{Control: path})
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	client := dial(t, path)
	defer client.Close()
	ask := func(method string, arguments, answer any) error {
		return client.Call(wire.Service+"."+method, arguments, answer)
	}
	var ida transports.UserID
	if err := ask("AddPerson", wire.Name{Network: "loopback", Name: "Ida Lovelace"}, &ida); err != nil {
		t.Fatal(err)
	}
	do := func(c transports.Command, files ...wire.File) wire.Outcome {
		t.Helper()
		value, err := wire.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		var outcome wire.Outcome
		if err := ask("Do", wire.Do{Network: "loopback", Person: ida, Command: value, Files: files}, &outcome); err != nil {
			t.Fatal(err)
		}
		return outcome
	}
	do(transports.Send{Place: transports.TalkWith(alice.self.ID), Text: text.ParseStyling("*hi*")}, wire.File{Name: "a.txt", Data: []byte("content")})
	if m := expect[transports.Message](alice, nil); !m.Text.Equal(text.ParseStyling("*hi*")) || m.From.ID != ida || len(m.Files) != 1 {
		t.Errorf("Alice heard %+v", m)
	}
	if outcome := do(transports.Join{Room: "#nowhere"}); outcome.Fault == nil || outcome.Fault.Kind != transports.NotFound {
		t.Errorf("joining nowhere ended as %+v", outcome)
	}

	alice.must(transports.Send{Place: transports.TalkWith(ida), Text: text.Plain("hello")})
	for {
		var value wire.Value
		if err := ask("Next", wire.Next{Network: "loopback", Person: ida, Within: patience}, &value); err != nil {
			t.Fatal(err)
		}
		event, err := value.Event()
		if err != nil {
			t.Fatal(err)
		}
		if m, is := event.(transports.Message); is && !m.Own {
			if m.Text.String() != "hello" {
				t.Errorf("Ida heard %+v", m)
			}
			break
		}
	}

	if err := ask("Deny", wire.Deny{Network: "loopback", Command: "Send", Why: &transports.Fault{Kind: transports.Forbidden, Text: "No."}}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := alice.do(transports.Send{Place: transports.TalkWith(ida), Text: text.Plain("hello")})
	wantFault(t, err, transports.Forbidden)
	if err := ask("Cut", wire.Shut{Network: "loopback", Person: alice.self.ID}, nil); err != nil {
		t.Fatal(err)
	}
	if f := alice.fault(); f.Kind != transports.Offline {
		t.Errorf("cut with %+v", f)
	}

	for method, arguments := range map[string]any{
		"AddRoom": wire.NewRoom{Network: "nowhere"},
		"Quit":    wire.Person{Network: "loopback", Person: "nobody"},
		"Do":      wire.Do{Network: "loopback", Person: ida, Command: wire.Value{Type: "Explode"}},
		"Explode": nothing{},
	} {
		if err := ask(method, arguments, nil); err == nil {
			t.Errorf("%s with %+v was done", method, arguments)
		}
	}

	second, err := loopback.New(loopback.Config{Control: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second process got %v", err)
	}
}

type nothing = struct{}

func TestASocketOfAKilledProcessIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "control")
	d, err := loopback.New(loopback.Config{Control: path})
	if err != nil {
		t.Fatal(err)
	}
	leaveSocket(t, path)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	dial(t, path).Close()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// until waits for something that is about to be so.
func until(t *testing.T, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to be so")
		}
	}
}

// dial connects to a socket as soon as somebody listens.
func dial(t *testing.T, path string) (client *rpc.Client) {
	t.Helper()
	until(t, func() bool {
		var err error
		client, err = jsonrpc.Dial("unix", path)
		return err == nil
	})
	return client
}

// leaveSocket leaves a socket behind as a killed process does.
func leaveSocket(t *testing.T, path string) {
	t.Helper()
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	listener.Close()
}
