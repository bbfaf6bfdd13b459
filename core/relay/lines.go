package relay

import (
	"strings"
	"time"

	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// maxLines is how many messages are remembered; what refers to an older one finds it no more.
const maxLines = 5000

// line is a message, as each side knows it.
type line struct {
	// seq is its place in the order of all; safe: it has been written.
	seq  int64
	safe bool
	// author is who said it in the MUC (occupant.key), and said the id that they gave it: corrections refer to it by both (XEP-0308 §3).
	author, said string
	// speaker is them, where they are of the MUC.
	speaker *Speaker
	// stanzaID is what the MUC calls it: reactions, retractions and replies refer to it by that. Empty where it has not said.
	stanzaID string
	// room and user are where it comes from and who wrote it there; room is nil for what comes from the MUC.
	room *foreign
	user transports.User
	// nick is whose it is in the MUC.
	nick string
	text text.Text
	// files are those that it is, or that go with it; spoken is what the text says beside their addresses.
	files  []xep.File
	spoken text.Text
	// further are the messages that its other parts became.
	further []*line
	does    bool // as in "/me waves"
	gone    bool // it has been taken back
	// fleeting: its words are not to be kept (XEP-0334 §4.1, §4.2) for longer than until the networks have them.
	fleeting bool
	at       time.Time
	// heard is when it came to us; from names the room that another relay has it from.
	heard time.Time
	from  string
	// words are what was said first, as a bridge would repeat it.
	words string
	// root is the message whose thread it is in, nil for none; thread is what the MUC calls the thread that it begins, or empty.
	root   *line
	thread string
	// revision counts its corrections.
	revision int
	// copies are what the networks know of it.
	copies map[*foreign]*copied
	// reactions are those of each side's people on it, by who they are, as far as they are not of the room itself.
	reactions map[string]reaction
}

// copied is a message as one network has it.
type copied struct {
	parts []transports.MessageID
	// by is who has said it there.
	by mouth
	// flying: the network has not confirmed it; what refers to it waits.
	flying  bool
	waiting []func()
}

// lines are the last messages.
type lines struct {
	order     []*line
	serial    int64 // of the newest
	dropped   int   // how many were forgotten here and not where they are written
	byStanza  map[string]*line
	bySaid    map[[2]string]*line
	byForeign map[foreignID]*line
	byThread  map[string]*line // the message that begins a thread
}

type foreignID struct {
	room *foreign
	id   transports.MessageID
}

func newLines() lines {
	return lines{byStanza: map[string]*line{}, bySaid: map[[2]string]*line{}, byForeign: map[foreignID]*line{}, byThread: map[string]*line{}}
}

// add remembers a message.
func (l *lines) add(n *line) *line {
	if n.seq == 0 {
		n.seq = l.serial + 1
	}
	l.serial = n.seq
	n.heard, n.words = time.Now(), strings.TrimSpace(n.text.String())
	if n.at.IsZero() {
		n.at = time.Now()
	}
	n.copies, n.reactions = map[*foreign]*copied{}, map[string]reaction{}
	l.named(n)
	if l.order = append(l.order, n); len(l.order) > maxLines {
		l.forget(l.order[0])
		l.dropped++
		l.order[0] = nil
		l.order = l.order[1:]
	}
	return n
}

// named finds a message by the names that it has now.
func (l *lines) named(n *line) {
	if n.stanzaID != "" {
		l.byStanza[n.stanzaID] = n
	}
	if n.said != "" {
		l.bySaid[[2]string{n.author, n.said}] = n
	}
}

func (l *lines) forget(n *line) {
	if l.byStanza[n.stanzaID] == n {
		delete(l.byStanza, n.stanzaID)
	}
	if said := [2]string{n.author, n.said}; l.bySaid[said] == n {
		delete(l.bySaid, said)
	}
	if l.byThread[n.thread] == n {
		delete(l.byThread, n.thread)
	}
	for room, c := range n.copies {
		for _, id := range c.parts {
			delete(l.byForeign, foreignID{room, id})
		}
	}
}

// has notes what a network calls a message.
func (l *lines) has(n *line, room *foreign, ids ...transports.MessageID) {
	c := n.copies[room]
	if c == nil {
		c = &copied{}
		n.copies[room] = c
	}
	for _, id := range ids {
		if id != "" {
			c.parts = append(c.parts, id)
			l.byForeign[foreignID{room, id}] = n
		}
	}
}

// whenKnown goes on when it is known what a network calls a message.
func (n *line) whenKnown(room *foreign, do func()) {
	if c := n.copies[room]; c != nil && c.flying {
		c.waiting = append(c.waiting, do)
		return
	}
	do()
}

// id is what a network calls the first part of a message, empty where it has none.
func (n *line) id(room *foreign) transports.MessageID {
	if c := n.copies[room]; c != nil && len(c.parts) > 0 {
		return c.parts[0]
	}
	return ""
}
