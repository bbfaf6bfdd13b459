package loopback

import (
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// The ways to call messages.
const (
	stableIDs = "stable"
	ownIDs    = "own"
	noIDs     = "none"
)

// line is one line of a log: something that happened in a place, as nobody in particular sees it. Exactly one of the fields is set.
type line struct {
	Said    *transports.Message `json:",omitempty"`
	Edited  *transports.Edited  `json:",omitempty"`
	Deleted *transports.Deleted `json:",omitempty"`
	Reacted *transports.Reacted `json:",omitempty"`
}

// maxLog bounds the lines that are kept of a place; the oldest go first.
const maxLog = 20_000

// log is all that was said in a place.
type log struct {
	Lines []line
	// Trimmed: there were older ones.
	Trimmed bool

	messages map[transports.MessageID]*message
}

// message is what has become of a message by now.
type message struct {
	said      *transports.Message
	text      text.Text // now, after all edits
	deleted   bool
	reactions map[transports.UserID][]string
}

// add appends a line.
func (l *log) add(what line) {
	if len(l.Lines) >= maxLog {
		l.trim()
	}
	l.Lines = append(l.Lines, what)
	l.note(what)
}

// trim forgets the older half.
func (l *log) trim() {
	l.Lines = append([]line(nil), l.Lines[maxLog/2:]...)
	l.Trimmed, l.messages = true, nil
	l.index()
}

// index makes sure that the messages are known by their ids, also after a restart.
func (l *log) index() {
	if l.messages != nil {
		return
	}
	l.messages = map[transports.MessageID]*message{}
	for _, what := range l.Lines {
		l.note(what)
	}
}

func (l *log) note(what line) {
	l.index()
	switch {
	case what.Said != nil:
		l.messages[what.Said.ID] = &message{said: what.Said, text: what.Said.Text, reactions: map[transports.UserID][]string{}}
	case what.Edited != nil:
		if m := l.messages[what.Edited.ID]; m != nil {
			m.text = what.Edited.Text
		}
	case what.Deleted != nil:
		if m := l.messages[what.Deleted.ID]; m != nil {
			m.deleted = true
			m.said.Text, m.said.Files, m.said.Forwarded = nil, nil, nil // nobody can read it any more
		}
	case what.Reacted != nil:
		if m := l.messages[what.Reacted.ID]; m != nil {
			m.reactions[what.Reacted.From.ID] = what.Reacted.Emoji
		}
	}
}

// find finds a message that is not deleted.
func (l *log) find(id transports.MessageID) (*message, error) {
	l.index()
	m := l.messages[id]
	switch {
	case m == nil:
		return nil, fault(transports.NotFound, "There is no message %s here.", id)
	case m.deleted:
		return nil, fault(transports.Gone, "The message has been deleted.")
	}
	return m, nil
}

// age is how long ago a message was said.
func (m *message) age() time.Duration { return time.Since(m.said.At) }
