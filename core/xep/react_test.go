package xep

import (
	"slices"
	"strings"
	"testing"
)

func TestReactionsAreAllThatSomeoneHas(t *testing.T) {
	id, emoji, ok := ParseReactions(read(t, `<message><reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction><reaction/><reaction>🎉</reaction><other/></reactions></message>`))
	if id != "m1" || !slices.Equal(emoji, []string{"👍", "🎉"}) || !ok {
		t.Errorf("%q %q %v", id, emoji, ok)
	}
	if _, emoji, ok = ParseReactions(read(t, `<message><reactions xmlns='urn:xmpp:reactions:0' id='m1'/></message>`)); !ok || len(emoji) != 0 {
		t.Error("the last reaction was not taken back")
	}
	rendered(t, Reactions("m1", []string{"👍"}), `<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions>`)
}

func TestDiscoverySaysWhichReactionsThereAre(t *testing.T) {
	i := RoomInfo("x", RoomFacts{Name: "room"}).Offering(NSReactions)
	if form := string(i.Query("").Append(nil)); strings.Contains(form, nsRestrictions) {
		t.Error(form)
	}
	i.MaxReactions, i.Emoji = 1, []string{"👍"}
	form := string(i.Query("").Append(nil))
	for _, want := range []string{nsRestrictions, "max_reactions_per_user", "allowlist", "👍"} {
		if !strings.Contains(form, want) {
			t.Errorf("%s is missing in %s", want, form)
		}
	}
}
