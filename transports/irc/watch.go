package irc

import (
	"strings"
	"time"

	"isthmus/transports"
)

const (
	// maxWatched bounds whom one account watches.
	maxWatched = 1000
	// watchGather is how long new names wait for others to share their line.
	watchGather = 100 * time.Millisecond
	// pollEvery is how often the server is asked who is there, where it does not tell by itself, and absenceEvery who of them is away.
	pollEvery, absenceEvery = time.Minute, 5 * time.Minute
	// namesLine bounds the bytes of names in a line.
	namesLine = 400
)

const extendedMonitorCap = "extended-monitor"

// watches are the people whose presence the account wants to know, wherever they are.
type watches struct {
	users   map[string]*watched // by folded nick
	asked   [][]string          // ISON without an answer: the folded nicks
	waiting []string            // to be told to the server, as they are to be written
	unknown []string            // of whom it is to be asked whether they are away
	due     time.Time           // when to do that, zero for never
	poll    time.Time           // when to ask again who is there, zero for never
	absence time.Time           // when to ask again who is away
}

// watched is one of them.
type watched struct {
	nick      string // as it is to be written
	monitored bool   // the server tells when they come and go
	there     bool
}

// subscribe watches someone, or no longer. On IRC nobody has to allow it. IRCv3 monitor; RFC 2812 §4.9 where there is none.
func (c *connection) subscribe(r *request, command transports.Subscribe) {
	nick := string(command.User)
	if !c.support.isNick(nick) {
		r.settle(notNick(nick))
		return
	}
	folded := c.fold(nick)
	known := c.watches.users[folded]
	switch {
	case !command.On:
		c.unwatch(folded)
	case known == nil && len(c.watches.users) >= maxWatched:
		r.settle(&transports.Fault{Kind: transports.TooLarge, Text: "You watch as many people on this network as the gateway allows. Remove one from your contacts first."})
		return
	case known == nil:
		put(&c.watches.users, folded, &watched{nick: nick})
		delete(c.presences.shown, folded) // it is told anew
		c.watches.waiting = append(c.watches.waiting, folded)
		c.watches.soon()
	}
	if command.On {
		c.emit(transports.SubscriptionAnswered{User: transports.User{ID: command.User, Name: nick}, Granted: true})
	}
	r.settle(nil)
}

func (c *connection) unwatch(folded string) {
	w := c.watches.users[folded]
	if w == nil {
		return
	}
	delete(c.watches.users, folded)
	if w.monitored {
		c.out.whenQuiet("MONITOR - " + w.nick)
	}
	if p := c.presences.shown[folded]; p.Show != transports.Away {
		delete(c.presences.shown, folded)
	}
}

func (w *watches) soon() {
	if w.due.IsZero() {
		w.due = time.Now().Add(watchGather)
	}
}

// watchOverdue tells the server of new names, and asks for those of whom it does not tell by itself.
func (c *connection) watchOverdue(now time.Time) {
	w := &c.watches
	if !w.due.IsZero() && !now.Before(w.due) {
		w.due = time.Time{}
		c.monitor()
		c.askAbsence()
	}
	if !w.poll.IsZero() && !now.Before(w.poll) {
		w.poll = time.Time{}
		c.pollPresence(now)
	}
}

// monitor gives the server as many new names as it takes. The others are asked for.
func (c *connection) monitor() {
	w := &c.watches
	if len(w.waiting) == 0 {
		return
	}
	free := 0
	if c.support.monitor != noMonitor {
		free = maxWatched
		if c.support.monitor > 0 {
			free = c.support.monitor
		}
	}
	for _, known := range w.users {
		if known.monitored {
			free--
		}
	}
	var names []string
	for _, folded := range w.waiting {
		if known := w.users[folded]; known != nil && !known.monitored && free > 0 {
			names = append(names, known.nick)
			free--
		}
	}
	w.waiting = nil
	for _, line := range listLines("MONITOR + ", names, ",", len(names)) {
		if !c.out.whenQuiet(line) {
			continue
		}
		for name := range strings.SplitSeq(strings.TrimPrefix(line, "MONITOR + "), ",") {
			w.users[c.fold(name)].monitored = true
		}
	}
	c.pollSoon(time.Now())
}

// listLines are lines with names, at most so many and so long.
func listLines(before string, names []string, between string, most int) []string {
	var lines []string
	var line strings.Builder
	count := 0
	for _, name := range names {
		if count > 0 && (count >= most || line.Len()+len(between)+len(name) > namesLine) {
			lines = append(lines, line.String())
			line.Reset()
			count = 0
		}
		if count == 0 {
			line.WriteString(before)
		} else {
			line.WriteString(between)
		}
		line.WriteString(name)
		count++
	}
	if count > 0 {
		lines = append(lines, line.String())
	}
	return lines
}

// seen is someone who is watched, there or not.
func (c *connection) seen(u transports.User, there bool) {
	folded := c.fold(u.Name)
	w := c.watches.users[folded]
	if w == nil {
		return
	}
	came := there && !w.there
	w.there = there
	switch p, known := c.shown(folded); {
	case !there:
		c.shows(u, transports.Presence{Show: transports.Absent})
	case !known || p.Show == transports.Absent:
		c.shows(u, transports.Presence{Show: transports.Present})
	}
	if came {
		c.watches.unknown = append(c.watches.unknown, folded)
		c.watches.soon()
	}
}

// onMonitored is the news that those named came or went: RPL_MONONLINE, with masks, and RPL_MONOFFLINE.
func (c *connection) onMonitored(m message) {
	for one := range strings.SplitSeq(m.Trailing(), ",") {
		if prefix := parsePrefix(one); prefix != nil {
			c.seen(user(prefix, ""), m.Command == "730")
		}
	}
}

// onMonitorFull is the news that some could not be taken: ERR_MONLISTFULL. They are asked for instead.
func (c *connection) onMonitorFull(m message) {
	for name := range strings.SplitSeq(m.Param(2), ",") {
		if w := c.watches.users[c.fold(name)]; w != nil {
			w.monitored = false
		}
	}
	c.pollSoon(time.Now())
}

// onAwayText is someone's words of absence, which come after a message to them: RPL_AWAY.
func (c *connection) onAwayText(m message) {
	nick := m.Param(1)
	if c.watches.users[c.fold(nick)] != nil || c.caps.on["away-notify"] && c.knownAway(nick) {
		c.shows(transports.User{ID: userID(nick), Name: nick}, away(m.Trailing()))
	}
}

func (c *connection) knownAway(nick string) bool {
	p, known := c.shown(c.fold(nick))
	return known && p.Show == transports.Away
}
