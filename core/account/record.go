package account

import (
	"time"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// saying is something said or done in a room, as it is kept and shown.
type saying struct {
	// message is the network's id of it, empty where there is none.
	message transports.MessageID
	// stanzaID is the id of the archive where it does not follow from message.
	stanzaID string
	// id is the id attribute for the owner's clients, empty for the stanza-id.
	id   string
	from transports.User
	// passing: it is only of the moment, and no archive is to have it.
	passing bool
	// byRoom: the room itself tells it, not from.
	byRoom   bool
	at       time.Time
	children []*stanza.Element
	// corrects is the message that it corrects, by the id attribute that the owner's clients know; of is its stanza-id.
	corrects, of string
}

// usualContent is how many bytes the rendered children of most messages have room in.
const usualContent = 224

// record makes the archive's row of what was said in a room, and what people see of it: the same bytes, rendered once. Where the
// network gives stable ids, the row is everyone's and its id the network's; else it is the account's.
func (a *Account) record(j *joined, w saying) (store.Append, room.Said) {
	seq := store.NextID()
	stanzaID, owner := w.stanzaID, a.id
	switch {
	case stanzaID != "":
	case w.message != "":
		stanzaID = msgid.Encode(string(w.message), 0)
	default:
		stanzaID = msgid.Local(seq)
	}
	stable := a.About.StableIDs && stanzaID != msgid.Local(seq)
	id := w.id
	if id == "" {
		id = stanzaID
	}
	kept, corrects := id, w.corrects
	if stable { // others read the row as well, and know nothing of the ids that the owner's clients gave
		owner, kept, corrects = 0, stanzaID, w.of
	}
	nick, occupant := "", ""
	if !w.byRoom {
		nick, occupant = j.view.Nick(w.from), j.view.Occupant(w.from)
	}
	content := make([]byte, 0, usualContent)
	for _, c := range w.children {
		if c != nil {
			content = c.Append(content)
		}
	}
	if occupant != "" {
		content = xep.Occupant(occupant).Append(content)
	}
	at := w.at
	if at.IsZero() {
		at = time.Now()
	}
	row := store.Row{Seq: seq, Account: owner, Transport: a.Domain, Scope: string(a.scope), Place: string(j.id),
		ID: stanzaID, Author: string(w.from.ID), Nick: nick, Stanza: kept, At: at.UnixMilli(), Content: content, Replaces: corrects}
	return store.Append{Row: row}, room.Said{ID: id, StanzaID: stanzaID, Nick: nick, Content: content, Corrects: w.corrects, At: w.at}
}
