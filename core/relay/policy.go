package relay

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Presence says who of a network has a puppet in the MUC.
type Presence uint8

// The kinds of presence. Each includes those before it.
const (
	// Speakers are there from their first words until an hour of silence.
	Speakers Presence = iota
	// Active are there from whatever they do first, a reaction or typing too, until a day of silence.
	Active
	// All are there while they are in the network's room.
	All
)

// Policy says what of people's doings goes across beside what they say.
type Policy struct {
	// Presence says who has a puppet.
	Presence Presence
	// Joins has those told of who come and go and have no puppet (or are no users of a network) themselves.
	Joins bool
	// TypingToMUC and TypingFromMUC say which way it goes that somebody writes.
	TypingToMUC, TypingFromMUC bool
	// Notices has a network be told in words of the corrections, reactions and deletions that it has not itself.
	Notices bool
	// CallEveryone has a mention of everyone in one room call everyone in the others, as far as the relay may there.
	CallEveryone bool
	// TopicsToMUC and TopicsFromMUC say which way topics are passed on.
	TopicsToMUC, TopicsFromMUC bool
}

// stays is how long a puppet may be silent.
func (p Presence) stays() time.Duration {
	switch p {
	case Speakers:
		return idle
	case Active:
		return 24 * time.Hour
	}
	return math.MaxInt64
}

const (
	// gather is for how long comings and goings are gathered, so that many are told at once: of a server that is cut off, all.
	gather = 10 * time.Second
	// named is how many of them are told by name.
	named = 8
)

// doings are people who have come and gone. Who did both is told of by neither.
type doings struct{ came, left []string }

func (d *doings) arrive(name string) { d.left, d.came = without(d.left, d.came, name) }
func (d *doings) leave(name string)  { d.came, d.left = without(d.came, d.left, name) }

// without takes a name from the one list, or adds it to the other.
func without(from, to []string, name string) ([]string, []string) {
	for i, n := range from {
		if n == name {
			return append(from[:i:i], from[i+1:]...), to
		}
	}
	return from, append(to, name)
}

// words say who has come into a room, and who has left it.
func (d *doings) words(room string) string {
	var parts []string
	if len(d.came) > 0 {
		parts = append(parts, list(d.came)+" came into "+room)
	}
	if len(d.left) > 0 {
		parts = append(parts, list(d.left)+" left "+room)
	}
	return strings.Join(parts, "; ")
}

// list are names in a sentence.
func list(names []string) string {
	more := len(names) - named
	if more > 1 {
		return strings.Join(names[:named], ", ") + fmt.Sprintf(" and %d others", more)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// tellDoings has what is gathered told, after a while.
func (r *Relay) tellDoings(d *doings, tell func(words func(room string) string)) {
	if len(d.came)+len(d.left) > 1 {
		return // it is to be told already
	}
	r.after(gather, func() {
		if len(d.came)+len(d.left) > 0 {
			told := *d
			*d = doings{}
			tell(told.words)
		}
	})
}
