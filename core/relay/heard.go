package relay

import (
	"context"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// event takes what happened on a network.
func (f *foreign) event(e transports.Event) {
	r := f.relay
	f.rulers.event(e, f.id)
	if room, is := e.(transports.Room); is && (!f.live || room.Room == f.id) {
		f.rulers.are(room.Members)
	}
	if f.Paused {
		f.waits(e)
		return
	}
	if f.membersEvent(e) || f.heldBack(e) {
		return
	}
	switch e := e.(type) {
	case transports.Online:
		f.online(e)
	case transports.Room:
		if !f.enters(e) {
			return
		}
		if f.first.IsZero() {
			f.first = time.Now()
		}
		f.forgetLeft()
		delete(r.warned, "join "+f.Name)
		if words := f.Welcome; words != "" {
			f.Welcome = ""
			r.arrival(func() { r.say(words); r.tell(f, words) })
		}
		if _, told := r.warned["lost "+f.Name]; told {
			delete(r.warned, "lost "+f.Name)
			r.say("Connected to " + f.Name + " again.")
		}
		f.catchUp()
	case transports.Message:
		f.heard(e)
	case transports.Checkpoint: // what a relay is about to say is kept nowhere
		e.Kept()
	case transports.Edited:
		f.edited(e)
	case transports.Deleted:
		f.deleted(e)
	case transports.Reacted:
		f.reacted(e)
	case transports.TopicChanged:
		f.topicChanged(e.Topic)
	case transports.Typing:
		f.typed(e)
	case transports.RoomChanged:
		if e.Room == f.id {
			f.able(f.all, e.Lacks)
		}
	case transports.MemberLeft:
		f.left(e)
	case transports.UserRenamed:
		f.renamed(e)
	}
}

// online is when the connection is there.
func (f *foreign) online(e transports.Online) {
	f.self = e.Self
	f.able(e.Can, f.lacks)
	if !f.live {
		f.join()
	}
}

// enters is when the network has let us into the room; it is false where we are there already. What may be done there can be another then.
func (f *foreign) enters(e transports.Room) bool {
	f.able(f.all, e.Lacks)
	if f.live && e.Room == f.id {
		return false
	}
	f.id, f.live, f.tries = e.Room, true, 0
	return true
}

// left is the relay itself, which comes back after a while.
func (f *foreign) left(e transports.MemberLeft) {
	if !f.live {
		return
	}
	f.live = false
	why := ""
	if e.By != "" {
		why = " by " + e.By
	}
	if e.Reason != "" {
		why += " (" + e.Reason + ")"
	}
	f.why = "I was put out" + why
	f.relay.say("I was put out of " + f.Name + why + ". I try to come back.")
	ctx := f.ctx
	f.relay.after(answerTime, func() {
		if ctx == f.ctx && !f.live {
			f.join()
		}
	})
}

// gone has a puppet leave with its user.
func (f *foreign) gone(u transports.User, reason string) {
	if p := f.relay.puppets[who{f, u.ID}]; p != nil && p.standing != outside {
		f.relay.queue(&saying{leaves: p, body: reason}) // after what they have said
	}
}

func (f *foreign) renamed(e transports.UserRenamed) {
	r := f.relay
	if e.Was == f.self.ID {
		f.self = e.User
	}
	if d := f.ours[e.Was]; d != nil {
		delete(f.ours, e.Was)
		f.ours[e.User.ID] = d
		return
	}
	if was, known := f.members[e.Was]; known {
		delete(f.members, e.Was)
		was.ID, was.Name = e.User.ID, e.User.Name
		f.members[e.User.ID] = was
	}
	p := r.puppets[who{f, e.Was}]
	if p == nil {
		return
	}
	delete(r.puppets, p.who)
	p.user = e.User.ID
	r.puppets[p.who] = p
	for _, s := range r.out {
		if s.room == f && s.user.ID == e.Was {
			s.user.ID = e.User.ID
		}
	}
	if p.standing == inside {
		r.rename(p, e.User.Name)
	} else {
		p.name = e.User.Name
	}
}

// fileWait is how long a message waits for its files to be where clients can fetch them.
const fileWait = 15 * time.Second

// heard takes a message.
func (f *foreign) heard(e transports.Message) {
	if e.Place.User != "" && !e.Own && f.Alone {
		f.noTalks(e, nil)
	}
	if e.Place.Room != f.id {
		return
	}
	h := held{e, &passage{id: e.ID, left: 1}}
	if e.ID != "" {
		f.passing = append(f.passing, h.passage)
	}
	if o := f.owns[e.From.ID]; o == nil || !o.holds(h) {
		f.release(h)
	}
}

// held is a message of the network's room that may have to wait until it is known whose it is. Until then it is not through, so that it is read again after a crash.
type held struct {
	transports.Message
	*passage
}

// release takes a message that waits for nothing any more.
func (f *foreign) release(h held) {
	if o := f.owns[h.From.ID]; o == nil || !o.hasSaid(h.Text) {
		f.take(h.Message, h.passage)
	}
	h.left--
	f.passed()
}

// take has what is news in a message said in the MUC. What the relay itself has said is none.
func (f *foreign) take(e transports.Message, p *passage) {
	r := f.relay
	if e.Replayed && e.At.Before(f.first) { // it was said before the relay came
		return
	}
	if e.Own || f.ours[e.From.ID] != nil || e.ID != "" && r.lines.byForeign[foreignID{f, e.ID}] != nil {
		return
	}
	if f.ordered(e) || f.leftTo != "" || r.echo(f, f.key(e.From.ID), e.From.Name, e.Text) || !f.admits(e.From, e.Text) {
		return
	}
	e.Text = f.calledHere(e.Text)
	l := r.lines.add(&line{room: f, user: e.From, nick: e.From.Name, text: e.Text, does: e.Style == transports.Does, at: e.At, root: f.rootOf(e.Thread)})
	r.lines.has(l, f, e.ID)
	s := &saying{room: f, user: e.From, line: l, id: f.idOf(e.ID, 0), passage: p, at: e.At, body: e.Text.Styling(), does: e.Style == transports.Does}
	if e.Forwarded != nil {
		s.body = strings.TrimSuffix("Forwarded from "+e.Forwarded.From.Name+":\n"+text.Text{{Kind: text.Quote, Children: e.Forwarded.Text}}.Styling()+"\n"+s.body, "\n")
	}
	if e.ReplyTo != nil {
		f.replies(s, e.ReplyTo)
	}
	if s.body != "" {
		r.queue(s)
	}
	for i, file := range e.Files { // each by itself, for that is how clients know a file
		part := l
		if i > 0 || s.body != "" {
			part = r.lines.add(&line{room: f, user: e.From, nick: e.From.Name})
			l.further = append(l.further, part)
		}
		shared := &saying{room: f, user: e.From, line: part, id: f.idOf(e.ID, i+1), passage: p, at: e.At, waits: true}
		r.queue(shared)
		f.share(shared, file)
	}
}

// noTalks tells who writes to the relay alone, or to a double, that rooms are joined and nothing else.
func (f *foreign) noTalks(e transports.Message, d *double) {
	if e.Style == transports.Notice || !f.relay.sometimes("talk "+f.Name+" "+string(e.From.ID), longWait) {
		return
	}
	f.do(&task{by: mouth{double: d}, make: func() transports.Command {
		return transports.Send{Place: e.Place, Style: transports.Notice, Nonce: nonce(), Text: plain("I only join " + f.Name + " with a chat room elsewhere, and nobody reads what you write to me. Write to the room.")}
	}, end: func(transports.Result, error) {}})
}

// share finds where clients can fetch a file; what came after it waits.
func (f *foreign) share(s *saying, file transports.File) {
	r, ctx := f.relay, f.ctx
	if ctx == nil { // what has waited comes also after the end of the connection
		ctx = r.links
	}
	go func() {
		ctx, cancel := context.WithTimeout(ctx, fileWait)
		defer cancel()
		shared, err := f.Share(ctx, file)
		r.post(func() {
			s.waits, s.body = false, shared.URL
			if err != nil {
				s.body = "sent the file " + xep.CleanFileName(file.Name) + ", which cannot be shown here: " + transports.AsFault(err).Text
				s.does = true
			} else if children := xep.SharedFile(shared); len(children) > 1 {
				s.more = func(string) ([]*stanza.Element, bool) { return children[1:], true } // the body is first
				s.line.files = []xep.File{shared}
			}
			s.line.text, s.line.does = plain(s.body), s.does
			r.flow()
		})
	}()
}

// replies adds what a message answers (XEP-0461).
func (f *foreign) replies(s *saying, to *transports.Reference) {
	r := f.relay
	of := r.lines.byForeign[foreignID{f, to.ID}]
	quoted := to.Text
	if of != nil {
		quoted = of.text
	}
	s.quote, s.answers = quotation(quoted), of
	s.more = func(string) ([]*stanza.Element, bool) {
		if of == nil || of.stanzaID == "" {
			return nil, true
		}
		children := []*stanza.Element{xep.Reply(of.stanzaID, r.occupant(of.nick))}
		if s.quote != "" {
			children = append(children, xep.ReplyFallback(characters(s.quote)))
		}
		return children, true
	}
}
