package relay

import (
	"slices"
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// groupchat takes what is said in the MUC, as the bot hears it.
func (r *Relay) groupchat(s *stanza.Stanza) {
	nick := s.From.Resource
	body := s.ChildText("", "body")
	subject := s.Child("", "subject")
	if r.bot.standing == asked || r.bot.standing == outside {
		return
	}
	switch _, ours := r.voices[nick]; {
	case subject != nil && body == "" && s.Child("", "thread") == nil: // XEP-0045 §8.1; on entering it ends the history (§7.2.15)
		if r.bot.standing == entered {
			r.topic = subject.Text()
			r.arrived()
			return
		}
		if ours { // not every server keeps its id
			r.flying = slices.DeleteFunc(r.flying, func(s *saying) bool { return s.topic != nil })
		} else {
			r.subjectChanged(nick, subject.Text())
		}
	case ours || r.former[nick] && (r.bot.standing == entered || strings.HasPrefix(s.ID, r.unique)): // who has left is heard for a moment still
		r.reflected(s)
	case nick == "":
		if id, by, reason, ok := xep.Moderated(s); ok {
			r.moderated(id, by, reason)
		}
	case r.heardBefore(s) || r.bot.standing == entered && !r.wasMissed(s): // history that is of no concern
	case r.called(s, nick, body):
	default:
		r.passOn(s, nick, body)
	}
}

// wasMissed tells whether something of the room's history, not heard before, came while the bot was out: what has no id could have been heard as well.
func (r *Relay) wasMissed(s *stanza.Stanza) bool {
	return !r.bot.missed.IsZero() && r.bot.can.StanzaIDs && xep.StanzaIDBy(s, r.MUC) != ""
}

// heardBefore tells whether the MUC has said something before: it shows its history anew to who enters.
func (r *Relay) heardBefore(s *stanza.Stanza) bool {
	id := xep.StanzaIDBy(s, r.MUC)
	if !r.bot.can.StanzaIDs || id == "" {
		return false
	}
	if r.heard[id] {
		return true
	}
	r.heard[id] = true
	if r.heardOrder = append(r.heardOrder, id); len(r.heardOrder) > maxLines {
		delete(r.heard, r.heardOrder[0])
		r.heardOrder = r.heardOrder[1:]
	}
	return false
}

// passOn takes what somebody of the MUC says to the networks.
func (r *Relay) passOn(s *stanza.Stanza, nick, body string) {
	author := r.author(s)
	reacted, emoji, reacts := xep.ParseReactions(s)
	switch {
	case xep.Encrypted(s) || xep.ParseShared(s, body).Sealed:
		if r.sometimes("encrypted "+author, longWait) {
			r.whisper(nick, "What you write is encrypted, so it stays in this room: nobody on "+r.names()+" could read it. Switch encryption off for this room to be read there.")
		}
	case (reacts || body != "") && !r.admitsOwn(author, nick, body):
	case xep.Retracts(s) != "":
		if l := r.lines.byStanza[xep.Retracts(s)]; l != nil && l.room == nil && l.author == author {
			for _, f := range r.rooms {
				f.delete(l, "", nick, nick)
			}
		}
	case reacts:
		l := r.lines.byStanza[reacted]
		if l == nil {
			return
		}
		was := l.reactions[author].emoji
		l.reactions[author] = reaction{emoji: emoji}
		for _, f := range r.rooms {
			f.react(l, nick, nick, was, emoji)
		}
	case body == "" && len(xep.ParseShared(s, body).Files) == 0:
		if composing, tells := xep.ParseChatState(s); tells && r.TypingFromMUC {
			r.writes(author, composing)
		}
	case xep.Corrects(s) != "":
		l := r.lines.bySaid[[2]string{author, xep.Corrects(s)}]
		if l == nil {
			r.pass(s, author, nick, body)
			return
		}
		words, does := strings.CutPrefix(body, "/me ") // XEP-0245 §3
		l.text, l.does = styled(s, words), does
		l.revision++
		for _, f := range r.rooms {
			f.edit(l, nick)
		}
	default:
		r.pass(s, author, nick, body)
	}
}

// pass takes a message to the networks.
func (r *Relay) pass(s *stanza.Stanza, author, nick, body string) {
	said := xep.WithoutQuotation(s, body)
	shared := xep.ParseShared(s, said)
	words, does := strings.CutPrefix(shared.Links(said), "/me ")
	l := &line{author: author, speaker: r.speaker(author, nick), said: s.ID, nick: nick, text: styled(s, words), does: does, files: shared.Files, spoken: styled(s, strings.TrimPrefix(shared.Text, "/me "))}
	r.lines.threaded(l, xep.Thread(s))
	delete(r.writing, author)
	if r.bot.can.StanzaIDs {
		l.stanzaID = xep.StanzaIDBy(s, r.MUC)
	}
	if l.stanzaID != "" && r.lines.byStanza[l.stanzaID] != nil {
		return
	}
	from, relayed := marked(s)
	if relayed && from == "" || !relayed && r.echo(nil, nick, l.text) { // the words of another relay, or of another bridge
		return
	}
	l.from = from
	r.lines.add(l)
	replied := r.lines.byStanza[xep.RepliesTo(s)]
	for _, f := range r.rooms {
		f.say(l, nick, replied)
	}
}

// moderated takes away what a moderator of the MUC took away (XEP-0425 §5).
func (r *Relay) moderated(id, by, reason string) {
	if l := r.lines.byStanza[id]; l != nil {
		for _, f := range r.rooms {
			f.delete(l, reason, by, by)
		}
	}
}

func (r *Relay) subjectChanged(nick, topic string) {
	if topic == r.topic {
		return
	}
	r.topic = topic
	if !r.TopicsFromMUC {
		return
	}
	for _, f := range r.rooms {
		f.setTopic(topic)
	}
}

// names are the rooms' names in a sentence.
func (r *Relay) names() string {
	var names []string
	for _, f := range r.rooms {
		names = append(names, f.Name)
	}
	return strings.Join(names, " and ")
}

// failed tells who wrote something that it did not reach a network; for what is about a message, that is said rarely.
func (f *foreign) failed(nick, what string, fault *transports.Fault) {
	f.relay.Log.Info("A network did not take something of a relay's.", "room", f.Name, "what", what, "kind", fault.Kind)
	if nick != "" {
		f.relay.whisper(nick, what+" did not reach "+f.Name+": "+fault.Text)
	}
}

// tell says something in the bot's own words on a network.
func (r *Relay) tell(f *foreign, words string) {
	f.do(&task{make: func() transports.Command {
		return transports.Send{Place: transports.InRoom(f.id), Style: transports.Notice, Text: plain(words), Nonce: nonce()}
	}, end: func(_ transports.Result, err error) {
		if err != nil {
			f.failed("", "a notice", transports.AsFault(err))
		}
	}})
}

func (f *foreign) setTopic(topic string) {
	f.do(&task{make: func() transports.Command { return transports.SetTopic{Room: f.id, Text: topic} }, end: func(_ transports.Result, err error) {
		if err != nil && f.relay.sometimes("topic "+f.Name, longWait) {
			f.relay.say("The topic of " + f.Name + " could not be changed: " + transports.AsFault(err).Text)
		}
	}})
}
