package address_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"isthmus/mapping/address"
)

// foldASCII is lower-casing as IRC servers and host names agree on it.
func foldASCII(text string) string { return mapASCII(text, 'A', 'Z') }

// raiseASCII is what a careless client does.
func raiseASCII(text string) string { return mapASCII(text, 'a', 'z') }

// mapASCII changes the case of the letters from first to last, and keeps other
// bytes, valid UTF-8 or not.
func mapASCII(text string, first, last byte) string {
	out := []byte(text)
	for i, c := range out {
		if first <= c && c <= last {
			out[i] = c ^ 0x20
		}
	}
	return string(out)
}

// canonical is what an address should read back as.
func canonical(c address.Config, a address.Address) address.Address {
	a.Name, a.Key = foldASCII(a.Name), foldASCII(a.Key)
	switch {
	case a.Kind == address.Gateway, a.Kind == address.Bot:
		a.Name, a.Key = "", ""
	case a.Kind == address.Account && c.Fixed != "":
		return gateway()
	case a.Kind == address.Account, a.Kind == address.Anyone:
		a.Name = ""
	}
	return a
}

// checkFitsAStanza fails if a text for people has what XML forbids or nobody can
// read: people choose the addresses that it quotes.
func checkFitsAStanza(t *testing.T, err error) {
	t.Helper()
	if text := err.Error(); !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Fatalf("the error %q cannot be shown", text)
	}
}

func configOf(fixed bool) address.Config {
	if fixed {
		return one
	}
	return many
}

func FuzzWhatWeReadHasOneLocalpart(f *testing.F) {
	for _, seed := range []string{
		"", "irc.libera.chat", "#go-nuts%irc.libera.chat", "alice%irc", "%irc", `\26local%irc`, `#b\40byfoot%irc`,
		"#straße%irc", `#stra\c3\9fe%irc`, `#\5cc3\9f%irc`, "#ΣΑΣ%IRC", "#a²", "#a%b%c", `\20a`, `a\20`, "#שלום%irc",
		"isthmus-BOT", `\3a\3a1`, `\\\5c5c\5c`, `\f0\9f\99\82`, "#日本%irc", "a\u0301", `\ef\bf\bd`, "a\x00", "\xff", "%%irc",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, x string, fixed bool) {
		c := configOf(fixed)
		a, err := c.Parse(x)
		if err != nil {
			checkFitsAStanza(t, err)
			return
		}
		localpart, err := c.Localpart(a)
		if err != nil {
			t.Fatalf("Parse(%q) = %+v, which cannot be written: %v", x, a, err)
		}
		if rule := changedBy(localpart); localpart != "" && rule != "" {
			t.Fatalf("Localpart(Parse(%q)) = %q, changed by %s", x, localpart, rule)
		}
		for _, again := range []string{localpart, raiseASCII(localpart), raiseASCII(x)} {
			if b, err := c.Parse(again); err != nil || b != a {
				t.Fatalf("Parse(%q) = %+v, but Parse(%q) = %+v, %v", x, a, again, b, err)
			}
		}
		if a.Key == "" || fixed {
			return
		}
		account := address.Address{Kind: address.Account, Key: a.Key}
		if _, err := c.Localpart(account); err != nil {
			t.Fatalf("Parse(%q) = %+v, whose account has no address: %v", x, a, err)
		}
	})
}

func FuzzEveryAddressComesBack(f *testing.F) {
	for _, name := range []string{"", "#go-nuts", "alice", "&local", "#b@byfoot", "#50%off", "Straße", `#\40`, `\c3\9f`, "#🙂", " a", "#e\u0301", `\`, `#\\5c`} {
		f.Add(uint8(address.Room), name, "irc.libera.chat", false)
		f.Add(uint8(address.User), name, "irc.libera.chat", true)
	}
	f.Add(uint8(address.Account), "", "::1", false)
	f.Add(uint8(address.Account), "", "#\uffff", false)
	f.Add(uint8(address.Anyone), "", "Libera", false)
	f.Add(uint8(address.Bot), "", "", false)
	f.Add(uint8(address.Gateway), "", "", true)
	f.Fuzz(func(t *testing.T, kind uint8, name, key string, fixed bool) {
		c := configOf(fixed)
		a := address.Address{Kind: address.Kind(kind % 6), Name: name, Key: key}
		if fixed {
			a.Key = c.Fixed
		}
		localpart, err := c.Localpart(a)
		if err != nil {
			checkFitsAStanza(t, err)
			return
		}
		if rule := changedBy(localpart); localpart != "" && rule != "" {
			t.Fatalf("Localpart(%+v) = %q, changed by %s", a, localpart, rule)
		}
		want := canonical(c, a)
		if got, err := c.Parse(localpart); err != nil || got != want {
			t.Fatalf("Parse(Localpart(%+v) = %q) = %+v, %v, want %+v", a, localpart, got, err, want)
		}
	})
}
