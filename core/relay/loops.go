package relay

import (
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/text"
)

// nsRelayed marks what a relay says and who it is, for other gateways that run this program: what is from a room does not go back there, and of two relays that join
// a MUC with the same room one leaves it to the other.
const nsRelayed = "isthmus:relay:0"

// mark tells from which room a message is, empty for a relay's own words.
func mark(where string) *stanza.Element { return stanza.New(nsRelayed, "relayed", "from", where) }

// marked reads it.
func marked(s *stanza.Stanza) (where string, is bool) {
	e := s.Child(nsRelayed, "relayed")
	return e.Attr("from"), e != nil
}

// joins tells in the bot's presence which rooms it joins with the MUC.
func (r *Relay) joins() *stanza.Element {
	e := stanza.New(nsRelayed, "joins")
	for _, f := range r.rooms {
		e.Add(stanza.Text("", "room", f.Where()))
	}
	return e
}

// otherRelay has those rooms left to another relay that was there first.
func (r *Relay) otherRelay(s *stanza.Stanza, nick string) {
	var theirs []string
	for _, room := range s.Child(nsRelayed, "joins").Children() {
		theirs = append(theirs, room.Text())
	}
	for _, f := range r.rooms {
		if where := f.Where(); where != "" && slices.Contains(theirs, where) {
			f.leftTo = nick
			r.Log.Warn("Another relay joins this MUC with the same room. It is left to that one.", "room", f.Name, "nick", nick)
			r.say("I leave " + f.Name + " to " + nick + ", who joins it with this room already.")
		}
	}
}

// otherRelayLeft has us do it again.
func (r *Relay) otherRelayLeft(nick string) {
	for _, f := range r.rooms {
		if f.leftTo == nick {
			f.leftTo = ""
			r.say(nick + " has left, so I join " + f.Name + " with this room from now on.")
		}
	}
}

// otherRelayRenamed goes on under its new nick.
func (r *Relay) otherRelayRenamed(nick, other string) {
	for _, f := range r.rooms {
		if f.leftTo == nick {
			f.leftTo = other
		}
	}
}

const (
	// echoWithin is how long after a message another bridge may repeat it.
	echoWithin = 30 * time.Second
	// sameWithin is how long after it the same words by somebody of the same name are taken for a repetition: people of one name do say hello both.
	sameWithin = 5 * time.Second
	// maxEchoes is how many messages are looked at.
	maxEchoes = 100
	// leastName is the shortest name by which somebody is known again.
	leastName = 2
)

// echo tells whether somebody repeats what another one said just now elsewhere, as bridges do: under the same name, or with the name before it. room is where it is
// heard, nil for the MUC. What bridges of other makes say has no mark.
func (r *Relay) echo(room *foreign, name string, t text.Text) bool {
	words := strings.TrimSpace(t.String())
	if words == "" {
		return false
	}
	order := r.lines.order
	for i := len(order) - 1; i >= 0 && i >= len(order)-maxEchoes; i-- {
		l := order[i]
		if time.Since(l.heard) > echoWithin {
			return false
		}
		said := l.words
		if l.room == room || said == "" || !strings.HasSuffix(words, said) {
			continue
		}
		before := strings.TrimSuffix(words, said)
		for _, known := range []string{l.nick, l.user.Name} {
			if len(known) < leastName {
				continue
			}
			if before == "" && repeats(name, known) && time.Since(l.heard) < sameWithin || attributes(before, known) {
				if r.sometimes("echo "+name, time.Hour) {
					r.Log.Warn("Somebody repeats what others say, as another bridge does. That is not passed on.", "muc", r.MUC.String(), "name", name)
				}
				return true
			}
		}
	}
	return false
}

// attribution is how many bytes bridges put around a name: "**<name [network]>** ".
const attribution = 24

// attributes tells whether what stands before words says, as bridges do, whose they are: "<name>", "[network] <name>", "**name**:".
func attributes(before, known string) bool {
	before = strings.TrimSpace(before)
	return strings.Contains(before, known) && len(before) <= len(known)+attribution && strings.ContainsAny(before[:1], "<[(*") && strings.ContainsAny(before[len(before)-1:], ">])*:")
}

// repeats tells whether a name is the other one, with what a bridge adds to it.
func repeats(name, known string) bool {
	return strings.HasPrefix(name, known) || strings.HasPrefix(known, name) && len(name) >= leastName
}
