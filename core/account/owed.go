package account

import (
	"encoding/json"
	"slices"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

const (
	// resumeWithin is how long after they were begun commands of an earlier run are done that were not done yet; afterwards people have gone on.
	resumeWithin = 10 * time.Minute
	// patience is how long after the account is connected, or cannot be, it is waited for their places to be there.
	patience = 3 * time.Minute
)

// The words for what is not known, or was not done.
var (
	nobodyKnows  = &transports.Fault{Kind: transports.UnknownOutcome, Text: Unknown}
	notDelivered = &transports.Fault{Kind: transports.Offline, Text: "The gateway was stopped while it sent this message, and it was not delivered. Send it again."}
)

// Unknown says to a person that nobody knows what became of a message.
const Unknown = "The gateway was stopped while it sent this message. It is not known whether it was delivered: look in the room before you send it again."

// owed is a command that was in the journal when an earlier run ended, or of which nobody knows what became of it.
type owed struct {
	entry
	nonce int64
	// seen: the network has it; sure: where it was not seen, it was not done.
	seen, sure bool
	// doubt is why nobody knows what became of it, where that was not a crash.
	doubt error
	sighting
}

// begun is when it was.
func (o *owed) begun() time.Time { return time.UnixMilli(o.At) }

// within tells whether it was begun at most so long ago. A clock that was set back tells nothing.
func (o *owed) within(d time.Duration) bool {
	age := time.Since(o.begun())
	return age >= 0 && age < d
}

// debt is a stanza of a client's with what is owed for it. It is gone on with as if it had come only now, but that each command is
// the one that it was.
type debt struct {
	request  *stanza.Stanza
	place    transports.Place
	commands []*owed
	// since is when it became a debt.
	since time.Time
	// waiting: it waited for the network to name the message that it is about.
	waiting *owed
	// all are its entries, earlier those of an earlier run.
	all     []int64
	earlier []store.Command
}

// takeOver takes what an earlier run owes the owner.
func (a *Account) takeOver() {
	for _, c := range a.identity.Owed {
		a.owe(c)
	}
	a.identity.Owed = nil
	if len(a.debts) > 0 {
		a.remind()
	}
}

// remind has what is owed given up after a while.
func (a *Account) remind() {
	if a.overdue == nil {
		a.overdue = time.AfterFunc(patience, func() { a.mail.put(a.giveUp) })
		return
	}
	a.overdue.Reset(patience)
}

// findsOut has it found out what became of a message of which the network did not say whether it took it, as after a crash: at once, or when there is
// a connection again. It is false where that cannot be.
func (a *Account) findsOut(p *utterance) bool {
	if p.err == nil || transports.AsFault(p.err).Kind != transports.UnknownOutcome || !a.remembers || !a.resumes() || a.stopping ||
		p.past != nil || p.left > 1 || p.failed {
		return false
	}
	d := &debt{request: p.request, place: p.place, commands: p.owed, since: time.Now()}
	for i, o := range d.commands {
		o.seen, o.ids, o.doubt = len(p.pieces[i]) > 0, p.pieces[i], p.err
		d.all = append(d.all, o.nonce)
		put(&a.sending, o.nonce, true) // its echo may come yet
	}
	a.debts = append(a.debts, d)
	a.remind()
	if j := a.rooms[p.place.Room]; a.link.phase == online && p.place.Room == "" {
		a.catchUpTalks()
	} else if a.link.phase == online && j != nil && j.live {
		a.catchUp(j)
	}
	return true
}

func (a *Account) owe(c store.Command) {
	from, err := stanza.ParseJID(c.From)
	to, problem := stanza.ParseJID(c.To)
	o := &owed{nonce: c.ID}
	if bad := json.Unmarshal(c.Data, &o.entry); bad != nil || err != nil || problem != nil {
		a.log.Error("An entry of the journal cannot be read.", "from", c.From, "to", c.To)
		a.Store.Write(nil, store.End{ID: c.ID})
		return
	}
	d := a.debtOf(from, to, c.Stanza)
	if d == nil {
		d = &debt{since: time.Now(), place: o.Place, request: &stanza.Stanza{Kind: stanza.Message, Type: o.Type, ID: c.Stanza, From: from, To: to}}
		if o.IQ {
			d.request.Kind = stanza.IQ
		}
		a.debts = append(a.debts, d)
	}
	if o.Payload != "" && d.request.Payload == nil {
		d.request.Payload = stanza.Parse([]byte(o.Payload))
	}
	d.all, d.earlier = append(d.all, c.ID), append(d.earlier, c)
	if o.Deed == waits {
		d.waiting = o
	} else {
		d.commands = append(d.commands, o)
	}
	if o.Deed == says && c.Stanza != "" { // what refers to it waits
		f := flight{d.place, d.request.ID}
		put(&a.flying, f, a.flying[f])
	}
}

func (a *Account) debtOf(from, to stanza.JID, id string) *debt {
	for _, d := range a.debts {
		if d.request.From == from && d.request.To == to && d.request.ID == id {
			return d
		}
	}
	return nil
}

// looks are what is to be looked for in a room, or in all talks where room is empty, by place.
func (a *Account) looks(room transports.RoomID) []*look {
	var all []*look
	for _, d := range a.debts {
		if d.place.Room != room || len(d.commands) == 0 {
			continue
		}
		i := slices.IndexFunc(all, func(k *look) bool { return k.place == d.place })
		if i < 0 {
			i = len(all)
			all = append(all, &look{place: d.place, texts: !a.can.Nonces, self: a.self.ID})
		}
		all[i].owed = append(all[i].owed, d.commands...)
		if d.since.After(all[i].since) {
			all[i].since = d.since
		}
	}
	return all
}

// owes tells whether something is owed in a room, or in any talk.
func (a *Account) owes(room transports.RoomID) bool {
	return slices.ContainsFunc(a.debts, func(d *debt) bool { return d.place.Room == room })
}

// resume goes on with what is owed in a room, or in all talks, after a look at their histories.
func (a *Account) resume(room transports.RoomID, looks []*look) {
	if a.link.phase != online {
		return
	}
	for _, k := range looks {
		for _, o := range k.owed {
			if s, there := k.found[o.nonce]; there {
				o.sighting, o.seen = s, true
			}
			o.sure = k.whole && !k.strange && o.Plain
		}
	}
	due := a.debts
	a.debts = nil
	for _, d := range due {
		if d.place.Room != room || !d.lookedFor(looks) {
			a.debts = append(a.debts, d)
			continue
		}
		late := len(d.commands) == 0 && !d.waiting.within(resumeWithin)
		if d.request.Kind == stanza.IQ || late { // its client has gone on
			a.fail(d)
			continue
		}
		put(&a.resuming, d.request, d)
		a.toPlace(d.request, a.rooms[room], d.place)
	}
}

// lookedFor tells whether there was a look at its commands, where it has any.
func (d *debt) lookedFor(looks []*look) bool {
	return len(d.commands) == 0 || slices.ContainsFunc(looks, func(k *look) bool { return slices.Contains(k.owed, d.commands[0]) })
}

// giveUp tells what nobody has found out in all that time.
func (a *Account) giveUp() {
	switch first := a.link.since.IsZero() && a.link.failures == 0; {
	case a.stopping:
	case len(a.gaps) > 0: // a look is under way
		a.overdue.Reset(gapTimeout)
		return
	case first && (a.link.phase == waiting || a.link.phase == connecting): // its turn has not come
		a.overdue.Reset(patience)
		return
	}
	due := a.debts
	a.debts = nil
	for _, d := range due {
		a.fail(d)
	}
}

// leaveDebts leaves what is owed still to who comes next, which may find it out.
func (a *Account) leaveDebts() {
	if a.overdue != nil {
		a.overdue.Stop()
	}
	var owed []store.Command
	for _, d := range a.debts {
		owed = append(owed, d.earlier...)
	}
	if len(owed) > 0 && a.identity.Disown != nil {
		a.identity.Disown(owed)
	}
}

// busyWithDebts tells whether something is owed that nobody else can find out. What an earlier run owes alone keeps no connection's place from being taken.
func (a *Account) busyWithDebts() bool {
	return slices.ContainsFunc(a.debts, func(d *debt) bool { return d.earlier == nil })
}

// fail tells a client that nobody knows what became of its stanza.
func (a *Account) fail(d *debt) {
	put(&a.resuming, d.request, d)
	var unknown error = nobodyKnows
	if len(d.commands) > 0 {
		unknown = d.commands[0].unknown()
	}
	a.refuse(d.request, Refusal(unknown))
	a.paid(d.request)
}

// paid strikes out what is owed for a stanza that has its answer.
func (a *Account) paid(s *stanza.Stanza) {
	d := a.resuming[s]
	if d == nil {
		return
	}
	drop(&a.resuming, s)
	for _, o := range d.commands {
		drop(&a.sending, o.nonce)
	}
	var ends []store.Change
	for _, id := range d.all {
		ends = append(ends, store.End{ID: id})
	}
	a.Store.Write(nil, ends...)
	a.landed(d.place, d.request.ID)
}

// of are the commands of a line.
func (d *debt) of(line int) []*owed {
	if d == nil {
		return nil
	}
	var all []*owed
	for _, o := range d.commands {
		if o.Line == line {
			all = append(all, o)
		}
	}
	return all
}

// hadItsAnswer tells whether nothing is owed for a line any more, for it ended before the others. After a crash that is so of those before one that is owed,
// for they go to the network in order; of those after it nobody knows whether they went.
func (d *debt) hadItsAnswer(line int) bool {
	if d == nil || len(d.commands) == 0 || len(d.of(line)) > 0 {
		return false
	}
	return slices.ContainsFunc(d.commands, func(o *owed) bool { return o.doubt != nil || o.Line > line })
}

// fits tells whether what is owed was no more than so many lines.
func (d *debt) fits(lines int) bool {
	return d == nil || !slices.ContainsFunc(d.commands, func(o *owed) bool { return o.Line >= lines })
}

// became tells what has become of a command; over is false for one that is to be done now.
func (a *Account) became(o *owed) (r transports.Result, err error, over bool) {
	switch {
	case o.seen:
		return transports.Result{Parts: o.ids}, nil, true
	case o.Deed != says && o.within(resumeWithin): // done twice, it is done once
		return r, nil, false
	case o.Deed == says && o.within(a.can.Idempotent), o.sure && o.within(resumeWithin):
		return r, nil, false
	case o.sure:
		return r, notDelivered, true
	}
	return r, o.unknown(), true
}

// unknown says that nobody knows what became of it.
func (o *owed) unknown() error {
	if o.doubt != nil {
		return o.doubt
	}
	return nobodyKnows
}
