package text_test

import (
	"testing"

	"isthmus/mapping/text"
)

const (
	plainLine   = "does anyone know why the build of the parser fails since this morning?"
	ircLine     = "does \x02anyone\x02 know why the \x0304build\x03 of \x1dthe parser\x1d fails?"
	stylingLine = "does *anyone* know why `make build` of _the parser_ fails?"
)

func BenchmarkIRCToStyling(b *testing.B) {
	for name, line := range map[string]string{"plain": plainLine, "formatted": ircLine} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text.ParseIRC(line).Styling()
			}
		})
	}
}

func BenchmarkStylingToIRC(b *testing.B) {
	for name, line := range map[string]string{"plain": plainLine, "formatted": stylingLine} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text.ParseStyling(line).IRC()
			}
		})
	}
}

func TestAPlainLineCostsTwoAllocationsAtMost(t *testing.T) {
	for _, line := range []string{plainLine, "schöne Grüße, 日本 😀"} {
		if n := testing.AllocsPerRun(100, func() { text.ParseIRC(line).Styling() }); n > 2 {
			t.Errorf("from IRC: %v allocations", n)
		}
		if n := testing.AllocsPerRun(100, func() { text.ParseStyling(line).IRC() }); n > 2 {
			t.Errorf("to IRC: %v allocations", n)
		}
	}
}
