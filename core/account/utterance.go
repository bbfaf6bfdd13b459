package account

import (
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// answer is that to a stanza, which may have become several messages.
type answer struct {
	request *stanza.Stanza
	// past is what is owed for it since an earlier run, nil where it is new.
	past *debt
	// left counts the messages that have not ended; failed tells that the sender has an error.
	left   int
	failed bool
}

// utterance is one message on its way to the network, maybe in several pieces.
type utterance struct {
	*answer
	belonging
	room  *joined // nil in a talk
	place transports.Place
	line  int // of those that the client's message became
	id    string
	body  string
	// files go with the last piece; elements are those that told of them.
	files    attachments
	elements []*stanza.Element
	// texts are those of its pieces, pieces what the network made of each; waiting counts those that have not ended.
	texts   []string
	pieces  [][]transports.MessageID
	waiting int
	err     error
	// entries are those of its pieces in the journal, owed what they say; before is when it was said, of one that was found later.
	entries []store.Change
	owed    []*owed
	before  time.Time
}

func (a *Account) send(p *utterance, pieces []string) {
	p.texts = slices.Clone(pieces)
	style := transports.Says
	if rest, ok := strings.CutPrefix(pieces[0], "/me "); ok { // XEP-0245 §3
		style, pieces[0] = transports.Does, rest
	}
	if len(p.files) > 0 && p.id != "" {
		a.attached.note(flight{p.place, p.id}, p.files, len(pieces))
	}
	p.waiting, p.pieces = len(pieces), make([][]transports.MessageID, len(pieces))
	if f := (flight{p.place, p.id}); p.id != "" {
		put(&a.flying, f, a.flying[f])
	}
	before := p.past.of(p.line)
	if p.past != nil && len(p.past.commands) > 0 && len(before) != len(pieces) {
		p.waiting = 1
		a.sent(p, nobodyKnows)
		return
	}
	for i, piece := range pieces {
		nonce := store.NextID()
		if len(before) > 0 {
			nonce = before[i].nonce
		}
		p.entries = append(p.entries, store.End{ID: nonce})
		if len(before) > 0 {
			if r, err, over := a.became(before[i]); over {
				p.before = before[i].at
				p.pieces[i] = r.Parts
				a.sent(p, err)
				continue
			}
		}
		command := transports.Send{Place: p.place, Nonce: nonce, Style: style, Text: a.styled(p.request, p.room, piece), Thread: p.thread}
		if i == 0 {
			command.ReplyTo = p.replyTo
		}
		e := a.entryOf(p.request, p.place, command, p.line)
		p.owed = append(p.owed, &owed{entry: e, nonce: nonce})
		put(&a.sending, nonce, true)
		var fetch preparing
		if i == len(pieces)-1 && len(p.files) > 0 {
			fetch = a.attach(p.request, command, p.files)
		}
		a.prepared(command, fetch, func(r transports.Result, err error) {
			drop(&a.sending, nonce)
			p.pieces[i] = r.Parts
			a.sent(p, err)
		}, a.begin(nonce, p.request, e, i == 0))
	}
}

// styled is a client's text with its formatting, and with those whom it names in a room.
func (a *Account) styled(s *stanza.Stanza, j *joined, body string) text.Text {
	t := text.Plain(body)
	if !xep.Unstyled(s) {
		t = text.ParseStyling(body)
	}
	if xep.IsSpoiler(s) {
		t = t.Hide()
	}
	return a.mentionsIn(t, s, j)
}

// sent is how a piece of a message ended. When all have, the sender gets the reflection or the receipt, or an error that says why not.
func (a *Account) sent(p *utterance, err error) {
	if p.err == nil {
		p.err = err
	}
	if p.waiting--; p.waiting > 0 || a.findsOut(p) {
		return
	}
	defer a.landed(p.place, p.id) // once what became of it is handed to the store
	if p.left--; p.left == 0 {
		defer a.paid(p.request)
	}
	if p.err != nil {
		if p.failed {
			a.Store.Write(nil, p.entries...)
			return
		}
		p.failed = true
		a.refuseEnded(p.request, a.stanzaError(p.partly()), p.entries)
		return
	}
	changes := a.sentIDs(p)
	if ids := p.parts(); len(ids) > 0 && p.before.IsZero() {
		last := ids[len(ids)-1]
		if p.room != nil {
			changes = append(changes, a.cursor(p.room, last)...)
		} else {
			a.noteLatest(p.place, last)
			var lines []store.Change
			for _, id := range ids {
				lines = append(lines, a.talkLine(p.place, id, a.self.ID, time.Now())...)
			}
			defer func() { a.told.of(p.place.User).add(func() { a.tookMessage(p.place.User, last, lines...) }) }()
		}
	}
	switch {
	case p.room != nil:
		a.reflect(p, append(changes, p.entries...))
	case p.left == 0 && !p.failed:
		a.receiptEnded(p.request, p.entries, changes...)
	default:
		a.Store.Write(nil, append(changes, p.entries...)...)
	}
}

// partly is why a message could not be sent, and how much of it was all the same.
func (p *utterance) partly() error {
	fault := *transports.AsFault(p.err)
	there := 0
	for _, ids := range p.pieces {
		if len(ids) > 0 {
			there++
		}
	}
	if there > 0 {
		fault.Text = "Only a part of the message was sent. " + fault.Text
	}
	return &fault
}

// parts are the ids of a message in order, none where the network gives none.
func (p *utterance) parts() []transports.MessageID {
	var all []transports.MessageID
	for _, ids := range p.pieces {
		all = append(all, ids...)
	}
	return all
}

// sentIDs keep which messages of the network a client's message has become.
func (a *Account) sentIDs(p *utterance) []store.Change {
	var all []store.Change
	for i, id := range p.parts() {
		all = append(all, store.PutSent{Sent: store.Sent{Account: a.id, Place: PlaceKey(p.place), Stanza: p.id, Part: int64(i), Message: string(id),
			Thread: p.begins, Sender: p.request.From.Bare().String(), At: time.Now().UnixMilli()}})
	}
	return all
}

// reflect shows the owner's own message in the room when it is on disk: the reflection is its confirmation (XEP-0045 §7.4).
func (a *Account) reflect(p *utterance, changes []store.Change) {
	j := p.room
	own := saying{id: p.id, from: a.self, at: pastTime(p.before), passing: xep.NotToBeKept(p.request)}
	if p.body != "" {
		own.children = append(own.children, stanza.Text("", "body", p.body))
	}
	own.children = append(own.children, p.elements...)
	if ids := p.parts(); len(ids) > 0 {
		own.message = ids[0]
	}
	if p.id == p.request.ID { // the first line is the message that the client knows
		own.children = append(own.children, xep.Context(p.request)...)
	}
	a.confirm(j, own, changes, a.asSeen(p)...)
}

// asSeen are the pieces of a message as all others see them, where the archive is theirs as well; none where there is one piece, or
// nobody knows which text belongs to which id.
func (a *Account) asSeen(p *utterance) []saying {
	if !a.About.StableIDs || len(p.pieces) < 2 || len(p.files) > 0 {
		return nil
	}
	var all []saying
	for i, ids := range p.pieces {
		if len(ids) != 1 {
			return nil
		}
		piece := saying{message: ids[0], from: a.self, children: []*stanza.Element{stanza.Text("", "body", p.texts[i])}}
		if i == 0 {
			for _, e := range xep.Context(p.request) {
				if e.Space != xep.NSFallback { // the quotation is not in the text
					piece.children = append(piece.children, e)
				}
			}
		}
		all = append(all, piece)
	}
	return all
}

// confirm shows what the owner did in a room when it is on disk. The archive has it in the same form, or as others see it.
func (a *Account) confirm(j *joined, own saying, changes []store.Change, seen ...saying) {
	row, said := a.record(j, own)
	rows := []store.Append{row}
	if len(seen) > 0 {
		rows = nil
	}
	for _, w := range seen {
		row, _ := a.record(j, w)
		rows = append(rows, row)
	}
	for _, row := range rows {
		if j.view.Logged && !own.passing {
			put(&j.unshown, row.Seq, true)
			changes = append(changes, row)
		}
	}
	fill := j.order.wait()
	a.commit(func(err error) {
		if err != nil {
			a.log.Error("A message was sent but could not be archived.", "room", string(j.id), "error", err)
		}
		fill(func() {
			for _, row := range rows {
				drop(&j.unshown, row.Seq)
			}
			a.showSaid(j, said, a.Stream.Reply)
		})
	}, changes...)
}
