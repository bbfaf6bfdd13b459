package component

import (
	"encoding/xml"
	"runtime"
	"strings"
	"testing"

	"isthmus/core/stanza"
)

// endless gives the same text again and again.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}

// BenchmarkRead is the way in: framer alone, framer and parser, and encoding/xml for comparison.
func BenchmarkRead(b *testing.B) {
	ballast := make([]byte, 64<<20) // what else a gateway holds, without which the collector would run all the time
	defer runtime.KeepAlive(ballast)
	source := func() *endless { return &endless{text: strings.Repeat(groupchat, 64)} }
	b.Run("framer", func(b *testing.B) {
		fr := newFramer(source(), testLimits)
		b.ReportAllocs()
		b.SetBytes(int64(len(groupchat)))
		for b.Loop() {
			if _, err := fr.next(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stanza", func(b *testing.B) {
		fr, p := newFramer(source(), testLimits), newParser(testLimits)
		b.ReportAllocs()
		b.SetBytes(int64(len(groupchat)))
		for b.Loop() {
			f, err := fr.next()
			if err != nil {
				b.Fatal(err)
			}
			r, err := p.parse(f)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.stanza(r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("baseline-encoding-xml", func(b *testing.B) {
		d := xml.NewDecoder(source())
		b.ReportAllocs()
		b.SetBytes(int64(len(groupchat)))
		for b.Loop() {
			if _, err := stanza.FromTokens(d); err != nil {
				b.Fatal(err)
			}
		}
	})
}
