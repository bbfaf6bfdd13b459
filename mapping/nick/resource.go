// Package nick makes names that a network accepts out of the names that people have.
package nick

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxResource is the length limit of a resourcepart in bytes. RFC 7622 §3.4
	maxResource = 1023

	// maxMarks is the most marks that a letter keeps; no script needs as many.
	maxMarks = 8

	// maxPasses bounds the work on one name.
	maxPasses = 8

	// unnamed stands for names of which nothing can be kept.
	unnamed = "unnamed"
)

// Resource makes a resourcepart out of any name. It is left unchanged by both profiles that servers apply, OpaqueString
// (RFC 7622 §3.4) and Resourceprep (RFC 3920 Appendix B), and by Resource itself.
//
// Characters that either forbids are removed, runs of spaces become one, marks on one letter are bounded, and the name
// is cut at 1,023 bytes. A name of right-to-left letters may hold no others (RFC 3454 §6): the fewer are removed. It is
// "unnamed" where nothing is left.
func Resource(name string) string {
	if isPlain(name) {
		return name
	}
	// What one rule removes can bring together what another one minds: until nothing changes. Two passes are the rule.
	s := strings.ToValidUTF8(name, "")
	for range maxPasses {
		next := pass(s)
		if next == s && s != "" {
			return s
		}
		s = next
	}
	return unnamed
}

// pass applies every rule once.
func pass(s string) string {
	s = remap(norm.NFKC.String(s), allowed) // RFC 3920 Appendix B.4
	if _, err := precis.OpaqueString.String(s); err != nil {
		s = remap(s, freeOfContext)
	}
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxResource {
		s = cut(s, maxResource-2*len(closing))
	}
	return oneDirection(s)
}

// remap maps s, and normalises it again with at most maxMarks on one letter: beyond thirty, package norm would insert
// U+034F, which Resourceprep removes.
func remap(s string, mapping func(rune) rune) string {
	marks := 0
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		r = mapping(r)
		if r < 0 {
			return r
		}
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return -1
		}
		return r
	}, s))
}

// isPlain reports whether a name is one already: printable ASCII with single spaces inside.
func isPlain(name string) bool {
	for i := range len(name) {
		if name[i] < ' ' || name[i] > '~' || name[i] == ' ' && (i == 0 || i+1 == len(name) || name[i-1] == ' ') {
			return false
		}
	}
	return name != "" && len(name) <= maxResource
}

// allowed is r, a space for any space, or -1 where one of the profiles removes or forbids it.
func allowed(r rune) rune {
	switch {
	case ' ' <= r && r <= '~':
		return r
	case unicode.IsSpace(r):
		return ' '
	case mappedToNothing(r), prohibited(r):
		return -1
	}
	if _, err := precis.OpaqueString.String(string(r)); err != nil && !needsContext(r) {
		return -1
	}
	return r
}

// mappedToNothing is RFC 3454 Table B.1.
func mappedToNothing(r rune) bool {
	switch r {
	case 0xAD, 0x34F, 0x1806, 0x180B, 0x180C, 0x180D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF:
		return true
	}
	return 0xFE00 <= r && r <= 0xFE0F
}

// prohibited is what RFC 3920 Appendix B.5 forbids and OpaqueString does not: RFC 3454 Tables C.2.2, C.3, C.6, C.7, C.8.
func prohibited(r rune) bool {
	switch {
	case r == 0x06DD, r == 0x070F, r == 0x180E, r == 0x0340, r == 0x0341,
		0xFFF9 <= r && r <= 0xFFFD, 0x2FF0 <= r && r <= 0x2FFB:
		return true
	}
	return unicode.Is(unicode.Co, r)
}

// needsContext reports whether OpaqueString accepts r only next to certain others. RFC 5892 Appendix A
func needsContext(r rune) bool {
	switch r {
	case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB:
		return true
	}
	return 0x660 <= r && r <= 0x669 || 0x6F0 <= r && r <= 0x6F9
}

func freeOfContext(r rune) rune {
	if needsContext(r) {
		return -1
	}
	return r
}

// cut is the first bytes of s, at most max, without half a character or a space at the end.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return strings.TrimRight(s[:max], " ")
}
