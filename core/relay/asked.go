package relay

import (
	"context"
	"strings"

	"isthmus/core/stanza"
	"isthmus/transports"
)

// Asked is what somebody in the MUC asks the bot: alone, or by its name before everybody.
type Asked struct {
	Nick string
	// Person is who that is, the zero JID where the MUC does not show it. Rules: they own the MUC or administer it.
	Person stanza.JID
	Rules  bool
	// Words are what they say, and Chat the same as a message from them to the bot alone, to be answered likewise.
	Words string
	Chat  *stanza.Stanza
	// Aloud: everybody has heard it. Past: it was said before, and is not to be answered any more.
	Aloud, Past bool
}

// Agree begins what somebody says with whose consent a relay is set up: a word that the bot of a MUC hears without being called by its name.
const Agree = "agree"

// called takes what is meant for the bot and not for the networks; it is false for all else.
func (r *Relay) called(s *stanza.Stanza, nick, body string) bool {
	if r.Asked == nil || r.voices[nick] != nil || nick == "" {
		return false
	}
	words, ok := cutFold(body, r.bot.nick)
	if ok && words != "" && (words[0] == ':' || words[0] == ',') {
		words = strings.TrimSpace(words[1:])
	} else if _, ok = cutFold(body, Agree+" "); ok {
		words = body
	} else {
		return false
	}
	return r.question(s, nick, words, true)
}

// cutFold cuts what a text begins with, in whatever case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func (r *Relay) question(s *stanza.Stanza, nick, words string, aloud bool) bool {
	o := r.others[nick]
	if o == nil {
		o = &occupant{}
	}
	chat := (&stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: s.ID, From: s.From, To: r.JID}).Add(stanza.Text("", "body", words))
	return r.Asked(Asked{Nick: nick, Person: r.known(o), Rules: o.rules, Words: words, Chat: chat, Aloud: aloud, Past: r.replaying})
}

// Rule tells how somebody stands in the MUC.
type Rule uint8

// The answers: nothing is known where the MUC does not show who its occupants are.
const (
	Unknown Rule = iota
	Rules        // they own the MUC or administer it
	RulesNot
)

// Rules tells how a person stands in the MUC, by their bare JID. why says why the bot is not in it, empty where it is.
func (r *Relay) Rules(ctx context.Context, person stanza.JID) (rule Rule, why string) {
	type answer struct {
		Rule
		why string
	}
	answers := make(chan answer, 1)
	r.arrival(func() {
		rule := Unknown
		for _, o := range r.others {
			switch {
			case r.known(o) != person:
			case o.rules:
				rule = Rules
			case rule == Unknown:
				rule = RulesNot
			}
		}
		answers <- answer{rule, r.bot.why}
	})
	select {
	case a := <-answers:
		return a.Rule, a.why
	case <-r.done:
	case <-ctx.Done():
	}
	return Unknown, "the room does not answer"
}

// RulesAs tells how who has a nick in the MUC now stands there. Nothing is known where nobody has it, or another than the person that it was, who is the zero JID where
// the MUC does not show that.
func (r *Relay) RulesAs(ctx context.Context, nick string, person stanza.JID) Rule {
	answers := make(chan Rule, 1)
	go r.post(func() {
		rule, o := Unknown, r.others[nick]
		switch {
		case o == nil || !person.IsZero() && r.known(o) != person:
		case o.rules:
			rule = Rules
		default:
			rule = RulesNot
		}
		answers <- rule
	})
	select {
	case rule := <-answers:
		return rule
	case <-r.done:
	case <-ctx.Done():
	}
	return Unknown
}

// Tell says something in the bot's own words, to all who are in the MUC. It returns when that is on its way as far as the MUC takes it now, or ctx ends.
func (r *Relay) Tell(ctx context.Context, words string) {
	said := make(chan struct{})
	go r.post(func() { r.say(words); close(said) })
	select {
	case <-said:
	case <-r.done:
	case <-ctx.Done():
	}
}

// Greet says something to all who are there when the bot has come in.
func (r *Relay) Greet(words string) { r.arrival(func() { r.say(words) }) }

// Whisper says it to one occupant.
func (r *Relay) Whisper(nick, words string) { go r.post(func() { r.whisper(nick, words) }) }

// arrival does something when the bot is in the MUC, or could not come in.
func (r *Relay) arrival(do func()) {
	go r.post(func() {
		if r.bot.standing == inside {
			do()
			return
		}
		r.bot.arrivals = append(r.bot.arrivals, do)
		if r.bot.standing == outside { // now, and not after the wait of its last attempt
			r.enter()
		}
	})
}

// settled tells those who wait for that.
func (r *Relay) settled() {
	arrivals := r.bot.arrivals
	r.bot.arrivals = nil
	for _, do := range arrivals {
		do()
	}
}

// State says for people how the relay is in a room of a network, by the room's own id.
func (r *Relay) State(ctx context.Context, domain string, room transports.RoomID) string {
	answers := make(chan string, 1)
	go r.post(func() {
		state := "not in the chat room: " + r.bot.why
		if r.bot.standing == inside {
			state = "at work"
		} else if r.bot.why == "" {
			state = "entering the chat room"
		}
		for _, f := range r.rooms {
			if f.Domain == domain && f.ID == room && !f.live && r.bot.standing == inside {
				state = strings.TrimRight("not in the network's room: "+f.why, ": .")
			}
		}
		answers <- state
	})
	select {
	case state := <-answers:
		return state
	case <-r.done:
	case <-ctx.Done():
	}
	return "does not answer"
}
