package relay

import (
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

const (
	// typingEvery is how often a room is told at most that somebody writes: each time, everyone in it is sent a message.
	typingEvery = 5 * time.Second
	// typingEnds is after how long somebody is taken to have stopped who has not said so.
	typingEnds = 30 * time.Second
)

// typed shows in the MUC that a user writes, or has stopped (XEP-0085 §5.5), where they have a puppet.
func (f *foreign) typed(e transports.Typing) {
	r := f.relay
	if !r.TypingToMUC || e.Place.Room != f.id || f.ours[e.From.ID] != nil || e.From.ID == f.self.ID {
		return
	}
	f.acted(e.From)
	p := r.puppets[who{f, e.From.ID}]
	now := time.Now()
	if p == nil || p.standing != inside || r.bot.standing != inside || p.typing == e.On && now.Sub(p.typed) < typingEvery {
		return
	}
	p.typing, p.typed = e.On, now
	r.serial++
	p.room.Stream.Pass((&stanza.Stanza{Kind: stanza.Message, Type: "groupchat", From: p.jid, To: r.MUC}).Add(xep.ChatState(e.On), xep.NotStored()))
}

// writes shows the networks that somebody of the MUC writes, or has stopped. On each it is their double that does so, else the relay's own account for all.
func (r *Relay) writes(key string, on bool) {
	now := time.Now()
	if on {
		if now.Sub(r.writing[key]) < typingEvery {
			return
		}
		r.writing[key] = now
		r.after(typingEnds, func() {
			if last, writes := r.writing[key]; writes && !time.Now().Before(last.Add(typingEnds)) {
				r.writes(key, false)
			}
		})
	} else if _, writes := r.writing[key]; !writes {
		return
	} else {
		delete(r.writing, key)
	}
	for _, f := range r.rooms {
		f.shows(key, on || f.doubles[key] == nil && len(r.writing) > 0)
	}
}

func (f *foreign) shows(key string, on bool) {
	if !f.live || len(f.tasks) > 0 || f.can.Features&transports.TypingShown == 0 {
		return // it is only of the moment
	}
	session, ctx := f.Session, f.ctx
	if d := f.doubles[key]; d != nil && d.standing == inside {
		session, ctx = d.session, d.ctx
	}
	go session.Do(ctx, transports.SetTyping{Place: transports.InRoom(f.id), On: on}, func(transports.Result, error) {})
}
