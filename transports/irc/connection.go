package irc

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"isthmus/transports"
)

const (
	registerWithin = 60 * time.Second // from the first line to the end of the welcome; servers look up names meanwhile
	writeWithin    = 30 * time.Second // for one write
	idleAtLeast    = 60 * time.Second // silence after which the server is asked whether it is there
	idleSpread     = 30 * time.Second // added at random, so that accounts do not ask all at once
	answerWithin   = 60 * time.Second // for its answer
	joinWithin     = 60 * time.Second // for the answer to a JOIN
	quitWithin     = 2 * time.Second  // for the server to close after QUIT
	lastWordWithin = 5 * time.Second  // for its ERROR after it has said that we are banned
)

// connection is one connection and all that is known through it. It belongs to whoever is at what its inbox holds, one goroutine at a time
// (turn); others see only the inbox. Most connections are idle, and have only the goroutine that reads, which is Run's.
type connection struct {
	session *Session
	network *network
	emit    func(transports.Event)
	socket  net.Conn
	at      endpoint // where it leads
	sts     demand   // what the server says of TLS

	inbox  inbox         // what there is to do
	unread []byte        // lines that were taken from it and not handled yet
	ahead  atomic.Int32  // messages that Do has not waited for
	over   chan struct{} // closed when nobody will be at the inbox any more

	can            atomic.Pointer[transports.Capabilities] // what it can do; set before it takes requests
	support        *isupport                               // it does not change: what is new makes another one
	nick           string                                  // ours, as the server writes it
	user, host     string                                  // ours, as the server shows them to others; empty while unknown
	server         string                                  // its name
	stage          stage
	caps           caps
	login          login
	labels         labels
	batches        map[string]*batch // that are open, by name
	typing         typing
	readUpto       map[transports.Place]time.Time // how far the person has read
	presences      presences
	watches        watches
	whois          map[string]*whois // that come in, by folded nick
	looking        map[string]bool   // folded rooms whose members the server was asked for by WHO
	searches       []*search         // in their order
	recalling      []*job            // that ask for history
	multilinesSent int
	rooms          map[string]*room
	entering       map[string]*entering // rooms whose JOIN is not answered yet
	overdue        time.Time            // when the first of those answers may be overdue, zero while none is awaited
	kept           int                  // members in lists and with standings, in all rooms
	out            outbox
	confirm        confirmer
	questions      questions
	directory      *directory          // nil before anyone asked for it
	bans           map[string]*banList // lists that are coming in, by folded room
	hosts          map[string]string   // user@host, by folded nick, of those whom the server was asked about
	banned         map[banned]string   // masks that the account has set
	aways          map[string]string   // words of absence that were told, by folded nick

	writing  bool        // a batch is being written
	spare    []byte      // the buffer of the last batch
	alarm    *time.Timer // for tick
	alarmAt  time.Time   // when it goes off, zero while it is not set
	heard    time.Time
	idle     time.Duration // how long the server may be silent before it is asked
	asked    bool          // it was
	began    time.Time
	quitting time.Time         // when it must be over, zero before the end of the context
	saidBye  bool              // QUIT was handed over
	fault    *transports.Fault // why it ends
	departed *transports.Fault // why it will, once the person has said QUIT or the server that it lets us in no more
	lastWord time.Time         // until when the server may say why it does not, zero where it does
}

// stage is how far the connection has come.
type stage uint8

const (
	registering stage = iota // until RPL_WELCOME
	welcomed                 // until the end of the message of the day
	online
)

func newConnection(s *Session, socket net.Conn, at endpoint, emit func(transports.Event)) *connection {
	c := &connection{
		session: s, network: s.network, emit: emit, socket: socket, at: at, over: make(chan struct{}),
		support: &usualSupport, nick: s.wantedNick(), login: newLogin(s, at),
		rooms: map[string]*room{},
		out:   newOutbox(s.network), began: time.Now(), heard: time.Now(), idle: idleAtLeast + rand.N(idleSpread),
	}
	c.inbox.open(c.turn)
	return c
}

// run works until the connection is lost, for which it gives the reason, or ctx has ended and the goodbye is said.
func (c *connection) run(ctx context.Context) error {
	c.inbox.add(c.register)
	defer context.AfterFunc(ctx, func() { c.inbox.add(c.quit) })()
	c.read()
	<-c.over
	c.settleAll()
	return c.fault
}

// turn does what there is to do.
func (c *connection) turn() {
	for {
		work, lines, open, more := c.inbox.take(c.unread)
		if !more {
			return
		}
		c.unread = lines
		for _, do := range work {
			do()
		}
		if len(lines) > 0 {
			c.handleLines()
			c.heard, c.asked = time.Now(), false
		}
		if !open {
			c.fail(offline("The server closed the connection."))
		}
		if c.fault != nil && c.hangUp() {
			close(c.over)
			return
		}
		c.flush()
		c.setAlarm()
	}
}

// handleLines handles the next lines.
func (c *connection) handleLines() {
	for n := 0; n < handledAtOnce && len(c.unread) > 0 && c.fault == nil; n++ {
		end := bytes.IndexByte(c.unread, '\n')
		if m, ok := parse(c.unread[:end], c.network.in); ok {
			c.handle(m)
		}
		if c.unread = c.unread[end+1:]; len(c.unread) == 0 {
			c.unread = nil
		}
	}
}

// hangUp closes what has failed. It is false while something of it will still come back.
func (c *connection) hangUp() bool {
	c.endRequests()
	c.socket.Close()
	if c.alarm != nil {
		c.alarm.Stop()
	}
	c.unread = nil
	left := c.inbox.stop()
	return !c.writing && !left
}

// log is the account's, with the host.
func (c *connection) log() *slog.Logger { return c.session.env.Log.With("host", c.network.host) }

// fail ends the connection. The first reason counts.
func (c *connection) fail(fault *transports.Fault) {
	if c.fault == nil {
		c.fault = fault
		if c.departed != nil {
			c.fault = c.departed
		}
	}
}

// wake is when tick has something to do if nothing else happens.
func (c *connection) wake() time.Time {
	next := c.heard.Add(c.idle)
	if c.asked {
		next = next.Add(answerWithin)
	}
	sooner := func(at time.Time) {
		if !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	if c.stage != online {
		sooner(c.began.Add(registerWithin))
	}
	sooner(c.overdue)
	sooner(c.questions.next())
	sooner(c.labelsDue())
	sooner(c.typingDue())
	sooner(c.presences.due)
	sooner(c.watches.due)
	sooner(c.watches.poll)
	sooner(c.listDue())
	if !c.writing {
		sooner(c.out.next(time.Now()))
	}
	sooner(c.quitting)
	sooner(c.lastWord)
	return next
}

// setAlarm has tick called when that is due. An alarm that goes off too early does no harm, so it is put off by nothing.
func (c *connection) setAlarm() {
	at := c.wake()
	switch {
	case c.fault != nil || !c.alarmAt.IsZero() && !at.Before(c.alarmAt):
		return
	case c.alarm == nil:
		c.alarm = time.AfterFunc(time.Until(at), func() { c.inbox.add(c.tick) })
	default:
		c.alarm.Reset(time.Until(at))
	}
	c.alarmAt = at
}

// tick does what its time has come for. What may be sent now is flushed by turn.
func (c *connection) tick() {
	now := time.Now()
	c.alarmAt = time.Time{}
	silent := now.Sub(c.heard)
	switch {
	case !c.quitting.IsZero() && !now.Before(c.quitting):
		c.fail(offline("The server did not close the connection."))
	case !c.lastWord.IsZero() && !now.Before(c.lastWord):
		c.fail(c.departed)
	case len(c.unread) > 0 || c.inbox.waiting(): // it is we who did not listen
	case c.stage != online && now.Sub(c.began) >= registerWithin:
		c.fail(offline("The server did not welcome the gateway in time."))
	case c.asked && silent >= c.idle+answerWithin:
		c.fail(offline("The server does not answer any more."))
	case !c.asked && silent >= c.idle:
		c.asked = true
		c.out.now("PING :alive") // RFC 2812 §3.7.2
	}
	if !c.overdue.IsZero() && !now.Before(c.overdue) {
		c.giveUpJoins(now)
	}
	c.answerOverdue(now)
	c.askLabels(now)
	c.typingOverdue(now)
	c.tellPresences(now)
	c.watchOverdue(now)
	c.listOverdue(now)
}
