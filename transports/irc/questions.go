package irc

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"isthmus/transports"
)

// How often questions by CTCP are answered, whoever asks, and how long answers are waited for.
const (
	answerEvery    = 5 * time.Second
	answerBurst    = 3
	personAnswers  = 5 * time.Second  // after it the gateway answers instead
	programAnswers = 15 * time.Second // after it nobody does
	maxAnswer      = 300              // bytes
)

// questions are those that programs ask each other by CTCP (https://modern.ircdocs.horse/ctcp.html), both ways.
type questions struct {
	limiter *rate.Limiter
	last    int64
	theirs  []asked  // in the order of their time
	ours    []asking // in the order of their time
}

// asked is a question of someone there that waits for the person's program.
type asked struct {
	id       int64
	nick     string
	question transports.Question
	token    string // of a PING
	until    time.Time
}

// asking is a question of the person that waits for someone there.
type asking struct {
	*request
	nick     string // folded
	question transports.Question
	token    string
	until    time.Time
}

// allow tells whether one more is answered now.
func (q *questions) allow() bool {
	if q.limiter == nil { // most accounts are never asked
		q.limiter = rate.NewLimiter(rate.Every(answerEvery), answerBurst)
	}
	return q.limiter.Allow()
}

// onQuestion is a CTCP in a PRIVMSG. What the person's own program can answer it is asked; the rest is answered or ignored.
func (c *connection) onQuestion(m message, verb, rest string) {
	if !c.support.isNick(m.Name) {
		return
	}
	q := asked{nick: m.Name, token: rest[:min(len(rest), 64)], until: time.Now().Add(personAnswers)}
	switch verb {
	case "VERSION":
		q.question = transports.AboutVersion
	case "PING":
		q.question = transports.AboutPing
	case "TIME":
		if c.questions.allow() {
			c.out.whenQuiet(ctcp("NOTICE", m.Name, "TIME "+time.Now().UTC().Format(time.RFC1123)))
		}
		return
	case "CLIENTINFO":
		if c.questions.allow() {
			c.out.whenQuiet(ctcp("NOTICE", m.Name, "CLIENTINFO ACTION CLIENTINFO PING TIME VERSION"))
		}
		return
	default:
		return
	}
	if !c.questions.allow() {
		return
	}
	c.questions.last++
	q.id = c.questions.last
	c.questions.theirs = append(c.questions.theirs, q)
	c.emit(transports.Asked{ID: q.id, From: author(m), Question: q.question})
}

func ctcp(command, to, words string) string {
	words = oneLine(strings.ReplaceAll(words, "\x01", ""))
	return command + " " + to + " :\x01" + words[:min(len(words), maxAnswer)] + "\x01"
}

// words are the answer to a question.
func (q asked) words(version string) string {
	if q.question == transports.AboutPing {
		return "PING " + q.token
	}
	return "VERSION " + version
}

// answer is what the person's program answered.
func (c *connection) answer(r *request, command transports.Answer) {
	for i, q := range c.questions.theirs {
		if q.id == command.ID {
			c.questions.theirs = append(c.questions.theirs[:i], c.questions.theirs[i+1:]...)
			c.hold(r, saying, []string{q.nick}, ctcp("NOTICE", q.nick, q.words(command.Text)))
			return
		}
	}
	r.settle(&transports.Fault{Kind: transports.NotFound, Text: "Nobody waits for this answer any more."})
}

// ask asks someone there.
func (c *connection) ask(r *request, command transports.Ask) {
	nick := string(command.Place.User)
	if !c.support.isNick(nick) {
		r.settle(notNick(nick))
		return
	}
	q := asking{request: r, nick: c.fold(nick), question: command.Question, until: time.Now().Add(programAnswers)}
	words := "VERSION"
	if command.Question == transports.AboutPing {
		c.questions.last++
		q.token = "isthmus-" + strconv.FormatInt(c.questions.last, 10)
		words = "PING " + q.token
	}
	c.questions.ours = append(c.questions.ours, q)
	c.hold(r, asksFor, []string{nick}, ctcp("PRIVMSG", nick, words))
}

// onAnswer is a CTCP in a NOTICE.
func (c *connection) onAnswer(m message, verb, rest string) {
	for i, q := range c.questions.ours {
		fits := verb == "VERSION" && q.question == transports.AboutVersion || verb == "PING" && q.question == transports.AboutPing && rest == q.token
		if fits && q.nick == c.fold(m.Name) {
			c.questions.ours = append(c.questions.ours[:i], c.questions.ours[i+1:]...)
			if q.question == transports.AboutPing {
				rest = ""
			}
			q.succeed(transports.Result{Text: plain(rest)})
			return
		}
	}
}

// next is when an answer is overdue, or the zero time.
func (q *questions) next() time.Time {
	var next time.Time
	if len(q.theirs) > 0 {
		next = q.theirs[0].until
	}
	if len(q.ours) > 0 && (next.IsZero() || q.ours[0].until.Before(next)) {
		next = q.ours[0].until
	}
	return next
}

// answerOverdue answers for programs that did not.
func (c *connection) answerOverdue(now time.Time) {
	for len(c.questions.theirs) > 0 && !now.Before(c.questions.theirs[0].until) {
		q := c.questions.theirs[0]
		c.questions.theirs = c.questions.theirs[1:]
		c.out.whenQuiet(ctcp("NOTICE", q.nick, q.words("Isthmus")))
	}
	for len(c.questions.ours) > 0 && !now.Before(c.questions.ours[0].until) {
		q := c.questions.ours[0]
		c.questions.ours = c.questions.ours[1:]
		q.settle(&transports.Fault{Kind: transports.UnknownOutcome, Text: "There was no answer."})
	}
}
