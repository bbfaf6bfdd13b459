package address

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse returns the canonical meaning of a localpart, in whatever form a server
// passed it on: escaped or not, folded or not. What it accepts, Localpart can
// write. An error is a text for the person who used the address.
func (c Config) Parse(localpart string) (Address, error) {
	if localpart == "" {
		return Address{}, nil
	}
	if len(localpart) > MaxBytes {
		return Address{}, errTooLong
	}
	if isPlainASCII(localpart) {
		return c.read(localpart)
	}
	if err := checkText(localpart); err != nil {
		return Address{}, err
	}
	// Servers fold before anyone unescapes, so \2F means \2f.
	a, err := c.read(unescape(lower(localpart)))
	if err != nil {
		return Address{}, err
	}
	// Escaping may have made it longer than what came in.
	if len(c.write(a)) > MaxBytes {
		return Address{}, errTooLong
	}
	return a, nil
}

// read divides an unescaped and folded localpart that is not empty. Unescaping
// never gives a %, so it may come first.
func (c Config) read(text string) (Address, error) {
	if text == c.Bot {
		return Address{Kind: Bot}, nil
	}
	a := Address{Kind: User, Name: text, Key: c.Fixed}
	if c.Fixed == "" {
		i := strings.LastIndexByte(text, separator)
		switch {
		case i < 0:
			a = Address{Kind: Account, Key: text}
		case i == 0:
			a = Address{Kind: Anyone, Key: text[1:]}
		default:
			a = Address{Kind: User, Name: text[:i], Key: text[i+1:]}
		}
	}
	if c.hasSigil(a.Name) {
		a.Kind = Room
	}
	if err := c.check(a); err != nil {
		return Address{}, err
	}
	return a, nil
}

// checkText refuses what can be in no name, escaped or not.
func checkText(text string) error {
	if isPlainASCII(text) {
		return nil
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("the address %q is not UTF-8", text)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("the address %q has control characters", text)
	}
	return nil
}

var errTooLong = fmt.Errorf("the address is too long: at most %d bytes may stand before the @", MaxBytes)

// errSpace obeys XEP-0106 §3.2: \20 is never the first or last of a localpart.
func errSpace(text string) error {
	return fmt.Errorf("%q begins or ends with a space, which an address cannot hold", text)
}
