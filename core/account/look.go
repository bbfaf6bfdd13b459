package account

import (
	"slices"
	"time"

	"isthmus/transports"
)

const (
	// settles is how long the network may still be at a command although the gateway that asked for it is no more, or the connection.
	settles = 5 * time.Second
	// skew is how far a network's clock may be from ours.
	skew = 10 * time.Minute
)

// look is what a place's history tells of commands of an earlier run.
type look struct {
	place transports.Place
	owed  []*owed
	self  transports.UserID
	// since is when it became unknown what became of the last of them.
	since time.Time
	// texts: the network tells no nonces, so messages are known by their texts. strange: there are own messages that nobody knows, which may be what is
	// looked for in other words.
	texts, strange bool
	// whole: all that was said since is among what was read.
	whole bool
	found map[int64]sighting
}

// sighting is what a command has become on the network: the ids of a message, and when it was said.
type sighting struct {
	ids []transports.MessageID
	at  time.Time
}

// read looks through what was said since the first of the commands was begun. It runs beside the account's goroutine.
func (k *look) read(l lookUp, history transports.History) error {
	k.found = map[int64]sighting{}
	select {
	case <-time.After(time.Until(k.since.Add(settles))):
	case <-l.ctx.Done():
		return l.ctx.Err()
	}
	last := k.owed[0].After
	for read := 0; read < maxMissed; {
		part, more, err := history.After(l.ctx, k.place, last, historyPart)
		if err != nil {
			return err
		}
		before := last
		for _, e := range part {
			k.see(l, e)
			if m, is := e.(transports.Message); is {
				last = m.ID
			}
		}
		read += len(part)
		switch {
		case before == "": // they are the last ones
			k.whole = len(part) < historyPart || k.reaches(part)
			return nil
		case !more:
			k.whole = true
			return nil
		case last == before: // nothing leads further
			return nil
		}
	}
	return nil
}

// reaches tells whether what was read last begins before the first of the commands was begun.
func (k *look) reaches(part []transports.Event) bool {
	for _, e := range part {
		if m, is := e.(transports.Message); is && !m.At.IsZero() {
			return m.At.Before(k.owed[0].begun().Add(-skew))
		}
	}
	return false
}

// see takes something that happened.
func (k *look) see(l lookUp, e transports.Event) {
	o := k.of(e)
	m, is := e.(transports.Message)
	if is && k.texts && m.Own {
		switch {
		case l.taken(m): // it may be another one with the same text
			return
		case o == nil:
			k.strange = true
		}
	}
	if o == nil {
		return
	}
	s := k.found[o.nonce]
	if is {
		s.ids, s.at = append(s.ids, m.ID), m.At
	}
	k.found[o.nonce] = s
}

// of is the command that caused something, nil for none of them.
func (k *look) of(e transports.Event) *owed {
	for _, o := range k.owed {
		if k.caused(o, e) {
			return o
		}
	}
	return nil
}

func (k *look) caused(o *owed, event transports.Event) bool {
	switch e := event.(type) {
	case transports.Message:
		if !k.texts || o.Deed != says || e.ID == "" {
			return e.ID != "" && e.Nonce == o.nonce
		}
		_, another := k.found[o.nonce]
		return !another && e.Own && o.Says != "" && words(e.Text) == o.Says && e.At.After(o.begun().Add(-skew))
	case transports.Edited:
		return o.Deed == edits && e.ID == o.Of && words(e.Text) == o.Says
	case transports.Deleted:
		return o.Deed == deletes && e.ID == o.Of
	case transports.Reacted:
		return o.Deed == reacts && e.ID == o.Of && k.self == e.From.ID && reactedWith(e.Emoji) == o.Says
	}
	return false
}

// shows tells whether something that happened is shown when the command that caused it is gone on with, and not by itself.
func (k *look) shows(event transports.Event) bool {
	m, is := event.(transports.Message)
	if !is {
		return k.of(event) != nil
	}
	for _, s := range k.found {
		if slices.Contains(s.ids, m.ID) {
			return true
		}
	}
	return false
}
