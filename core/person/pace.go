package person

import (
	"time"

	"isthmus/core/stanza"

	xmpp "mellium.im/xmpp/stanza"
)

// burst is how many seconds' worth of stanzas may come at once: a client that enters hundreds of rooms asks each a few questions.
const burst = 20

// pace bounds how much each person sends, by bare JID. It belongs to the hub's goroutine.
type pace map[stanza.JID]*bucket

// bucket fills by so many a second, up to burst seconds' worth; each stanza takes one.
type bucket struct {
	left float64
	at   time.Time
}

// allows counts a stanza, and tells whether it is within the bound; 0 is none.
func (p pace) allows(who stanza.JID, perSecond int, now time.Time) bool {
	if perSecond == 0 {
		return true
	}
	who = who.Bare()
	most := float64(burst * perSecond)
	b := p[who]
	if b == nil {
		b = &bucket{most, now}
		p[who] = b
	}
	b.left = min(most, b.left+now.Sub(b.at).Seconds()*float64(perSecond))
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// sweep forgets those who have been quiet for long enough to start anew.
func (p pace) sweep(now time.Time) {
	for who, b := range p {
		if now.Sub(b.at) >= burst*time.Second {
			delete(p, who)
		}
	}
}

var tooFast = &stanza.Error{Type: xmpp.Wait, Condition: xmpp.PolicyViolation, Text: "You are sending too much at once, so this was not passed on. Wait a moment, then send it again."}
