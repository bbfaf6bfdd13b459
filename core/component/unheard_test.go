package component

import (
	"strings"
	"testing"
)

func TestCopiesForWhoDoesNotListenAreKnownByTheirStartTag(t *testing.T) {
	c := New(Config{Domain: "gw.example", Unheard: func(to []byte) bool { return string(to) == "ida@gw.example/relay" }}, nil, nil)
	for text, want := range map[string]bool{
		"<message from='team@muc.example/bob' to='ida@gw.example/relay' type='groupchat'><body>hi</body></message>": true,
		"<message type=\"groupchat\"\n to=\"ida@gw.example/relay\" ><body/></message>":                              true,
		"<message type='groupchat' to='ida@gw.example/relay'/>":                                                     true,
		"<message from='team@muc.example/bob' to='bob@gw.example/relay' type='groupchat'><body>hi</body></message>": false,
		"<message from='team@muc.example/bob' to='ida@gw.example/relay' type='chat'><body>hi</body></message>":      false,
		"<message from='team@muc.example/bob' to='ida@gw.example/relay'><body type='groupchat'>hi</body></message>": false,
		"<message type='groupchat' from=\"x' to='ida@gw.example/relay\" to='bob@gw.example/desk'/>":                 false,
		"<message to='bob@gw.example/desk' type='groupchat'><x to='ida@gw.example/relay'/></message>":               false,
		"<presence from='team@muc.example/bob' to='ida@gw.example/relay' type='groupchat'/>":                        false,
		"<message ":            false,
		"<message to":          false,
		"<message to='ida@gw":  false,
		"<messages to='x'/>":   false,
		"<message to=ida x='y": false,
	} {
		if got := c.unheard([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if New(Config{Domain: "gw.example"}, nil, nil).unheard([]byte("<message type='groupchat' to='ida@gw.example/relay'/>")) {
		t.Error("without anybody to be left out, something was")
	}
}

// BenchmarkUnheard compares leaving out a copy with reading it.
func BenchmarkUnheard(b *testing.B) {
	text := []byte(strings.Replace(groupchat, " to='", " data='x' to='", 1))
	c := New(Config{Domain: "gw.example", Unheard: func([]byte) bool { return true }}, nil, nil)
	b.Run("left out", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !c.unheard(text) {
				b.Fatal("it was heard")
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		p := newParser(testLimits)
		b.ReportAllocs()
		for b.Loop() {
			r, err := p.parse(frame{data: text})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.stanza(r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
