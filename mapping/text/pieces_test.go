package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestALongTextIsCutWhereItReadsBest(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want []string
	}{
		{"short", 0, []string{"short"}},
		{"short", 5, []string{"short"}},
		{"two words", 5, []string{"two", "words"}},
		{"one\ntwo three", 8, []string{"one\ntwo", "three"}},
		{"größergrößer", 6, []string{"größer", "größer"}},
		{"aaaa bbbb\ncccc", 11, []string{"aaaa bbbb", "cccc"}},
		{"a bbbbbbbb", 6, []string{"a bbbb", "bbbb"}},
		{"aaaaaa ", 6, []string{"aaaaaa"}},
	} {
		if got := Pieces(c.text, c.max); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, want %q", c.text, c.max, got, c.want)
		}
	}
}

func FuzzPiecesOfATextLoseNothing(f *testing.F) {
	f.Add("one two\nthree größer", 5)
	f.Fuzz(func(t *testing.T, s string, max int) {
		if max < 1 || max > 1000 || !utf8.ValidString(s) {
			return
		}
		squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		pieces := Pieces(s, max)
		if squeeze(strings.Join(pieces, "")) != squeeze(s) {
			t.Errorf("%q became %q", s, pieces)
		}
		for _, p := range pieces {
			if utf8.RuneCountInString(p) > max || p == "" && s != "" {
				t.Errorf("%q is no piece of %d", p, max)
			}
		}
	})
}
