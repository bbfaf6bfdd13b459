package relay

import (
	"crypto/rand"
	"maps"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// arrived is when the room has told all that was, but for what its archive has.
func (r *Relay) arrived() {
	b := &r.bot
	if !b.from.IsZero() && r.hasArchive() && !b.archived {
		r.readArchive()
		return
	}
	b.why, b.unread = "", false
	clear(r.keysBefore)
	b.standing, b.since, b.heard, b.missed = inside, time.Now(), time.Now(), time.Now()
	if b.first.IsZero() {
		b.first = b.since
	}
	b.attempts = 0
	if !b.can.Room { // maybe it tells only who is inside
		r.askAgain()
	}
	maps.DeleteFunc(r.others, func(_ string, o *occupant) bool { return !o.seen })
	for _, p := range r.puppets {
		if p.standing == inside && !p.seen { // the MUC was restarted
			r.isOut(p)
		}
	}
	r.Log.Info("The relay is in the MUC.", "muc", r.MUC.String(), "nick", b.nick)
	var again []*saying // what the room's history has not
	for _, s := range r.flying {
		if s.tries < maxLost {
			again = append(again, s)
			continue
		}
		r.over(s)
		if s.room != nil && s.line != nil {
			r.tell(s.room, "A message of "+s.user.Name+" could not be said in the chat room that this room is joined with, though I tried several times.")
		}
	}
	r.flying = nil
	r.out = append(again, r.out...)
	live := b.live
	b.live = nil
	for _, s := range live {
		r.groupchat(s)
	}
	r.settled()
	r.flow()
	r.writeSoon()
}

// readArchive asks the room's archive for what was missed; what the room says meanwhile waits.
func (r *Relay) readArchive() {
	b := &r.bot
	b.reading = rand.Text()
	query := b.reading
	r.Stream.Request(xep.AskArchive(r.JID, r.MUC, query, b.from, maxMissed), gapTime, func(answer *stanza.Stanza) {
		go r.post(func() {
			if b.reading != query {
				return
			}
			b.reading = ""
			complete, ok := xep.ArchiveComplete(answer)
			if !ok { // then what it shows to who enters
				r.Log.Warn("The archive of the MUC could not be read.", "muc", r.MUC.String())
				b.unread = true
				r.enter()
				return
			}
			if !complete {
				r.Log.Warn("More was said in the MUC than is read of what the relay has missed.", "muc", r.MUC.String())
			}
			b.archived = true
			r.arrived()
		})
	})
}

// fromArchive takes a message that the archive has sent.
func (r *Relay) fromArchive(query string, s *stanza.Stanza) {
	if query == r.bot.reading && s.Type == "groupchat" && s.Child("", "subject") == nil {
		r.room(s)
	}
}
