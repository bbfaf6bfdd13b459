package relay

import (
	"context"
	"time"

	"isthmus/core/stanza"
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

// speaks finds who carries out a task on the network. With wait, that is not known yet; with a fault, nobody may.
func (f *foreign) speaks(t *task) (by mouth, wait bool, fault *transports.Fault) {
	switch d := t.by.double; {
	case t.by.own != nil || d != nil && d.standing == inside: // it has said what is to be changed
		return t.by, false, nil
	case d != nil || t.speaker == nil:
		return mouth{}, false, nil
	}
	if o := f.ownOf(t.speaker); o != nil && !t.notOwn {
		return mouth{own: o}, false, nil
	}
	if f.Doubles.Most == 0 {
		return mouth{}, false, nil
	}
	d, wait, fault := f.doubleFor(t)
	return mouth{double: d}, wait, fault
}

// doubleFor finds the double of who says something, nil where the relay's own account speaks for them.
func (f *foreign) doubleFor(t *task) (d *double, wait bool, fault *transports.Fault) {
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
