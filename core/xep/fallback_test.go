package xep

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAFallbackIsCutOutByCharacters(t *testing.T) {
	for _, c := range []struct{ ranges, body, want string }{
		{``, "größe", ""},
		{`<body/>`, "größe", ""},
		{`<body start='1' end='3'/>`, "größe", "gße"},
		{`<body start='3'/>`, "größe", "grö"},
		{`<body end='2'/>`, "größe", "öße"},
		{`<body start='3' end='4'/><body start='0' end='1'/>`, "größe", "röe"},
		{`<body start='0' end='3'/><body start='1' end='4'/>`, "größe", "e"},
		{`<body start='4' end='2'/>`, "größe", "größe"},
		{`<body start='-1' end='2'/>`, "größe", "größe"},
		{`<body start='0' end='99999999999999999999'/>`, "größe", "größe"},
		{`<body start='a' end='2'/>`, "größe", "größe"},
		{`<subject/>`, "größe", "größe"},
	} {
		s := read(t, `<message><fallback xmlns='urn:xmpp:fallback:0' for='urn:x'>`+c.ranges+`</fallback></message>`)
		if got := WithoutFallback(s, c.body, "urn:x"); got != c.want {
			t.Errorf("%s: %q, want %q", c.ranges, got, c.want)
		}
		if got := WithoutFallback(s, c.body, "urn:other"); got != c.body {
			t.Errorf("%s: of another namespace: %q", c.ranges, got)
		}
	}
}

func FuzzAFallbackLeavesAPartOfTheBody(f *testing.F) {
	f.Add("größe", "1", "3", "0", "2")
	f.Fuzz(func(t *testing.T, body, a, b, c, d string) {
		if strings.ContainsAny(a+b+c+d, "<>&'\"\x00") || !utf8.ValidString(a+b+c+d) {
			return
		}
		for _, r := range a + b + c + d {
			if r < ' ' || r > '~' {
				return
			}
		}
		s := read(t, `<message><fallback xmlns='urn:xmpp:fallback:0' for='urn:x'><body start='`+a+`' end='`+b+`'/><body start='`+c+`' end='`+d+`'/></fallback></message>`)
		if left := WithoutFallback(s, body, "urn:x"); utf8.RuneCountInString(left) > utf8.RuneCountInString(body) {
			t.Errorf("%q is longer than %q", left, body)
		}
	})
}
