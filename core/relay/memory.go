package relay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"isthmus/core/stanza"
	"isthmus/transports"
)

// Memory keeps what a relay must know after a restart: the last messages as each side knows them, and marks.
type Memory interface {
	// Load reads them, the messages in order.
	Load(ctx context.Context) (lines []Kept, marks map[string]string, err error)
	// Keep writes some of them, in place of what was there, and forgets messages up to a Seq. done, which may be nil, is called when that is on disk, or cannot be. It must
	// not block long.
	Keep(lines []Kept, marks map[string]string, forget int64, done func(error))
}

// Kept is a message as a Memory keeps it; At is when it was said. Load need not tell that.
type Kept struct {
	Seq  int64
	At   time.Time
	Data []byte
}

// markOfMUC is when the MUC was heard last, in unix milliseconds; the other marks are the ids of messages of rooms, by Room.Key.
const markOfMUC = ""

const (
	// gatherWait is how long what has changed is gathered before it is written.
	gatherWait = 200 * time.Millisecond
	// forgetEvery is how many messages are too many before they are forgotten together.
	forgetEvery = 100
	// quotable is how many bytes of a message are kept for those that answer it.
	quotable = 500
	// loadTime and keepTime bound how long a relay waits for its memory at its beginning and its end.
	loadTime = 30 * time.Second
	keepTime = 2 * time.Second
)

// remember reads what was kept before the relay begins.
func (r *Relay) remember() {
	if r.Memory == nil {
		return
	}
	ctx, cancel := context.WithTimeout(r.ctx, loadTime)
	defer cancel()
	lines, marks, err := r.Memory.Load(ctx)
	if err != nil {
		r.Log.Error("What a relay has passed on before could not be read. What refers to it will not be found.", "muc", r.MUC.String(), "error", err)
	}
	if ms, err := strconv.ParseInt(marks[markOfMUC], 10, 64); err == nil {
		r.bot.missed = time.UnixMilli(ms)
		r.bot.first = r.bot.missed.Add(-skew)
	}
	for _, f := range r.rooms {
		f.mark = transports.MessageID(marks[f.Key])
	}
	bySeq := map[int64]*line{}
	for _, k := range lines {
		r.recall(k, bySeq)
	}
}

// roomOf is the room of a key; one that the relay has no more is nowhere.
func (r *Relay) roomOf(key string) *foreign {
	for _, f := range r.everywhere() {
		if f.Key == key {
			return f
		}
	}
	if r.gone[key] == nil {
		r.gone[key] = &foreign{Room: Room{Key: key, Name: key, Where: func() string { return "" }}, relay: r}
	}
	return r.gone[key]
}

// touch has a line written soon that has changed.
func (r *Relay) touch(l *line) {
	if r.Memory == nil || l == nil || !l.safe && l.room != nil && l.said == "" { // what the MUC has not heard is read from the network again
		return
	}
	r.changed[l] = true
	r.writeSoon()
}

func (r *Relay) writeSoon() {
	if r.Memory != nil && !r.gathering {
		r.gathering = true
		r.after(gatherWait, func() { r.gathering = false; r.write(nil, nil) })
	}
}

// secure has a line written before a network is asked to say it.
func (r *Relay) secure(l *line) {
	if r.Memory == nil || l.safe {
		return
	}
	r.changed[l] = true
	r.write(nil, func(err error) {
		go r.post(func() {
			if err != nil && r.sometimes("memory", longWait) {
				r.Log.Error("What a relay passes on could not be written. After a restart it would not be found.", "muc", r.MUC.String(), "error", err)
			}
			l.safe = true
			for _, f := range r.rooms {
				f.next()
			}
		})
	})
}

// write hands over all that has changed.
func (r *Relay) write(waiting map[*line]map[*foreign]bool, done func(error)) {
	var lines []Kept
	for l := range r.changed {
		lines = append(lines, r.packed(l, waiting))
	}
	clear(r.changed)
	marks := map[string]string{}
	for f := range r.marked {
		marks[f.Key] = string(f.mark)
	}
	clear(r.marked)
	if r.bot.standing == inside {
		marks[markOfMUC] = strconv.FormatInt(millis(r.bot.heard), 10)
	}
	forget := int64(0)
	if r.lines.dropped >= forgetEvery && len(r.lines.order) > 0 {
		r.lines.dropped, forget = 0, r.lines.order[0].seq-1
	}
	r.Memory.Keep(lines, marks, forget, done)
}

// store writes all at the end, with what the networks have not been asked for.
func (r *Relay) store() {
	if r.Memory == nil {
		return
	}
	waiting := map[*line]map[*foreign]bool{}
	for _, f := range r.rooms {
		for _, t := range f.tasks {
			if t.line == nil || len(t.line.copies[f].parts) > 0 {
				continue
			}
			if waiting[t.line] == nil {
				waiting[t.line] = map[*foreign]bool{}
			}
			waiting[t.line][f] = true
			r.changed[t.line] = true
		}
	}
	done := make(chan struct{})
	r.write(waiting, func(error) { close(done) })
	select {
	case <-done:
	case <-time.After(keepTime):
	}
}

// idOf is what the MUC hears a message of a network under: the same after a restart, so that what has been said is known by it. It is made of a secret, so that nobody can say
// something under it before.
func (f *foreign) idOf(id transports.MessageID, part int) string {
	if id == "" || len(f.relay.Secret) == 0 {
		return ""
	}
	mac := hmac.New(sha256.New, f.relay.Secret)
	for _, of := range []string{f.relay.MUC.String(), f.Key, string(id), strconv.Itoa(part)} {
		mac.Write([]byte(of))
		mac.Write([]byte{0})
	}
	return f.relay.lasting + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:15])
}

// lastingIDs is what the ids of this gateway begin with that are the same after a restart.
func lastingIDs(c Config) string {
	mac := hmac.New(sha256.New, c.Secret)
	mac.Write([]byte(c.MUC.String()))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:6]) + "-"
}

// oursBefore tells whether something of the MUC's history was said by us before a restart.
func (r *Relay) oursBefore(s *stanza.Stanza) bool {
	from, relayed := marked(s)
	return relayed && (from == "" || slices.ContainsFunc(r.rooms, func(f *foreign) bool { return f.Where() == from }))
}
