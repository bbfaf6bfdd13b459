package relay

import (
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/nick"
	"isthmus/mapping/text"
)

const (
	// maxNick is how many characters of a name are shown, so that no client cuts the suffix off that tells where somebody is from.
	maxNick = 48
	// reservedFor is for how long the nick of one of the MUC's own people is kept from all others after they have left.
	reservedFor = 30 * 24 * time.Hour
	// maxReserved is how many of them are remembered.
	maxReserved = 5000
)

// reserve keeps the nick of one of the MUC's people from puppets.
func (r *Relay) reserve(n string) {
	if r.former[n] { // it may be one of ours, left behind
		return
	}
	if len(r.reserved) >= maxReserved {
		for look, of := range r.reserved {
			if time.Since(of.since) > reservedFor {
				delete(r.reserved, look)
			}
		}
		if len(r.reserved) >= maxReserved {
			clear(r.reserved)
		}
	}
	for _, look := range nick.Looks(n) {
		r.reserved[look] = reservation{n, time.Now()}
	}
}

// reservation is a nick of one of the MUC's people, and when they had it last.
type reservation struct {
	nick  string
	since time.Time
}

// taken tells which nicks nobody else may have: those of whoever is there, of us, and of the MUC's people who were there not long ago; and all that look like one
// of these (UTS #39). Who has the very name that a puppet is to have may be that puppet, left behind by a run that was killed: for names that end as those of a network's
// people do are theirs. If it is somebody else, the MUC says so.
func (r *Relay) taken(but *puppet, name string) func(string) bool {
	looks := map[string]bool{}
	add := func(n string) {
		for _, look := range nick.Looks(n) {
			looks[look] = true
		}
	}
	add(r.bot.nick)
	for n := range r.others {
		if n != but.nick && n != name {
			add(n)
		}
	}
	for _, p := range r.puppets {
		if p != but && p.nick != "" {
			add(p.nick)
		}
	}
	return func(n string) bool {
		for _, look := range nick.Looks(n) {
			if of, reserved := r.reserved[look]; looks[look] || reserved && of.nick != name && time.Since(of.since) < reservedFor {
				return true
			}
		}
		return false
	}
}

// wanted is the nick for a puppet: none that could be taken for anybody else's.
func (r *Relay) wanted(p *puppet) string {
	name := nick.Resource(r.bare(p.name) + p.room.Suffix)
	taken := r.taken(p, name)
	refused := map[string]bool{}
	n := name
	for range p.tries { // those that the MUC has refused
		refused[n] = true
		n = nick.Distinct(name, func(n string) bool { return refused[n] })
	}
	return nick.Distinct(n, func(n string) bool { return refused[n] || taken(n) })
}

// bare is a name as it is shown: without an end that would tell of another network than its own.
func (r *Relay) bare(name string) string {
	name = text.Pieces(name, maxNick)[0]
	for _, f := range r.rooms {
		if mark := strings.TrimSpace(f.Suffix); mark != "" {
			name = strings.TrimSuffix(strings.TrimSpace(name), mark)
		}
	}
	return name
}

// attributed is how the bot calls somebody for whom it speaks: on one line, and without the signs that it puts around names.
func (f *foreign) attributed(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '<' || r == '>' {
			return ' '
		}
		return r
	}, f.relay.bare(name))
	return nick.Resource(name + f.Suffix)
}

// free tells whether an address is nobody's: that of who has been renamed stays theirs while they are in the MUC.
func (r *Relay) free(jid stanza.JID) bool {
	other := r.puppetOf(jid)
	if other != nil && other.standing != outside {
		return false
	}
	if other != nil {
		delete(r.puppets, other.who)
	}
	return true
}

// coming tells whether a nick is that of a puppet that is being let in, of which others hear before it does, or that has left before it was: the MUC
// tells of both.
func (r *Relay) coming(nick string) bool {
	for _, p := range r.puppets {
		if p.nick == nick && (p.standing == asked || p.standing == outside && time.Since(p.since) < answerTime) {
			return true
		}
	}
	return false
}
