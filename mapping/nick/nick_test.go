package nick_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
	"mellium.im/xmpp/jid"

	"isthmus/mapping/nick"
)

func TestAnyNameBecomesAResource(t *testing.T) {
	for in, want := range map[string]string{
		"Alice":                    "Alice",
		"alice@work/home":          "alice@work/home",
		"  Alice   Smith ":         "Alice Smith",
		"Zoë\u00a0Müller":          "Zoë Müller",
		"Zoe\u0308":                "Zoë",
		"日本語":                      "日本語",
		"party 🎉":                  "party 🎉",
		"👨\u200d👩\u200d👧":          "👨👩👧",
		"a\x00b\nc\x7f\u0085":      "ab c",
		"ﬁne ｗｉｄｅ":                 "fine wide",
		"soft\u00adhyphen\ufeff":   "softhyphen",
		"bad\xffutf\ufffd":         "badutf",
		"\u202eevil":               "evil",
		"private \ue000":           "private",
		"l·l":                      "l·l",
		"a·b":                      "ab",
		"":                         "unnamed",
		" \t\u200b":                "unnamed",
		"דוד":                      "דוד",
		"דוד (2)":                  "דוד (2)\u05be",
		"(دود)":                    "\u05be(دود)\u05be",
		"Ahmed أحمد":               "Ahmed",
		"\u05ef\u05d0":             "\u05be\u05ef\u05d0",
		"\U0001e900\U0001e901":     "\U0001e900\U0001e901",
		"أحمد A":                   "أحمد",
		strings.Repeat("é", 1000):  strings.Repeat("é", 509),
		strings.Repeat("a ", 1000): strings.TrimRight(strings.Repeat("a ", 510)[:1019], " "),
	} {
		if got := nick.Resource(in); got != want {
			t.Errorf("Resource(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAnyNameBecomesANickname(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"alice", 30, "alice"},
		{"[w]\\`_^{|}-9", 30, "[w]\\`_^{|}-9"},
		{"Alice Smith (work)", 30, "Alice_Smith_work"},
		{"José Ångström", 30, "Jose_Angstrom"},
		{"Søren Straße", 30, "Soren_Strasse"},
		{"9lives", 30, "_9lives"},
		{"-x", 30, "_-x"},
		{"john.doe@x", 30, "john_doe_x"},
		{"a\r\nQUIT :x", 30, "a_QUIT_x"},
		{"alexander", 4, "alex"},
		{"alice", 0, "a"},
		{"Алиса Bob", 30, "Bob"},
		{"Алиса", 30, "guest27346"},
		{"日本", 3, "gue"},
		{"", 30, "guest36261"},
	} {
		if got := nick.IRC(c.in, c.max); got != c.want {
			t.Errorf("IRC(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
	if nick.IRC("Алиса", 30) == nick.IRC("Борис", 30) {
		t.Error("two people of another script have one nickname")
	}
}

func TestTheSecondOfANameGetsANumber(t *testing.T) {
	takenOf := func(names ...string) func(string) bool {
		return func(s string) bool {
			for _, name := range names {
				if s == name {
					return true
				}
			}
			return false
		}
	}
	long := strings.Repeat("é", 600)
	for _, c := range []struct {
		name  string
		taken []string
		want  string
	}{
		{"Alice", nil, "Alice"},
		{"Alice", []string{"Alice"}, "Alice (2)"},
		{"Alice", []string{"Alice", "Alice (2)", "Alice (3)"}, "Alice (4)"},
		{"דוד", []string{"דוד"}, "דוד (2)\u05be"},
		{long, []string{long}, strings.Repeat("é", 507) + " (2)"},
	} {
		if got := nick.Distinct(c.name, takenOf(c.taken...)); got != c.want {
			t.Errorf("Distinct(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

var seeds = []string{
	"", "Alice", " a  b ", "é", "e\u0301", "日本語", "🎉", "👨\u200d👩", "\x00\xff", "ﬁ", "ſ", "\u00ad", "a·b", "l·l", "\u30fb", "カ\u30fbカ",
	"\u0661\u06f1", "דוד (2)", "a ד", "\u3164", "\u1100\u1161", "\u1885א", "\ufdfa", "ª", "\u0340", "\u17b4", "\u0345", "İ", "\u2800", "\u1d6db",
}

func FuzzAResourceIsLeftAsItIs(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
		f.Add(strings.Repeat(s, 300))
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := nick.Resource(name)
		checkResource(t, name, got)
		second := nick.Distinct(name, func(s string) bool { return s == name || s == got })
		checkResource(t, name, second)
		third := nick.Distinct(name, func(s string) bool { return s == name || s == got || s == second })
		checkResource(t, name, third)
		if second == got || third == second || third == got {
			t.Fatalf("not distinct: %q %q %q", got, second, third)
		}
	})
}

func checkResource(t *testing.T, name, got string) {
	t.Helper()
	if again := nick.Resource(got); again != got {
		t.Fatalf("%q: %q becomes %q", name, got, again)
	}
	if got == "" || len(got) > 1023 || !utf8.ValidString(got) {
		t.Fatalf("%q: not a resource: %q", name, got)
	}
	if s, err := precis.OpaqueString.String(got); s != got || err != nil {
		t.Fatalf("%q: OpaqueString makes %q of %q, %v", name, s, got, err)
	}
	if j, err := jid.New("room", "gw.example", got); err != nil || j.Resourcepart() != got {
		t.Fatalf("%q: no JID with %q: %v", name, got, err)
	}
	checkResourceprep(t, got)
}

// checkResourceprep is RFC 3920 Appendix B by the letter of RFC 3454, for what OpaqueString lets pass.
func checkResourceprep(t *testing.T, s string) {
	t.Helper()
	if norm.NFKC.String(s) != s {
		t.Fatalf("%q is not in NFKC", s)
	}
	rightToLeft, leftToRight, ends := 0, 0, 0
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case r < ' ', 0x7f <= r && r <= 0xa0, r == 0xad, r == 0x34f, r == 0x1680, r == 0x6dd, r == 0x70f, r == 0x1806,
			0x180b <= r && r <= 0x180e, 0x2000 <= r && r <= 0x200f, 0x2028 <= r && r <= 0x202f, 0x205f <= r && r <= 0x206f,
			r == 0x3000, 0x2ff0 <= r && r <= 0x2ffb, r == 0x340, r == 0x341, 0xd800 <= r && r <= 0xf8ff,
			0xfe00 <= r && r <= 0xfe0f, r == 0xfeff, 0xfdd0 <= r && r <= 0xfdef, 0xfff9 <= r && r <= 0xffff, r&0xfffe == 0xfffe,
			0x1d173 <= r && r <= 0x1d17a, 0xe0000 <= r && r <= 0xe007f, r >= 0xf0000:
			t.Fatalf("%q: Resourceprep forbids or removes U+%04X", s, r)
		}
		p, _ := bidi.LookupString(string(r))
		switch p.Class() {
		case bidi.R, bidi.AL:
			rightToLeft++
			if i == 0 {
				ends++
			}
			if i == len(runes)-1 {
				ends++
			}
		case bidi.L:
			leftToRight++
		}
	}
	if rightToLeft > 0 && (leftToRight > 0 || ends < 2) {
		t.Fatalf("%q: RFC 3454 §6", s)
	}
}

func FuzzANicknameIsLegal(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, i)
	}
	f.Fuzz(func(t *testing.T, name string, max int) {
		max %= 64
		got := nick.IRC(name, max)
		if got == "" || len(got) > max && len(got) > 1 {
			t.Fatalf("%q: %q has %d bytes of %d", name, got, len(got), max)
		}
		for i, r := range got {
			special := strings.ContainsRune("[]\\`_^{|}", r) || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
			if !special && (i == 0 || r != '-' && (r < '0' || r > '9')) {
				t.Fatalf("%q: %q is no nickname", name, got)
			}
		}
		if again := nick.IRC(got, max); again != got {
			t.Fatalf("%q: %q becomes %q", name, got, again)
		}
	})
}

func TestAVeryLongNameIsQuicklyAResource(t *testing.T) {
	for _, part := range []string{"a\u0301", "א1", "é ", "\u0344", "·l"} {
		start := time.Now()
		nick.Resource(strings.Repeat(part, 100_000))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q took %v", part, took)
		}
	}
}

func BenchmarkResource(b *testing.B) {
	for name, in := range map[string]string{"ascii": "Alice Smith", "unicode": "Zoë 🎉"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				nick.Resource(in)
			}
		})
	}
}
