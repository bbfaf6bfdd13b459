package relay

import (
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/text"
)

// nsRelayed marks what a relay says and who it is, for other gateways that run this program: what is from a room does not go back there, and of two relays that join
// a MUC with the same room one leaves it to the other. Who marks what they say themselves keeps nothing but that from the networks.
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

// claimed are the rooms that an occupant says that it joins with the MUC.
func claimed(s *stanza.Stanza) (rooms []string) {
	for _, room := range s.Child(nsRelayed, "joins").Children() {
		rooms = append(rooms, room.Text())
	}
	return rooms
}

// otherRelay leaves rooms to another relay that was there first. Anybody can say to be one, so that is believed only of who could put ours out anyway: a moderator. Of
// others, moderators are told. Without belief nothing goes round either, for what each says is marked.
func (r *Relay) otherRelay(o *occupant, nick string) {
	var doubtful []string
	for _, f := range r.rooms {
		where := f.Where()
		switch joins := where != "" && slices.Contains(o.joins, where); {
		case joins && o.moderator && f.leftTo == "":
			f.leftTo = nick
			r.Log.Warn("Another relay joins this MUC with the same room. It is left to that one.", "room", f.Name, "nick", nick)
			r.say("I leave " + f.Name + " to " + nick + ", who joins it with this room already.")
		case f.leftTo == nick && !o.moderator:
			r.takeBack(nick, nick+" is no moderator any more")
		case joins && f.leftTo == "":
			doubtful = append(doubtful, f.Name)
		}
	}
	if len(doubtful) > 0 && r.sometimes("doubtful relay", longWait) {
		r.Log.Warn("Somebody says to join this MUC with the same room, as another relay. That is not believed, for they are no moderator.", "rooms", doubtful, "nick", nick)
		r.arrival(func() {
			r.tellModerator("", nick+" says that it joins this room with "+strings.Join(doubtful, " and ")+" as I do. If that is so, all is heard twice: make it a moderator, and I leave that to it, or end one of the two with “unbridge”. If it is not so, put it out.")
		})
	}
}

// takeBack has us join again what was left to another relay.
func (r *Relay) takeBack(nick, why string) {
	for _, f := range r.rooms {
		if f.leftTo == nick {
			f.leftTo = ""
			r.say(why + ", so I join " + f.Name + " with this room from now on.")
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

// hasHeard tells whether another relay repeats what we have heard in a room ourselves.
func (r *Relay) hasHeard(where, nick string, t text.Text) bool {
	words, order := strings.TrimSpace(t.String()), r.lines.order
	for i := len(order) - 1; i >= 0 && i >= len(order)-maxEchoes && time.Since(order[i].heard) < echoWithin; i-- {
		if l := order[i]; l.room != nil && l.room.Where() == where && l.words == words && repeats(nick, l.user.Name) {
			return true
		}
	}
	return false
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
	// ownWords is how many messages of somebody's, one after another, must have been nobody else's for them to be taken for a person who happens to say the same:
	// all that another bridge's puppet says, somebody has said elsewhere.
	ownWords = 3
	// maxAuthors is of how many people that is counted.
	maxAuthors = 5000
)

// echo tells whether somebody repeats what another one said just now elsewhere, as bridges do: under the same name, or with the name before it. room is where it is
// heard, nil for the MUC; author is who says it, by what the MUC or the network tells them apart. What bridges of other makes say has no mark.
func (r *Relay) echo(room *foreign, author, name string, t text.Text) bool {
	words := strings.TrimSpace(t.String())
	if words == "" {
		return false
	}
	order := r.lines.order
	for i := len(order) - 1; i >= 0 && i >= len(order)-maxEchoes; i-- {
		l := order[i]
		if time.Since(l.heard) > echoWithin {
			break
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
			same := before == "" && repeats(name, known) && time.Since(l.heard) < sameWithin
			if same && r.ownWords[author] >= ownWords {
				delete(r.ownWords, author) // should it be a bridge after all, it is known the next time
				return false
			}
			if same || attributes(before, known) {
				delete(r.ownWords, author)
				if r.sometimes("echo "+name, time.Hour) {
					r.Log.Warn("Somebody repeats what others say, as another bridge does. That is not passed on.", "muc", r.MUC.String(), "name", name)
				}
				return true
			}
		}
	}
	if len(r.ownWords) > maxAuthors {
		clear(r.ownWords)
	}
	r.ownWords[author]++
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
