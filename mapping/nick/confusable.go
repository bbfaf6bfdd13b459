package nick

import (
	_ "embed" // the table
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed confusables.txt
var confusables string

// prototypes are what characters look like (UTS #39 §4). golang.org/x/text has no such table.
var prototypes = sync.OnceValue(func() map[rune]string {
	all := map[rune]string{}
	for line := range strings.Lines(confusables) {
		prototype, characters, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, r := range characters {
			all[r] = prototype
		}
	}
	return all
})

// Looks are what names have in common that people take for each other: two are confusable where any of these is the same. They are never shown.
func Looks(name string) [2]string {
	plain := norm.NFKD.String(name)
	return [2]string{skeleton(plain), skeleton(strings.ToLower(plain))}
}

// Confusable tells whether people could take one name for the other.
func Confusable(one, other string) bool {
	a, b := Looks(one), Looks(other)
	return a[0] == b[0] || a[1] == b[1]
}

// skeleton is what is left when every character is replaced by what it looks like (UTS #39 §4), without what cannot be seen, spaces, and the case of letters.
func skeleton(decomposed string) string {
	var b strings.Builder
	table := prototypes()
	for _, r := range decomposed {
		switch prototype, known := table[r]; {
		case known:
			b.WriteString(prototype)
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Variation_Selector, r):
			b.WriteRune(r)
		}
	}
	return strings.ToLower(norm.NFKD.String(b.String()))
}
