package irc

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"isthmus/transports"
)

const (
	// joinGather is how long a JOIN waits for others to share its line.
	joinGather = 20 * time.Millisecond
	// keptBatch is how large a buffer may be that is kept for the next batch.
	keptBatch = 2 << 10
	// maxLater bounds what may wait for a quiet moment.
	maxLater = 200
)

// job is a command on its way to the server, as lines.
type job struct {
	*request
	verb     verbs                  // what kind of command it is
	names    []string               // the folded names that errors about it may have in them
	lines    []string               // those not yet handed over; one with line breaks in it goes as a whole
	started  bool                   // one was
	order    string                 // the command of an order that a person gave
	labelled bool                   // its lines are answered by their labels, else a PING confirms it
	awaited  int                    // labels without an answer
	next     *job                   // of the same place, which waits for this one
	query    *historyQuery          // of history, nil for none
	token    int                    // of the PING that follows the last line, 0 before there is one
	parts    []transports.MessageID // ids of the messages that it became, as far as echoes told them

	otherwise func() // goes on with the request where the server refuses the lines, nil where that is the end of it
	unproved  bool   // it may be refused, so that what follows waits for its end
	given     bool   // another job goes on with the request
}

// entry is a JOIN that waits for its line.
type entry struct{ name, password string }

// outbox holds what is to be sent, and lets as much of it go as the server takes: a bucket of tokens, one a line.
type outbox struct {
	limiter *rate.Limiter
	urgent  []byte  // lines that are not held: registration, PONG, PING, QUIT
	joins   []entry // they go before all that is held, so that what is said in a room follows its JOIN
	joinsAt time.Time
	held    []*job                    // one line of each in turn, so that a long text delays its own conversation only
	last    map[transports.Place]*job // that came last, where one of the place waits
	later   []string                  // lines that wait for a quiet moment: what nobody waits for
}

// hold queues a job behind those of its place.
func (o *outbox) hold(j *job) {
	place := j.command.In()
	before := o.last[place]
	put(&o.last, place, j)
	if before != nil {
		before.next = j
		return
	}
	o.held = append(o.held, j)
}

// shift takes out the first job; the next of its place follows all that wait.
func (o *outbox) shift() {
	j := o.held[0]
	o.held[0] = nil
	o.held = o.held[1:]
	if j.next != nil {
		o.held = append(o.held, j.next)
	} else if j.command != nil && o.last[j.command.In()] == j {
		drop(&o.last, j.command.In())
	}
}

func newOutbox(n *network) outbox {
	return outbox{limiter: rate.NewLimiter(rate.Limit(n.rate), n.burst)}
}

// now queues a line that is not held.
func (o *outbox) now(line string) { o.urgent = append(append(o.urgent, line...), "\r\n"...) }

// charge takes a token for a line that was not held, so that the server's count and ours stay the same.
func (o *outbox) charge(now time.Time) { o.limiter.ReserveN(now, 1) }

func (o *outbox) join(e entry) {
	if len(o.joins) == 0 {
		o.joinsAt = time.Now().Add(joinGather)
	}
	o.joins = append(o.joins, e)
}

// whenQuiet queues a line once. It is false where it waits already, or is left out because too many wait.
func (o *outbox) whenQuiet(line string) bool {
	if slices.Contains(o.later, line) || len(o.later) >= maxLater {
		return false
	}
	o.later = append(o.later, line)
	return true
}

// sending is told of what goes.
type sending interface {
	label(*job) string // the tag of the next line of a job, or empty
	handed(*job)       // after a line was taken from it
	entered(entry)     // of each JOIN
}

// take moves to batch what may go now.
func (o *outbox) take(batch []byte, now time.Time, support *isupport, told sending) []byte {
	batch = append(batch, o.urgent...)
	o.urgent = o.urgent[:0]
	for len(o.joins) > 0 {
		if now.Before(o.joinsAt) || !o.limiter.AllowN(now, 1) {
			return batch
		}
		line, entries := joinLine(o.joins, support)
		batch = append(append(batch, line...), "\r\n"...)
		for _, e := range o.joins[:entries] {
			told.entered(e)
		}
		o.joins = o.joins[entries:]
	}
	for len(o.held) > 0 {
		first := o.held[0]
		if first.isSettled() {
			o.shift()
			continue
		}
		if !o.limiter.AllowN(now, o.cost(first)) {
			return batch
		}
		if !first.hand() { // its context ended just now
			continue
		}
		batch = append(append(batch, tagged(told.label(first), first.lines[0])...), "\r\n"...)
		first.lines = first.lines[1:]
		if len(first.lines) > 0 {
			o.held = append(o.held[1:], first)
		} else {
			o.shift()
		}
		told.handed(first)
	}
	for len(o.later) > 0 && o.spare(now) {
		batch = append(append(batch, o.later[0]...), "\r\n"...)
		o.later = o.later[1:]
	}
	return batch
}

// reserve is how many tokens what is sent in quiet moments leaves to people.
func (o *outbox) reserve() float64 { return float64(o.limiter.Burst()+1) / 2 }

// spare takes a token where people do not need it.
func (o *outbox) spare(now time.Time) bool {
	return o.limiter.TokensAt(now) >= o.reserve() && o.limiter.AllowN(now, 1)
}

// next is when more may go, or the zero time when nothing waits.
func (o *outbox) next(now time.Time) time.Time {
	switch {
	case len(o.joins) > 0:
		return latest(o.joinsAt, o.tokens(now, 1))
	case len(o.held) > 0:
		return o.tokens(now, float64(o.cost(o.held[0])))
	case len(o.later) > 0:
		return o.tokens(now, o.reserve())
	}
	return time.Time{}
}

// cost is how many lines the next element of a job is; one that is larger than the bucket takes all of it.
func (o *outbox) cost(j *job) int {
	if len(j.lines) == 0 {
		return 1
	}
	return min(1+strings.Count(j.lines[0], "\n"), max(o.limiter.Burst(), 1))
}

// tokens is when there will be as many.
func (o *outbox) tokens(now time.Time, enough float64) time.Time {
	missing := enough - o.limiter.TokensAt(now)
	if missing <= 0 {
		return now
	}
	return now.Add(time.Duration(missing/float64(o.limiter.Limit())*float64(time.Second)) + time.Millisecond)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// joinLine enters as many of the rooms as one line can name, and tells how many: those up to the first whose password
// would not fit its place. RFC 2812 §3.2.1: passwords belong to the first rooms named.
func joinLine(joins []entry, support *isupport) (line string, entries int) {
	withPassword := joins[0].password != ""
	var names, passwords strings.Builder
	for _, e := range joins {
		length := len("JOIN  \r\n") + names.Len() + passwords.Len() + len(e.name) + len(e.password) + len(",,")
		if entries > 0 && (length > usualLineLen || e.password != "" && !withPassword || entries == support.joinTargets) {
			break
		}
		if entries > 0 {
			names.WriteByte(',')
		}
		names.WriteString(e.name)
		if withPassword = e.password != ""; withPassword {
			if passwords.Len() > 0 {
				passwords.WriteByte(',')
			}
			passwords.WriteString(e.password)
		}
		entries++
	}
	line = "JOIN " + names.String()
	if passwords.Len() > 0 {
		line += " " + passwords.String()
	}
	return line, entries
}
