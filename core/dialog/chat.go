package dialog

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// What the bot cannot read.
var (
	notRead   = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "The bot of the gateway reads plain text only. Write “help”."}
	encrypted = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "This message is encrypted, and the bot of the gateway cannot read it. Switch encryption off for this chat and send it again."}
)

// What the bot says when there is nothing more to say.
const (
	said      = "Done."
	cancelled = "Cancelled."
	stopsThis = "(“cancel” stops this.)"
	busy      = "I am still working on what you asked before. Wait a moment, or write “cancel”."
	unclosed  = "A quote is not closed. Put one at the end too, or write a backslash before it."
)

// Chat takes a message to the bot, with the menu of what it can do there. What is written is answered with a message, also later when a
// step takes long; what it cannot read is refused, and what wants no answer is passed over.
func (f *Faces) Chat(s *stanza.Stanza, menu Menu, who Asker) { f.chat(s, menu, who, false) }

// ChatAloud is Chat where what begins with the word of a command is never an answer: who has begun something in front of others, and then writes it as a whole, means that.
func (f *Faces) ChatAloud(s *stanza.Stanza, menu Menu, who Asker) { f.chat(s, menu, who, true) }

func (f *Faces) chat(s *stanza.Stanza, menu Menu, who Asker, anew bool) {
	switch {
	case s.Kind != stanza.Message || s.Type == "error" || s.Type == "headline" || xep.Ephemeral(s):
	case xep.Encrypted(s):
		f.reply(s.Refuse(encrypted))
	case s.Type == "groupchat" || s.Child("", "body") == nil:
		f.reply(s.Refuse(notRead))
	default:
		f.handle(s, func() { f.hear(s, menu, who, anew) })
	}
}

// hear takes one message. With anew, a command ends what was begun before.
func (f *Faces) hear(s *stanza.Stanza, menu Menu, who Asker, anew bool) {
	if xep.WantsReceipt(s) && s.ID != "" {
		f.reply(message(s).Add(xep.Receipt(s.ID)))
	}
	text := strings.TrimSpace(s.ChildText("", "body"))
	p := f.person(who)
	if p.chat != nil && p.chat.stale(time.Now()) {
		p.endChat()
	}
	if anew && p.chat != nil && p.chat.stop == nil && menu.Has(text) {
		p.endChat()
	}
	c := p.chat
	switch stops := strings.EqualFold(text, "cancel"); {
	case c == nil && stops:
		f.say(s, "There is nothing to cancel.")
	case c == nil:
		f.begin(s, menu, who, text)
	case c.stop != nil && stops && !c.stopping:
		c.stopping = true
		c.stop()
	case c.stop != nil:
		f.say(s, busy)
	case stops:
		p.endChat()
		f.say(s, cancelled)
	case c.command.Operator && !who.Operator: // no operator any more
		p.endChat()
		f.say(s, forbidden.Text)
	default:
		c.touched = time.Now()
		f.answered(s, p, c, text)
	}
}

// begin takes a line that is no answer to a question. It never repeats what was written, which may be a secret that came too late.
func (f *Faces) begin(s *stanza.Stanza, menu Menu, who Asker, line string) {
	words, ok := split(line)
	spoken := menu.spoken(who.Operator)
	switch {
	case !ok:
		f.say(s, unclosed)
		return
	case len(words) == 0:
		f.say(s, helpAll(spoken))
		return
	}
	word, rest := words[0].text, words[1:]
	command := menu.word(word, who.Operator)
	switch {
	case command == nil && strings.EqualFold(word, "help"):
		f.say(s, help(spoken, rest))
	case command == nil:
		f.say(s, unknown(spoken, word))
	case len(command.Words) == 1 && slices.ContainsFunc(rest, positional): // before it acts, for it may ask nothing
		f.say(s, "That is too much. "+command.usage())
	default:
		p := f.person(who)
		p.chat = &conversation{command: command, who: who, line: line, words: rest, touched: time.Now()}
		start := command.Start
		if command.Alone != nil && len(rest) == 0 {
			start = command.Alone
		}
		f.perform(s, p, p.chat, stepTime, func(ctx context.Context) Outcome { return start(ctx, who) })
	}
}

// positional tells whether an argument has no name before it; of name=value, the first form decides what it is.
func positional(w word) bool { return !strings.Contains(w.text, "=") }

// perform runs a step of the conversation, for at most limit.
func (f *Faces) perform(s *stanza.Stanza, p *person, c *conversation, limit time.Duration, step func(context.Context) Outcome) {
	var o Outcome
	c.stop = f.spawn(c.who, limit, func(ctx context.Context) func() {
		o = step(ctx)
		return func() {
			c.stop, c.touched = nil, time.Now()
			f.told(s, p, c, o)
		}
	}, func() {
		o.left()
		f.reply(s.Refuse(shuttingDown))
	})
	if c.stop == nil {
		p.endChat()
		f.say(s, tooMuch.Text)
		return
	}
	c.left = nil // the step has the dialogue now
}

// told says where a step has led.
func (f *Faces) told(s *stanza.Stanza, p *person, c *conversation, o Outcome) {
	var lines []string
	for _, n := range o.notes() {
		lines = append(lines, n.Text)
	}
	switch {
	case c.stopping && (o.Ask != nil || o.Problem != nil):
		p.endChat()
		o.left()
		f.say(s, cancelled)
	case o.Ask != nil:
		f.ask(s, p, c, o, lines)
	default:
		p.endChat()
		if o.Report != nil {
			lines = append(lines, reported(o.Report)...)
		}
		if len(lines) == 0 {
			lines = []string{said}
		}
		f.say(s, lines...)
	}
}

// ask goes on with a form: with what was given already, else with the first question, else, where nothing has to be answered, with the
// whole sheet. It never hands in a form that nobody has said anything to, so that a step which asks again cannot go round for ever.
func (f *Faces) ask(s *stanza.Stanza, p *person, c *conversation, o Outcome, lines []string) {
	form, kept := o.Ask, xep.Answers{}
	if o.Problem != nil { // what must be answered is asked again, the rest stays
		kept, form = optional(form, c.answers), form.Filled(c.answers)
	}
	c.form, c.then, c.answers, c.asking, c.left = form, o.Then, kept, nil, o.Abandon
	if o.Wait != nil {
		f.say(s, append(append(lines, intro(form)...), stopsThis)...)
		f.perform(s, p, c, waitTime, o.Wait)
		return
	}
	var problem string
	if c.given == nil {
		c.given, problem = c.command.assign(form, c.line, c.words)
		c.line, c.words = "", nil
	}
	if problem != "" {
		lines = append(lines, problem)
		c.given = map[string]string{}
	}
	problems, exposed := c.take()
	lines = append(lines, problems...)
	if exposed {
		f.say(s, secretWarning(c.command))
	}
	given := len(c.answers) > 0
	if c.asking = c.missing(); c.asking != nil {
		lines = append(append(lines, intro(form)...), question(c.command, c.asking), stopsThis)
		f.say(s, lines...)
		return
	}
	if given && len(lines) == 0 {
		f.handIn(s, p, c)
		return
	}
	f.say(s, append(append(lines, intro(form)...), sheet(form.Filled(c.answers))...)...)
}

// answered takes an answer to the question that waits, or a change to the sheet.
func (f *Faces) answered(s *stanza.Stanza, p *person, c *conversation, text string) {
	if c.asking == nil {
		f.changed(s, p, c, text)
		return
	}
	values, problem := understand(c.asking, text)
	if problem != "" {
		f.say(s, problem, question(c.command, c.asking))
		return
	}
	c.answers[c.asking.Name] = values
	if c.asking = c.missing(); c.asking != nil {
		f.say(s, question(c.command, c.asking))
		return
	}
	f.handIn(s, p, c)
}

// changed takes a message about the sheet: "ok", or name=value, one on each line.
func (f *Faces) changed(s *stanza.Stanza, p *person, c *conversation, text string) {
	switch strings.ToLower(text) {
	case "ok", "okay", "yes", "done":
		f.handIn(s, p, c)
		return
	}
	var lines []string
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, "=")
		field := fieldOf(c.form, strings.TrimSpace(name))
		if !ok || field == nil {
			lines = append(lines, "I do not understand that.")
			break
		}
		values, problem := understand(field, unquote(strings.TrimSpace(value)))
		if problem != "" {
			lines = append(lines, problem)
			break
		}
		c.answers[field.Name] = values
	}
	f.say(s, append(lines, sheet(c.form.Filled(c.answers))...)...)
}

// unquote takes off the quotes around a value.
func unquote(value string) string {
	if words, ok := split(value); ok && len(words) == 1 {
		return words[0].text
	}
	return value
}

// handIn gives the answers to the step that waits for them.
func (f *Faces) handIn(s *stanza.Stanza, p *person, c *conversation) {
	answers, problem := c.form.Check(c.answers)
	if problem != "" {
		f.say(s, append([]string{problem}, sheet(c.form.Filled(c.answers))...)...)
		return
	}
	c.answers = answers
	then := c.then
	f.perform(s, p, c, stepTime, func(ctx context.Context) Outcome { return then(ctx, answers) })
}

// nsStyling marks a text that is meant literally (XEP-0393 §7).
const nsStyling = "urn:xmpp:styling:0"

// say answers a message with plain text.
func (f *Faces) say(s *stanza.Stanza, lines ...string) {
	f.reply(message(s).Add(stanza.Text("", "body", body(lines)), stanza.New(nsStyling, "unstyled")))
}

// message is an empty answer to a message, in its thread (RFC 6121 §5.2.5).
func message(s *stanza.Stanza) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.Message, Type: s.Type, ID: rand.Text(), From: s.To, To: s.From}).Add(s.Child("", "thread"))
}
