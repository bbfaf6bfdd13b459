package transporttest

import (
	"context"
	"slices"
	"testing"

	"isthmus/transports"
)

// meet makes the peer known to the account and gives them as they are told.
func meet(t *testing.T, h Harness) (*watch, transports.Online, transports.User) {
	t.Helper()
	w, event, _ := inRoom(t, h)
	h.Peer.Say(h.Room, "how do you do?")
	return w, event, w.said("how do you do?").From
}

func contacts(t *testing.T, h Harness) {
	if h.Peer.Subscribe == nil || h.Peer.Authorize == nil {
		t.Skip("the peer cannot be a contact")
	}
	w, event, peer := meet(t, h)
	needs(t, event, transports.Subscriptions|transports.ContactLists)
	h.Peer.Subscribe(event.Self, true)
	if e := await[transports.SubscriptionAsked](w, nil); e.From.ID != peer.ID {
		t.Errorf("%s asked, told as %+v", peer.ID, e)
	}
	w.succeed(transports.Authorize{User: peer.ID, Allow: true})
	w.succeed(transports.Subscribe{User: peer.ID, On: true})
	h.Peer.Authorize(event.Self, true)
	if e := await[transports.SubscriptionAnswered](w, nil); e.User.ID != peer.ID || !e.Granted {
		t.Errorf("the answer is told as %+v", e)
	}
	if event.Can.Features&transports.ContactLists != 0 {
		await(w, func(e transports.ContactChanged) bool {
			return e.Contact.User.ID == peer.ID && e.Contact.Subscription == transports.Both
		})
		w.succeed(transports.SetContact{User: peer.ID, Name: "Friend", Groups: []string{"Friends"}})
		await(w, func(e transports.ContactChanged) bool {
			return len(e.Contact.Groups) == 1 && e.Contact.Groups[0] == "Friends"
		})
		w.stop()
		if err := w.result(); err != nil {
			t.Errorf("Run ended with %v", err)
		}
		first(w.start())
		if all := await[transports.Contacts](w, nil); len(all.Contacts) != 1 || all.Contacts[0].User.ID != peer.ID {
			t.Errorf("the list of a new connection is %+v", all)
		}
	}
	w.succeed(transports.Subscribe{User: peer.ID, On: false})
	w.succeed(transports.Authorize{User: peer.ID, Allow: false})
	if event.Can.Features&transports.Blocking != 0 {
		w.succeed(transports.Block{User: peer.ID, On: true})
		w.succeed(transports.Block{User: peer.ID, On: false})
	}
}

func presences(t *testing.T, h Harness) {
	w, event, peer := meet(t, h)
	needs(t, event, transports.Subscriptions)
	if h.Peer.SetPresence == nil {
		t.Skip("the peer has no presence")
	}
	w.succeed(transports.Subscribe{User: peer.ID, On: true})
	if h.Peer.Authorize != nil {
		h.Peer.Authorize(event.Self, true)
	}
	h.Peer.SetPresence(transports.Presence{Show: transports.Away, Status: "at lunch"})
	e := await(w, func(e transports.PresenceChanged) bool { return e.Presence.Show == transports.Away })
	if e.User.ID != peer.ID || e.Presence.Status != "at lunch" {
		t.Errorf("the presence is told as %+v", e)
	}
	if event.Can.Features&transports.Presences != 0 {
		w.succeed(transports.SetPresence{Presence: transports.Presence{Show: transports.Busy, Status: "at work"}})
		w.succeed(transports.SetPresence{Presence: transports.Presence{Show: transports.Present}})
	}
}

func profiles(t *testing.T, h Harness) {
	w, _, peer := meet(t, h)
	session, is := w.session.(transports.Profiles)
	if !is {
		t.Skip("the network tells nothing of its users")
	}
	if h.Peer.Describe != nil {
		h.Peer.Describe(transports.Profile{FullName: "Peer of the Laws"})
		await(w, func(e transports.ProfileChanged) bool { return e.User.ID == peer.ID })
		if p, err := session.Profile(t.Context(), peer.ID); err != nil || p.FullName != "Peer of the Laws" || p.User.ID != peer.ID {
			t.Errorf("the profile is %+v, %v", p, err)
		}
	}
	if h.Peer.SetPicture != nil {
		h.Peer.SetPicture([]byte("not really a picture"), "image/png")
		version := await(w, func(e transports.ProfileChanged) bool { return e.User.Picture != "" }).User.Picture
		data, mediaType, err := session.Picture(t.Context(), transports.TalkWith(peer.ID), version, 1000)
		if err != nil || string(data) != "not really a picture" || mediaType != "image/png" {
			t.Errorf("the picture is %q, %s, %v", data, mediaType, err)
		}
		_, _, err = session.Picture(t.Context(), transports.TalkWith(peer.ID), version, 3)
		w.kind("a picture over the limit", err, transports.TooLarge)
	}
	if _, err := session.Profile(t.Context(), "nobody-at-all"); err == nil || transports.AsFault(err).Kind == transports.Internal {
		t.Errorf("the profile of nobody gave %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := session.Profile(ended, peer.ID); err != nil && transports.AsFault(err).Kind == transports.Internal {
		t.Errorf("a question whose context had ended gave %v", err)
	}
}

// worn are the titles of a user's hats as an event tells them; told is whether it does.
func worn(t *testing.T, e transports.Event, user transports.UserID) (titles []string, told bool) {
	t.Helper()
	var members []transports.Member
	switch e := e.(type) {
	case transports.Room:
		members = e.Members
	case transports.MemberChanged:
		members = []transports.Member{e.Member}
	}
	for _, m := range members {
		if m.User.ID != user {
			continue
		}
		told = true
		for _, hat := range m.Hats {
			titles = append(titles, hat.Title)
			if hat.ID == "" || hat.Title == "" || hat.Colour > 0xffffff {
				t.Errorf("%s wears %+v", user, hat)
			}
		}
	}
	return titles, told
}

func hats(t *testing.T, h Harness) {
	w, event, peer := meet(t, h)
	switch {
	case !event.Can.Hats:
		t.Skip("nobody wears hats")
	case h.Peer.Wear == nil:
		t.Skip("the peer has none to wear")
	}
	for _, want := range [][]string{{"Scribe", "Guest"}, {"Guest"}, nil} {
		h.Peer.Wear(h.Room, want...)
		await(w, func(e transports.Event) bool {
			titles, told := worn(t, e, peer.ID)
			return told && slices.Equal(titles, want)
		})
	}
}

func finding(t *testing.T, h Harness) {
	w, _, peer := meet(t, h)
	session, is := w.session.(transports.Finder)
	if !is {
		t.Skip("nobody can be looked for")
	}
	found, err := session.Find(t.Context(), h.Peer.Name, 10)
	if err != nil || len(found) == 0 || found[0].ID != peer.ID {
		t.Errorf("the name %q finds %+v, %v; want %s", h.Peer.Name, found, err, peer.ID)
	}
	if found, err := session.Find(t.Context(), "nobody has this name", 10); len(found) != 0 {
		t.Errorf("a name that nobody has finds %+v, %v", found, err)
	}
}
