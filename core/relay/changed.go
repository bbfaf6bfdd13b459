package relay

import (
	"slices"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// edited says a message anew (XEP-0308), in the MUC and on the other networks.
func (f *foreign) edited(e transports.Edited) {
	r := f.relay
	l := r.lines.byForeign[foreignID{f, e.ID}]
	e.Text = f.calledHere(e.Text)
	if l == nil || l.room != f || e.Text.Equal(l.text) || !f.admits(l.user, e.Text) {
		return
	}
	l.text, l.does = e.Text, e.Style == transports.Does
	l.revision++
	r.touch(l)
	r.queue(&saying{room: f, user: l.user, about: l, body: e.Text.Styling(), does: l.does, more: func(nick string) ([]*stanza.Element, bool) {
		if l.said == "" || l.nick != nick { // it was never said, or by another occupant, whose it stays
			return nil, l.said != ""
		}
		return []*stanza.Element{xep.Correction(l.said)}, true
	}})
	for _, other := range r.rooms {
		if other != f {
			other.edit(l, "")
		}
	}
}

// deleted takes a message back: its author's puppet does so (XEP-0424); what somebody of the MUC has said, the bot as a moderator (XEP-0425).
func (f *foreign) deleted(e transports.Deleted) {
	r := f.relay
	l := r.lines.byForeign[foreignID{f, e.ID}]
	if l == nil || e.By.ID == f.self.ID || l.gone {
		return
	}
	for _, part := range append([]*line{l}, l.further...) {
		part.gone = true
		r.touch(part)
		for _, other := range r.rooms {
			if other != f {
				other.delete(part, e.Reason, "", e.By.Name)
			}
		}
		if l.room != nil {
			r.queue(&saying{room: l.room, user: l.user, about: part, more: func(nick string) ([]*stanza.Element, bool) {
				return xep.Retraction(part.stanzaID), part.stanzaID != "" && part.nick == nick
			}})
		}
	}
	if l.room != nil {
		return
	}
	told := func() {
		r.say(e.By.Name + " has deleted a message of " + l.nick + "'s on " + f.Name + ". It is still here.")
	}
	if l.stanzaID == "" || !r.bot.can.Moderation {
		told()
		return
	}
	r.Stream.Request(xep.AskModeration(r.JID, r.MUC, l.stanzaID, e.Reason), answerTime, func(answer *stanza.Stanza) {
		if answer == nil || answer.Type != "result" {
			go r.post(told)
		}
	})
}

// reacted shows the reactions of a user (XEP-0444).
func (f *foreign) reacted(e transports.Reacted) {
	r := f.relay
	l := r.lines.byForeign[foreignID{f, e.ID}]
	if l == nil || e.From.ID == f.self.ID || f.ours[e.From.ID] != nil {
		return
	}
	key := f.key(e.From.ID)
	e.Emoji = f.theirs(l, e.From.ID, e.Emoji)
	if slices.Equal(l.reactions[key].emoji, e.Emoji) || !f.admits(e.From, nil) {
		return
	}
	was := l.reacts(key, f, e.Emoji)
	r.touch(l)
	f.acted(e.From)
	r.queue(&saying{room: f, user: e.From, about: l, bare: true, more: func(string) ([]*stanza.Element, bool) {
		return []*stanza.Element{xep.Reactions(l.stanzaID, e.Emoji), xep.Stored()}, l.stanzaID != ""
	}})
	for _, other := range r.rooms {
		if other != f {
			other.react(l, reactor{key: key, name: e.From.Name, elsewhere: true}, was, e.Emoji)
		}
	}
}

func (f *foreign) topicChanged(t transports.Topic) {
	r := f.relay
	if !r.TopicsToMUC || t.Text == r.topic {
		return
	}
	r.topic = t.Text
	r.queue(&saying{topic: f, more: func(string) ([]*stanza.Element, bool) { // XEP-0045 §8.1
		return []*stanza.Element{stanza.Text("", "subject", t.Text)}, r.topic == t.Text
	}})
	for _, other := range r.rooms {
		if other != f {
			other.setTopic(t.Text)
		}
	}
}
