package irc

import (
	"context"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"time"

	"isthmus/transports"
)

// maxSeen is how many messages are known to have been told: more than a server replays to who enters a room.
const maxSeen = 512

// seen are the ids of the last messages, as hashes: a collision in so few of 64 bits is not to be feared.
type seen struct {
	hashes []uint64
	next   int
}

var seed = maphash.MakeSeed()

func (s *seen) has(id transports.MessageID) bool {
	return slices.Contains(s.hashes, maphash.String(seed, string(id)))
}

func (s *seen) add(id transports.MessageID) {
	hash := maphash.String(seed, string(id))
	if len(s.hashes) < maxSeen {
		s.hashes = append(s.hashes, hash)
		return
	}
	s.hashes[s.next] = hash
	s.next = (s.next + 1) % maxSeen
}

// pastOf is the batch of history that a line is in, or nil. IRCv3 batch type chathistory.
func (c *connection) pastOf(m message) *batch {
	for b := c.batchOf(m); b != nil; b = b.within {
		if b.kind == "chathistory" {
			return b
		}
	}
	return nil
}

// onPast is a line of history: what was said, and what became of it. Who came and went then is no news.
func (c *connection) onPast(m message) {
	if b := c.pastOf(m); b.wanted() && !c.batchOf(m).isMultiline() && !strings.HasPrefix(m.Param(0), "-") {
		b.query.lines++
		if id := m.id(); id != "" {
			b.query.last = id
		}
	}
	switch m.Command {
	case "PRIVMSG", "NOTICE":
		c.onMessage(m)
	case "TAGMSG":
		c.onTags(m)
	case "REDACT":
		c.onRedact(m)
	case "BATCH":
		c.onBatch(m)
	}
}

const (
	// recallWithin is how long an answer with history is awaited.
	recallWithin = 30 * time.Second
	// recallAtOnce is how many lines are asked for where neither the core nor the server sets a bound.
	recallAtOnce = 100
	// recallRounds bounds how many pages are passed over that have nothing to tell.
	recallRounds = 20
)

const historyCap = "draft/chathistory"

// historyQuery asks the server for history. Its fields belong to the connection's turn until done has a value.
type historyQuery struct {
	target string // folded
	most   int
	lines  int // that came, whatever they were
	last   transports.MessageID
	events []transports.Event
	done   chan *transports.Fault
}

func (q *historyQuery) add(event transports.Event) { q.events = append(q.events, event) }

// After reads what a server has kept of a place. IRCv3 chathistory. One that keeps nothing has nothing to tell. Where the message is none of
// those that are kept, all of them are taken to have come after it.
func (s *Session) After(ctx context.Context, place transports.Place, id transports.MessageID, limit int) (events []transports.Event, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, recallWithin)
	defer cancel()
	for range recallRounds {
		q := &historyQuery{done: make(chan *transports.Fault, 1)}
		fault := s.call(ctx, func(c *connection) { c.recall(q, place, id, limit) })
		if fault == nil {
			select {
			case fault = <-q.done:
			case <-ctx.Done():
				fault = offline("The server did not send what was said.")
			}
		}
		switch {
		case fault == transports.ErrUnsupported:
			return nil, false, nil
		case fault != nil && fault.Kind == transports.NotFound && id != "" && place.ID() != "":
			id = "" // if the place is the unknown one, the answer is the same
			continue
		case fault != nil:
			return nil, false, fault
		}
		events, more = q.events, q.lines >= q.most
		if len(events) > 0 || !more || id == "" || q.last == "" {
			break
		}
		id = q.last // only people came and went
	}
	return events, more, nil
}

// recall asks the server: for what came after a message, or for the last ones.
func (c *connection) recall(q *historyQuery, place transports.Place, id transports.MessageID, limit int) {
	target, fault := c.target(place)
	switch {
	case !c.caps.on[historyCap]:
		fault = transports.ErrUnsupported
	case fault != nil:
	case id != messageID(string(id)):
		fault = &transports.Fault{Kind: transports.NotFound, Text: "There is no such message."}
	}
	if fault != nil {
		q.done <- fault
		return
	}
	q.target, q.most = c.fold(target), limit
	if q.most <= 0 {
		q.most = recallAtOnce
	}
	if most := c.support.history; most > 0 {
		q.most = min(q.most, most)
	}
	line := "CHATHISTORY LATEST " + target + " * "
	if id != "" {
		line = "CHATHISTORY AFTER " + target + " msgid=" + string(id) + " "
	}
	r := newRequest(nil, func(_ transports.Result, err error) {
		c.recalling = slices.DeleteFunc(c.recalling, func(j *job) bool { return j.query == q })
		if err != nil {
			q.done <- transports.AsFault(err)
		} else {
			q.done <- nil
		}
	})
	j := &job{request: r, verb: recalling, names: []string{q.target}, lines: []string{line + strconv.Itoa(q.most)}, query: q}
	c.recalling = append(c.recalling, j)
	c.out.held = append(c.out.held, j)
}

// queryOf is the query that a batch of history answers: by its label, or, where there are none, the first for the place.
func (c *connection) queryOf(b *batch) *historyQuery {
	if c.caps.on["labeled-response"] {
		if j := c.labels.jobs[b.label]; j != nil {
			return j.query
		}
		return nil
	}
	for _, j := range c.recalling {
		if j.started && j.query.target == c.fold(b.open.Param(2)) {
			return j.query
		}
	}
	return nil
}

// recalled ends a query whose answer is complete.
func (c *connection) recalled(q *historyQuery) {
	for _, j := range c.recalling {
		if j.query == q {
			j.settle(nil)
			c.confirm.drop(j)
			return
		}
	}
}
