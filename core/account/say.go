package account

import (
	"strings"
	"time"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/mapping/msgid"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// message takes what the owner says. It ends in a confirmation or an error, unless there is nothing in it to lose.
func (a *Account) message(s *stanza.Stanza, to address.Address) {
	j := a.rooms[roomID(to)]
	inRoom := to.Kind == address.Room
	if s.Type == "error" {
		if inRoom {
			a.evict(j, s)
		}
		return
	}
	toRoom := inRoom && s.To.Resource == ""
	invites := xep.ParseInvites(s)
	switch {
	case toRoom && s.Type != "groupchat" && invites == nil && !xep.IsDecline(s) && !xep.IsVoiceRequest(s):
		a.refuse(s, onlyGroupchat)
	case s.Type == "groupchat" && !toRoom:
		a.refuse(s, onlyChat)
	case inRoom && xep.IsDecline(s): // by someone who is not in the room
		a.refuse(s, noDecline)
	case inRoom && (j == nil || !j.view.Has(s.From)) && (toRoom || !a.About.NickIDs): // XEP-0045 §7.4
		a.refuse(s, notJoined)
	case inRoom && xep.IsVoiceRequest(s):
		a.refuse(s, noVoiceRequest)
	case xep.Encrypted(s):
		a.refuse(s, encrypted)
	case to.Kind == address.Anyone && s.To.Resource == "":
		a.refuse(s, nobodyNamed)
	case xep.Ephemeral(s):
		a.hint(s, j, to)
	case a.link.phase != online:
		a.refuse(s, a.stanzaError(a.offlineFault()))
	case toRoom && invites != nil:
		a.invite(s, j, invites)
	case to.Kind == address.Account:
		a.toAccount(s)
	case toRoom:
		a.toPlace(s, j, transports.InRoom(j.id))
	default:
		if j != nil && !j.view.Has(s.From) {
			j = nil
		}
		place, ok := a.talkPlace(s, j, to)
		if !ok && !a.About.NickIDs {
			a.refuse(s, noOccupant)
			return
		}
		if !ok { // whoever has that nick, in the room or not
			j, place = nil, transports.TalkWith(transports.UserID(strings.ToLower(s.To.Resource)))
		}
		a.asides.note(place.User, j, s) // the answer goes to where the person wrote from last
		a.toPlace(s, nil, place)
	}
}

// talkPlace is the talk with the user or occupant whom a stanza is for.
func (a *Account) talkPlace(s *stanza.Stanza, j *joined, to address.Address) (transports.Place, bool) {
	if j == nil {
		return transports.TalkWith(userID(to, s.To.Resource)), to.Kind != address.Room
	}
	m, ok := j.view.ByNick(s.To.Resource)
	return transports.TalkWith(m.ID), ok
}

func (a *Account) toAccount(s *stanza.Stanza) {
	if body := s.ChildText("", "body"); body != "" {
		a.instruct(s, nil, transports.Place{}, body)
		return
	}
	a.refuse(s, notCarried)
}

// toPlace takes what is said in a place, or about what was said there; j is its room, nil for a talk.
func (a *Account) toPlace(s *stanza.Stanza, j *joined, place transports.Place) {
	body := s.ChildText("", "body")
	reacted, emoji, reacts := xep.ParseReactions(s)
	shared := xep.ParseShared(s, body)
	subject := s.Child("", "subject")
	switch {
	case xep.Retracts(s) != "":
		a.retract(s, j, place, xep.Retracts(s))
	case reacts:
		a.react(s, j, place, reacted, emoji)
	case shared.Sealed:
		a.refuse(s, sealedFile)
	case body != "" && xep.Corrects(s) != "" && a.offers(transports.Edits, place):
		a.correct(s, j, place, body)
	case body != "" || len(shared.Files) > 0:
		if line, ok := a.slash(body); ok && j != nil {
			a.instruct(s, j, place, line)
			return
		}
		a.say(s, j, place, body)
	case shared.Unreachable:
		a.refuse(s, unreachableFile)
	case subject != nil && j != nil: // XEP-0045 §8.1: a subject without a body
		a.setTopic(s, j, subject.Text())
	default:
		a.refuse(s, notCarried)
	}
}

// say sends a message. What it is an answer to, and the thread that it belongs to, are looked up first; what was said after it waits.
func (a *Account) say(s *stanza.Stanza, j *joined, place transports.Place, body string) {
	replies, thread := xep.RepliesTo(s), xep.Thread(s)
	if replies == "" || !a.offers(transports.Replies, place) {
		replies = ""
	}
	if _, ours := msgid.ParseThread(thread); !a.offers(transports.Threads, place) || !ours && j == nil {
		thread = "" // in a talk clients begin a thread whenever a window is opened
	}
	if replies == "" && thread == "" {
		a.said.add(func() { a.utter(s, j, place, body, belonging{}) })
		return
	}
	var c belonging
	a.afterLookUp(&a.said, func(l lookUp) {
		if replies != "" {
			c.replyTo = l.reference(place, replies)
		}
		c.thread, c.begins = l.thread(place, thread)
	}, func() { a.utter(s, j, place, body, c) })
}

// belonging is what a message of a client's belongs to.
type belonging struct {
	replyTo *transports.Reference
	thread  transports.MessageID
	// begins is the client's name of the thread that begins with it.
	begins string
}

// utter sends a message, each line by itself where the network has only lines, in pieces where it limits them; the first
// line keeps the client's id.
func (a *Account) utter(s *stanza.Stanza, j *joined, place transports.Place, body string, c belonging) {
	spoken := body
	if c.replyTo != nil {
		spoken = xep.WithoutQuotation(s, body)
	}
	shared := xep.ParseShared(s, spoken)
	var files attachments
	if a.uploads(place) {
		spoken, files = shared.Text, shared.Files
	} else {
		spoken = shared.Links(spoken)
		if body == "" {
			body = spoken
		}
	}
	shown, lines := []string{body}, []string{spoken}
	if a.can.SingleLine {
		lines = linesOf(spoken)
		shown = lines
		if len(files) > 0 && len(lines) <= 1 { // clients know a file by the body that it came with
			shown, lines = []string{body}, []string{strings.Join(lines, "")}
		}
	}
	if len(files) == 0 && (len(lines) == 0 || strings.TrimSpace(spoken) == "") {
		a.refuse(s, emptyMessage)
		return
	}
	whole := &answer{request: s, left: len(lines)}
	for i, line := range lines {
		p := &utterance{answer: whole, belonging: c, room: j, place: place, body: shown[i]}
		if i == 0 {
			p.id = s.ID
		} else {
			p.id, p.replyTo = msgid.Local(store.NextID()), nil
		}
		if i == len(lines)-1 {
			p.files = files
		}
		if len(lines) == 1 || attachments(shared.Files).in(line) {
			p.elements = shared.Elements
		}
		a.send(p, pieces(line, a.can.MaxText))
	}
}

// pieces are a text in pieces of at most so many characters; one of files alone is empty.
func pieces(line string, most int) []string {
	if line == "" {
		return []string{""}
	}
	return text.Pieces(line, most)
}

// linesOf are the lines of a body that are not empty.
func linesOf(body string) []string {
	return strings.FieldsFunc(body, func(r rune) bool { return r == '\n' || r == '\r' })
}

// answer is that to a stanza, which may have become several messages.
type answer struct {
	request *stanza.Stanza
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
	id    string
	body  string
	// files go with the last piece; elements are those that told of them.
	files    attachments
	elements []*stanza.Element
	// pieces are what the network made of each; waiting counts those that have not ended.
	pieces  [][]transports.MessageID
	waiting int
	err     error
}

func (a *Account) send(p *utterance, pieces []string) {
	style := transports.Says
	if rest, ok := strings.CutPrefix(pieces[0], "/me "); ok { // XEP-0245 §3
		style, pieces[0] = transports.Does, rest
	}
	p.waiting, p.pieces = len(pieces), make([][]transports.MessageID, len(pieces))
	if f := (flight{p.place, p.id}); p.id != "" {
		a.flying[f] = a.flying[f]
	}
	for i, piece := range pieces {
		nonce := store.NextID()
		command := transports.Send{Place: p.place, Nonce: nonce, Style: style, Text: a.styled(p.request, p.room, piece), Thread: p.thread}
		if i == 0 {
			command.ReplyTo = p.replyTo
		}
		a.sending[nonce] = true
		var fetch preparing
		if i == len(pieces)-1 && len(p.files) > 0 {
			fetch = a.attach(command, p.files)
		}
		a.prepared(command, fetch, func(r transports.Result, err error) {
			delete(a.sending, nonce)
			p.pieces[i] = r.Parts
			a.sent(p, nonce, err)
		}, a.begin(nonce, p.request))
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

// begin is the entry of a stanza in the journal.
func (a *Account) begin(nonce int64, s *stanza.Stanza) store.Change {
	return store.Begin{Command: store.Command{ID: nonce, Account: a.id, Transport: a.Domain, From: s.From.String(), To: s.To.String(), Stanza: s.ID}}
}

// sent is how a piece of a message ended. When all have, the sender gets the reflection or the receipt, or an error that says why not.
func (a *Account) sent(p *utterance, nonce int64, err error) {
	if p.err == nil {
		p.err = err
	}
	if p.waiting--; p.waiting > 0 {
		a.Store.Write(nil, store.End{ID: nonce})
		return
	}
	defer a.landed(p) // once what became of it is handed to the store
	p.left--
	if p.err != nil {
		a.Store.Write(nil, store.End{ID: nonce})
		if !p.failed {
			p.failed = true
			a.refuse(p.request, a.stanzaError(p.partly()))
		}
		return
	}
	changes := append(a.sentIDs(p), store.End{ID: nonce})
	if ids := p.parts(); len(ids) > 0 {
		changes = append(changes, a.cursor(p.place, ids[len(ids)-1])...)
	}
	if p.room == nil {
		a.Store.Write(nil, changes...)
		if p.left == 0 && !p.failed {
			a.receipt(p.request)
		}
		return
	}
	a.reflect(p, changes)
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
	own := saying{id: p.id, from: a.self}
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
	a.confirm(j, own, changes)
}

// confirm shows what the owner did in a room when it is on disk.
func (a *Account) confirm(j *joined, own saying, changes []store.Change) {
	row, said := a.record(j, own)
	if j.view.Logged {
		changes = append(changes, row)
	}
	fill := j.order.wait()
	a.commit(func(err error) {
		if err != nil {
			a.log.Error("A message was sent but could not be archived.", "room", string(j.id), "error", err)
		}
		fill(func() { a.showSaid(j, said, a.Stream.Reply) })
	}, changes...)
}

// setTopic changes the subject of a room (XEP-0045 §8.1); everyone sees it when the network has confirmed it.
func (a *Account) setTopic(s *stanza.Stanza, j *joined, topic string) {
	a.command(transports.SetTopic{Room: j.id, Text: topic}, func(_ transports.Result, err error) {
		if err != nil {
			a.refuse(s, a.stanzaError(err))
		}
	})
}

// saying is something said or done in a room, as it is kept and shown.
type saying struct {
	// message is the network's id of it, empty where there is none.
	message transports.MessageID
	// stanzaID is the id of the archive where it does not follow from message.
	stanzaID string
	// id is the id attribute for the owner's clients, empty for the stanza-id.
	id   string
	from transports.User
	// byRoom: the room itself tells it, not from.
	byRoom   bool
	at       time.Time
	children []*stanza.Element
	// corrects is the message that it corrects, by the id attribute that the owner's clients know; of is its stanza-id.
	corrects, of string
}

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
	var content []byte
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
