package stanza

import (
	"strings"
	"testing"
)

// FuzzParseJID: what an address was taken for must not change when it is written and read again, and an address that is
// one bare is one with a resource.
func FuzzParseJID(f *testing.F) {
	for _, s := range []string{"a@b/c", "b", "A@B/C", "b/c/d@e", "@b", "a@", "a@b/", "a@b@c", "/", "", "straße@x", "♥@x", "İ@x", "ﬁ@x", "x.", "ẞ@ǅ", "\u0345@x", "a@[::1]", "\xff@x", "K@x", "a@ｘ", "a@ß/ß"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		j, err := ParseJID(s)
		if err != nil {
			if j != (JID{}) {
				t.Fatalf("%q is refused, and yet %+v", s, j)
			}
			return
		}
		if j.Domain == "" || strings.ContainsAny(j.Local, "@/") || strings.ContainsAny(j.Domain, "@/") {
			t.Fatalf("%q became %+v, which is written as another address", s, j)
		}
		again, err := ParseJID(j.String())
		if err != nil || again != j {
			t.Fatalf("%q became %q and then %q, %v", s, j, again, err)
		}
		with, err := ParseJID(j.Bare().String() + "/x")
		if err != nil || with != j.WithResource("x") {
			t.Fatalf("%q has another bare address with a resource: %q, %v", s, with, err)
		}
	})
}
