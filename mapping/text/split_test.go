package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"isthmus/mapping/text"
)

func TestALongLineIsSplitAtSpaces(t *testing.T) {
	for _, c := range []struct {
		line string
		max  int
		want []string
	}{
		{"fits", 16, []string{"fits"}},
		{"0123456789 0123456789", 16, []string{"0123456789", "0123456789"}},
		{"0123456789012345 next", 16, []string{"0123456789012345", "next"}},
		{"012345678901234567890", 16, []string{"0123456789012345", "67890"}},
		{"two  spaces  in  between", 16, []string{"two  spaces  in ", "between"}},
		{"    indented-long-word", 16, []string{"    indented-lon", "g-word"}},
		{"日本語日本語", 16, []string{"日本語日本", "語"}},
		{"\x02bold bold bold bold\x02 end", 16, []string{"\x02bold bold bold", "\x02bold\x0f end"}},
		{"max below sixteen is sixteen", 1, []string{"max below", "sixteen is", "sixteen"}},
	} {
		if diff := cmp.Diff(c.want, text.SplitBytes(c.line, c.max)); diff != "" {
			t.Errorf("%q:\n%s", c.line, diff)
		}
	}
	long := "\x0304,05" + strings.Repeat("red ", 30)
	for _, piece := range text.SplitBytes(long, 70) {
		if !strings.HasPrefix(piece, "\x0304,05red") {
			t.Errorf("a piece without its colour: %q", piece)
		}
	}
}

func FuzzPiecesAreShortAndNothingIsLost(f *testing.F) {
	for i, s := range seeds {
		f.Add(strings.Repeat(s+" ", 5), 16+i*5)
		f.Add(strings.Repeat(s, 9), 16+i)
	}
	f.Fuzz(func(t *testing.T, s string, max int) {
		max = 16 + max&0x1ff
		for _, piece := range text.SplitBytes(s, max) {
			if len(piece) > max {
				t.Fatalf("%q: %q has %d bytes of %d", s, piece, len(piece), max)
			}
		}
		s = strings.ToValidUTF8(strings.NewReplacer("\n", " ", "\r", " ").Replace(s), "?")
		for _, line := range append(text.ParseIRC(s).IRC(), s) {
			pieces := text.SplitBytes(line, max)
			want := characters(line, max)
			for i, piece := range pieces {
				if len(piece) > max {
					t.Fatalf("%q: %q has %d bytes of %d", line, piece, len(piece), max)
				}
				if !utf8.ValidString(piece) {
					t.Fatalf("%q: a character is cut in %q", line, piece)
				}
				got := characters(piece, max)
				if i > 0 && (len(got) > len(want) || !slices.Equal(got, want[:len(got)])) && want[0].r == ' ' {
					want = want[1:]
				}
				if len(got) > len(want) || !slices.Equal(got, want[:len(got)]) {
					t.Fatalf("%q at %d: piece %d %q shows %v, want %v", line, max, i, piece, got, want)
				}
				want = want[len(got):]
			}
			if len(want) > 1 || len(want) == 1 && want[0].r != ' ' {
				t.Fatalf("%q lost %v at its end", line, want)
			}
		}
	})
}

// character is what a person sees in one place.
type character struct {
	r          rune
	style      text.Style
	fore, back text.Colour
}

func characters(line string, max int) []character {
	var out []character
	for _, b := range text.ParseIRC(line) {
		for _, s := range b.Spans {
			if max < 64 {
				s.Fore, s.Back = 0, 0
			}
			for _, r := range s.Text {
				out = append(out, character{r, s.Style, s.Fore, s.Back})
			}
		}
	}
	return out
}
