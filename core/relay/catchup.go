package relay

import (
	"context"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

const (
	// maxGap is how many messages of a network are read that the relay has missed, gapPart how many at once, and maxHeld how many live ones wait meanwhile.
	maxGap, gapPart, maxHeld = 300, 100, 5000
	// gapTime bounds how long that may take.
	gapTime = 30 * time.Second
)

// gap is what lies between the last message of a network's room that was taken and now, while it is read; what happens meanwhile waits.
type gap struct {
	live []transports.Event
	// overrun: more happened than can wait.
	overrun bool
}

// unfinished is a message of which it was not known, when the gateway stopped, whether the network has it.
type unfinished struct {
	line  *line
	state copyState
}

// passage is a message of a network on its way into the MUC, in as many parts as are left.
type passage struct {
	id   transports.MessageID
	left int
}

// passed moves the mark over all that is through.
func (f *foreign) passed() {
	for len(f.passing) > 0 && f.passing[0].left == 0 {
		if id := f.passing[0].id; id != f.mark {
			f.mark = id
			f.relay.marked[f] = true
			f.relay.writeSoon()
		}
		f.passing = f.passing[1:]
	}
}

// over is for what will not be said (again), or has been.
func (r *Relay) over(s *saying) {
	if s.passage != nil {
		s.passage.left--
		s.passage = nil
		s.room.passed()
	}
}

// heldBack keeps an event about messages for later while what came before it is read.
func (f *foreign) heldBack(e transports.Event) bool {
	if f.gap == nil {
		return false
	}
	switch e.(type) {
	case transports.Message, transports.Edited, transports.Deleted, transports.Reacted:
		if len(f.gap.live) < maxHeld {
			f.gap.live = append(f.gap.live, e)
		} else {
			f.gap.overrun = true
		}
		return true
	}
	return false
}

// catchUp reads what was said in the room since the last message that was taken. Until that is done, nothing is said there.
func (f *foreign) catchUp() {
	history, ok := f.Session.(transports.History)
	if !ok || f.mark == "" && len(f.unfinished) == 0 {
		f.caughtUp(nil, false)
		return
	}
	g := &gap{}
	f.gap = g
	link, place, after := f.ctx, transports.InRoom(f.id), f.mark
	go func() {
		ctx, cancel := context.WithTimeout(link, gapTime)
		defer cancel()
		events, left, err := missedIn(ctx, history, place, after)
		known := err == nil && len(events) > 0
		if err == nil && !known { // does the network keep anything at all?
			kept, _, problem := history.After(ctx, place, "", 1)
			known = problem == nil && len(kept) > 0
		}
		f.relay.post(func() {
			if f.gap != g {
				return
			}
			if err != nil && transports.AsFault(err).Kind != transports.Unsupported && link.Err() == nil {
				f.relay.Log.Warn("What was said in a room while a relay was not there could not be read.", "room", f.Name, "error", err)
				f.leftOut("What was said in " + f.Name + " meanwhile could not be read. Some of it may be missing here.")
			}
			if left || g.overrun {
				f.leftOut("More was said in " + f.Name + " meanwhile than I pass on. Some of it is left out.")
			}
			if after == "" { // only what is ours is of concern
				events = ours(events)
			}
			f.caughtUp(events, known)
		})
	}()
}

// leftOut tells the MUC that something of the network's room does not come, once for each outage.
func (f *foreign) leftOut(words string) {
	if f.relay.sometimes("left "+f.Name, answerTime) {
		f.relay.say(words)
	}
}

func ours(events []transports.Event) (own []transports.Event) {
	for _, e := range events {
		if m, ok := e.(transports.Message); ok && m.Own {
			own = append(own, e)
		}
	}
	return own
}

// missedIn reads what came after a message, and of what is too much the newest; left tells that some is left out between.
func missedIn(ctx context.Context, history transports.History, place transports.Place, after transports.MessageID) (all []transports.Event, left bool, err error) {
	for more := true; more; {
		if len(all) >= maxGap {
			var last []transports.Event
			last, _, err = history.After(ctx, place, "", gapPart)
			return append(all, last...), true, err
		}
		var part []transports.Event
		if part, more, err = history.After(ctx, place, after, gapPart); err != nil {
			return all, false, err
		}
		before := after
		for _, e := range part {
			if m, ok := e.(transports.Message); ok && m.ID != "" {
				after = m.ID
			}
		}
		all = append(all, part...)
		if after == before || before == "" {
			break
		}
	}
	return all, false, nil
}

// caughtUp takes what was missed, and then what waited for it. known tells whether the events are all that came.
func (f *foreign) caughtUp(events []transports.Event, known bool) {
	r, live := f.relay, []transports.Event(nil)
	if f.gap != nil {
		live = f.gap.live
	}
	f.gap = nil
	f.finish(events, known)
	r.replaying = true
	seen := map[transports.MessageID]bool{}
	for _, e := range events {
		if m, ok := e.(transports.Message); ok {
			if m.ID != "" && seen[m.ID] {
				continue
			}
			seen[m.ID] = true
		}
		f.event(e)
	}
	r.replaying = false
	for _, e := range live {
		if m, ok := e.(transports.Message); !ok || m.ID == "" || !seen[m.ID] {
			f.event(e)
		}
	}
	f.next()
}

// finish finds out what became of the messages that were on their way to the network when the gateway stopped: what the room has not, is said now; where that cannot be
// known, who wrote it is told.
func (f *foreign) finish(events []transports.Event, known bool) {
	r, later := f.relay, f.tasks
	f.tasks = nil
	for _, u := range f.unfinished {
		l := u.line
		l.copies[f].flying = false
		if u.state == unknown {
			if id := f.said(l, events); id != "" {
				r.lines.has(l, f, id)
				r.touch(l)
				if l.gone {
					f.delete(l, "", "", l.nick)
				}
				continue
			}
			if !known {
				r.touch(l)
				if l.room == nil {
					r.arrival(func() {
						f.failed(l.nick, "Before the gateway stopped you wrote “"+first(l.text)+"”. It may be that this", &transports.Fault{Kind: transports.UnknownOutcome, Text: "It could not be found out. Look there before you write it again."})
					})
				}
				continue
			}
		}
		if l.gone {
			r.touch(l)
			continue
		}
		f.say(l, l.nick, nil)
	}
	f.unfinished = nil
	f.tasks = append(f.tasks, later...)
}

// said is what the network calls a message of ours that it has, empty where it has not.
func (f *foreign) said(l *line, events []transports.Event) transports.MessageID {
	words, by := strings.TrimSpace(l.text.String()), l.copies[f].by.own
	for _, e := range events {
		m, ok := e.(transports.Message)
		theirs := m.Own || by != nil && m.From.ID == by.account.User || by == nil && repeats(m.From.Name, l.nick)
		if !ok || m.ID == "" || f.relay.lines.byForeign[foreignID{f, m.ID}] != nil || !theirs {
			continue
		}
		if has := strings.TrimSpace(m.Text.String()); has == words || words != "" && strings.HasSuffix(has, words) {
			return m.ID
		}
	}
	return ""
}

// first is the beginning of a text, for people to know it by.
func first(t text.Text) string {
	const most = 60
	words := strings.Join(strings.Fields(t.String()), " ")
	if pieces := text.Pieces(words, most); len(pieces) > 1 {
		return pieces[0] + "…"
	}
	return words
}

// late is how old a message must be for the networks to be told when it was said.
const lateThere = 2 * time.Minute

// timed puts before a text that comes late when it was said.
func timed(t text.Text, at time.Time) text.Text {
	if at.IsZero() || time.Since(at) < lateThere {
		return t
	}
	layout := "[15:04 UTC] "
	if time.Since(at) > 20*time.Hour {
		layout = "[2 Jan 15:04 UTC] "
	}
	stamp := at.UTC().Format(layout)
	if len(t) == 0 || len(t[0].Spans) == 0 {
		return append(plain(strings.TrimSpace(stamp)), t...)
	}
	out := append(text.Text{}, t...)
	out[0].Spans = append([]text.Span{{Text: stamp}}, out[0].Spans...)
	return out
}
