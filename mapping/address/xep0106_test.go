package address_test

import (
	"testing"

	"isthmus/mapping/address"
)

// On a fixed-server gateway the name of a user is the whole localpart, so these
// tests see escaping alone.
var bare = address.Config{Sigils: "#", Fixed: "irc"}

func TestTheExamplesOfXEP0106(t *testing.T) {
	for _, c := range []struct {
		section, name, escaped string
		written                string // by us, where §4.2 is shorter than the example
	}{
		{"5.1 #1", "space cadet", `space\20cadet`, ""},
		{"5.1 #2", `call me "ishmael"`, `call\20me\20\22ishmael\22`, ""},
		{"5.1 #3", "at&t guy", `at\26t\20guy`, ""},
		{"5.1 #4", "d'artagnan", `d\27artagnan`, ""},
		{"5.1 #5", "/.fanboy", `\2f.fanboy`, ""},
		{"5.1 #6", "::foo::", `\3a\3afoo\3a\3a`, ""},
		{"5.1 #7", "<foo>", `\3cfoo\3e`, ""},
		{"5.1 #8", "user@host", `user\40host`, ""},
		// The table escapes every backslash here, but §4.2 and §4.3 only those
		// that would start an escape. Both are read as the same name.
		{"5.1 #9", `c:\net`, `c\3a\5cnet`, `c\3a\net`},
		{"5.1 #10", `c:\\net`, `c\3a\5c\5cnet`, `c\3a\\net`},
		{"5.1 #11", `c:\cool stuff`, `c\3a\5ccool\20stuff`, `c\3a\cool\20stuff`},
		{"5.1 #12", `c:\5commas`, `c\3a\5c5commas`, ""},
		{"5.2", "here's_a_wild_&_/cr%zy/_address", `here\27s_a_wild_\26_\2fcr%zy\2f_address`, ""},
		{"5.5", `here's_a_wild_&_/cr%zy/_address_for:<wv>("imps")`, `here\27s_a_wild_\26_\2fcr%zy\2f_address_for\3a\3cwv\3e(\22imps\22)`, ""},
		{"4.2", `\3and\2is\5cool`, `\5c3and\2is\5c5cool`, ""},
		{"4.1 rule 7", `\27`, `\5c27`, ""},
		{"4.1 rule 7", `\5c`, `\5c5c`, ""},
		{"4.3 partial", `\2plus\2is\4`, `\2plus\2is\4`, ""},
		{"4.3 invalid 1", `foo\bar`, `foo\bar`, ""},
		{"4.3 invalid 2", `foob\41r`, `foob\41r`, ""},
		{"3.3", "tréville@musketeers.lit", `tréville\40musketeers.lit`, ""},
	} {
		t.Run("§"+c.section+" "+c.name, func(t *testing.T) {
			want := user(c.name, "irc")
			if got, err := bare.Parse(c.escaped); err != nil || got != want {
				t.Errorf("Parse(%q) = %+v, %v, want %+v", c.escaped, got, err, want)
			}
			written := c.written
			if written == "" {
				written = c.escaped
			}
			if got, err := bare.Localpart(want); err != nil || got != written {
				t.Errorf("Localpart(%q) = %q, %v, want %q", c.name, got, err, written)
			}
		})
	}
}

func TestOnlyWhatWeWouldHaveEscapedIsUnescaped(t *testing.T) {
	for name, localpart := range map[string]string{
		"a character that stays readable": `\c3\a9`,
		"an upper-case letter of ASCII":   `\41`,
		"a control character":             `a\0ab`,
		"a C1 control character":          `a\c2\85b`,
		"a byte alone":                    `\9f`,
		"the first byte of two":           `\c3`,
		"a lead byte, then ASCII":         `\c3\41`,
		"three bytes of four":             `\f0\9f\99`,
		"overlong":                        `\c1\81`,
		"a surrogate":                     `\ed\a0\80`,
		"beyond Unicode":                  `\f5\80\80\80`,
		"a backslash at the end":          `a\`,
		"an escape cut short":             `a\c`,
		"no hexadecimal digit":            `\2g`,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := bare.Parse(localpart); err != nil || got.Name != localpart {
				t.Errorf("Parse(%q) = %q, %v, want it as it is", localpart, got.Name, err)
			}
		})
	}
}
