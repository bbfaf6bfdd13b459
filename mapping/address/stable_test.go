package address_test

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/bidirule"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"isthmus/mapping/address"
)

// usernameCaseMapped is the profile of RFC 8265 §3.3 without its directionality
// rule. The one in precis applies the bidi rule to strings without right-to-left
// characters too, and so refuses "#é"; RFC 8265 asks for it only where there are
// some, which changedBy looks for itself.
var usernameCaseMapped = precis.NewIdentifier(precis.FoldWidth, precis.LowerCase(), precis.Norm(norm.NFC))

// changedBy says which rule of a server or client would change or refuse the
// localpart, "" for none.
func changedBy(localpart string) string {
	switch enforced, err := usernameCaseMapped.String(localpart); {
	case len(localpart) > 1023:
		return "length, RFC 7622 §3.3"
	case strings.ContainsAny(localpart, "\"&'/:<>@"):
		return "excluded characters, RFC 7622 §3.3"
	case strings.HasPrefix(localpart, `\20`) || strings.HasSuffix(localpart, `\20`):
		return `\20 first or last, XEP-0106 §3.2`
	case err != nil:
		return "PRECIS: " + err.Error()
	case enforced != localpart:
		return "PRECIS mapping"
	case bidirule.DirectionString(localpart) != bidi.LeftToRight:
		return "bidi rule"
	case !norm.NFKC.IsNormalString(localpart):
		return "Nodeprep normalization"
	}
	for _, r := range localpart {
		if !unicode.Is(nodeprepStable, r) {
			return fmt.Sprintf("Nodeprep of %U", r)
		}
	}
	return ""
}

// nodeprepStable holds the characters that Nodeprep leaves as they are.
var nodeprepStable = func() *unicode.RangeTable {
	table := &unicode.RangeTable{}
	for _, line := range golden("testdata/nodeprep_stable.txt") {
		var low, high, step uint32
		if _, err := fmt.Sscanf(line, "%x %x %d", &low, &high, &step); err != nil {
			panic(fmt.Sprintf("testdata/nodeprep_stable.txt: %q: %v", line, err))
		}
		table.R32 = append(table.R32, unicode.Range32{Lo: low, Hi: high, Stride: step})
	}
	return table
}()

// golden returns the lines of a file without its comments.
func golden(path string) (lines []string) {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if line := scanner.Text(); !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestNoServerChangesAnyCharacterThatWeWrite(t *testing.T) {
	readable := 0
	// Beyond the second plane Unicode 3.2 has only tags and private use.
	for r := rune(0); r < 0x30000; r++ {
		if !utf8.ValidRune(r) || unicode.IsControl(r) {
			continue
		}
		want := room("#a"+string(r)+"b", "irc")
		if 'A' <= r && r <= 'Z' {
			want.Name = strings.ToLower(want.Name)
		}
		localpart, err := many.Localpart(want)
		if err != nil {
			t.Fatalf("%U: %v", r, err)
		}
		if rule := changedBy(localpart); rule != "" {
			t.Errorf("%U gives %q, changed by %s", r, localpart, rule)
		}
		if got, err := many.Parse(localpart); err != nil || got != want {
			t.Errorf("%U gives %q, read as %+v, %v", r, localpart, got, err)
		}
		if r >= utf8.RuneSelf && !strings.Contains(localpart, `\`) {
			readable++
		}
	}
	// Han, Hangul and the alphabets alone are more than this.
	if readable < 80_000 {
		t.Errorf("only %d characters beyond ASCII stay readable", readable)
	}
}

// The oracle of the other tests must itself agree with Nodeprep.
func TestGoldenNodeprep(t *testing.T) {
	changed := 0
	for _, line := range golden("testdata/nodeprep_strings.txt") {
		quotedIn, quotedOut, _ := strings.Cut(line, "\t")
		in, err := strconv.Unquote(quotedIn)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out := ""
		if quotedOut != "prohibited" {
			if out, err = strconv.Unquote(quotedOut); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		if out != in {
			changed++
			if changedBy(in) == "" {
				t.Errorf("Nodeprep makes %q of %q, and the oracle does not see it", out, in)
			}
		}
		for name, config := range map[string]address.Config{"many": many, "one": one} {
			localpart, err := config.Localpart(room(in, "irc.libera.chat"))
			if err != nil {
				t.Errorf("%s: Localpart(%q): %v", name, in, err)
			}
			if rule := changedBy(localpart); rule != "" {
				t.Errorf("%s: Localpart(%q) = %q, changed by %s", name, in, localpart, rule)
			}
			if a, err := config.Parse(localpart); err != nil || a.Name != foldASCII(in) {
				t.Errorf("%s: Parse(%q) = %+v, %v, want the name %q", name, localpart, a, err, in)
			}
		}
	}
	if changed < 50 {
		t.Errorf("only %d golden cases that Nodeprep changes", changed)
	}
}
