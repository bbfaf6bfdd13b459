package relay

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	"isthmus/core/xep"
	"isthmus/transports"
)

// foreign is a room of a network, as the relay is in it.
type foreign struct {
	Room
	relay *Relay
	id    transports.RoomID
	// ctx is that of the connection, nil while there is none; live: the network has let us in.
	ctx  context.Context
	live bool
	// why is why we are not in the room, as the network told last.
	why  string
	self transports.User
	// can is what can be done in the room: what the account can do, all, but for what the room lacks of that.
	can, all transports.Capabilities
	lacks    transports.Feature
	tasks    []*task
	busy     bool
	// wait is until when nothing is asked of the network, which wants it so.
	wait time.Time
	// dropped is how many messages were too much since people were told last.
	dropped int
	tries   int
	// first is when the relay was first in the room.
	first time.Time
	// mark is the last message of the room that is through, passing those after it. gap is what lies between it and now, while that is read. unfinished is what was
	// on its way to the network when the gateway stopped.
	mark       transports.MessageID
	passing    []*passage
	gap        *gap
	unfinished []unfinished
	// leftTo is the nick of another relay that joins the MUC with this room, empty where none does.
	leftTo string
	// rulers are who run the room; members are the network's people in the room, as far as it tells; doings are those of them that the MUC is to be told of.
	rulers  rulers
	members map[transports.UserID]transports.User
	doings  doings
	// doubles are the people of the MUC who are users of the network themselves, by their keys, and ours the users that they are.
	doubles map[string]*double
	ours    map[transports.UserID]*double
	// owns are accounts of people's own through which they have spoken, by who they are.
	owns map[transports.UserID]*own
	// speaking is who was asked for something last, and unanswered how much is not answered: two are never asked at once,
	// for then the network could take the later one first.
	speaking   mouth
	unanswered int
}

// task is something to be asked of the network, in order.
type task struct {
	// make gives the command when its turn has come, nil where there is none any more; end is told what came of it.
	make func() transports.Command
	end  func(transports.Result, error)
	// says: it is somebody's message, of which too many are dropped.
	says bool
	// speaker is who says it, of the MUC; nil for anyone else. by is the double that shall do it, as it has said what it is about.
	speaker *Speaker
	by      mouth
	// notOwn: what one's own account could not say is said by the relay's.
	notOwn bool
	// line is the message that it is, nil for what is none.
	line *line
	// files go with it, as far as they can be had.
	files []xep.File
	tries int
}

var tooMany = &transports.Fault{Kind: transports.RateLimited, Text: "Too much is waiting to be sent."}

const (
	// maxTasks is how many messages wait for a network.
	maxTasks = 500
	// maxLimited is how often a message is tried that a network wants to have later, as it says itself.
	maxLimited = 20
	// lasting is how long a connection must have held for the next attempt to come soon.
	lasting = time.Minute
)

// run keeps up the connection until ctx ends.
func (f *foreign) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		begun := time.Now()
		link, cut := context.WithCancel(ctx)
		f.relay.post(func() { f.ctx = link })
		err := f.Session.Run(link, func(e transports.Event) { f.relay.post(func() { f.event(e) }) })
		cut()
		if ctx.Err() != nil {
			return
		}
		if time.Since(begun) > lasting {
			failures = 0
		}
		f.relay.post(func() { f.lost(err) })
		wait := min(firstWait<<min(failures, 10), longWait)
		failures++
		timer := time.NewTimer(max(wait/2+rand.N(wait), transports.AsFault(err).Wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// lost tells the MUC, once, that the network is gone for now.
func (f *foreign) lost(err error) {
	f.ctx, f.live, f.gap, f.why = nil, false, nil, ""
	if err != nil {
		f.why = transports.AsFault(err).Text
	}
	f.relay.Log.Warn("A relay has lost its connection to a network. It tries again.", "room", f.Name, "error", err)
	if f.Paused {
		return
	}
	why := ""
	if f.why != "" {
		why = ": " + f.why
	}
	f.relay.after(answerTime, func() {
		if !f.live {
			f.allGone()
		}
	})
	if f.relay.sometimes("lost "+f.Name, longWait) {
		f.relay.say("There is no connection to " + f.Name + " now" + why + " What is said here is passed on when it is back.")
	}
}

// able takes what the account can do, and what the room lacks of it.
func (f *foreign) able(all transports.Capabilities, lacks transports.Feature) {
	f.all, f.lacks, f.can = all, lacks, all
	f.can.Features &^= lacks
}

// join has the network let us into the room.
func (f *foreign) join() {
	if f.ctx == nil {
		return
	}
	if f.id == "" {
		f.id = f.ID
	}
	id, ctx := f.id, f.ctx
	go f.Session.Do(ctx, transports.Join{Room: id, Password: f.Password}, func(_ transports.Result, err error) {
		f.relay.post(func() { f.joined(ctx, err) })
	})
}

func (f *foreign) joined(ctx context.Context, err error) {
	if err == nil || ctx != f.ctx {
		return
	}
	fault := transports.AsFault(err)
	if fault.Kind == transports.Moved && fault.To != f.id {
		f.id = fault.To
		f.join()
		return
	}
	f.why = fault.Text
	f.relay.Log.Warn("A relay cannot enter a room. It tries again.", "room", f.Name, "error", err)
	if !f.Paused && f.relay.sometimes("join "+f.Name, longWait) {
		f.relay.say("I cannot enter " + f.Name + ": " + fault.Text + " I go on trying.")
	}
	wait := min(firstWait<<min(f.tries, 10), longWait)
	f.tries++
	f.relay.after(max(wait, fault.Wait), func() {
		if ctx == f.ctx && !f.live {
			f.join()
		}
	})
}

// do asks the network for something, after all that was asked before.
func (f *foreign) do(t *task) {
	if t.says && len(f.tasks) >= maxTasks {
		f.dropped++
		t.end(transports.Result{}, tooMany) // the room is told how many, once
		return
	}
	f.tasks = append(f.tasks, t)
	f.next()
}

// next carries out the next task, as soon as the network has taken the one before.
func (f *foreign) next() {
	for !f.busy && f.live && f.gap == nil && len(f.tasks) > 0 && !time.Now().Before(f.wait) {
		t := f.tasks[0]
		if f.relay.Memory != nil && t.line != nil && !t.line.safe {
			return
		}
		by, wait, fault := f.speaks(t)
		if wait || by != f.speaking && f.unanswered > 0 {
			return
		}
		f.tasks = f.tasks[1:]
		if fault != nil {
			t.end(transports.Result{}, fault)
			continue
		}
		command := t.make()
		if command == nil {
			continue
		}
		if !f.can.Allows(command) {
			t.end(transports.Result{}, f.cannot(command))
			continue
		}
		f.busy, f.speaking = true, by
		f.unanswered++
		do, ctx, limit := f.Session.Do, f.ctx, f.can.MaxFile
		switch {
		case by.double != nil:
			do, ctx, command = by.double.session.Do, by.double.ctx, asThemselves(command)
		case by.own != nil:
			do, command = by.own.account.Do, asThemselves(command)
			by.own.says(command)
		}
		if t.line != nil {
			t.line.copies[f].by = by
		}
		go func() {
			command, release := f.attach(ctx, command, t.files, limit)
			do(ctx, command, func(result transports.Result, err error) {
				release()
				f.relay.post(func() { f.ended(t, by, command, result, err); f.next() })
			})
			f.relay.post(func() { f.busy = false; f.next() })
		}()
	}
	if len(f.tasks) == 0 && f.dropped > 0 {
		n := f.dropped
		f.dropped = 0
		f.relay.say(strconv.Itoa(n) + " messages were too many for " + f.Name + " and were not passed on.")
	}
}

// cannot says why something cannot be done in the room.
func (f *foreign) cannot(c transports.Command) *transports.Fault {
	if f.all.Allows(c) {
		return &transports.Fault{Kind: transports.Forbidden, Text: "The relay has not the right to. Ask somebody who runs " + f.Name + " for it."}
	}
	return transports.ErrUnsupported
}

// asThemselves is a command of somebody who needs no other name.
func asThemselves(c transports.Command) transports.Command {
	switch c := c.(type) {
	case transports.Send:
		c.As = nil
		return c
	case transports.Edit:
		c.As = nil
		return c
	}
	return c
}

// ended takes what came of a task; what the network will take later is tried again.
func (f *foreign) ended(t *task, by mouth, c transports.Command, result transports.Result, err error) {
	f.unanswered--
	if by.own != nil {
		defer by.own.answered(c, result, err)
		if err != nil && t.line != nil && spare(err) {
			t.notOwn = true
			f.tasks = append([]*task{t}, f.tasks...)
			return
		}
	}
	if err != nil {
		fault := transports.AsFault(err)
		most := map[transports.FaultKind]int{transports.Offline: maxTries, transports.RateLimited: maxLimited}[fault.Kind]
		if t.tries++; t.tries < most { // it has not been sent
			wait := max(fault.Wait, firstWait)
			f.tasks, f.wait = append([]*task{t}, f.tasks...), time.Now().Add(wait)
			f.relay.after(wait, f.next)
			return
		}
	}
	t.end(result, err)
}
