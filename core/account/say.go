package account

import (
	"strconv"
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
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
	body := s.ChildText("", "body")
	invites := xep.ParseInvites(s)
	subject := s.Child("", "subject")
	switch {
	case inRoom && s.To.Resource == "" && s.Type != "groupchat" && invites == nil && !xep.IsDecline(s) && !xep.IsVoiceRequest(s):
		a.refuse(s, onlyGroupchat)
	case s.Type == "groupchat" && (!inRoom || s.To.Resource != ""):
		a.refuse(s, onlyChat)
	case inRoom && xep.IsDecline(s): // by someone who is not in the room
		a.refuse(s, noDecline)
	case inRoom && (j == nil || !j.view.Has(s.From)): // XEP-0045 §7.4
		a.refuse(s, notJoined)
	case inRoom && xep.IsVoiceRequest(s):
		a.refuse(s, noVoiceRequest)
	case xep.Encrypted(s):
		a.refuse(s, encrypted)
	case xep.Ephemeral(s):
	case to.Kind == address.Anyone && s.To.Resource == "":
		a.refuse(s, nobodyNamed)
	case a.link.phase != online:
		a.refuse(s, a.stanzaError(a.offlineFault()))
	case inRoom && s.To.Resource == "" && invites != nil:
		a.invite(s, j, invites)
	case body != "" && inRoom && s.To.Resource == "":
		if line, ok := a.slash(body); ok {
			a.instruct(s, j, transports.InRoom(j.id), line)
			return
		}
		a.say(s, j, transports.InRoom(j.id), body)
	case body != "" && inRoom:
		a.sayAside(s, j, body)
	case body != "" && to.Kind == address.Account:
		a.instruct(s, nil, transports.Place{}, body)
	case body != "":
		user := userID(to, s.To.Resource)
		delete(a.asides, user) // the answer goes to where the person wrote from last
		a.say(s, nil, transports.TalkWith(user), body)
	case subject != nil && inRoom && s.To.Resource == "": // XEP-0045 §8.1: a subject without a body
		a.setTopic(s, j, subject.Text())
	default:
		a.refuse(s, notCarried)
	}
}

// sayAside sends a private message to an occupant (XEP-0045 §7.5); answers come from the occupant as well.
func (a *Account) sayAside(s *stanza.Stanza, j *joined, body string) {
	m, ok := j.view.ByNick(s.To.Resource)
	if !ok {
		a.refuse(s, noOccupant)
		return
	}
	a.asides[m.ID] = aside{j, s.From}
	a.say(s, nil, transports.TalkWith(m.ID), body)
}

// aside is where a person began a private talk: within a room, from one of their clients.
type aside struct {
	in  *joined
	who stanza.JID
}

func (a *Account) forgetAsides(j *joined) {
	for id, aside := range a.asides {
		if aside.in == j {
			delete(a.asides, id)
		}
	}
}

// say sends a message, each line by itself where the network has only lines; the first keeps the client's id.
func (a *Account) say(s *stanza.Stanza, j *joined, place transports.Place, body string) {
	lines := []string{body}
	if a.can.SingleLine {
		lines = linesOf(body)
	}
	if len(lines) == 0 {
		a.refuse(s, emptyMessage)
		return
	}
	whole := &utterance{request: s, left: len(lines)}
	for i, line := range lines {
		p := &pending{utterance: whole, room: j, body: line, nonce: store.NextID()}
		if i == 0 {
			p.id = s.ID
		} else {
			p.id = strconv.FormatInt(p.nonce, 36)
		}
		a.send(p, place)
	}
}

// linesOf are the lines of a body that are not empty.
func linesOf(body string) []string {
	return strings.FieldsFunc(body, func(r rune) bool { return r == '\n' || r == '\r' })
}

// utterance is what a person said in one stanza, which may have become several messages but has one answer.
type utterance struct {
	request *stanza.Stanza
	// left counts the messages that have not ended; failed tells that the sender has an error.
	left   int
	failed bool
}

// pending is a message, or a line of one, on its way to the network.
type pending struct {
	*utterance
	room  *joined // nil in a talk
	id    string
	body  string
	nonce int64
}

func (a *Account) send(p *pending, place transports.Place) {
	style, said := transports.Says, p.body
	if rest, ok := strings.CutPrefix(said, "/me "); ok { // XEP-0245 §3
		style, said = transports.Does, rest
	}
	content := text.Plain(said)
	if !xep.Unstyled(p.request) {
		content = text.ParseStyling(said)
	}
	a.sending[p.nonce] = true
	command := transports.Send{Place: place, Nonce: p.nonce, Style: style, Text: content}
	a.command(command, func(r transports.Result, err error) { a.sent(p, r, err) }, store.Begin{Command: store.Command{
		ID: p.nonce, Account: a.id, Transport: a.Domain,
		From: p.request.From.String(), To: p.request.To.String(), Stanza: p.request.ID}})
}

// sent is how a message ended: the sender gets the reflection or the receipt, or an error that says why not.
func (a *Account) sent(p *pending, r transports.Result, err error) {
	p.left--
	delete(a.sending, p.nonce)
	if err != nil {
		a.Store.Write(nil, store.End{ID: p.nonce})
		if !p.failed {
			p.failed = true
			a.refuse(p.request, a.stanzaError(err))
		}
		return
	}
	if p.room == nil {
		a.Store.Write(nil, store.End{ID: p.nonce})
		if p.left == 0 && !p.failed {
			a.receipt(p.request)
		}
		return
	}
	a.reflect(p, r)
}

// reflect shows the owner's own message in the room when it is on disk: the reflection is its confirmation (XEP-0045 §7.4).
func (a *Account) reflect(p *pending, r transports.Result) {
	j := p.room
	var first transports.MessageID
	if len(r.Parts) > 0 {
		first = r.Parts[0]
	}
	children := []*stanza.Element{stanza.Text("", "body", p.body)}
	if p.id == p.request.ID { // the first line is the message that the client knows
		children = append(children, xep.OriginID(p.request))
	}
	row, said := a.record(j, first, p.id, j.view.Nick(a.self), j.view.Occupant(a.self), a.self.ID, children)
	changes := []store.Change{store.End{ID: p.nonce}}
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
