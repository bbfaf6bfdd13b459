package account

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// entry is what the journal has of a command beside who sent it, where the network lets the core find out after a crash what became of it.
type entry struct {
	Place transports.Place
	// At is when it was begun, in milliseconds since 1970.
	At int64
	// IQ, Type and Payload are of the client's stanza; the payload is in the first entry of each line.
	IQ      bool   `json:",omitempty"`
	Type    string `json:",omitempty"`
	Payload string `json:",omitempty"`
	// Line is which of the lines that the network has for messages the client's message became.
	Line int `json:",omitempty"`
	Deed deed
	// Of is the message that is changed, Says tells what is said, or what the message is changed to, from other texts.
	Of   transports.MessageID `json:",omitempty"`
	Says string               `json:",omitempty"`
	// Plain: the message is one whose nonce the network tells later, where it tells any.
	Plain bool `json:",omitempty"`
	// After is the last message of the place that was known before, empty where none was.
	After transports.MessageID `json:",omitempty"`
}

// deed is what a command does about messages.
type deed string

// The deeds. A change waits while the network has not said what it calls the message.
const (
	says    deed = "says"
	edits   deed = "edits"
	deletes deed = "deletes"
	reacts  deed = "reacts"
	waits   deed = "waits"
)

// begin enters a command of a client's stanza in the journal; the first of a line keeps the stanza.
func (a *Account) begin(nonce int64, s *stanza.Stanza, e entry, first bool) store.Change {
	command := store.Command{ID: nonce, Account: a.id, Transport: a.Domain, From: s.From.String(), To: s.To.String(), Stanza: s.ID}
	if a.resumes() {
		if first {
			var payload []byte
			for _, child := range s.Payload {
				payload = child.Append(payload)
			}
			e.Payload = string(payload)
		}
		command.Data, _ = json.Marshal(e) // it has nothing that JSON cannot say
	}
	return store.Begin{Command: command}
}

// entryOf is what the journal keeps of a command, nil for one that is to come, where that is of use.
func (a *Account) entryOf(s *stanza.Stanza, place transports.Place, c transports.Command, line int) entry {
	if !a.resumes() {
		return entry{}
	}
	e := deedOf(c)
	e.At = time.Now().UnixMilli()
	e.Place, e.IQ, e.Type, e.Line, e.After = place, s.Kind == stanza.IQ, s.Type, line, a.latest[place]
	return e
}

// resumes tells whether commands can be gone on with after a crash.
func (a *Account) resumes() bool { return a.can.Nonces || a.can.Recalled || a.can.Idempotent > 0 }

// deedOf is what a command does about messages.
func deedOf(c transports.Command) entry {
	switch c := c.(type) {
	case transports.Send:
		return entry{Deed: says, Says: words(c.Text), Plain: c.Style == transports.Says && len(c.Files) == 0 && c.Thread == ""}
	case transports.Edit:
		return entry{Deed: edits, Of: c.ID, Says: words(c.Text)}
	case transports.Delete:
		return entry{Deed: deletes, Of: c.ID}
	case transports.React:
		return entry{Deed: reacts, Of: c.ID, Says: reactedWith(c.Emoji)}
	}
	return entry{Deed: waits}
}

// reactedWith are reactions in one word, whatever their order.
func reactedWith(emoji []string) string {
	return strings.Join(slices.Sorted(slices.Values(emoji)), " ")
}

// words tells a text from others by its letters and digits, which networks leave as they are; empty where there are none.
func words(t text.Text) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, t.String())
	if letters == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(letters))
	return hex.EncodeToString(sum[:8])
}
