package relay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/text"
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

// keptLine is a line as it is written. What refers to other lines does so by their Seq, what refers to rooms by their Key.
type keptLine struct {
	Author, Said, StanzaID, Nick string `json:",omitzero"`
	Room, UserID, UserName       string `json:",omitzero"`
	Text                         string `json:",omitzero"`
	Does, Gone                   bool   `json:",omitzero"`
	At, Heard                    int64
	From, Thread                 string                  `json:",omitzero"`
	Root                         int64                   `json:",omitzero"`
	Further                      []int64                 `json:",omitzero"`
	Copies                       map[string]keptCopy     `json:",omitzero"`
	Reactions                    map[string]keptReaction `json:",omitzero"`
}

type keptCopy struct {
	Parts []transports.MessageID `json:",omitzero"`
	// By is who said it there through an account of their own, empty where the relay's did.
	By transports.UserID `json:",omitzero"`
	// State is empty for what the network has confirmed.
	State copyState `json:",omitzero"`
}

// copyState is how a message stood with a network when it was written.
type copyState uint8

const (
	confirmed copyState = iota
	unknown             // it may have been sent
	unsent              // it has not been
)

type keptReaction struct {
	Room  string `json:",omitzero"`
	Emoji []string
}

func millis(t time.Time) int64 { return t.UnixMilli() }

// packed is a line as it is written.
func (r *Relay) packed(l *line, waiting map[*line]map[*foreign]bool) Kept {
	k := keptLine{Author: l.author, Said: l.said, StanzaID: l.stanzaID, Nick: l.nick, UserID: string(l.user.ID), UserName: l.user.Name, Does: l.does, Gone: l.gone,
		At: millis(l.at), Heard: millis(l.heard), From: l.from, Thread: l.thread}
	if l.room != nil {
		k.Room = l.room.Key
	}
	if l.root != nil {
		k.Root = l.root.seq
	}
	for _, part := range l.further {
		k.Further = append(k.Further, part.seq)
	}
	whole := false
	for f, c := range l.copies {
		kept := keptCopy{Parts: c.parts}
		if c.by.own != nil {
			kept.By = c.by.own.account.User
		}
		switch {
		case waiting[l][f]:
			kept.State = unsent
		case c.flying:
			kept.State = unknown
		}
		whole = whole || kept.State != confirmed
		if k.Copies == nil {
			k.Copies = map[string]keptCopy{}
		}
		k.Copies[f.Key] = kept
	}
	for who, of := range l.reactions {
		kept := keptReaction{Emoji: of.emoji}
		if of.room != nil {
			kept.Room = of.room.Key
		}
		if k.Reactions == nil {
			k.Reactions = map[string]keptReaction{}
		}
		k.Reactions[who] = kept
	}
	switch k.Text = l.text.Styling(); {
	case whole:
	case l.gone || l.fleeting:
		k.Text = ""
	case len(k.Text) > quotable:
		k.Text = text.Pieces(k.Text, quotable)[0]
	}
	data, err := json.Marshal(k)
	if err != nil { // it is made of texts and numbers
		panic("relay: a message is no JSON: " + err.Error())
	}
	return Kept{Seq: l.seq, At: l.at, Data: data}
}

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

// recall makes a line of what was kept of it.
func (r *Relay) recall(kept Kept, bySeq map[int64]*line) {
	var k keptLine
	if err := json.Unmarshal(kept.Data, &k); err != nil {
		r.Log.Error("A message that a relay has kept is not understood.", "error", err)
		return
	}
	l := &line{seq: kept.Seq, author: k.Author, said: k.Said, stanzaID: k.StanzaID, nick: k.Nick, user: transports.User{ID: transports.UserID(k.UserID), Name: k.UserName},
		text: text.ParseStyling(k.Text), does: k.Does, gone: k.Gone, at: time.UnixMilli(k.At), from: k.From, thread: k.Thread, root: bySeq[k.Root], safe: true}
	if k.Room != "" {
		l.room = r.roomOf(k.Room)
	}
	r.lines.add(l)
	l.heard = time.UnixMilli(k.Heard)
	bySeq[l.seq] = l
	if l.thread != "" {
		r.lines.byThread[l.thread] = l
	}
	for _, seq := range k.Further {
		if part := bySeq[seq]; part != nil {
			l.further = append(l.further, part)
		}
	}
	for key, c := range k.Copies {
		f := r.roomOf(key)
		r.lines.has(l, f, c.Parts...)
		if c.By != "" && f.owns != nil {
			l.copies[f].by.own = f.ownBy(c.By)
		}
		if c.State != confirmed {
			l.copies[f].flying = true
			f.unfinished = append(f.unfinished, unfinished{l, c.State})
		}
	}
	for who, of := range k.Reactions {
		kept := reaction{emoji: of.Emoji}
		if of.Room != "" {
			kept.room = r.roomOf(of.Room)
		}
		l.reactions[who] = kept
	}
	r.heardAs(l.stanzaID, l.nick, l.said)
	if strings.HasPrefix(l.author, numbered) {
		r.keysBefore[l.nick] = l.author
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
