package account

import (
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// flight names a message of the owner's that is on its way to the network, as a client calls it.
type flight struct {
	place transports.Place
	id    string
}

// landed goes on with what refers to a message that has ended.
func (a *Account) landed(place transports.Place, id string) {
	f := flight{place, id}
	waiting := a.flying[f]
	drop(&a.flying, f)
	for _, refer := range waiting {
		refer()
	}
}

// refer finds the messages of the network that a client names, and goes on when they are known; what was said after it waits.
func (a *Account) refer(s *stanza.Stanza, place transports.Place, id string, then func(parts []transports.MessageID)) {
	a.referHeld(s, place, id, 0, then)
}

// referHeld is refer for a stanza that has an entry in the journal while it waits, or 0.
func (a *Account) referHeld(s *stanza.Stanza, place transports.Place, id string, held int64, then func(parts []transports.MessageID)) {
	waits := func() bool { // the network has not said yet what it calls the message
		waiting, flying := a.flying[flight{place, id}]
		if !flying {
			return false
		}
		if held == 0 {
			held = store.NextID()
			a.Store.Write(nil, a.begin(held, s, a.entryOf(s, place, nil, 0), true))
		}
		put(&a.flying, flight{place, id}, append(waiting, func() { a.referHeld(s, place, id, held, then) }))
		return true
	}
	if waits() { // what is looked up now would be out of date when it has
		return
	}
	var parts []transports.MessageID
	a.afterLookUp(&a.said, func(l lookUp) { parts = l.parts(place, id) }, func() {
		switch {
		case waits():
			return
		case len(parts) == 0:
			a.refuse(s, noSuchMessage)
		case a.link.phase != online:
			a.refuse(s, a.stanzaError(a.offlineFault()))
		default:
			then(parts)
		}
		if held != 0 { // its commands have entries of their own by now
			a.Store.Write(nil, store.End{ID: held})
		}
	})
}

// correct gives one of the owner's messages another text (XEP-0308): each of its pieces; those that it has no more are taken back, and
// those that it has not had yet are sent.
func (a *Account) correct(s *stanza.Stanza, j *joined, place transports.Place, body string) {
	spoken := body
	if xep.RepliesTo(s) != "" && a.offers(transports.Replies, place) {
		spoken = xep.WithoutQuotation(s, body)
	}
	a.refer(s, place, xep.Corrects(s), func(parts []transports.MessageID) { a.replaceText(s, j, place, parts, body, spoken, nil) })
}

// correctBeside gives one of the owner's messages another text beside the same files. Other files than those that it was sent with cannot come into it.
func (a *Account) correctBeside(s *stanza.Stanza, j *joined, place transports.Place, body string, shared xep.Shared) {
	a.refer(s, place, xep.Corrects(s), func(parts []transports.MessageID) {
		texts, same := a.attached.same(flight{place, xep.Corrects(s)}, shared.Files)
		if !same {
			a.refuse(s, a.lacks("Only the text of a message can be corrected there, not its files. Take the message back and send the file as a message of its own."))
			return
		}
		a.replaceText(s, j, place, captioned(parts, texts), body, shared.Text, shared.Elements)
	})
}

// replaceText puts what is spoken in place of the text in those parts of a message; the owner's other clients see the body, and the elements beside it.
func (a *Account) replaceText(s *stanza.Stanza, j *joined, place transports.Place, parts []transports.MessageID, body, spoken string, elements []*stanza.Element) {
	corrected := xep.Corrects(s)
	pieces, style := pieces(spoken, a.can.MaxText), transports.Says
	if rest, ok := strings.CutPrefix(pieces[0], "/me "); ok { // XEP-0245 §3
		style, pieces[0] = transports.Does, rest
	}
	var commands []transports.Command
	for i := range max(len(pieces), len(parts)) {
		switch {
		case i >= len(parts):
			commands = append(commands, transports.Send{Place: place, Style: style, Text: a.styled(s, j, pieces[i])})
		case i < len(pieces):
			c := transports.Edit{Place: place, ID: parts[i], Style: style, Text: a.styled(s, j, pieces[i])}
			a.known.note(editKey(place, parts[i]), c.Text.Styling())
			commands = append(commands, c)
		case a.offers(transports.Deletions, place):
			a.known.note(deleteKey(place, parts[i]), "")
			commands = append(commands, transports.Delete{Place: place, ID: parts[i]})
		default:
			commands = append(commands, transports.Edit{Place: place, ID: parts[i], Text: text.Plain("…")})
		}
	}
	a.changeAll(s, place, commands, func(results []transports.Result, changes []store.Change) {
		for i := len(parts); i < len(results); i++ {
			for _, id := range results[i].Parts {
				changes = append(changes, store.PutSent{Sent: store.Sent{Account: a.id, Place: PlaceKey(place), Stanza: corrected, Part: int64(i),
					Message: string(id), Sender: s.From.Bare().String(), At: time.Now().UnixMilli()}})
			}
		}
		children := append([]*stanza.Element{stanza.Text("", "body", body)}, elements...)
		for _, e := range xep.Context(s) {
			if e.Space != xep.NSCorrect { // it is shown to each as they know the message
				children = append(children, e)
			}
		}
		a.confirmChange(s, j, saying{from: a.self, children: children, corrects: corrected, of: msgid.Encode(string(parts[0]), 0),
			stanzaID: changeID("edit", parts[0], a.self.ID, body, time.Time{})}, changes, a.editsSeen(j, commands, results)...)
	})
}

// editsSeen are the changes of the pieces of a message as all others see them, where the archive is theirs as well; none where there is one piece.
func (a *Account) editsSeen(j *joined, commands []transports.Command, results []transports.Result) []saying {
	if j == nil || !a.About.StableIDs || len(commands) < 2 {
		return nil
	}
	var all []saying
	for i, c := range commands {
		switch c := c.(type) {
		case transports.Edit:
			id, body := msgid.Encode(string(c.ID), 0), bodyOf(transports.Message{Text: c.Text, Style: c.Style})
			all = append(all, saying{from: a.self, children: []*stanza.Element{stanza.Text("", "body", body)}, corrects: id, of: id,
				stanzaID: changeID("edit", c.ID, a.self.ID, body, time.Time{})})
		case transports.Delete:
			w := saying{from: a.self, children: xep.Retraction(msgid.Encode(string(c.ID), 0)), stanzaID: changeID("delete", c.ID, a.self.ID, "", time.Time{})}
			a.Store.Write(a.archived, a.tombstone(j, msgid.Encode(string(c.ID), 0), w.stanzaID))
			all = append(all, w)
		case transports.Send:
			if len(results[i].Parts) == 1 {
				all = append(all, saying{message: results[i].Parts[0], from: a.self, children: []*stanza.Element{stanza.Text("", "body", bodyOf(transports.Message{Text: c.Text, Style: c.Style}))}})
			}
		}
	}
	return all
}

// retract takes back one of the owner's messages, with all its pieces (XEP-0424 §3).
func (a *Account) retract(s *stanza.Stanza, j *joined, place transports.Place, id string) {
	if !a.offers(transports.Deletions, place) {
		a.refuse(s, a.lacks("What was said there cannot be taken back."))
		return
	}
	a.refer(s, place, id, func(parts []transports.MessageID) {
		a.delete(s, place, parts, "", func(ends []store.Change) {
			e := transports.Deleted{Place: place, ID: parts[0], By: a.self}
			a.gone(e, func(_ *joined, id, _ string) saying { return saying{from: a.self, children: xep.Retraction(id)} },
				func(j *joined, w saying, tombstone ...store.Change) {
					a.confirmChange(s, j, w, append(tombstone, ends...))
				})
		})
	})
}

// moderate takes away anyone's message in a room (XEP-0425 §5).
func (a *Account) moderate(s *stanza.Stanza, j *joined, id, reason string) {
	switch {
	case j == nil || !j.view.Has(s.From):
		a.refuse(s, notJoined)
		return
	case a.link.phase != online:
		a.refuse(s, a.stanzaError(a.offlineFault()))
		return
	case !a.offers(transports.Deletions, transports.InRoom(j.id)):
		a.refuse(s, a.lacks("Messages there cannot be deleted."))
		return
	}
	place := transports.InRoom(j.id)
	a.refer(s, place, id, func(parts []transports.MessageID) {
		a.delete(s, place, parts, reason, func(ends []store.Change) {
			a.Stream.Reply(s.Result())
			e := transports.Deleted{Place: place, ID: parts[0], By: a.self, Reason: reason}
			a.gone(e, func(j *joined, id, _ string) saying { return a.moderation(j, id, a.self, reason) },
				func(j *joined, w saying, tombstone ...store.Change) { a.confirm(j, w, append(tombstone, ends...)) })
		})
	})
}

func (a *Account) delete(s *stanza.Stanza, place transports.Place, parts []transports.MessageID, reason string, done func(ends []store.Change)) {
	var commands []transports.Command
	for _, part := range parts {
		a.known.note(deleteKey(place, part), "")
		commands = append(commands, transports.Delete{Place: place, ID: part, Reason: reason})
	}
	a.changeAll(s, place, commands, func(_ []transports.Result, ends []store.Change) {
		if j := a.rooms[place.Room]; j != nil {
			for _, part := range parts[1:] { // the first one's is written when it is shown
				a.Store.Write(a.archived, a.tombstone(j, msgid.Encode(string(part), 0), changeID("delete", part, a.self.ID, "", time.Time{})))
			}
		}
		done(ends)
	})
}

// react makes these the owner's reactions on a message (XEP-0444 §3).
func (a *Account) react(s *stanza.Stanza, j *joined, place transports.Place, id string, emoji []string) {
	slices.Sort(emoji)
	emoji = slices.Compact(emoji)
	if problem := a.mayReact(place, emoji); problem != nil {
		a.refuse(s, problem)
		return
	}
	a.refer(s, place, id, func(parts []transports.MessageID) {
		a.known.note(reactKey(place, parts[0], a.self.ID), strings.Join(emoji, " "))
		a.changeAll(s, place, []transports.Command{transports.React{Place: place, ID: parts[0], Emoji: emoji}}, func(_ []transports.Result, ends []store.Change) {
			ends = append(ends, a.reactionLine(place, parts[0], a.self, emoji)...)
			shown := xep.Reactions(msgid.Encode(string(parts[0]), 0), emoji)
			a.confirmChange(s, j, saying{from: a.self, children: []*stanza.Element{shown, xep.Stored()},
				stanzaID: changeID("react", parts[0], a.self.ID, strings.Join(emoji, " "), time.Time{})}, ends)
		})
	})
}

func (a *Account) mayReact(place transports.Place, emoji []string) *stanza.Error {
	switch {
	case !a.offers(transports.Reactions, place):
		return a.lacks("There are no reactions there: say it in words.")
	case a.can.MaxReactions > 0 && len(emoji) > a.can.MaxReactions:
		return a.lacks("You cannot have so many reactions on one message there.")
	}
	for _, e := range emoji {
		if a.can.Emoji != nil && !slices.Contains(a.can.Emoji, e) {
			return a.lacks("The only reactions there are " + strings.Join(a.can.Emoji, " ") + ".")
		}
	}
	return nil
}

// changeAll hands over commands about messages that are there already: in the journal until all have ended. The others follow when the
// first is done, so that a network that refuses a change has not done half of it. The first that fails answers for all. What done
// does with the ends of the entries goes with what it writes of the change itself.
func (a *Account) changeAll(s *stanza.Stanza, place transports.Place, commands []transports.Command, done func(results []transports.Result, ends []store.Change)) {
	past := a.resuming[s]
	before := past.of(0)
	if len(before) > 0 && len(before) != len(commands) {
		a.refuse(s, Refusal(nobodyKnows))
		return
	}
	var journal, ends []store.Change
	for i, c := range commands {
		nonce := store.NextID()
		if len(before) > 0 {
			nonce = before[i].nonce
		}
		if send, is := c.(transports.Send); is {
			send.Nonce = nonce
			commands[i] = send
		}
		journal, ends = append(journal, a.begin(nonce, s, a.entryOf(s, place, commands[i], 0), i == 0)), append(ends, store.End{ID: nonce})
	}
	results, left, failed := make([]transports.Result, len(commands)), len(commands), false
	var hand func(i int, journal ...store.Change)
	ended := func(i int, r transports.Result, err error) {
		results[i] = r
		left--
		if err != nil && !failed {
			if failed = true; i == 0 { // nothing else is under way
				a.refuseEnded(s, a.stanzaError(err), ends)
				ends = nil
			} else {
				a.refuse(s, a.stanzaError(err))
			}
		}
		switch {
		case err != nil && i == 0:
			left = 0
			for _, c := range commands {
				a.known.forget(c)
			}
		case err != nil:
			a.known.forget(commands[i])
		case i == 0 && left > 0:
			for next := range left {
				hand(next + 1)
			}
			return
		}
		if left > 0 {
			return
		}
		if failed {
			a.Store.Write(nil, ends...)
		} else {
			done(results, ends)
		}
		a.paid(s)
	}
	hand = func(i int, journal ...store.Change) {
		if len(before) > 0 {
			if r, err, over := a.became(before[i]); over {
				ended(i, r, err)
				return
			}
		}
		send, says := commands[i].(transports.Send)
		if says {
			put(&a.sending, send.Nonce, true)
		}
		a.command(commands[i], func(r transports.Result, err error) {
			if says {
				drop(&a.sending, send.Nonce)
			}
			if len(before) > 0 && goneAlready(commands[i], err) {
				err = nil
			}
			ended(i, r, err)
		}, journal...)
	}
	hand(0, journal...)
}

// goneAlready tells that the network knows nothing of a message that it is to delete once more.
func goneAlready(c transports.Command, err error) bool {
	if _, deletes := c.(transports.Delete); !deletes || err == nil {
		return false
	}
	kind := transports.AsFault(err).Kind
	return kind == transports.NotFound || kind == transports.Gone
}

// confirmChange tells a client that what it asked for was done: in a room by the reflection, else by a receipt if it wants one.
func (a *Account) confirmChange(s *stanza.Stanza, j *joined, w saying, changes []store.Change, seen ...saying) {
	if j == nil {
		if len(changes) > 0 {
			a.Store.Write(nil, changes...)
		}
		a.receipt(s)
		return
	}
	w.id = s.ID
	if origin := xep.OriginID(s); origin != nil && !slices.Contains(w.children, origin) {
		w.children = append(w.children, origin)
	}
	a.confirm(j, w, changes, seen...)
}

// lacks refuses what the network cannot do.
func (a *Account) lacks(text string) *stanza.Error {
	return Refusal(&transports.Fault{Kind: transports.Unsupported, Text: text})
}
