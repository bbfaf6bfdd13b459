package address

import (
	"errors"
	"fmt"
	"strings"
)

// Localpart returns the one localpart that the gateway uses for a. It is the
// same after Nodeprep (RFC 3920 appendix A) and after the PRECIS profile
// UsernameCaseMapped (RFC 8265 §3.3), and Parse returns a from it, with ASCII
// letters in lower case. Fields that the kind does not have are ignored. An
// error is a text for people: the address cannot be written, or a field is
// missing. The Account of a fixed-server gateway is the gateway itself, so its
// localpart is "".
func (c Config) Localpart(a Address) (string, error) {
	switch a.Kind {
	case Gateway:
		return "", nil
	case Bot:
		if c.Bot == "" {
			return "", errors.New("this gateway has no bot")
		}
		return c.Bot, nil
	case Account, Room, User, Anyone:
	default:
		return "", fmt.Errorf("an address of %v does not exist", a.Kind)
	}
	a, err := c.canonical(a)
	if err != nil {
		return "", err
	}
	localpart := c.write(a)
	if len(localpart) > MaxBytes {
		return "", errTooLong
	}
	return localpart, nil
}

// canonical checks the fields of an address with a key and folds their letters.
func (c Config) canonical(a Address) (Address, error) {
	if a.Kind != Room && a.Kind != User {
		a.Name = ""
	}
	if len(a.Name) > MaxBytes || len(a.Key) > MaxBytes {
		return Address{}, errTooLong
	}
	for _, text := range [...]string{a.Name, a.Key} {
		if err := checkText(text); err != nil {
			return Address{}, err
		}
	}
	a.Name, a.Key = lower(a.Name), lower(a.Key)
	return a, c.check(a)
}

// write joins the escaped fields of a checked address.
func (c Config) write(a Address) string {
	switch {
	case c.Fixed != "":
		return escape(a.Name)
	case a.Kind == Account:
		return escape(a.Key)
	default:
		return escape(a.Name) + string(separator) + escape(a.Key)
	}
}

// check reports what keeps a canonical address with a key from being written,
// its length aside.
func (c Config) check(a Address) error {
	switch {
	case a.Kind == Room && a.Name == "":
		return errors.New("a room needs a name")
	case a.Kind == User && a.Name == "":
		return errors.New("a user needs a name")
	case a.Kind == Room && !c.hasSigil(a.Name):
		return fmt.Errorf("%q is not the name of a room: that starts with one of %s", a.Name, c.Sigils)
	case a.Kind == User && c.hasSigil(a.Name):
		return fmt.Errorf("%q is the name of a room, not of a user", a.Name)
	case a.Kind == User && a.Name[0] == ' ':
		return errSpace(a.Name)
	}
	if c.Fixed == "" {
		return c.checkKey(a.Key)
	}
	switch {
	case a.Key != c.Fixed:
		return fmt.Errorf("this gateway serves %q only, not %q", c.Fixed, a.Key)
	case a.Kind == Anyone:
		return errors.New("a gateway of one server has no address for anyone: write the nick before the @")
	case a.Kind != Account && a.Name[len(a.Name)-1] == ' ':
		return errSpace(a.Name)
	case a.Kind == User && a.Name == c.Bot:
		return fmt.Errorf("%q is the bot of this gateway and no user", a.Name)
	}
	return nil
}

// checkKey reports what keeps a key from standing alone as the localpart of its
// account, which every address with a key implies.
func (c Config) checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("the network is missing: write it after the %")
	case strings.IndexByte(key, separator) >= 0:
		return fmt.Errorf("%q cannot name a network: it has a %%", key)
	case c.hasSigil(key):
		return fmt.Errorf("%q lacks its network: write %q", key, key+"%network")
	case key == c.Bot:
		return fmt.Errorf("%q is the bot of this gateway and no network", key)
	case key[0] == ' ' || key[len(key)-1] == ' ':
		return errSpace(key)
	}
	return nil
}
