package irc

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/transports"
)

// confirmEvery is after how many jobs a PING is sent even while more lines wait for their turn.
const confirmEvery = 5

// confirmer tells when the server has dealt with what was sent. IRC has no answer to a command that succeeds, but a server
// takes lines in order: the PONG to a PING confirms all that came before it. One PING at a time is on its way.
type confirmer struct {
	sent    []*job // handed over and not confirmed, in the order of their first lines
	ended   int    // how many of them have no more lines and no token yet
	token   int    // of the PING on its way, 0 where there is none
	counter int
}

// handed notes that a line of a job was handed over.
func (c *confirmer) handed(j *job) {
	if !j.started {
		j.started = true
		c.sent = append(c.sent, j)
	}
	if len(j.lines) == 0 {
		if !j.labelled {
			c.ended++
		}
		if !j.unproved {
			j.release()
		}
	}
}

// settle ends the job, and its request unless another way is left.
func (j *job) settle(fault *transports.Fault) {
	switch again := j.otherwise; {
	case j.given:
	case fault != nil && again != nil && len(j.parts) == 0 && !j.request.isSettled():
		j.given = true
		again()
	default:
		j.request.settle(fault)
	}
}

func (j *job) succeed(result transports.Result) {
	if !j.given {
		j.request.succeed(result)
	}
}

func (j *job) isSettled() bool { return j.given || j.request.isSettled() }

// ask is the PING to send after the lines of this batch, or empty. more tells that others wait for their turn.
func (c *confirmer) ask(more bool) string {
	if c.token != 0 || c.ended == 0 || more && c.ended < confirmEvery {
		return ""
	}
	c.counter++
	c.token, c.ended = c.counter, 0
	for _, j := range c.sent {
		if len(j.lines) == 0 && j.token == 0 && !j.labelled {
			j.token = c.token
		}
	}
	return "PING :" + tokenPrefix + strconv.Itoa(c.token)
}

// tokenPrefix tells the PINGs that confirm from those that only ask whether the server is there.
const tokenPrefix = "confirm-"

// pong settles what a PONG confirms.
func (c *confirmer) pong(text string) {
	number, ours := strings.CutPrefix(text, tokenPrefix)
	token, err := strconv.Atoi(number)
	if !ours || err != nil || token != c.token || token == 0 {
		return
	}
	c.token = 0
	left := c.sent[:0]
	for _, j := range c.sent {
		switch {
		case j.token == token && j.verb&answered != 0: // the answer settles it
		case j.token == token:
			j.settle(nil)
		case j.isSettled(): // it failed while lines of it were still to come
		default:
			left = append(left, j)
		}
	}
	clear(c.sent[len(left):])
	c.sent = left
}

// drop forgets a job that is settled.
func (c *confirmer) drop(settled *job) {
	c.sent = slices.DeleteFunc(c.sent, func(j *job) bool { return j == settled })
}

// oldest is the job sent first of those that an error may be about, or nil.
func (c *confirmer) oldest(about func(*job) bool) *job {
	for _, j := range c.sent {
		if !j.isSettled() && about(j) {
			return j
		}
	}
	return nil
}

// lost settles what was sent and never confirmed.
func (c *confirmer) lost() {
	for _, j := range c.sent {
		if !j.given {
			j.request.lost()
		}
	}
}
