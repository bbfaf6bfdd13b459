package nick

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// latin are letters that Unicode does not take apart into a letter of ASCII and a mark.
var latin = strings.NewReplacer("ß", "ss", "æ", "ae", "Æ", "AE", "œ", "oe", "Œ", "OE", "ø", "o", "Ø", "O",
	"ł", "l", "Ł", "L", "đ", "d", "Đ", "D", "ð", "d", "Ð", "D", "þ", "th", "Þ", "TH", "ı", "i")

// IRC makes a nickname of at most max characters (at least 1) out of any name: letters, digits and []\`_^{|}-, first
// not a digit or "-" (RFC 2812 §2.3.1). Marks go from letters, other characters become one "_" between what is kept. Of
// a name in another script nothing is left: then it is "guest" with a number that is always the same for that name.
func IRC(name string, max int) string {
	if max < 1 {
		max = 1
	}
	var b strings.Builder
	gap := false // characters were left out
	for _, r := range norm.NFKD.String(latin.Replace(name)) {
		switch {
		case isNickChar(r):
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			if b.Len() == 0 && (r == '-' || '0' <= r && r <= '9') {
				b.WriteByte('_')
			}
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r):
			gap = true
		}
		if b.Len() >= max {
			return b.String()[:max]
		}
	}
	if b.Len() == 0 {
		hash := fnv.New32a()
		hash.Write([]byte(name))
		return cut("guest"+strconv.FormatUint(uint64(hash.Sum32()%100_000), 10), max)
	}
	return b.String()
}

func isNickChar(r rune) bool {
	return r == '-' || '0' <= r && r <= '9' || 'A' <= r && r <= '}' || r == '_'
}
