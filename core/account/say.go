package account

import (
	"strings"

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
	case xep.Corrects(s) != "" && len(shared.Files) > 0 && a.offers(transports.Edits, place) && a.uploads(place):
		a.correctBeside(s, j, place, body, shared)
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
	case xep.WantsAttention(s) && place.Room == "":
		a.say(s, nil, place, "/me asks for your attention.")
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
		if sticker := xep.PictureAlone(s); sticker != "" && len(files) == 0 {
			spoken, files = "", attachments{{Bit: sticker}}
		}
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
	whole := &answer{request: s, past: a.resuming[s]}
	if !whole.past.fits(len(lines)) { // the network has learnt to take several at once
		a.refuse(s, Refusal(nobodyKnows))
		return
	}
	for i := range lines {
		if !whole.past.hadItsAnswer(i) {
			whole.left++
		}
	}
	for i, line := range lines {
		if whole.past.hadItsAnswer(i) {
			continue
		}
		p := &utterance{answer: whole, belonging: c, room: j, place: place, line: i, body: shown[i]}
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

// setTopic changes the subject of a room (XEP-0045 §8.1); everyone sees it when the network has confirmed it.
func (a *Account) setTopic(s *stanza.Stanza, j *joined, topic string) {
	a.command(transports.SetTopic{Room: j.id, Text: topic}, func(_ transports.Result, err error) {
		if err != nil {
			a.refuse(s, a.stanzaError(err))
		}
	})
}
