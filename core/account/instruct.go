package account

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/core/room"
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

// instruct hands lines to the network itself. What it says to them comes as announcements. In a room the sender alone sees the
// line again: that is its confirmation (XEP-0045 §7.4), and nobody else's business.
func (a *Account) instruct(s *stanza.Stanza, j *joined, place transports.Place, body string) {
	var commands []transports.Command
	for _, line := range linesOf(body) {
		commands = append(commands, transports.Instruct{Place: place, Line: line})
	}
	if len(commands) == 0 {
		a.refuse(s, emptyMessage)
		return
	}
	a.commandAll(s, commands, func() {
		if j == nil {
			a.receipt(s)
			return
		}
		content := stanza.Text("", "body", s.ChildText("", "body")).Append(nil)
		a.Stream.Reply(j.view.Message(s.From, room.Said{ID: s.ID, Nick: j.view.Nick(a.self), Content: content}))
	})
}

// commandAll hands over commands that have one answer: the first that fails refuses s, and done is for when all have been done.
func (a *Account) commandAll(s *stanza.Stanza, commands []transports.Command, done func()) {
	left, failed := len(commands), false
	for _, c := range commands {
		a.command(c, func(_ transports.Result, err error) {
			left--
			switch {
			case failed:
			case err != nil:
				failed = true
				a.refuse(s, a.stanzaError(err))
			case left == 0:
				done()
			}
		})
	}
}

// receipt confirms a message in a talk, if its sender asked for that (XEP-0184 §5.1).
func (a *Account) receipt(s *stanza.Stanza) {
	if r := receiptOf(s); r != nil {
		a.Stream.Reply(r)
	}
}

// receiptOf is the receipt for a message, nil where none is wanted.
func receiptOf(s *stanza.Stanza) *stanza.Stanza {
	if s.ID == "" || s.Type == "groupchat" || !xep.WantsReceipt(s) {
		return nil
	}
	r := &stanza.Stanza{Kind: stanza.Message, Type: s.Type, ID: strconv.FormatInt(store.NextID(), 36), From: s.To, To: s.From}
	return r.Add(xep.Receipt(s.ID))
}
