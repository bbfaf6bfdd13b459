package msgid_test

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"isthmus/mapping/msgid"
)

func TestStanzaIDsOfKnownNetworksAreReadable(t *testing.T) {
	for _, c := range []struct {
		name, id string
		part     int
		want     string
	}{
		{"Slack timestamp", "1700000000.000100", 0, "1700000000.000100"},
		{"part of a Slack message", "1700000000.000100", 2, "1700000000.000100#2"},
		{"Discord snowflake", "1173992843221073950", 0, "1173992843221073950"},
		{"IRC msgid in base64", "Zm9v+YmFy/aa==", 0, "Zm9v+YmFy/aa=="},
		{"IRC msgid with a hyphen and dots", "63E1033A051D4B41B1AB1FA3CF4B243E-1.a", 0, "63E1033A051D4B41B1AB1FA3CF4B243E-1.a"},
		{"our own separator", "a#1", 0, "a%231"},
		{"our own escape", "a%231", 0, "a%25231"},
		{"what XML escapes", `<&>"'`, 1, "%3c%26%3e%22%27#1"},
		{"white space and controls", " \t\n\x00", 0, "%20%09%0a%00"},
		{"not UTF-8", "\xff\xc3\xa9", 0, "%ff%c3%a9"},
		{"empty", "", 0, "%"},
		{"part of an empty id", "", 3, "%#3"},
		{"a great part number", "a", math.MaxInt32, "a#2147483647"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := msgid.Encode(c.id, c.part)
			if got != c.want {
				t.Errorf("Encode(%q, %d) = %q, want %q", c.id, c.part, got, c.want)
			}
			id, part, err := msgid.Decode(c.want)
			if err != nil || id != c.id || part != c.part {
				t.Errorf("Decode(%q) = %q, %d, %v, want %q, %d", c.want, id, part, err, c.id, c.part)
			}
		})
	}
}

func TestWhatWeDidNotEncodeIsRefused(t *testing.T) {
	for name, stanzaID := range map[string]string{
		"empty":                        "",
		"part without id":              "#1",
		"empty part":                   "a#",
		"part 0 is never written":      "a#0",
		"leading zero":                 "a#01",
		"plus sign":                    "a#+1",
		"two parts":                    "a#1#2",
		"not a number":                 "a#b",
		"greater than an int":          "a#9223372036854775808",
		"upper-case hex":               "%2F%C3",
		"cut escape":                   "a%2",
		"escape without digits inside": "a%",
		"no hex":                       "%zz",
		"escape that is not needed":    "%41",
		"raw quote":                    `a"b`,
		"raw space":                    "a b",
		"raw UTF-8":                    "é",
	} {
		t.Run(name, func(t *testing.T) {
			if id, part, err := msgid.Decode(stanzaID); err == nil {
				t.Errorf("Decode(%q) = %q, %d, want an error", stanzaID, id, part)
			} else if !strings.Contains(err.Error(), "not ours") {
				t.Errorf("Decode(%q): %v, does not say whose id it is", stanzaID, err)
			}
		})
	}
}

func FuzzEveryIDAndPartComesBack(f *testing.F) {
	f.Add("1700000000.000100", 0)
	f.Add("a#1", 7)
	f.Add("%", -1)
	f.Add("", 0)
	f.Add("\xff\x00é<", 1)
	f.Fuzz(func(t *testing.T, id string, part int) {
		stanzaID := msgid.Encode(id, part)
		gotID, gotPart, err := msgid.Decode(stanzaID)
		if err != nil || gotID != id || gotPart != part {
			t.Fatalf("Decode(Encode(%q, %d) = %q) = %q, %d, %v", id, part, stanzaID, gotID, gotPart, err)
		}
		for _, c := range []byte(stanzaID) {
			if c <= ' ' || c > '~' {
				t.Fatalf("Encode(%q, %d) = %q is not printable ASCII", id, part, stanzaID)
			}
		}
		for _, quote := range []string{`"`, `'`} {
			if got := attribute(t, "<a id="+quote+stanzaID+quote+"/>"); got != stanzaID {
				t.Fatalf("as XML attribute %q became %q", stanzaID, got)
			}
		}
	})
}

func FuzzWhatDecodesIsCanonical(f *testing.F) {
	for _, seed := range []string{"1700000000.000100#2", "a%23b", "%", "%#1", "a%2", "%41", "a#01", "a#-1", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stanzaID string) {
		id, part, err := msgid.Decode(stanzaID)
		if err != nil {
			return
		}
		if again := msgid.Encode(id, part); again != stanzaID {
			t.Fatalf("Encode(Decode(%q) = %q, %d) = %q", stanzaID, id, part, again)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		msgid.Encode("1700000000.000100", 0)
	}
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := msgid.Decode("1700000000.000100"); err != nil {
			b.Fatal(err)
		}
	}
}

// attribute returns the value of the one attribute of an XML element.
func attribute(t *testing.T, element string) string {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(element))
	token, err := decoder.Token()
	if err != nil {
		t.Fatalf("%s is not XML: %v", element, err)
	}
	if _, err := decoder.Token(); err != nil && err != io.EOF {
		t.Fatalf("%s is not XML: %v", element, err)
	}
	return token.(xml.StartElement).Attr[0].Value
}

func TestIdsOfOurOwnAreNobodyElses(t *testing.T) {
	for _, seq := range []int64{1, 36, 1 << 62} {
		if id, part, err := msgid.Decode(msgid.Local(seq)); err == nil {
			t.Errorf("%s was taken for part %d of %q", msgid.Local(seq), part, id)
		}
	}
}

func TestAChangeOfAMessageIsNotTheMessage(t *testing.T) {
	for _, what := range []string{"12", "ab", ""} {
		if id, part, err := msgid.Decode(msgid.Change("m1", what)); err == nil {
			t.Errorf("the change %q was taken for part %d of %q", what, part, id)
		}
	}
}

func TestThreadsOfMessagesAreKnownFromThoseOfClients(t *testing.T) {
	for _, id := range []string{"", "1700000000.000100", "a#b c", "thread:x"} {
		if got, ok := msgid.ParseThread(msgid.Thread(id)); got != id || !ok {
			t.Errorf("%q came back as %q, %v", id, got, ok)
		}
	}
	for _, thread := range []string{"", "e0ffe42b28561960c6b12b944a092794b9683a38", "thread", "thread:a b"} {
		if id, ok := msgid.ParseThread(thread); ok {
			t.Errorf("%q was taken for the thread of %q", thread, id)
		}
	}
}
