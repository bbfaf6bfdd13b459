// Package address says what the localparts of a gateway's JIDs mean, and makes
// them:
//
//	(none)                     the gateway; of a fixed-server gateway, the server
//	irc.libera.chat            an account, by its scope or alias
//	#go-nuts%irc.libera.chat   a room
//	alice%irc.libera.chat      a user
//	%irc.libera.chat           anyone of an account, the nick is the resource
//
// The last % separates. Characters that a localpart cannot hold are escaped as
// XEP-0106 says, and those that a server would change by an extension of it
// (see escape.go), so that every server and client keeps one JID for one thing.
// The package is pure: what an address means never depends on live state.
package address

import (
	"errors"
	"fmt"
	"strings"
)

// MaxBytes is the greatest length of a localpart (RFC 7622 §3.3).
const MaxBytes = 1023

// separator stands between name and key. XEP-0106 has no escape for it.
const separator = '%'

// Kind tells what an Address stands for.
type Kind uint8

// The kinds of addresses.
const (
	Gateway Kind = iota // the component itself
	Bot                 // the bot that people chat with
	Account             // an account; on IRC also its server
	Room                // a room of an account
	User                // a user of a network, talked to directly
	Anyone              // any user of an account, whose nick is the resource
)

// String returns the word for the kind, for logs and messages.
func (k Kind) String() string {
	words := [...]string{"gateway", "bot", "account", "room", "user", "anyone"}
	if int(k) < len(words) {
		return words[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Address is the meaning of a localpart. Two canonical addresses, as Parse
// returns them, mean the same if and only if they are equal.
type Address struct {
	Kind Kind
	// Name is the name of a Room with its sigil ("#go-nuts") or of a User
	// ("alice"), unescaped, ASCII letters in lower case. Other kinds have none.
	Name string
	// Key is the scope or alias ("irc.libera.chat") of an Account, Room, User or
	// Anyone, unescaped, ASCII letters in lower case. Gateway and Bot have none.
	Key string
}

// Config is what decides the meaning of the localparts of one gateway.
type Config struct {
	Sigils string // the characters that a room's name starts with, e.g. "#&"
	Fixed  string // the one scope of a fixed-server gateway, "" for none
	Bot    string // the localpart that is reserved for the bot, "" for none
}

// Validate reports what an operator has to correct in the configuration. Parse
// and Localpart keep their promises only for a valid one.
func (c Config) Validate() error {
	if c.Sigils == "" {
		return errors.New("sigils: empty, so a room could not be told from a user; give at least one character, such as #")
	}
	for _, r := range c.Sigils {
		if !legalSigil(r) {
			return fmt.Errorf("sigils: %q cannot start the name of a room; use ASCII punctuation, but none of %% \\ \" ' / : < > @", r)
		}
	}
	if c.Fixed != "" {
		if err := checkText(c.Fixed); err != nil {
			return fmt.Errorf("fixed server: %w", err)
		}
		if c.Fixed != lower(c.Fixed) {
			return fmt.Errorf("fixed server: %q has upper-case letters; write %q", c.Fixed, lower(c.Fixed))
		}
	}
	switch {
	case c.Bot == "":
		return nil
	case len(c.Bot) > MaxBytes:
		return fmt.Errorf("bot: its localpart is longer than %d bytes", MaxBytes)
	case !isPlainASCII(c.Bot):
		return fmt.Errorf("bot: %q has characters that servers change or forbid; use lower-case letters, digits and hyphens", c.Bot)
	case strings.ContainsAny(c.Bot, "%."):
		return fmt.Errorf("bot: %q could be another address or a host; leave out %% and the dot", c.Bot)
	case c.hasSigil(c.Bot):
		return fmt.Errorf("bot: %q starts like a room; begin with another character", c.Bot)
	}
	return nil
}

// legalSigil leaves out what separates, what escapes, and what XEP-0106 has to
// escape. The ampersand is allowed in spite of that, since IRC has rooms with
// it: the sigil is looked for in the unescaped name.
func legalSigil(r rune) bool {
	return r > ' ' && r < 0x7f && !('0' <= r && r <= '9') && !('a' <= r|0x20 && r|0x20 <= 'z') &&
		!strings.ContainsRune(`%\"'/:<>@`, r)
}

// hasSigil reports whether the unescaped name is the name of a room.
func (c Config) hasSigil(name string) bool {
	return name != "" && strings.IndexByte(c.Sigils, name[0]) >= 0
}
