package relay

import (
	"context"
	"time"

	"isthmus/transports"
)

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
