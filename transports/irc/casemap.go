package irc

import "strings"

// casemap tells which names are the same to a server, by folding them. RFC 2812 §2.2, RPL_ISUPPORT CASEMAPPING.
type casemap struct {
	lower   [256]byte // of each byte; those of other scripts stay
	unicode bool      // other scripts are folded too
}

var (
	foldASCII   = newCasemap("", "", false)
	foldRFC1459 = newCasemap(`[]\~`, `{}|^`, false)
	foldStrict  = newCasemap(`[]\`, `{}|`, false)
	foldUnicode = newCasemap("", "", true)
)

func newCasemap(upper, lower string, unicode bool) *casemap {
	m := &casemap{unicode: unicode}
	for i := range m.lower {
		m.lower[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			m.lower[i] += 'a' - 'A'
		}
	}
	for i := range len(upper) {
		m.lower[upper[i]] = lower[i]
	}
	return m
}

// casemapNamed is the mapping that a server names.
func casemapNamed(name string) *casemap {
	switch strings.ToLower(name) {
	case "ascii":
		return foldASCII
	case "rfc1459":
		return foldRFC1459
	case "strict-rfc1459", "rfc1459-strict":
		return foldStrict
	}
	return foldUnicode
}

// fold is the one spelling of all names that are the same.
func (m *casemap) fold(name string) string {
	for i := range len(name) {
		if name[i] >= 0x80 && m.unicode {
			return strings.ToLower(name)
		}
		if m.lower[name[i]] != name[i] {
			return m.foldFrom(name, i)
		}
	}
	return name
}

func (m *casemap) foldFrom(name string, first int) string {
	folded := []byte(name)
	for i := first; i < len(folded); i++ {
		if folded[i] >= 0x80 && m.unicode {
			return strings.ToLower(name)
		}
		folded[i] = m.lower[folded[i]]
	}
	return string(folded)
}

// asciiLower is a name with A-Z in lower case: the spelling of rooms in ids.
func asciiLower(name string) string { return foldASCII.fold(name) }
