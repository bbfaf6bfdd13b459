package relay

import (
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// flown finds something of ours that the MUC has reflected or refused, and takes it out of what is on its way.
func (r *Relay) flown(id, nick string) *saying {
	for i, s := range r.flying {
		if s.id == id && (nick == "" || s.nick == nick) {
			r.flying = append(r.flying[:i:i], r.flying[i+1:]...)
			return s
		}
	}
	return nil
}

// reflected is what the MUC's copy of something of ours means: that it has been said.
func (r *Relay) reflected(m *stanza.Stanza) {
	s := r.flown(m.ID, m.From.Resource)
	if s == nil {
		if strings.HasPrefix(m.ID, r.lasting) && r.bot.standing == entered && len(r.said) < maxLines {
			r.said[m.ID] = m
		}
		return
	}
	r.reflects(s, m)
	r.flow()
}

// reflects is what that means for what was said.
func (r *Relay) reflects(s *saying, m *stanza.Stanza) {
	defer r.over(s)
	l := s.line
	if l == nil {
		return
	}
	l.author, l.said, l.nick = m.From.Resource, m.ID, m.From.Resource
	if r.bot.can.StanzaIDs {
		l.stanzaID = xep.StanzaIDBy(m, r.MUC)
	}
	r.lines.named(l)
	for _, f := range r.rooms {
		if f != s.room && !l.gone {
			f.say(l, "", s.answers)
		}
	}
	r.secure(l)
}

// notSaid is a refusal of something of ours.
func (r *Relay) notSaid(m *stanza.Stanza) {
	s := r.flown(m.ID, "")
	if s == nil {
		return
	}
	p := s.by
	condition := m.Condition()
	switch {
	case s.tries >= maxTries || p == nil && condition != "not-acceptable" && condition != "resource-constraint":
		r.over(s)
		r.Log.Warn("The MUC has refused a message of the relay's.", "muc", r.MUC.String(), "condition", condition)
		if s.topic != nil {
			r.tell(s.topic, "The topic could not be changed in the chat room that this room is joined with. Tell its moderators that "+r.bot.nick+" must be allowed to.")
		}
		r.flow()
		if s.room != nil && r.sometimes("mute "+string(condition), longWait) {
			r.tell(s.room, "The chat room that this room is joined with did not take a message ("+string(condition)+"). Tell its moderators that "+r.bot.nick+" must be allowed to speak.")
		}
		return
	case p == nil && condition == "not-acceptable": // the bot is not inside
		r.out = append([]*saying{s}, r.out...)
		r.lost("the MUC says that it is not inside")
		return
	case condition == "not-acceptable": // XEP-0045 §7.4: the puppet is not inside
		r.isOut(p)
	case condition == "resource-constraint" || condition == "policy-violation":
		r.out = append([]*saying{s}, r.out...)
		s.waits = true
		r.after(firstWait, func() { s.waits = false; r.flow() })
		return
	default: // it has no voice
		p.refused = time.Now().Add(shortRefusal)
		r.depart(p, "")
	}
	r.out = append([]*saying{s}, r.out...)
	r.flow()
}
