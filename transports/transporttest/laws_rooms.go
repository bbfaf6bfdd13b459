package transporttest

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"isthmus/transports"
)

func directory(t *testing.T, h Harness) {
	w, _, _ := inRoom(t, h)
	session, is := w.session.(transports.Directory)
	if !is {
		t.Skip("the network lists no rooms")
	}
	found := map[transports.RoomID]transports.Listing{}
	if err := session.Rooms(t.Context(), func(l transports.Listing) bool { found[l.Room] = l; return true }); err != nil {
		t.Fatal(err)
	}
	if l, there := found[h.Room]; !there || l.Users < 1 {
		t.Errorf("the room %s is listed as %+v", h.Room, l)
	}
	listed := 0
	if err := session.Rooms(t.Context(), func(transports.Listing) bool { listed++; return false }); err != nil || listed > 1 {
		t.Errorf("after no more was wanted, %d were listed, %v", listed, err)
	}
}

func creation(t *testing.T, h Harness) {
	w, event := online(t, h)
	needs(t, event, transports.Creation|transports.Destruction)
	made := w.resultOf(transports.Create{ID: h.Room + "-made", Name: "Made"}).Room
	if made == "" {
		t.Fatal("a room was made that has no id")
	}
	told := slices.ContainsFunc(w.soFar(), func(e transports.Event) bool {
		room, is := e.(transports.Room)
		return is && room.Room == made && slices.ContainsFunc(room.Members, func(m transports.Member) bool { return m.User.ID == event.Self.ID })
	})
	if !told {
		t.Error("the Create was done before its Room was emitted")
	}
	w.succeed(transports.Destroy{Room: made, Reason: "done with"})
	if e := await(w, func(e transports.MemberLeft) bool { return e.Room == made }); e.User.ID != event.Self.ID || e.Cause != transports.Removed {
		t.Errorf("the destroyed room was left as %+v", e)
	}
}

func invitation(t *testing.T, h Harness) {
	if h.Peer.Invite == nil {
		t.Skip("the peer cannot invite")
	}
	h.Peer.Join(h.Room)
	w, event := online(t, h)
	h.Peer.Invite(h.Room, event.Self, "come in")
	if e := await[transports.Invited](w, nil); e.Room != h.Room || e.By.Name != h.Peer.Name {
		t.Errorf("invited as %+v", e)
	}
	w.join(h.Room)
}

func durable(t *testing.T, h Harness) {
	w, event, _ := inRoom(t, h)
	if !event.Can.Durable {
		t.Skip("membership ends with the connection")
	}
	w.stop()
	if err := w.result(); err != nil {
		t.Errorf("Run ended with %v", err)
	}
	first(w.start())
	if room := await[transports.Room](w, nil); room.Room != h.Room {
		t.Errorf("the first room of the new connection is %+v", room)
	}
	if all := await[transports.Memberships](w, nil); !slices.Equal(all.Rooms, []transports.RoomID{h.Room}) {
		t.Errorf("the memberships are %+v", all)
	}
	w.succeed(transports.Leave{Room: h.Room})
	w.stop()
	_ = w.result()
	first(w.start())
	if all := await[transports.Memberships](w, nil); len(all.Rooms) != 0 {
		t.Errorf("after leaving, the memberships are %+v", all)
	}
}

func history(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	session, is := w.session.(transports.History)
	if !is || h.Forgets {
		t.Skip("the network keeps no history")
	}
	h.Peer.Say(h.Room, "seen")
	seen := w.said("seen")
	if seen.ID == "" {
		t.Skip("the network gives messages no ids")
	}
	if !event.Can.Durable {
		w.succeed(transports.Leave{Room: h.Room})
	}
	for i := range 5 {
		h.Peer.Say(h.Room, fmt.Sprint("missed ", i))
	}
	if !event.Can.Durable {
		w.join(h.Room)
	}
	before := len(w.events)
	from := 0
	for after, more := seen.ID, true; more; {
		var events []transports.Event
		var err error
		if events, more, err = session.After(t.Context(), place, after, 2); err != nil || len(events) > 2 || more && len(events) == 0 {
			t.Fatalf("after %s came %+v, more %v, %v", after, events, more, err)
		}
		for _, e := range events {
			m, is := e.(transports.Message)
			if want := fmt.Sprint("missed ", from); !is || m.Text.String() != want || m.From.ID != seen.From.ID || m.Place != place || m.ID == "" {
				t.Fatalf("want %q, read %+v", want, e)
			}
			after = m.ID
			from++
		}
	}
	if from != 5 {
		t.Errorf("%d of 5 were read", from)
	}
	if !event.Can.Durable && len(w.events) != before {
		t.Error("reading the history has emitted something")
	}
	last, _, err := session.After(t.Context(), place, "", 2)
	if err != nil || len(last) == 0 || len(last) > 2 {
		t.Fatalf("the last two are %+v, %v", last, err)
	}
	if m, is := last[len(last)-1].(transports.Message); !is || m.Text.String() != "missed 4" {
		t.Errorf("the last is %+v", last[len(last)-1])
	}
}

func files(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	if session, is := w.session.(transports.Files); is && h.Peer.Send != nil {
		h.Peer.Send(h.Room, "notes.txt", "the notes")
		m := await(w, func(m transports.Message) bool { return !m.Own && len(m.Files) == 1 })
		in, err := session.OpenFile(t.Context(), m.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if data, err := io.ReadAll(in); string(data) != "the notes" || err != nil || m.Files[0].Name != "notes.txt" {
			t.Errorf("the file %+v holds %q, %v", m.Files[0], data, err)
		}
		if _, err := session.OpenFile(t.Context(), transports.File{ID: "no-such-file"}); err == nil {
			t.Error("a file that there is not was opened")
		}
	}
	needs(t, event, transports.Uploads)
	send := say(place, "look")
	send.Files = []transports.Upload{{Name: "a.txt", Type: "text/plain", Size: 1, Open: oneByte}}
	w.succeed(send)
	w.peerSees("a file", func(e transports.Event) bool {
		m, is := e.(transports.Message)
		return is && len(m.Files) == 1 && m.Files[0].Name == "a.txt"
	})
}
