package relay

import (
	"context"
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// Speaker is a person of the MUC.
type Speaker struct {
	// Key stays the same for as long as the MUC tells that it is one person.
	Key string
	// Nick is what they are called there, and JID their address, zero where the MUC hides it.
	Nick string
	JID  stanza.JID
}

// Doubles says how people of the MUC are users of a network themselves.
type Doubles struct {
	// Most is how many there may be at the same time; 0: none. For all others the relay's own account speaks.
	Most int
	// Suffix ends their names on the network.
	Suffix string
	// Open makes a session for a person under a name. It does no I/O.
	Open func(who Speaker, name string) (transports.Session, error)
}

// double is a user of a network that a person of the MUC is there: with a connection of their own.
type double struct {
	room    *foreign
	speaker Speaker
	session transports.Session // nil while there is none
	ctx     context.Context
	stop    context.CancelFunc
	// standing: asked to be connected, entered the network but not the room, inside.
	standing standing
	since    time.Time // of the standing
	spoke    time.Time
	self     transports.User
	// renamed is how many names the network did not take, and short: it takes only short ones.
	renamed  int
	short    bool
	failures int
	// refused is until when the relay's own account speaks in its place; shut is until when the network wants to hear nothing of the person.
	refused, shut time.Time
	why           *transports.Fault
}

const (
	// doubleWait is how long a message waits for its speaker to be on the network.
	doubleWait = 10 * time.Second
	// linger is how long somebody stays on the network who has left the MUC, for clients come and go.
	linger = time.Minute
	// evictable is how long somebody must have been silent to make place for somebody else.
	evictable = 10 * time.Minute
	// maxRenamed is how many names are tried. Names are cut to longName characters, and to shortName where the network wants that.
	maxRenamed, longName, shortName = 5, 24, 9
)

// speaks finds who carries out a task on the network: a double, or nil for the relay's own account. With wait, that is not known yet; with a fault, nobody may.
func (f *foreign) speaks(t *task) (d *double, wait bool, fault *transports.Fault) {
	switch {
	case t.by != nil && t.by.standing == inside: // it has said what is to be changed
		return t.by, false, nil
	case t.by != nil || t.speaker == nil || f.Doubles.Most == 0:
		return nil, false, nil
	}
	now := time.Now()
	if d = f.doubles[t.speaker.Key]; d == nil {
		d = &double{room: f, speaker: *t.speaker}
		f.doubles[t.speaker.Key] = d
	}
	if d.speaker.Nick != t.speaker.Nick { // they have left the MUC and come back under another
		d.called(t.speaker.Nick)
	}
	switch {
	case now.Before(d.shut):
		return nil, false, d.why
	case d.standing == inside:
		d.spoke = now
		return d, false, nil
	case now.Before(d.refused):
		return nil, false, nil
	case d.standing != outside:
		if left := doubleWait - now.Sub(d.since); left > 0 {
			f.relay.after(left, f.next)
			return nil, true, nil
		}
		return nil, false, nil
	case !f.placeForDouble(now):
		return nil, false, nil
	}
	d.spoke = now
	d.begin()
	if d.standing == outside { // refused at once
		return nil, false, nil
	}
	f.relay.after(doubleWait, f.next)
	return nil, true, nil
}

// placeForDouble makes sure that there may be one more, where need be by having somebody leave who is in the MUC no longer, or the longest silent.
func (f *foreign) placeForDouble(now time.Time) bool {
	var leaves *double
	last := now.Add(-evictable)
	n := 0
	for _, d := range f.doubles {
		if d.standing == outside {
			continue
		}
		n++
		spoke := d.spoke
		if !f.relay.present(d.speaker.Key) {
			spoke = time.Time{}
		}
		if spoke.Before(last) {
			leaves, last = d, spoke
		}
	}
	if n < f.Doubles.Most {
		return true
	}
	if leaves == nil {
		return false
	}
	leaves.close()
	return true
}

// name is what a double is to be called on the network.
func (d *double) name() string {
	most := longName
	if d.short {
		most = shortName
	}
	end := strings.Repeat("_", d.renamed) + d.room.Doubles.Suffix
	return text.Pieces(d.speaker.Nick, max(most-characters(end), 1))[0] + end
}

// begin has a double connect.
func (d *double) begin() {
	f := d.room
	session, err := f.Doubles.Open(d.speaker, d.name())
	if err != nil {
		d.refuse(longWait, transports.AsFault(err))
		return
	}
	d.session, d.standing, d.since = session, asked, time.Now()
	d.ctx, d.stop = context.WithCancel(f.relay.links)
	ctx := d.ctx
	f.relay.doubling.Go(func() {
		err := session.Run(ctx, d.listen(session))
		f.relay.post(func() { d.ended(session, err) })
	})
}

// listen takes of what a double hears only what concerns itself: the rest the relay's own account hears as well.
func (d *double) listen(session transports.Session) func(transports.Event) {
	var self transports.UserID
	return func(e transports.Event) {
		switch of := e.(type) {
		case transports.Online:
			self = of.Self.ID
		case transports.Room:
			of.Members = nil
			e = of
		case transports.UserRenamed:
			if of.Was != self {
				return
			}
			self = of.User.ID
		case transports.MemberLeft:
			if of.User.ID != self {
				return
			}
		case transports.Message:
			if of.Own || of.Place.User == "" {
				return
			}
		default:
			return
		}
		d.room.relay.post(func() {
			if d.session == session {
				d.event(e)
			}
		})
	}
}

func (d *double) event(e transports.Event) {
	f := d.room
	switch e := e.(type) {
	case transports.Online:
		d.self = e.Self
		f.ours[d.self.ID] = d // from now on what it says is no stranger's
		if d.standing == asked {
			d.standing = entered
			d.join()
		}
	case transports.Room:
		if e.Room == f.id && d.standing == entered {
			d.standing, d.since, d.failures = inside, time.Now(), 0
			f.next()
		}
	case transports.UserRenamed:
		delete(f.ours, d.self.ID)
		d.self = e.User
		f.ours[d.self.ID] = d
	case transports.MemberLeft:
		if e.Room == f.id && d.standing == inside {
			d.putOut(e)
		}
	case transports.Message:
		f.noTalks(e, d)
	}
}

func (d *double) join() {
	f, ctx := d.room, d.ctx
	session, id := d.session, f.id
	go session.Do(ctx, transports.Join{Room: id}, func(_ transports.Result, err error) {
		f.relay.post(func() {
			if err == nil || ctx.Err() != nil || d.session != session {
				return
			}
			fault := transports.AsFault(err)
			d.close()
			if fault.Kind == transports.ShutOut {
				d.shutOut(fault)
			} else {
				d.refuse(longWait*6, fault)
			}
			f.next()
		})
	})
}

// ended is what the end of a connection means. Another name may help; else the relay's own account speaks for a while.
func (d *double) ended(session transports.Session, err error) {
	if d.session != session {
		return
	}
	f, was := d.room, d.standing
	d.session, d.standing, d.since = nil, outside, time.Now()
	if was != inside { // the relay's account has not seen it, and will not see it leave
		delete(f.ours, d.self.ID)
	}
	fault := transports.AsFault(err)
	switch {
	case err == nil:
	case was == asked && fault.Kind == transports.Invalid && !d.short:
		d.short = true
		d.begin()
	case was == asked && fault.Kind == transports.Conflict && d.renamed+1 < maxRenamed:
		d.renamed++
		d.begin()
	case fault.Kind == transports.Conflict:
		d.renamed = 0
		d.refuse(longWait, fault)
	case fault.Kind == transports.Offline:
		d.refuse(min(firstWait<<min(d.failures, 10), longWait), fault)
	case fault.Kind == transports.RateLimited:
		d.refuse(max(fault.Wait, longWait), fault)
	default:
		d.refuse(longWait*6, fault)
	}
	f.next()
}

// refuse has the relay's own account speak in a double's place, and says so once.
func (d *double) refuse(wait time.Duration, why *transports.Fault) {
	f := d.room
	d.failures++
	d.refused = time.Now().Add(wait)
	f.relay.Log.Info("A person of a MUC cannot be on a network themselves. The relay speaks for them.", "room", f.Name, "wait", wait, "error", why)
	if why.Kind != transports.Offline && f.relay.sometimes("double "+f.Name, longWait*6) {
		f.relay.say("Some people of this room cannot be in " + f.Name + " themselves (" + why.Text + "). Until that changes, I pass on what they say.")
	}
}

// shutOut keeps what somebody says from a room that has banned them: the relay's own account does not get round that.
func (d *double) shutOut(why *transports.Fault) {
	d.shut, d.why = time.Now().Add(longWait*6), why
}

// putOut tells a person that the network's room has put them out. Who is banned is not heard there any more.
func (d *double) putOut(e transports.MemberLeft) {
	f := d.room
	words := "You were put out of " + f.Name
	if e.By != "" {
		words += " by " + e.By
	}
	if e.Reason != "" {
		words += " (" + e.Reason + ")"
	}
	d.close()
	if e.Cause == transports.Banned {
		d.shutOut(&transports.Fault{Kind: transports.ShutOut, Text: "You are banned there."})
		words += ", and you are banned there. What you write here is not passed on to it."
	} else {
		words += ". When you write again, you come back."
	}
	f.relay.whisper(d.speaker.Nick, words)
}

// close has a double leave the network.
func (d *double) close() {
	if d.standing == outside {
		return
	}
	d.stop()
	if d.standing != inside {
		delete(d.room.ours, d.self.ID)
	}
	d.session, d.standing, d.since = nil, outside, time.Now()
}

// called gives a double the new name of its person.
func (d *double) called(nick string) {
	d.speaker.Nick, d.renamed = nick, 0
	if d.standing == outside {
		return
	}
	session, ctx, name := d.session, d.ctx, d.name()
	go session.Do(ctx, transports.SetName{Name: name}, func(_ transports.Result, err error) {
		if err != nil {
			d.room.relay.Log.Info("A person of a MUC cannot have their new name on a network.", "room", d.room.Name, "error", err)
		}
	})
}

// lookAfterDoubles has those leave who have been silent.
func (f *foreign) lookAfterDoubles(now time.Time) {
	for key, d := range f.doubles {
		switch {
		case d.standing != outside && now.Sub(d.spoke) > idle:
			d.close()
		case d.standing == outside && now.Sub(d.spoke) > idle && now.After(d.refused) && now.After(d.shut):
			delete(f.doubles, key)
		}
	}
}

// calledHere calls people of the MUC as they are called there, and not by the names of their doubles.
func (f *foreign) calledHere(t text.Text) text.Text {
	for _, d := range f.doubles {
		if d.standing == inside && strings.Contains(t.String(), d.self.Name) {
			t = renamed(t, d.self.Name, d.speaker.Nick)
		}
	}
	return t
}

func renamed(t text.Text, was, name string) text.Text {
	t = slices.Clone(t)
	for i := range t {
		t[i].Spans = slices.Clone(t[i].Spans)
		for j := range t[i].Spans {
			if s := &t[i].Spans[j]; s.Ref.URL == "" {
				s.Text = strings.ReplaceAll(s.Text, was, name)
			}
		}
		t[i].Children = renamed(t[i].Children, was, name)
	}
	return t
}

// seenLeaving notes that a user has left whom the relay's own account saw: if it was a double's, the name is free for others now.
func (f *foreign) seenLeaving(user transports.UserID) (ours bool) {
	d := f.ours[user]
	if d != nil && (d.standing == outside || d.self.ID != user) {
		delete(f.ours, user)
	}
	return d != nil
}

// forgetLeft forgets the names of doubles that are gone, when the relay's own account has come into the room anew.
func (f *foreign) forgetLeft() {
	for user, d := range f.ours {
		if d.standing == outside || d.self.ID != user {
			delete(f.ours, user)
		}
	}
}

// occupantRenamed and occupantLeft are what people of the MUC do, as their doubles follow.
func (r *Relay) occupantRenamed(key, nick string) {
	for _, f := range r.rooms {
		if d := f.doubles[key]; d != nil {
			d.called(nick)
		}
	}
}

func (r *Relay) occupantLeft(key string) {
	for _, f := range r.rooms {
		if f.doubles[key] != nil {
			r.after(linger, func() {
				if !r.present(key) {
					f.do(&task{make: func() transports.Command { // after what they have said
						if d := f.doubles[key]; d != nil {
							d.close()
						}
						return nil
					}})
				}
			})
		}
	}
}

// present tells whether somebody is in the MUC.
func (r *Relay) present(key string) bool {
	for _, o := range r.others {
		if o.key == key {
			return true
		}
	}
	return false
}
