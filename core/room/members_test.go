package room

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unique"

	"isthmus/transports"

	"pgregory.net/rapid"
)

// TestLargeRoomsLoseNobody lets a thousand come and go in any order and compares with a map.
func TestLargeRoomsLoseNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, want := newMembers(), map[string]Member{}
		step := rapid.SampledFrom([]int{1, 7, 999}).Draw(t, "step") // coprime with the number of names: each comes once in a round
		for i := range 1000 + rapid.IntRange(0, 600).Draw(t, "more") {
			id := fmt.Sprintf("u%04d", i*step%1000)
			m := Member{ID: transports.UserID(id), Nick: fmt.Sprintf("n%04d", 9999-i*step%1000)}
			if _, there := want[id]; there {
				all.remove(m)
				delete(want, id)
				continue
			}
			all.add(m)
			want[id] = m
		}
		if all.len != len(want) {
			t.Fatalf("%d members, want %d", all.len, len(want))
		}
		for id, m := range want {
			if found, there := all.byID.find(id); !there || found != m {
				t.Fatalf("%s leads to %+v", id, found)
			}
			if found, there := all.byNick.find(m.Nick); !there || found != m {
				t.Fatalf("%s leads to %+v", m.Nick, found)
			}
		}
		got := slices.Collect(all.inOrder())
		if !slices.IsSortedFunc(got, func(a, b Member) int { return strings.Compare(a.Nick, b.Nick) }) || len(got) != len(want) {
			t.Fatal("the members are not in the order of their nicks")
		}
		for _, c := range all.byID.chunks {
			if len(c) == 0 || len(c) > chunk {
				t.Fatalf("a chunk has %d members", len(c))
			}
		}
		for _, m := range slices.Collect(maps.Values(want)) {
			all.remove(m)
		}
		if all.len != 0 || len(all.byID.chunks)+len(all.byNick.chunks) != 0 {
			t.Fatal("someone is left")
		}
	})
}

func TestWhatPeopleKnowOfAMemberIsThereOnce(t *testing.T) {
	a, b := hosted("alice", "bob"), hosted("alice", "bob")
	one, _ := a.Member("bob")
	other, _ := b.Member("bob")
	if unique.Make(one) != unique.Make(other) || a.members.byID.chunks[0][1] != b.members.byNick.chunks[0][1] {
		t.Error("two people in one room hold two copies of bob")
	}
}
