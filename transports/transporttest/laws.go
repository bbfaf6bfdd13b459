package transporttest

import (
	"fmt"
	"testing"

	"isthmus/transports"
)

func onlineFirst(t *testing.T, h Harness) {
	_, event := online(t, h)
	if event.Self.ID == "" || event.Self.Name == "" {
		t.Errorf("Online without a self: %+v", event)
	}
}

func joinIsConfirmed(t *testing.T, h Harness) {
	h.Peer.Join(h.Room)
	w, event := online(t, h)
	room := w.join(h.Room)
	if room.Name == "" {
		t.Error("the room has no name")
	}
	seen := map[transports.UserID]int{}
	peer := false
	for _, member := range room.Members {
		seen[member.User.ID]++
		peer = peer || member.User.Name == h.Peer.Name
		if member.Role == transports.NoRole {
			t.Errorf("%s is in the room without a role", member.User.ID)
		}
	}
	if seen[event.Self.ID] == 0 {
		t.Errorf("the account (%s) is not among the members %v", event.Self.ID, seen)
	}
	if room.Complete && !peer {
		t.Errorf("a complete room without %s: %v", h.Peer.Name, seen)
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("%s is %d times among the members", id, times)
		}
	}
}

func inOrder(t *testing.T, h Harness) {
	h.Peer.Join(h.Room)
	w, _ := online(t, h)
	w.join(h.Room)
	for i := range 30 {
		h.Peer.Say(h.Room, fmt.Sprint("line ", i))
	}
	for i := range 30 {
		m := await(w, func(m transports.Message) bool { return !m.Own })
		if want := fmt.Sprint("line ", i); m.Text.String() != want || m.Place != transports.InRoom(h.Room) || m.Style != transports.Says {
			t.Fatalf("got %q in %v as %d, want %q in %s", m.Text, m.Place, m.Style, want, h.Room)
		}
	}
	if h.Peer.Act != nil {
		h.Peer.Act(h.Room, "waves")
		if m := w.said("waves"); m.Style != transports.Does {
			t.Errorf("an action came with style %d", m.Style)
		}
	}
}

func sendsInOrder(t *testing.T, h Harness) {
	if h.Peer.Hears == nil {
		t.Skip("the peer cannot hear")
	}
	h.Peer.Join(h.Room)
	w, _ := online(t, h)
	w.join(h.Room)
	for i := range 5 {
		w.succeed(say(transports.InRoom(h.Room), fmt.Sprint("ordered ", i)))
	}
	for i := range 5 {
		h.Peer.Hears(fmt.Sprint("ordered ", i))
	}
}

func comeAndGo(t *testing.T, h Harness) {
	w, _ := online(t, h)
	w.join(h.Room)
	h.Peer.Join(h.Room)
	came := await(w, func(e transports.MemberChanged) bool { return e.Member.User.Name == h.Peer.Name })
	if came.Room != h.Room || came.Member.Role == transports.NoRole {
		t.Errorf("the peer came as %+v", came)
	}
	h.Peer.Leave(h.Room)
	left := await(w, func(e transports.MemberLeft) bool { return e.User.ID == came.Member.User.ID })
	if left.Room != h.Room || left.Cause != transports.Left {
		t.Errorf("the peer left as %+v", left)
	}
}

func sameIDs(t *testing.T, h Harness) {
	h.Peer.Join(h.Room)
	h.Peer.Join(h.Other)
	w, event := online(t, h)
	var peer transports.UserID
	in := w.join(h.Room)
	for _, member := range in.Members {
		if member.User.Name == h.Peer.Name {
			peer = member.User.ID
		}
	}
	if peer == "" && !in.Complete { // who is there comes by and by
		peer = await(w, func(e transports.MemberChanged) bool { return e.Member.User.Name == h.Peer.Name }).Member.User.ID
	}
	w.join(h.Other)
	h.Peer.Say(h.Room, "here")
	if m := w.said("here"); m.From.ID != peer {
		t.Errorf("in %s the peer is %s, as a member %s", h.Room, m.From.ID, peer)
	}
	h.Peer.Say(h.Other, "there")
	if m := w.said("there"); m.From.ID != peer || m.Place != transports.InRoom(h.Other) {
		t.Errorf("in %v the peer is %s, before %s", m.Place, m.From.ID, peer)
	}
	if h.Peer.Tell != nil {
		h.Peer.Tell(event.Self, "in private")
		if m := w.said("in private"); m.From.ID != peer || m.Place != transports.TalkWith(peer) {
			t.Errorf("in the talk %v the peer is %s, before %s", m.Place, m.From.ID, peer)
		}
		if h.Peer.Hears != nil {
			w.succeed(say(transports.TalkWith(peer), "an answer"))
			h.Peer.Hears("an answer")
		}
	}
}

func renamed(t *testing.T, h Harness) {
	if h.Peer.Rename == nil {
		t.Skip("the peer cannot change its name")
	}
	h.Peer.Join(h.Room)
	w, _ := online(t, h)
	w.join(h.Room)
	h.Peer.Say(h.Room, "before")
	before := w.said("before").From
	h.Peer.Rename(h.Peer.Name + "2")
	change := await[transports.UserRenamed](w, nil)
	if change.Was != before.ID || change.User.Name != h.Peer.Name+"2" {
		t.Errorf("renamed as %+v, the peer was %+v", change, before)
	}
	h.Peer.Say(h.Room, "after")
	if after := w.said("after").From; after.ID != change.User.ID {
		t.Errorf("after the change to %s the peer is %s", change.User.ID, after.ID)
	}
}

func gone(t *testing.T, h Harness) {
	if h.Peer.Quit == nil {
		t.Skip("the peer cannot quit")
	}
	h.Peer.Join(h.Room)
	w, _ := online(t, h)
	w.join(h.Room)
	h.Peer.Say(h.Room, "goodbye")
	peer := w.said("goodbye").From
	h.Peer.Quit()
	if e := await[transports.UserLeft](w, nil); e.User.ID != peer.ID {
		t.Errorf("%s left, want %s", e.User.ID, peer.ID)
	}
}

func topics(t *testing.T, h Harness) {
	h.Peer.Join(h.Room)
	if h.Peer.SetTopic != nil {
		h.Peer.SetTopic(h.Room, "first")
	}
	w, event := online(t, h)
	room := w.join(h.Room)
	if h.Peer.SetTopic != nil {
		if room.Topic.Text != "first" {
			t.Errorf("the room's topic is %+v", room.Topic)
		}
		h.Peer.SetTopic(h.Room, "second")
		if e := await[transports.TopicChanged](w, nil); e.Room != h.Room || e.Topic.Text != "second" || e.Topic.By == "" {
			t.Errorf("the new topic is %+v", e)
		}
	}
	if event.Can.Features&transports.Topics == 0 {
		return
	}
	w.join(h.Other)
	w.succeed(transports.SetTopic{Room: h.Other, Text: "of\nour own"})
	if e := await(w, func(e transports.TopicChanged) bool { return e.Room == h.Other }); e.Topic.Text != "of our own" {
		t.Errorf("our own topic is %+v", e)
	}
}

func kicked(t *testing.T, h Harness) {
	if h.Peer.Kick == nil {
		t.Skip("the peer cannot kick")
	}
	h.Peer.Join(h.Room)
	w, event := online(t, h)
	w.join(h.Room)
	h.Peer.Kick(h.Room, event.Self, "enough")
	e := await[transports.MemberLeft](w, nil)
	if e.Room != h.Room || e.User.ID != event.Self.ID || e.Cause != transports.Kicked || e.By != h.Peer.Name || e.Reason != "enough" {
		t.Errorf("the account was kicked as %+v", e)
	}
	w.join(h.Room)
}

func leaving(t *testing.T, h Harness) {
	h.Peer.Join(h.Room)
	w, event := online(t, h)
	w.join(h.Room)
	w.succeed(transports.Leave{Room: h.Room, Reason: "bye"})
	if e := await[transports.MemberLeft](w, nil); e.Room != h.Room || e.User.ID != event.Self.ID {
		t.Errorf("the account left as %+v", e)
	}
	w.succeed(transports.Leave{Room: h.Room}) // leaving again is nothing
	w.join(h.Room)
}
