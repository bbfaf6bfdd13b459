package relay

import (
	"slices"
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// groupchat takes what is said in the MUC, as the bot hears it. While what was said before is read, it waits.
func (r *Relay) groupchat(s *stanza.Stanza) {
	if r.bot.reading == "" {
		r.room(s)
		return
	}
	if r.bot.live = append(r.bot.live, s); len(r.bot.live) > maxHeld {
		r.bot.live = nil
		r.overrun.Store(true)
	}
}

// room takes it, live or from before.
func (r *Relay) room(s *stanza.Stanza) {
	r.replaying = r.bot.standing == entered
	defer func() { r.replaying = false }()
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
	case ours || r.former[nick] && (r.bot.standing == entered || strings.HasPrefix(s.ID, r.lasting)) || // who has left is heard for a moment still
		r.bot.standing == entered && r.oursBefore(s):
		r.reflected(s)
	case nick == "":
		if id, by, reason, ok := xep.Moderated(s); ok {
			r.moderated(id, by, reason)
		}
	case r.heardBefore(s) || r.bot.standing == entered && !r.wasMissed(s): // history that is of no concern
	case r.called(s, nick, body):
		r.leftAside(s, nick)
	default:
		r.passOn(s, nick, body)
	}
}

// wasMissed tells whether something of the room's history, not heard before, came while the bot was out: what has no id at all could have been heard as well.
func (r *Relay) wasMissed(s *stanza.Stanza) bool {
	at := xep.DelayedSince(s)
	return !r.bot.missed.IsZero() && (r.stanzaID(s) != "" || s.ID != "") && (at.IsZero() || at.After(r.bot.missed.Add(-skew)))
}

// stanzaID is what the MUC calls a message, empty where it does not say.
func (r *Relay) stanzaID(s *stanza.Stanza) string {
	if !r.bot.can.StanzaIDs {
		return ""
	}
	return xep.StanzaIDBy(s, r.MUC)
}

// heardBefore tells whether the MUC has said something before: it shows its history anew to who enters, and not every server keeps the ids that it gave.
func (r *Relay) heardBefore(s *stanza.Stanza) bool {
	if r.bot.standing == inside && r.stanzaID(s) == "" { // clients may use an id again
		r.heardAs("", s.From.Resource, s.ID)
		return false
	}
	return r.heardAs(r.stanzaID(s), s.From.Resource, s.ID)
}

// heardAs notes by which names something was heard: the MUC's, and its author's own, which counts where the MUC gives it none. It tells whether it was before.
func (r *Relay) heardAs(stanzaID, nick, said string) (before bool) {
	for _, name := range []string{stanzaID, nick + "/" + said} {
		if name == "" || name == nick+"/" {
			continue
		}
		before = before || r.heard[name] && (name == stanzaID || stanzaID == "")
		if !r.heard[name] {
			r.heard[name] = true
			r.heardOrder = append(r.heardOrder, name)
		}
	}
	for len(r.heardOrder) > 2*maxLines {
		delete(r.heard, r.heardOrder[0])
		r.heardOrder = r.heardOrder[1:]
	}
	return before
}

// passOn takes what somebody of the MUC says to the networks.
func (r *Relay) passOn(s *stanza.Stanza, nick, body string) {
	author := r.author(s)
	reacted, emoji, reacts := xep.ParseReactions(s)
	switch {
	case xep.Encrypted(s) || xep.ParseShared(s, body).Sealed:
		r.leftAside(s, nick)
		if r.sometimes("encrypted "+author, longWait) {
			r.whisper(nick, "What you write is encrypted, so it stays in this room: nobody on "+r.names()+" could read it. Switch encryption off for this room to be read there.")
		}
	case (reacts || body != "") && !r.admitsOwn(author, nick, body):
		r.leftAside(s, nick)
	case xep.Retracts(s) != "":
		if l := r.lines.byStanza[xep.Retracts(s)]; l != nil && l.room == nil && l.author == author && !l.gone {
			l.gone, l.speaker = true, r.speaker(author, nick)
			r.touch(l)
			for _, f := range r.rooms {
				f.delete(l, "", nick, nick)
			}
		}
	case reacts:
		l := r.lines.byStanza[reacted]
		if l == nil || slices.Equal(l.reactions[author].emoji, emoji) {
			return
		}
		was := l.reacts(author, nil, emoji)
		r.touch(l)
		for _, f := range r.rooms {
			f.react(l, reactor{key: author, name: nick, speaker: r.speaker(author, nick)}, was, emoji)
		}
	case body == "" && len(xep.ParseShared(s, body).Files) == 0:
		composing, tells := xep.ParseChatState(s)
		if tells && composing {
			r.ownFace(Speaker{Key: author, Nick: nick}, nick) // so that it is there with their first words
		}
		if tells && r.TypingFromMUC {
			r.writes(author, composing)
		}
	case xep.Corrects(s) != "":
		l := r.lines.bySaid[[2]string{author, xep.Corrects(s)}]
		if l == nil {
			r.pass(s, author, nick, body)
			return
		}
		words, does := strings.CutPrefix(body, "/me ")        // XEP-0245 §3
		if l.does == does && l.text.Equal(styled(s, words)) { // as heard before a restart
			return
		}
		l.text, l.does, l.speaker = styled(s, words), does, r.speaker(author, nick)
		l.fleeting = l.fleeting || xep.NotToBeKept(s)
		l.revision++
		r.touch(l)
		for _, f := range r.rooms {
			f.edit(l, nick)
		}
	default:
		r.pass(s, author, nick, body)
	}
}

// leftAside notes what is not passed on, so that it is not after a restart either.
func (r *Relay) leftAside(s *stanza.Stanza, nick string) {
	if id := r.stanzaID(s); r.Memory != nil && id != "" {
		r.touch(r.lines.add(&line{author: r.author(s), stanzaID: id, nick: nick, said: s.ID, gone: true}))
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
	if relayed && (from == "" || r.hasHeard(from, nick, l.text)) || !relayed && r.echo(nil, author, nick, l.text) { // another relay's own words, what it repeats, or another bridge
		return
	}
	l.from, l.at, l.fleeting = from, xep.DelayedSince(s), xep.NotToBeKept(s)
	r.lines.add(l)
	replied := r.lines.byStanza[xep.RepliesTo(s)]
	for _, f := range r.rooms {
		f.say(l, nick, replied)
	}
	r.secure(l)
}

// moderated takes away what a moderator of the MUC took away (XEP-0425 §5).
func (r *Relay) moderated(id, by, reason string) {
	if l := r.lines.byStanza[id]; l != nil && !l.gone {
		l.gone = true
		r.touch(l)
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
func (r *Relay) tell(f *foreign, words string) { f.tell(words, func() {}) }

func (f *foreign) tell(words string, over func()) {
	f.do(&task{make: func() transports.Command {
		return transports.Send{Place: transports.InRoom(f.id), Style: transports.Notice, Text: plain(words), Nonce: nonce()}
	}, end: func(_ transports.Result, err error) {
		if err != nil {
			f.failed("", "a notice", transports.AsFault(err))
		}
		over()
	}})
}

func (f *foreign) setTopic(topic string) {
	f.do(&task{make: func() transports.Command { return transports.SetTopic{Room: f.id, Text: topic} }, end: func(_ transports.Result, err error) {
		if err != nil && f.relay.sometimes("topic "+f.Name, longWait) {
			f.relay.say("The topic of " + f.Name + " could not be changed: " + transports.AsFault(err).Text)
		}
	}})
}
