package irc

import (
	"strconv"
	"strings"
	"time"
)

// labelPatience is how long a label may be without its answer before the server is asked whether it has dealt with what came before.
const labelPatience = 15 * time.Second

// unansweredPrefix tells the PINGs that ask so.
const unansweredPrefix = "labels-"

// sentLabel is a label that was handed over.
type sentLabel struct {
	number int
	at     time.Time
}

// labelsDue is when the oldest label without an answer is overdue, or the zero time.
func (c *connection) labelsDue() time.Time {
	l := &c.labels
	for len(l.sent) > 0 && l.jobs[strconv.Itoa(l.sent[0].number)] == nil {
		l.sent = l.sent[1:]
	}
	if len(l.sent) == 0 || l.asked != 0 {
		return time.Time{}
	}
	return l.sent[0].at.Add(labelPatience)
}

// askLabels asks the server, which takes lines in order, so that no message waits for an answer that was forgotten: a module may
// have swallowed it (IRCv3 labeled-response leaves that to "exceptional conditions").
func (c *connection) askLabels(now time.Time) {
	if due := c.labelsDue(); !due.IsZero() && !now.Before(due) {
		c.labels.asked = c.labels.last
		c.out.now("PING :" + unansweredPrefix + strconv.Itoa(c.labels.asked))
	}
}

// unanswered takes the answer: what has none by now was dealt with, unless it is an answer that is awaited.
func (c *connection) unanswered(text string) {
	number, ours := strings.CutPrefix(text, unansweredPrefix)
	if last, err := strconv.Atoi(number); !ours || err != nil || last != c.labels.asked || last == 0 {
		return
	}
	for _, sent := range c.labels.sent {
		name := strconv.Itoa(sent.number)
		if j := c.labels.jobs[name]; j != nil && sent.number <= c.labels.asked {
			if j.verb&answered != 0 {
				delete(c.labels.jobs, name) // its own patience ends it
			} else {
				c.confirmed(name, message{})
			}
		}
	}
	c.labels.asked = 0
}
