package text

import "testing"

func TestAWholeTextCanBeHiddenAndShownAgain(t *testing.T) {
	for _, s := range []string{"one", "one\ntwo *three*", "> quoted\nand on"} {
		plain := ParseStyling(s)
		hidden := plain.Hide()
		if plain.Hidden() || !hidden.Hidden() {
			t.Errorf("%q: hidden before %v, after %v", s, plain.Hidden(), hidden.Hidden())
		}
		if back := hidden.Reveal(); !back.Equal(plain) {
			t.Errorf("%q came back as %q", s, back.Styling())
		}
	}
	if Plain("").Hidden() || ParseStyling("```\ncode\n```").Hide().Hidden() {
		t.Error("nothing and code cannot be hidden")
	}
}
