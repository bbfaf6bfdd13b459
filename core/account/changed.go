package account

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// edited shows that a message says something else now (XEP-0308).
func (a *Account) edited(e transports.Edited) {
	if !a.watches(e.Place) {
		return
	}
	if !a.known.isNews(editKey(e.Place, e.ID), e.Text.Styling()) {
		a.alreadyKnown(e.Place, e.At)
		return
	}
	now := transports.Message{Text: e.Text, Style: e.Style}
	body := bodyOf(now)
	var emoji emojiPictures
	link := a.link.ctx
	a.changed(e.Place, e.ID, e.From, e.At, func(j *joined, f finding) *saying {
		if f.pieces > 1 { // of a longer message of the owner's only a piece; clients could show nothing but that
			body = fmt.Sprintf("(%d/%d) %s", f.part+1, f.pieces, body)
			emoji = nil
		}
		w := &saying{from: e.From, at: pastTime(e.At), children: append([]*stanza.Element{stanza.Text("", "body", body)}, emoji.illustrated(wholeText(&now), e.Text)...),
			corrects: f.shown, of: f.stanzaID, stanzaID: changeID("edit", e.ID, e.From.ID, body, e.At)}
		if xep.SharesFile(f.row.Content) { // it had no text: words for a file do not replace it
			w.corrects, w.of = "", ""
		}
		return w
	}, func(lookUp) { emoji = a.findEmoji(link, e.Text) })
}

// deleted shows that a message is gone: its author took it back (XEP-0424), or a moderator took it away (XEP-0425). So it is from the archive.
func (a *Account) deleted(e transports.Deleted) {
	if !a.watches(e.Place) {
		return
	}
	if !a.known.isNews(deleteKey(e.Place, e.ID), "") {
		a.alreadyKnown(e.Place, e.At)
		return
	}
	a.gone(e, func(j *joined, id, author string) saying { return a.deletion(j, e, id, author) }, func(j *joined, w saying, tombstone ...store.Change) {
		if len(tombstone) > 0 {
			a.Store.Write(a.archived, tombstone...)
		}
		a.showChange(e.Place, j, e.By, w)
	})
}

// gone shows that a message is gone, with all the parts as which it was shown: show shows that of the message itself, which comes last. made makes what
// is seen of each.
func (a *Account) gone(e transports.Deleted, made func(j *joined, id, author string) saying, show func(j *joined, w saying, tombstone ...store.Change)) {
	var files []string
	var quoting []store.Rewrite
	a.changed(e.Place, e.ID, e.By, e.At, func(j *joined, f finding) *saying {
		a.noteLines(a.noLine(e.Place, e.ID)...)
		for _, without := range quoting {
			a.Store.Write(a.archived, without)
		}
		author := a.authorOf(e.Place, e.ID, f)
		for _, id := range files {
			w := made(j, id, author)
			w.stanzaID = changeID("delete", transports.MessageID(id), e.By.ID, "", e.At)
			if j != nil {
				a.Store.Write(a.archived, a.tombstone(j, id, w.stanzaID))
			}
			a.showChange(e.Place, j, e.By, w)
		}
		if j != nil && f.part > 0 { // the rest of a longer message is still there
			return nil
		}
		id := f.stanzaID
		if j == nil {
			id = f.shown
		}
		w := made(j, id, author)
		w.stanzaID = changeID("delete", e.ID, e.By.ID, "", e.At)
		if j == nil {
			show(nil, w)
		} else {
			show(j, w, a.tombstone(j, id, w.stanzaID))
		}
		return nil
	}, func(l lookUp) { files, quoting = l.files(e.Place, e.ID), l.quoting(e.Place, e.ID) })
}

// authorOf is who wrote a message, as far as anybody knows.
func (a *Account) authorOf(place transports.Place, id transports.MessageID, f finding) string {
	switch {
	case f.row.Author != "":
		return f.row.Author
	case f.own:
		return string(a.self.ID)
	}
	return string(a.authors.of[authored{place.Room, id}])
}

// deletion is what people see when a message, or a part of one, is gone; author wrote it. Where nobody knows who did, it is gone in the form that clients
// believe of anyone.
func (a *Account) deletion(j *joined, e transports.Deleted, id, author string) saying {
	w := saying{from: e.By, children: xep.Retraction(id)}
	if j != nil && author != string(e.By.ID) {
		w = a.moderation(j, id, e.By, e.Reason)
	}
	w.at = pastTime(e.At)
	return w
}

// moderation is what the people in a room see when a moderator has taken a message away.
func (a *Account) moderation(j *joined, stanzaID string, by transports.User, reason string) saying {
	who, occupant := stanza.JID{}, ""
	if by.ID != "" {
		who, occupant = j.view.JID.WithResource(j.view.Nick(by)), j.view.Occupant(by)
	}
	return saying{from: by, byRoom: true, children: xep.Moderation(stanzaID, who, occupant, reason)}
}

// tombstone puts into the archive that a message is gone (XEP-0424 §4).
func (a *Account) tombstone(j *joined, stanzaID, retraction string) store.Change {
	r := store.Retract{Account: a.id, Transport: a.Domain, Scope: string(a.scope), Place: string(j.id), ID: stanzaID,
		Content: xep.Tombstone(retraction, time.Now()).Append(nil)}
	if a.About.StableIDs {
		r.Account = 0
	}
	return r
}

// reacted shows all the reactions that a user now has on a message (XEP-0444).
func (a *Account) reacted(e transports.Reacted) {
	if !a.watches(e.Place) {
		return
	}
	emoji := slices.Sorted(slices.Values(e.Emoji))
	if !a.known.isNews(reactKey(e.Place, e.ID, e.From.ID), strings.Join(emoji, " ")) {
		a.alreadyKnown(e.Place, e.At)
		return
	}
	a.changed(e.Place, e.ID, e.From, e.At, func(j *joined, f finding) *saying {
		id := f.stanzaID
		if j == nil {
			id = f.shown
		}
		a.noteLines(a.reactionLine(e.Place, e.ID, e.From, emoji)...)
		children := []*stanza.Element{xep.Reactions(id, emoji), xep.Stored()}
		if len(emoji) > 0 {
			quoted := textOf(f.row.Content)
			if a.known.has(deleteKey(e.Place, e.ID)) { // meanwhile
				quoted = nil
			}
			children = append(children, stanza.Text("", "body", quotation(quoted)+strings.Join(emoji, " ")), xep.Fallback(xep.NSReactions, 0, 0))
		}
		return &saying{from: e.From, at: pastTime(e.At), children: children, stanzaID: changeID("react", e.ID, e.From.ID, strings.Join(emoji, " "), e.At)}
	})
}

// finding is what is known of a message that something happens to.
type finding struct {
	names
	row store.Row
}

// watches tells whether what happens in a place is shown now. What happens in a room while nobody is inside is read from its history later, so it is no known change.
func (a *Account) watches(place transports.Place) bool {
	j := a.rooms[place.Room]
	return place.Room == "" || j != nil && j.live
}

// changed shows what happened to a message: in its room and the archive, or in the talk. show makes what is seen of it, nil for nothing; j is nil in a talk.
func (a *Account) changed(place transports.Place, id transports.MessageID, by transports.User, at time.Time, show func(j *joined, f finding) *saying, also ...func(lookUp)) {
	j := a.rooms[place.Room]
	var f finding
	a.afterLookUp(a.orderOf(place), func(l lookUp) {
		f = finding{l.names(place, id), l.row(place, id)}
		for _, look := range also {
			look(l)
		}
	}, func() {
		if w := show(j, f); w != nil {
			a.showChange(place, j, by, *w)
		}
		a.markChange(place, at)
		a.awaitServer()
	})
}

// alreadyKnown takes a change that is shown already, or waits to be.
func (a *Account) alreadyKnown(place transports.Place, at time.Time) {
	a.orderOf(place).add(func() { a.markChange(place, at) })
}

// orderOf is the order of what is shown in a place; it is to be used at once.
func (a *Account) orderOf(place transports.Place) *order {
	if j := a.rooms[place.Room]; j != nil {
		return &j.order
	}
	return a.told.of(place.User)
}

// showChange shows what happened to a message: in its room, or in the talk where j is nil.
func (a *Account) showChange(place transports.Place, j *joined, by transports.User, w saying) {
	if j == nil {
		a.whisper(place, by, w)
		return
	}
	row, said := a.record(j, w)
	if j.view.Logged {
		a.Store.Write(a.archived, row)
	}
	a.showSaid(j, said, a.Stream.Show)
}

// changeID is the archive's id of a change, the same for all who see it happen at about the same time.
func changeID(kind string, id transports.MessageID, by transports.UserID, what string, at time.Time) string {
	if at.IsZero() {
		at = time.Now()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%d", kind, id, by, what, at.Unix()/10))
	return msgid.Change(string(id), hex.EncodeToString(sum[:6]))
}

// pastTime is the time of something that did not happen just now, else the zero time.
func pastTime(at time.Time) time.Time {
	if at.IsZero() || time.Since(at) <= late {
		return time.Time{}
	}
	return at
}
