package irc

import (
	"slices"
	"strings"
	"time"

	"isthmus/transports"
)

// pollSoon lets the server be asked where somebody is watched of whom it does not tell.
func (c *connection) pollSoon(at time.Time) {
	w := &c.watches
	for _, known := range w.users {
		if (!known.monitored || c.absenceUntold()) && (w.poll.IsZero() || at.Before(w.poll)) {
			w.poll = at
			return
		}
	}
}

// absenceUntold tells whether the server does not say by itself when those who are watched go away.
func (c *connection) absenceUntold() bool {
	return !c.caps.on[extendedMonitorCap] && !c.caps.on["draft/extended-monitor"] || !c.caps.on["away-notify"]
}

// pollPresence asks who is there, and at times who of them is away.
func (c *connection) pollPresence(now time.Time) {
	w := &c.watches
	var names []string
	for _, known := range w.users {
		if !known.monitored {
			names = append(names, known.nick)
		}
	}
	slices.Sort(names)
	w.asked = nil // whoever did not answer in all the time does not
	for _, line := range listLines("ISON ", names, " ", len(names)) {
		if c.out.whenQuiet(line) {
			var folded []string
			for name := range strings.FieldsSeq(strings.TrimPrefix(line, "ISON ")) {
				folded = append(folded, c.fold(name))
			}
			w.asked = append(w.asked, folded)
		}
	}
	if c.absenceUntold() && now.Sub(w.absence) >= absenceEvery {
		w.absence = now
		for folded, known := range w.users {
			if known.there {
				w.unknown = append(w.unknown, folded)
			}
		}
		c.askAbsence()
	}
	c.pollSoon(now.Add(pollEvery))
}

// askAbsence asks who is away of those who are there. RFC 2812 §4.8: five in a line.
func (c *connection) askAbsence() {
	w := &c.watches
	var names []string
	for _, folded := range w.unknown {
		if known := w.users[folded]; known != nil && known.there {
			names = append(names, known.nick)
		}
	}
	slices.Sort(names)
	w.unknown = nil
	for _, line := range listLines("USERHOST ", slices.Compact(names), " ", 5) {
		c.out.whenQuiet(line)
	}
}

// onIsOn are those who are there of those asked for: RPL_ISON. RFC 2812 §4.9.
func (c *connection) onIsOn(m message) {
	if len(c.watches.asked) == 0 || c.orderOf("ISON") {
		return
	}
	there := map[string]string{}
	for name := range strings.FieldsSeq(m.Trailing()) {
		there[c.fold(name)] = name
	}
	for _, folded := range c.watches.asked[0] {
		w := c.watches.users[folded]
		if w == nil {
			continue
		}
		name, is := there[folded]
		if !is {
			name = w.nick
		}
		c.seen(transports.User{ID: userID(name), Name: name}, is)
	}
	c.watches.asked = c.watches.asked[1:]
}

// onAbsent is an answer that tells whether someone is away: RPL_USERHOST has a sign for it.
func (c *connection) onAbsent(nick string, gone bool) {
	folded := c.fold(nick)
	w := c.watches.users[folded]
	if w == nil {
		return
	}
	u := transports.User{ID: userID(nick), Name: nick}
	c.seen(u, true)
	switch p, known := c.shown(folded); {
	case gone && (!known || p.Show != transports.Away):
		c.shows(u, transports.Presence{Show: transports.Away})
	case !gone && known && p.Show == transports.Away:
		c.shows(u, transports.Presence{Show: transports.Present})
	}
}
