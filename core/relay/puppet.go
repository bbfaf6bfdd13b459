package relay

import (
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// who is a user of one of the networks.
type who struct {
	room *foreign
	user transports.UserID
}

// puppet is the occupant of the MUC that a user of a network has.
type puppet struct {
	who
	name     string // of the user
	jid      stanza.JID
	nick     string
	standing standing
	since    time.Time
	spoke    time.Time
	tries    int
	// typing is what was shown last of whether its person writes, and typed when.
	typing bool
	typed  time.Time
	// down is since when its component's stream is not there, the zero time where it is.
	down time.Time
	// picture is the version of its user's picture, and hash that of what is shown of it.
	picture, hash string
	// seen: the MUC has told the bot of it since the bot entered.
	seen bool
	// refused is until when the bot speaks in its place; banned is until when the MUC wants to hear nothing of
	// the user; then it is tried whether it still does.
	refused time.Time
	banned  time.Time
}

const (
	// idle is after how long a silence a puppet leaves, and a double.
	idle = time.Hour
	// pace is the time between two joins.
	pace = 100 * time.Millisecond
	// streamWait is the time between two looks at a stream that is down.
	streamWait = time.Second
	// maxNicks is how many nicks a puppet tries.
	maxNicks = 5
	// shortRefusal is for how long the bot speaks where a puppet may come in later.
	shortRefusal = 10 * time.Minute
	// banAgain is after how long it is tried whether a ban still holds.
	banAgain = time.Hour
)

// voice is who says something of a user's in the MUC: their puppet, or nil for the bot. With wait, that is not known yet; with silent, nobody.
func (r *Relay) voice(f *foreign, u transports.User) (p *puppet, wait, silent bool) {
	now := time.Now()
	p = r.puppets[who{f, u.ID}]
	if p == nil {
		if r.Puppets == 0 {
			return nil, false, false
		}
		jid, err := f.Puppet(u.ID)
		if err != nil { // a name that no address can hold
			return nil, false, false
		}
		if !r.free(jid) {
			return nil, false, false
		}
		p = &puppet{who: who{f, u.ID}, jid: jid}
		r.puppets[p.who] = p
		r.addresses.Store(jid.String(), true)
	}
	r.look(p, u)
	switch {
	case now.Before(p.banned):
		return nil, false, true
	case now.Before(p.refused):
		return nil, false, false
	case p.standing == inside:
		if p.name != u.Name {
			r.rename(p, u.Name)
		}
		p.spoke = now
		return p, false, false
	case p.standing == asked:
		return nil, true, false
	case r.inside() >= r.Puppets && !r.makePlace(now):
		return nil, false, false
	}
	if wait := r.paced.Sub(now); wait > 0 {
		r.after(wait, r.flow)
		return nil, true, false
	}
	r.paced = now.Add(pace)
	p.name, p.tries, p.spoke = u.Name, 0, now
	r.ask(p)
	if p.standing == outside && p.since.Sub(p.down) > answerTime {
		p.refused, p.down = now.Add(shortRefusal), time.Time{}
		return nil, false, false
	}
	if p.standing == outside { // its component's stream will be there in a moment
		r.after(streamWait, r.flow)
	}
	return nil, true, false
}

func (r *Relay) inside() (n int) {
	for _, p := range r.puppets {
		if p.standing != outside {
			n++
		}
	}
	return n
}

// ask has a puppet join.
func (r *Relay) ask(p *puppet) {
	p.nick = r.wanted(p)
	p.standing, p.since = asked, time.Now()
	enter := xep.Enter(p.jid, r.occupant(p.nick), time.Time{}, 0, r.Password)
	if p.hash != "" {
		enter.Add(xep.PictureUpdate(p.hash))
	}
	if p.room.Stream.Pass(enter) {
		p.down = time.Time{}
		return
	}
	p.standing = outside
	if p.down.IsZero() {
		p.down = p.since
	}
}

func (r *Relay) rename(p *puppet, name string) {
	p.name = name
	if n := r.wanted(p); n != p.nick { // XEP-0045 §7.6; the puppet goes on under its old one until the MUC has confirmed it
		p.room.Stream.Pass(p.presence(r.occupant(n)))
	}
}

// depart has a puppet leave.
func (r *Relay) depart(p *puppet, status string) {
	p.room.Stream.Pass(gone(p.jid, r.occupant(p.nick), status))
	r.isOut(p)
}

// isOut notes that a puppet is in the MUC no longer.
func (r *Relay) isOut(p *puppet) {
	if v, ours := r.voices[p.nick]; ours && v == p {
		delete(r.voices, p.nick)
	}
	p.standing, p.since = outside, time.Now()
}

// refuse has the bot speak in a puppet's place, and says so once.
func (r *Relay) refuse(p *puppet, d time.Duration, why string) {
	r.isOut(p)
	p.refused = time.Now().Add(d)
	if why != "" && r.sometimes("refused "+why, longWait*6) {
		r.say("Some people of " + p.room.Name + " cannot be in this room themselves (" + why + "). Until that changes, I pass on what they say.")
	}
	r.flow()
}

// lookAfterPuppets has those leave that have been silent, and gives up those that the MUC does not answer.
func (r *Relay) lookAfterPuppets(now time.Time) {
	stays := r.Presence.stays()
	for key, p := range r.puppets {
		switch {
		case p.standing == inside && now.Sub(p.spoke) > stays:
			r.depart(p, "Has said nothing for a while.")
			fallthrough
		case p.standing == outside && now.Sub(p.spoke) > stays && now.After(p.banned):
			delete(r.puppets, key)
			r.addresses.Delete(p.jid.String())
		case p.standing == asked && now.Sub(p.since) > answerTime && r.bot.standing == inside:
			r.refuse(p, shortRefusal, "the room did not answer")
		}
	}
}

// puppetOf is the puppet with an address, nil where there is none (any more).
func (r *Relay) puppetOf(jid stanza.JID) *puppet {
	for _, p := range r.puppets {
		if p.jid == jid {
			return p
		}
	}
	return nil
}

// puppetPresence takes what the MUC says to a puppet of itself; what it says of others the bot hears.
func (r *Relay) puppetPresence(p *puppet, s *stanza.Stanza, o xep.Occupancy) {
	switch {
	case s.Type == "error":
		if p.standing == asked {
			r.notLetIn(p, s)
		}
	case !o.Has(xep.StatusSelf) && s.From.Resource != p.nick:
	case s.Type == "unavailable" && o.Has(xep.StatusRenamed):
		if v := r.voices[p.nick]; v == p {
			delete(r.voices, p.nick)
		}
		p.nick = o.Nick
		r.speaksAs(p.nick, p)
	case s.Type == "unavailable":
		if p.standing == outside {
			return
		}
		r.isOut(p)
		if moderated(o) {
			r.putOut(p, o)
		}
		r.flow()
	case o.Has(xep.StatusSelf):
		p.nick, p.standing, p.since, p.seen = s.From.Resource, inside, time.Now(), true
		r.speaksAs(p.nick, p)
		r.flow()
	}
}

// notLetIn is what a refused join means (XEP-0045 §7.2).
func (r *Relay) notLetIn(p *puppet, s *stanza.Stanza) {
	switch s.Condition() {
	case "conflict":
		if p.tries++; p.tries < maxNicks {
			r.ask(p)
			return
		}
		r.refuse(p, shortRefusal, "their nicks are taken")
	case "forbidden":
		r.isOut(p)
		p.banned = time.Now().Add(banAgain)
		if r.sometimes("banned "+p.jid.String(), 24*time.Hour) {
			r.tell(p.room, p.name+" is banned from the chat room that this room is joined with. What they write here is not passed on.")
		}
		r.flow()
	case "registration-required":
		r.refuse(p, longWait*6, "only members may come in")
	case "not-authorized":
		r.refuse(p, longWait*6, "the room has a password")
	case "service-unavailable":
		r.refuse(p, shortRefusal, "the room is full")
	case "resource-constraint", "remote-server-timeout", "remote-server-not-found":
		r.refuse(p, shortRefusal, "")
	default:
		r.refuse(p, longWait*6, "the room refuses: "+string(s.Condition()))
	}
}

// moderated tells whether somebody has put an occupant out, and not the room for a technical reason: some servers send 307 beside 333, as XEP-0045 did not forbid before version 1.33.
func moderated(o xep.Occupancy) bool {
	return o.Has(xep.StatusBanned) || o.Has(xep.StatusKicked) && !o.Has(xep.StatusTechnical)
}

// putOut acts on a kick or a ban of a puppet at its network, as far as the relay can; else the moderator is told.
func (r *Relay) putOut(p *puppet, o xep.Occupancy) {
	banned := o.Has(xep.StatusBanned)
	if banned {
		p.banned = time.Now().Add(banAgain)
	}
	f, actor, name := p.room, o.Actor, p.name
	reason := o.Reason
	if actor != "" {
		reason = strings.TrimSuffix("by "+actor+": "+reason, ": ")
	}
	var c transports.Command = transports.SetRole{Room: f.id, User: p.user, Role: transports.NoRole, Reason: reason}
	effect := "It has no effect there; when they write again, they come back."
	if banned {
		c = transports.SetAffiliation{Room: f.id, User: p.user, Affiliation: transports.Outcast, Reason: reason}
		effect = "They are still there, but what they write does not come here any more."
	}
	f.do(&task{make: func() transports.Command { return c }, end: func(_ transports.Result, err error) {
		if err != nil {
			r.tellModerator(actor, name+" could not be put out of "+f.Name+": "+transports.AsFault(err).Text+" "+effect)
		}
	}})
}

// tellModerator tells who moderated something; where the room does not say who that was, all its moderators.
func (r *Relay) tellModerator(nick, words string) {
	if r.others[nick] != nil {
		r.whisper(nick, words)
		return
	}
	for nick, o := range r.others {
		if o.moderator {
			r.whisper(nick, words)
		}
	}
}
