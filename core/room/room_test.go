package room

import (
	"slices"
	"testing"
	"time"

	"isthmus/transports"

	"pgregory.net/rapid"
)

func TestAfterAReconnectOnlyTheDifferenceIsSeen(t *testing.T) {
	h := hosted("alice", "bob", "carol")
	topic := transports.Topic{Text: "generics", By: "bob", At: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	h.Apply(transports.TopicChanged{Topic: topic})

	now := state("alice", "carol", "dave")
	now.Topic = topic
	now.Topic.At = topic.At.In(time.FixedZone("east", 3600)) // the same moment
	expectChanges(t, h.Apply(now), "went bob", "came dave")
	expectChanges(t, h.Apply(now))

	now.Topic.Text = ""
	expectChanges(t, h.Apply(now), "topic ")
}

func TestAnIncompleteListPutsNobodyOut(t *testing.T) {
	h := hosted("alice", "bob")
	some := state("alice", "carol")
	some.Complete = false
	expectChanges(t, h.Apply(some), "came carol")
	if h.Len() != 3 || !slices.Equal(h.Nicks(), []string{"alice", "bob", "carol"}) {
		t.Fatalf("in the room: %q", h.Nicks())
	}
}

func TestANameThatChangedUnseenIsSeenWithTheNextState(t *testing.T) {
	h := hosted("alice", "bob", "Sam")
	h.Apply(transports.MemberChanged{Member: transports.Member{User: transports.User{ID: "sam2", Name: "Sam"}, Role: transports.Participant}})
	now := state("alice", "bob", "Sam")
	now.Members[1].User.Name = "Robert"
	now.Members = append(now.Members, transports.Member{User: transports.User{ID: "sam2", Name: "Sam"}, Role: transports.Participant})
	expectChanges(t, h.Apply(now), "renamed bob to Robert")
	expectChanges(t, h.Apply(now))
	for _, unknown := range []string{"", "bob"} { // the network has not told the name yet, so it gives the id
		now.Members[1].User.Name = unknown
		expectChanges(t, h.Apply(now))
	}
}

func TestEventsAboutUsersWhoAreNotThereChangeNothing(t *testing.T) {
	h := hosted("alice")
	for _, event := range []transports.Event{
		transports.MemberLeft{User: user("bob")}, transports.UserLeft{User: user("bob")},
		transports.UserRenamed{Was: "bob", User: user("rob")}, transports.Message{From: user("bob")},
	} {
		expectChanges(t, h.Apply(event))
	}
	if h.Len() != 1 {
		t.Fatalf("in the room: %q", h.Nicks())
	}
	if _, there := h.ByNick("bob"); there {
		t.Fatal("bob came from nowhere")
	}
	if _, there := h.Member("bob"); there {
		t.Fatal("bob came from nowhere")
	}
	if nick := h.Nick(user("Bob")); nick != "Bob" { // of a message from who has left
		t.Fatal(nick)
	}
}

func TestStandingsAreSeenWhenTheyChange(t *testing.T) {
	h := hosted("alice", "bob")
	op := transports.Member{User: user("bob"), Affiliation: transports.Admin, Role: transports.Moderator}
	expectChanges(t, h.Apply(transports.MemberChanged{Member: op, By: "carol"}), "changed bob 3/3 by carol")
	expectChanges(t, h.Apply(transports.MemberChanged{Member: op, By: "carol"}))
}

func TestUsersOfOneNameGetSuffixes(t *testing.T) {
	h := hosted("alice")
	sam := func(id transports.UserID) transports.MemberChanged {
		return transports.MemberChanged{Member: transports.Member{User: transports.User{ID: id, Name: "Sam"}, Role: transports.Participant}}
	}
	expectChanges(t, h.Apply(sam("u1")), "came Sam")
	expectChanges(t, h.Apply(sam("u2")), "came Sam (2)")
	expectChanges(t, h.Apply(sam("u3")), "came Sam (3)")
	if m, _ := h.ByNick("Sam (2)"); m.ID != "u2" {
		t.Fatalf("Sam (2) is %s", m.ID)
	}
	expectChanges(t, h.Apply(transports.UserLeft{User: transports.User{ID: "u1"}}), "went Sam")
	if m, _ := h.ByNick("Sam (2)"); m.ID != "u2" {
		t.Fatal("the one who stayed has lost the suffix")
	}
	expectChanges(t, h.Apply(transports.UserRenamed{Was: "u3", User: transports.User{ID: "u3", Name: "Sam (2)"}}), "renamed Sam (3) to Sam (2) (2)")
}

func TestARenameKeepsTheOccupantID(t *testing.T) {
	h := hosted("alice", "bob")
	before, _ := h.Member("bob")
	expectChanges(t, h.Apply(transports.UserRenamed{Was: "bob", User: user("Rob")}), "renamed bob to Rob")
	after, ok := h.ByNick("Rob")
	if !ok || after.Occupant != before.Occupant || after.ID != "rob" {
		t.Fatalf("%+v was %+v", after, before)
	}
	if h.Occupant(user("rob")) != before.Occupant {
		t.Error("a message after the rename has another occupant-id")
	}
	expectChanges(t, h.Apply(transports.MemberChanged{Member: member("bob")}), "came bob")
	if next, _ := h.Member("bob"); next.Nick != "bob" {
		t.Error("the old nick is not free")
	}
}

func TestARenameOfLettersAloneIsSeenToo(t *testing.T) {
	h := hosted("alice", "bob")
	expectChanges(t, h.Apply(transports.UserRenamed{Was: "bob", User: user("BOB")}), "renamed bob to BOB")
	expectChanges(t, h.Apply(transports.UserRenamed{Was: "bob", User: user("BOB")}))
}

func TestARenameOfTheAccountKeepsItTheAccount(t *testing.T) {
	h := hosted("alice", "bob")
	h.Apply(transports.UserRenamed{Was: "alice", User: user("alicia")})
	if h.Self != "alicia" {
		t.Fatalf("self is %s", h.Self)
	}
}

func TestWhoTakesTheIDOfAMissedLeaverReplacesThem(t *testing.T) {
	h := hosted("alice", "bob", "carol")
	expectChanges(t, h.Apply(transports.UserRenamed{Was: "carol", User: user("bob")}), "went bob", "renamed carol to bob")
	if h.Len() != 2 || !slices.Equal(h.Nicks(), []string{"alice", "bob"}) {
		t.Fatalf("in the room: %q", h.Nicks())
	}
}

func TestOccupantIDsFollowTheIdentityWhereThereIsOne(t *testing.T) {
	h := hosted("alice")
	id := func(u transports.User) string { return h.Occupant(u) }
	account := transports.User{ID: "bob", Name: "bob", Identity: "bob's account"}
	if id(account) != id(transports.User{ID: "rob", Name: "rob", Identity: "bob's account"}) {
		t.Error("one account has two ids")
	}
	if id(account) == id(user("bob")) {
		t.Error("someone who only has the nick has the id of the account")
	}
}

// TestNamesAndMembersAlwaysMatch does anything that a network could do and looks whether each nick leads to one member.
func TestNamesAndMembersAlwaysMatch(t *testing.T) {
	names := rapid.SampledFrom([]string{"sam", "Sam", "Sam (2)", "bob", "☃", "", " x "})
	ids := rapid.SampledFrom([]transports.UserID{"alice", "u1", "u2", "u3"})
	rapid.Check(t, func(t *rapid.T) {
		h := hosted("alice")
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			u := transports.User{ID: ids.Draw(t, "id"), Name: names.Draw(t, "name")}
			h.Apply(rapid.SampledFrom([]transports.Event{
				transports.MemberChanged{Member: transports.Member{User: u}},
				transports.MemberLeft{User: u}, transports.UserLeft{User: u},
				transports.UserRenamed{Was: ids.Draw(t, "was"), User: u},
				transports.Room{Members: []transports.Member{{User: u}}, Complete: true},
			}).Draw(t, "event"))
			nicks := h.Nicks()
			if len(nicks) != h.Len() {
				t.Fatalf("%d members under the nicks %q", h.Len(), nicks)
			}
			for _, nick := range nicks {
				m, ok := h.ByNick(nick)
				if !ok || m.Nick != nick {
					t.Fatalf("nick %q leads to %+v", nick, m)
				}
			}
		}
	})
}
