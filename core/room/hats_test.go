package room

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"isthmus/transports"
)

func wearing(name string, hats ...transports.Hat) transports.Member {
	m := member(name)
	m.Hats = hats
	return m
}

func TestHatsAreSeenAndTheirChangeToo(t *testing.T) {
	h := hosted("alice")
	h.Enter(phone, "alice")
	bob := func(hats string) string {
		return `<presence` + from("Bob") + toA + `>` + user1 + `<item affiliation='none' role='participant' jid='bob%irc.net@gw.example'/></x>` + hats + `</presence>`
	}
	show := func(m transports.Member) (all []string) {
		for _, change := range h.Apply(transports.MemberChanged{Room: "#go", Member: m}) {
			for _, s := range h.Show(change) {
				all = append(all, render(s))
			}
		}
		return all
	}
	scribe, guest := transports.Hat{ID: "1", Title: "Scribe", Colour: 0xff0000}, transports.Hat{ID: "2", Title: "Guest"}
	for _, step := range []struct {
		hats []transports.Hat
		sees string
	}{
		{[]transports.Hat{scribe, guest}, bob(`<hats xmlns='urn:xmpp:hats:0'><hat title='Scribe' uri='xmpp:gw.example#1' hue='12.2'/><hat title='Guest' uri='xmpp:gw.example#2'/></hats>`)},
		{[]transports.Hat{guest}, bob(`<hats xmlns='urn:xmpp:hats:0'><hat title='Guest' uri='xmpp:gw.example#2'/></hats>`)},
		{nil, bob("")},
	} {
		if got := show(wearing("Bob", step.hats...)); !slices.Equal(got, []string{step.sees}) {
			t.Errorf("with %v alice sees\n%s\nwant\n%s", step.hats, got, step.sees)
		}
		if again := show(wearing("Bob", step.hats...)); len(again) != 0 {
			t.Errorf("the same hats are shown again: %s", again)
		}
	}
}

func TestHatsAreBoundedAndFitForXML(t *testing.T) {
	h := hosted("alice")
	many := []transports.Hat{{ID: "x", Title: " \x01 "}, {ID: "y", Title: "two\nlines\x02"}, {ID: "z", Title: strings.Repeat("é", 500)}}
	for i := range 40 {
		many = append(many, transports.Hat{ID: fmt.Sprint(i), Title: "hat"})
	}
	h.Apply(transports.MemberChanged{Room: "#go", Member: wearing("Bob", many...)})
	bob, _ := h.Member("bob")
	shown := string(bob.Hats.rendered())
	if n := strings.Count(shown, "<hat "); n != maxHats {
		t.Errorf("%d hats are shown", n)
	}
	if !strings.Contains(shown, "<hat title='two lines' uri='xmpp:gw.example#y'/><hat title='"+strings.Repeat("é", maxTitle-1)+"…'") {
		t.Errorf("they are shown as %s", shown)
	}
	h.Apply(transports.MemberChanged{Room: "#go", Member: wearing("Bob", many[0])})
	if bob, _ := h.Member("bob"); bob.Hats.rendered() != nil {
		t.Errorf("a hat without a title is shown as %s", bob.Hats.rendered())
	}
}

func TestTheSameHatsAreThereOnce(t *testing.T) {
	h := hosted("alice")
	for _, name := range []string{"Bob", "Carol"} {
		h.Apply(transports.MemberChanged{Room: "#go", Member: wearing(name, transports.Hat{ID: strings.Clone("1"), Title: strings.Clone("Scribe")})})
	}
	bob, _ := h.Member("bob")
	carol, _ := h.Member("carol")
	if bob.Hats != carol.Hats || bob.Hats == (Hats{}) {
		t.Error("two who wear the same have two copies of it")
	}
}
