package irc

import (
	"strings"
	"time"

	"isthmus/transports"
)

const readMarkerCap = "draft/read-marker"

// maxMarks bounds the messages whose time is remembered, as markers name nothing else.
const maxMarks = 200

// markerTime is how a time stands in a marker. IRCv3 server-time.
const markerTime = "2006-01-02T15:04:05.000Z"

// mark is when a message was said.
type mark struct {
	place transports.Place
	id    transports.MessageID
	at    time.Time
}

// note remembers the time of a message, where the server wants it back.
func (c *connection) note(place transports.Place, id transports.MessageID, at time.Time) {
	if !c.caps.on[readMarkerCap] || id == "" || at.IsZero() {
		return
	}
	s := c.session
	if len(s.marks) >= maxMarks {
		s.marks = append(s.marks[:0], s.marks[maxMarks/2:]...)
	}
	s.marks = append(s.marks, mark{place, id, at})
}

// markRead tells how far the person has read. IRCv3 read-marker.
func (c *connection) markRead(r *request, command transports.MarkRead) {
	target, fault := c.target(command.Place)
	if fault != nil {
		r.settle(fault)
		return
	}
	for _, known := range c.session.marks {
		if known.id != command.Upto || known.place != command.Place {
			continue
		}
		if !known.at.After(c.readUpto[command.Place]) {
			r.settle(nil)
			return
		}
		put(&c.readUpto, command.Place, known.at)
		c.hold(r, marking, []string{target}, "MARKREAD "+target+" timestamp="+known.at.UTC().Format(markerTime))
		return
	}
	r.settle(&transports.Fault{Kind: transports.NotFound, Text: "The message is too old for the server to be told that it was read."})
}

// onRead is how far the person has read, in whatever client.
func (c *connection) onRead(m message) {
	stamp, is := strings.CutPrefix(m.Param(1), "timestamp=")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if c.stage != online || !is || err != nil {
		return
	}
	place := transports.TalkWith(userID(m.Param(0)))
	if c.support.isRoom(m.Param(0)) {
		place = transports.InRoom(c.usualID(m.Param(0)))
	}
	if place.ID() == "" || !at.After(c.readUpto[place]) || len(c.readUpto) >= maxRemembered {
		return
	}
	put(&c.readUpto, place, at)
	upto := mark{}
	for _, known := range c.session.marks {
		if known.place == place && !known.at.After(at) && !known.at.Before(upto.at) {
			upto = known
		}
	}
	if upto.id != "" {
		c.tellIn(place, transports.Read{Place: place, Upto: upto.id, By: c.self()})
	}
}
