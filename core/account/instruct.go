package account

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/transports"
)

// slash finds in a body one of the words that people of the network know as commands: "/mode +t" but not "/etc/passwd".
func (a *Account) slash(body string) (line string, ok bool) {
	line, ok = strings.CutPrefix(body, "/")
	if !ok {
		return "", false
	}
	word, _, _ := strings.Cut(line, " ")
	return line, slices.Contains(a.About.Slashes, strings.ToLower(word))
}

// instruct hands lines to the network itself. What it says to them comes as announcements.
func (a *Account) instruct(s *stanza.Stanza, place transports.Place, body string) {
	lines := strings.FieldsFunc(body, func(r rune) bool { return r == '\n' || r == '\r' })
	left, failed := len(lines), false
	for _, line := range lines {
		a.command(transports.Instruct{Place: place, Line: line}, func(_ transports.Result, err error) {
			left--
			switch {
			case failed:
			case err != nil:
				failed = true
				a.refuse(s, a.stanzaError(err))
			case left == 0:
				a.receipt(s)
			}
		})
	}
}

// receipt confirms a message in a talk, if its sender asked for that (XEP-0184 §5.1).
func (a *Account) receipt(s *stanza.Stanza) {
	if s.ID == "" || s.Type == "groupchat" || !xep.WantsReceipt(s) {
		return
	}
	r := &stanza.Stanza{Kind: stanza.Message, Type: s.Type, ID: strconv.FormatInt(store.NextID(), 36), From: s.To, To: s.From}
	a.Stream.Reply(r.Add(xep.Receipt(s.ID)))
}
