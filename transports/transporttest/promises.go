package transporttest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// everyCommand is one of each kind.
func everyCommand(h Harness, self transports.UserID) []transports.Command {
	place := transports.InRoom(h.Room)
	return []transports.Command{
		transports.Join{Room: h.Room},
		say(place, "hello"),
		transports.Edit{Place: place, ID: "1"},
		transports.Delete{Place: place, ID: "1"},
		transports.React{Place: place, ID: "1", Emoji: []string{"👍"}},
		transports.SetTyping{Place: place, On: true},
		transports.MarkRead{Place: place, Upto: "1"},
		transports.Send{Place: place, Text: text.Plain("an answer"), ReplyTo: &transports.Reference{ID: "1"}},
		transports.Send{Place: place, Text: text.Plain("in a thread"), Thread: "1"},
		transports.Send{Place: place, Files: []transports.Upload{{Name: "a.txt", Type: "text/plain", Size: 1, Description: "one letter", Open: oneByte}}},
		transports.SetTopic{Room: h.Room, Text: "topic"},
		transports.SetName{Name: h.Account.Name + "x"},
		transports.SetRole{Room: h.Room, User: self, Role: transports.Moderator},
		transports.SetAffiliation{Room: h.Room, User: self, Affiliation: transports.AffiliatedMember},
		transports.Invite{Room: h.Room, User: self},
		transports.SetRoomName{Room: h.Room, Name: "Name"},
		transports.SetRules{Room: h.Room, Rules: transports.Rules{Moderated: true}},
		transports.SetPresence{Presence: transports.Presence{Show: transports.Away, Status: "lunch"}},
		transports.Subscribe{User: self, On: true},
		transports.Authorize{User: self, Allow: true},
		transports.SetContact{User: self, Name: "me", Groups: []string{"friends"}},
		transports.Block{User: self, On: false},
		transports.Instruct{Line: "PING :law"},
		transports.Instruct{Place: place, Line: "law"},
		transports.Ask{Place: transports.TalkWith(self), Question: transports.AboutPing},
		transports.Answer{Place: transports.TalkWith(self), ID: 1, Text: "an answer that nobody asked for"},
		transports.Leave{Room: h.Room},
		transports.Create{ID: h.Room + "-new", Name: "New"},
		transports.Destroy{Room: h.Room + "-new"},
	}
}

func oneByte(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("1")), nil
}

func doneOnce(t *testing.T, h Harness) {
	w, event := online(t, h)
	var orders []*order
	for _, command := range everyCommand(h, event.Self.ID) {
		orders = append(orders, w.do(context.Background(), command))
	}
	for _, o := range orders {
		o.outcome() // a second call fails the test
	}
	w.succeed(transports.Join{Room: h.Other}) // whatever came before is over
}

func capabilities(t *testing.T, h Harness) {
	w, event := online(t, h)
	for _, command := range everyCommand(h, event.Self.ID) {
		err := w.do(context.Background(), command).outcome()
		unsupported := err != nil && transports.AsFault(err).Kind == transports.Unsupported
		if allowed := event.Can.Allows(command); allowed == unsupported {
			t.Errorf("%T: within the capabilities %v, and answered with %v", command, allowed, err)
		}
	}
}

func endedContext(t *testing.T, h Harness) {
	w, _ := online(t, h)
	w.join(h.Room)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	err := w.do(ended, say(transports.InRoom(h.Room), "too late")).outcome()
	if kind := transports.AsFault(err).Kind; err == nil || kind != transports.Offline && kind != transports.UnknownOutcome {
		t.Errorf("a command whose context had ended gave %v", err)
	}
	w.succeed(say(transports.InRoom(h.Room), "in time"))
}

func sessionEnd(t *testing.T, h Harness) {
	w := open(t, h)
	w.kind("Do before Run", w.do(context.Background(), say(transports.InRoom(h.Room), "too early")).outcome(), transports.Offline)
	first(w.start())
	w.join(h.Room)
	handed := make(chan *order, 20)
	for i := range cap(handed) {
		go func() { handed <- w.do(context.Background(), say(transports.InRoom(h.Room), fmt.Sprint("line ", i))) }()
	}
	w.stop()
	if err := w.result(); err != nil {
		t.Errorf("Run ended with %v, want nil after its context", err)
	}
	for range cap(handed) {
		if err := (<-handed).outcome(); err != nil {
			if kind := transports.AsFault(err).Kind; kind != transports.Offline && kind != transports.UnknownOutcome {
				t.Errorf("a command at the end gave %v", err)
			}
		}
	}
	w.kind("Do after Run", w.do(context.Background(), say(transports.InRoom(h.Room), "too late")).outcome(), transports.Offline)
}

func lostConnection(t *testing.T, h Harness) {
	if h.Cut == nil {
		t.Skip("the connection cannot be cut")
	}
	w, before := online(t, h)
	w.join(h.Room)
	h.Cut()
	if err := w.result(); err == nil {
		t.Error("Run ended without a reason")
	}
	w.kind("Do without a connection", w.do(context.Background(), say(transports.InRoom(h.Room), "lost")).outcome(), transports.Offline)
	after := first(w.start())
	if after.Self.Name != before.Self.Name {
		t.Errorf("the account was %s, and is %s after it came back", before.Self.Name, after.Self.Name)
	}
	w.join(h.Room)
	h.Peer.Join(h.Room)
	h.Peer.Say(h.Room, "welcome back")
	w.said("welcome back")
}

func busyCore(t *testing.T, h Harness) {
	h.Peer.Join(h.Room)
	w, _ := online(t, h)
	w.join(h.Room)
	resume := w.pause()
	const many = 500
	for i := range many {
		h.Peer.Say(h.Room, fmt.Sprint("flood ", i))
	}
	resume()
	for i := range many {
		if m, want := await(w, func(m transports.Message) bool { return !m.Own }), fmt.Sprint("flood ", i); m.Text.String() != want {
			t.Fatalf("got %q, want %q", m.Text, want)
		}
	}
}
