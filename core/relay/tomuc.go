package relay

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// saying is something to be said in the MUC.
type saying struct {
	// room and user are whose it is; room is nil for the bot's own words.
	room *foreign
	user transports.User
	// id is its own; line is the message that it is, nil where it is about one.
	id   string
	line *line
	at   time.Time
	// quote stands before the words; does is for "/me".
	quote, body string
	does        bool
	// more are its other children, as they are known when it is said, and under which nick; it may tell that there is nothing to be said any more.
	more func(nick string) (children []*stanza.Element, ok bool)
	// answers is the message that it answers, nil for none.
	answers *line
	// about is the message that it is about: it waits until the MUC has reflected that.
	about *line
	// topic tells that it changes the topic, because of that network.
	topic *foreign
	// leaves is a puppet that is to leave now, with these words; nothing is said then.
	leaves *puppet
	// bare: without a puppet it is not said at all.
	bare bool
	// waits: something of it is not there yet.
	waits bool
	// passage is that of the network's message that it is (a part of), nil for none.
	passage *passage

	by     *puppet
	nick   string
	passed time.Time
	tries  int
}

const (
	// maxOut is how much may wait to be said in the MUC.
	maxOut = 1000
	// late is how old a message must be for its time to be worth telling.
	late = 30 * time.Second
	// maxTries is how often something is said that the MUC refuses, and maxLost how often what it has neither refused nor in its history.
	maxTries, maxLost = 3, 6
)

// queue has something said after all that was queued before.
func (r *Relay) queue(s *saying) {
	if s.passage != nil {
		s.passage.left++
	}
	if len(r.out) >= maxOut {
		r.dropped++
		r.over(s)
		return
	}
	if s.id == "" {
		r.serial++
		s.id = r.unique + strconv.Itoa(r.serial)
	}
	if s.at.IsZero() {
		s.at = time.Now()
	}
	r.out = append(r.out, s)
	r.flow()
}

// say says something in the bot's own words.
func (r *Relay) say(words string) { r.queue(&saying{body: words}) }

// whisper tells an occupant something alone (XEP-0045 §7.5).
func (r *Relay) whisper(nick, words string) {
	if r.others[nick] == nil || r.bot.standing != inside {
		r.Log.Info("A relay had something to tell to somebody who is not in the room any more.")
		return
	}
	s := &stanza.Stanza{Kind: stanza.Message, Type: "chat", From: r.JID, To: r.occupant(nick)}
	r.serial++
	s.ID = r.unique + strconv.Itoa(r.serial)
	r.Stream.Pass(s.Add(stanza.Text("", "body", words), xep.PrivateMark()))
}

// flow says what can be said, in order.
func (r *Relay) flow() {
	for len(r.out) > 0 && r.bot.standing == inside {
		s := r.out[0]
		if s.waits || r.awaited(s.about) || r.awaited(s.answers) || s.line != nil && r.awaited(s.line.root) {
			return
		}
		if p := s.leaves; p != nil {
			r.out = r.out[1:]
			if p.standing != outside {
				r.depart(p, s.body)
			}
			continue
		}
		if m := r.said[s.id]; m != nil { // before a restart
			delete(r.said, s.id)
			r.out = r.out[1:]
			r.reflects(s, m)
			continue
		}
		var p *puppet
		if s.room != nil {
			var wait, silent bool
			if p, wait, silent = r.voice(s.room, s.user); wait {
				return
			} else if silent {
				r.out = r.out[1:]
				r.over(s)
				continue
			}
		}
		if !r.utter(s, p) {
			return
		}
		if n := len(r.flying); n == 0 || r.flying[n-1] != s { // there was nothing to say
			r.over(s)
		}
		if len(r.out) > 0 && r.out[0] == s {
			r.out = r.out[1:]
		}
	}
	if len(r.out) == 0 && r.dropped > 0 && r.bot.standing == inside {
		n := r.dropped
		r.dropped = 0
		r.say(strconv.Itoa(n) + " messages of the other side came faster than they could be said here, and were left out.")
	}
}

// awaited tells whether a message is on its way to the MUC, which has not said yet what it calls it.
func (r *Relay) awaited(l *line) bool {
	return l != nil && slices.ContainsFunc(r.flying, func(s *saying) bool { return s.line == l })
}

// utter says something as a puppet, or as the bot with the name before it; false where it could not be handed over.
func (r *Relay) utter(s *saying, p *puppet) bool {
	if p == nil && s.bare {
		return true
	}
	from, stream, nick := r.JID, r.Stream, r.bot.nick
	if p != nil {
		from, stream, nick = p.jid, p.room.Stream, p.nick
	}
	var children []*stanza.Element
	if s.more != nil {
		var ok bool
		if children, ok = s.more(nick); !ok {
			return true
		}
	}
	m := &stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: s.id, From: from, To: r.MUC}
	if body := s.words(p != nil); body != "" {
		m.Add(stanza.Text("", "body", body))
	}
	m.Add(children...)
	if s.room != nil {
		m.Add(mark(s.room.Where()))
	} else {
		m.Add(mark(""))
	}
	if s.line != nil {
		m.Add(xep.InThread(r.lines.threadOf(s.line)))
	}
	if time.Since(s.at) > late {
		m.Add(xep.Delay(stanza.JID{Domain: from.Domain}, s.at))
	}
	s.by, s.nick, s.passed = p, nick, time.Now()
	if s.tries++; !stream.Pass(m) {
		return r.unpassed(s)
	}
	r.flying = append(r.flying, s)
	return true
}

// unpassed is called for what no stream took. It is said again unless that will not help; then the log tells why.
func (r *Relay) unpassed(s *saying) (over bool) {
	switch {
	case s.tries >= maxTries:
		return true
	case s.by != nil:
		r.isOut(s.by)
		r.after(streamWait, r.flow)
	default:
		r.enter()
	}
	return false
}

// words are the body as a puppet says it, or the bot.
func (s *saying) words(puppet bool) string {
	if s.body == "" && s.quote == "" {
		return ""
	}
	name := ""
	if s.room != nil {
		name = s.room.attributed(s.user.Name)
	}
	switch {
	case s.does && (puppet || s.room == nil):
		return s.quote + "/me " + s.body // XEP-0245 §3
	case s.does:
		return s.quote + "* " + name + " " + s.body
	case puppet || s.room == nil:
		return s.quote + s.body
	}
	return s.quote + "<" + name + "> " + s.body
}

// quotation repeats the beginning of what a message answers (XEP-0461 §3.1).
func quotation(t text.Text) string {
	const most = 120
	first, quoted := "", t.String()
	for i := 0; i < len(quoted) && quoted[i] != '\n'; i++ {
		first = quoted[:i+1]
	}
	if first == "" {
		return ""
	}
	if short := text.Pieces(first, most)[0]; short != first {
		first = short + "…"
	}
	return "> " + first + "\n"
}

func characters(s string) int { return utf8.RuneCountInString(s) }
