package irc

import (
	"strings"
	"time"

	"isthmus/transports"
)

const (
	// presenceGather is how long news of people's presence wait for more, so that who leaves and comes back at once does not flicker.
	presenceGather = 250 * time.Millisecond
	// maxShown bounds how many people's presence is remembered.
	maxShown = 10_000
	// maxLookAround is how many members a room may have for the server to be asked who of them is away.
	maxLookAround = 200
	// whoToken tells our own WHO from a person's. IRCv3 WHOX.
	whoToken = "152"
)

// unknownAway stands for what is not known to have been told; it is no text that can be sent.
const unknownAway = "\n"

const preAwayCap = "draft/pre-away"

// presences are how people are, as far as it was told: those who are watched, and members of rooms who are away.
type presences struct {
	shown   map[string]transports.Presence // by folded nick
	waiting map[string]transports.PresenceChanged
	order   []string // of waiting
	due     time.Time

	own string // what the server is told of the person, in the end: the text of their absence, or empty
	job *job   // that tells it, nil for none
}

// setPresence tells the network whether the person is there. RFC 2812 §4.1.
func (c *connection) setPresence(r *request, command transports.SetPresence) {
	text := c.absence(command.Presence)
	c.session.away = text
	if j := c.presences.job; j != nil && !j.started && !j.isSettled() { // it is no longer true
		j.settle(nil)
		c.presences.own = unknownAway
	}
	c.presences.job = nil
	if text == c.presences.own {
		r.settle(nil)
		return
	}
	c.presences.own = text
	j := &job{request: r, verb: awaying, lines: []string{c.encode(awayLine(text), "")}}
	c.presences.job = j
	c.out.held = append(c.out.held, j)
}

func awayLine(text string) string {
	if text == "" {
		return "AWAY"
	}
	return "AWAY :" + text
}

// absence is the text that others get of someone who is not there, empty for one who is. "*" stands for one who has no client
// connected (IRCv3 pre-away).
func (c *connection) absence(p transports.Presence) string {
	words := strings.TrimSpace(oneLine(p.Status))
	usual := ""
	switch p.Show {
	case transports.Present, transports.Chatty:
		return ""
	case transports.Away:
		usual = "Away"
	case transports.LongAway:
		usual = "Away for a longer time"
	case transports.Busy:
		usual = "Busy"
	case transports.Absent:
		if usual = "Not connected"; c.caps.on[preAwayCap] {
			usual = "*"
		}
	}
	if words == "" {
		words = usual
	}
	if most := c.support.awayLen; most > 0 && len(words) > most {
		words = strings.TrimSpace(strings.ToValidUTF8(words[:most], ""))
	}
	return strings.TrimPrefix(c.cut("AWAY :", words), "AWAY :")
}

// announceAbsence tells it before the welcome, so that nobody sees the person come back who does not. IRCv3 pre-away.
func (c *connection) announceAbsence() {
	if text := c.session.away; text != "" && c.caps.on[preAwayCap] {
		c.presences.own = text
		c.out.now(c.encode(awayLine(text), ""))
	}
}

// onAway is someone who goes away, or is back. IRCv3 away-notify.
func (c *connection) onAway(m message) {
	if c.stage != online || m.Name == "" || c.isSelf(m.Name) {
		return
	}
	if len(m.Params) == 0 || m.Param(0) == "" {
		c.shows(author(m), transports.Presence{Show: transports.Present})
	} else {
		c.shows(author(m), away(m.Param(0)))
	}
}

// away is the presence of someone with a text of absence. "*" is that of one who gives no reason.
func away(text string) transports.Presence {
	return transports.Presence{Show: transports.Away, Status: strings.TrimPrefix(plain(text), "*")}
}

// shows takes how someone is, to tell it together with other news.
func (c *connection) shows(user transports.User, p transports.Presence) {
	if c.stage != online {
		return
	}
	folded := c.fold(user.Name)
	if _, waiting := c.presences.waiting[folded]; !waiting {
		if len(c.presences.waiting) >= maxShown {
			return
		}
		c.presences.order = append(c.presences.order, folded)
	}
	put(&c.presences.waiting, folded, transports.PresenceChanged{User: user, Presence: p})
	if c.presences.due.IsZero() {
		c.presences.due = time.Now().Add(presenceGather)
	}
}

// shown is how someone is, as it will have been told.
func (c *connection) shown(folded string) (transports.Presence, bool) {
	if event, waiting := c.presences.waiting[folded]; waiting {
		return event.Presence, true
	}
	p, known := c.presences.shown[folded]
	return p, known
}

// tellPresences emits what has changed in the end.
func (c *connection) tellPresences(now time.Time) {
	if c.presences.due.IsZero() || now.Before(c.presences.due) {
		return
	}
	events, order := c.presences.waiting, c.presences.order
	c.presences.waiting, c.presences.order, c.presences.due = nil, nil, time.Time{}
	for _, folded := range order {
		event, waiting := events[folded]
		was, known := c.presences.shown[folded]
		watched := c.watches.users[folded] != nil
		if !known && !watched {
			was, known = transports.Presence{Show: transports.Present}, true // as any member
		}
		if !waiting || known && was == event.Presence {
			continue
		}
		switch {
		case !watched && event.Presence.Show == transports.Present:
			delete(c.presences.shown, folded)
		case len(c.presences.shown) < maxShown || known:
			put(&c.presences.shown, folded, event.Presence)
		default:
			continue
		}
		c.emit(event)
	}
}

// cameBack forgets that someone was away: if they still are, the server says so at once.
func (c *connection) cameBack(u transports.User) {
	if p, known := c.shown(c.fold(u.Name)); known && p.Show == transports.Away {
		c.shows(u, transports.Presence{Show: transports.Present})
	}
}

// leftNetwork forgets how someone was who is gone; who watches them is told.
func (c *connection) leftNetwork(u transports.User) {
	folded := c.fold(u.Name)
	if c.watches.users[folded] != nil {
		c.seen(u, false)
		return
	}
	delete(c.presences.waiting, folded)
	delete(c.presences.shown, folded)
}

// renamedPresence moves how someone is to their new nick; one that is watched is there no longer, or is there now.
func (c *connection) renamedPresence(was transports.User, now transports.User) {
	before, after := c.fold(was.Name), c.fold(now.Name)
	p, known := c.shown(before)
	if before == after {
		return
	}
	c.leftNetwork(was)
	if c.watches.users[after] != nil {
		c.seen(now, true)
	}
	if known && p.Show == transports.Away {
		c.shows(now, p)
	}
}

// lookAround asks who of a room is away, in a quiet moment. IRCv3 WHOX, RFC 2812 §3.6.1.
func (c *connection) lookAround(r *room, members int) {
	if !c.caps.on["away-notify"] || members > maxLookAround { // without it, nobody would say that they are back
		return
	}
	if c.support.whox {
		c.out.whenQuiet("WHO " + r.name + " %tnf," + whoToken)
	} else if c.out.whenQuiet("WHO " + r.name) {
		put(&c.looking, c.fold(r.name), true)
	}
}

// onWho is someone on a list of WHO: RPL_WHOREPLY. Their flags begin with H for here or G for gone.
func (c *connection) onWho(m message) {
	c.found(m)
	if len(m.Params) > 6 && c.support.isRoom(m.Param(1)) {
		c.listedAs(m.Param(5), m.Param(6))
	}
}

// onWhox is someone on a list of WHOX, with the fields that we asked for.
func (c *connection) onWhox(m message) {
	if m.Param(1) == whoToken && len(m.Params) == 4 {
		c.listedAs(m.Param(2), m.Param(3))
	}
}

func (c *connection) listedAs(nick, flags string) {
	if !c.caps.on["away-notify"] || nick == "" || !legible(nick) || c.isSelf(nick) {
		return
	}
	u := transports.User{ID: userID(nick), Name: nick}
	p, known := c.shown(c.fold(nick))
	switch gone := strings.HasPrefix(flags, "G"); {
	case gone && (!known || p.Show != transports.Away):
		c.shows(u, transports.Presence{Show: transports.Away})
	case !gone && known && p.Show == transports.Away:
		c.shows(u, transports.Presence{Show: transports.Present})
	}
}

// onRealname is someone's new real name. IRCv3 setname.
func (c *connection) onRealname(m message) {
	if c.stage == online && m.Name != "" && !c.isSelf(m.Name) {
		c.emit(transports.ProfileChanged{User: author(m)})
	}
}
