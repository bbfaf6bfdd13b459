package irc

import (
	"strconv"
	"time"

	"isthmus/transports"
)

// labels tell which command of ours a line answers. IRCv3 labeled-response.
type labels struct {
	last  int
	jobs  map[string]*job // that wait, by label
	sent  []sentLabel     // in their order; some have their answer
	asked int             // the last before a PING that asks for those without an answer, 0 where there is none on its way
}

// quietLabel is for lines whose echo is nobody's message: commands after connecting may hold a password.
const quietLabel = "quiet"

// label is what stands before the next line of a job.
func (c *connection) label(j *job) string {
	switch {
	case !c.caps.on["labeled-response"]:
		return ""
	case j.verb == instructing || j.verb == asksFor:
		return "label=" + quietLabel
	case j.verb&echoing == 0 || j.started && !j.labelled:
		return ""
	}
	j.labelled = true
	j.awaited++
	c.labels.last++
	name := strconv.Itoa(c.labels.last)
	put(&c.labels.jobs, name, j)
	c.labels.sent = append(c.labels.sent, sentLabel{c.labels.last, time.Now()})
	return "label=" + name
}

// quietly is a line whose echo is not to be shown.
func (c *connection) quietly(line string) string {
	if !c.caps.on["labeled-response"] || line[0] == '@' {
		return line
	}
	return tagged("label="+quietLabel, line)
}

func (c *connection) handed(j *job) { c.confirm.handed(j) }

// labelled deals with a line that answers one of ours. It is false where the line means something beyond that.
func (c *connection) labelled(m message) bool {
	if m.tags == "" || m.Command == "BATCH" {
		return false
	}
	label, batched := m.tag("label"), false
	if label == "" {
		label, batched = c.batchOf(m).labelOf(), true
	}
	switch label {
	case "":
		return false
	case typingLabel:
		if isError(m.Command) {
			c.typingRefused(m)
		}
		return true
	}
	j := c.labels.jobs[label]
	if j != nil && (isError(m.Command) || m.Command == "FAIL") {
		j.settle(c.refusalOf(j, m))
		c.confirmed(label, message{})
		return true
	}
	echo := isTalk(m.Command) && c.isOurs(m)
	said := message{}
	if echo {
		said = m
	}
	if !batched {
		c.confirmed(label, said)
	} else if j != nil {
		c.echoed(j, said)
	}
	return echo || m.Command == "ACK" || m.Command == "MARKREAD"
}

// isTalk tells whether a command is said by one user to others.
func isTalk(command string) bool {
	return command == "PRIVMSG" || command == "NOTICE" || command == "TAGMSG" || command == "REDACT"
}

// refusalOf is what an error means for the command that it answers.
func (c *connection) refusalOf(j *job, m message) *transports.Fault {
	if m.Command == "FAIL" {
		return standardFault(m)
	}
	for _, r := range jobRefusals[m.Command] {
		if r.verbs&j.verb != 0 && !r.harmless {
			return r.fault(m)
		}
	}
	return &transports.Fault{Kind: transports.Forbidden, Text: said("The message was not delivered.", m)}
}

// confirmed notes the answer to a label, with the message that was made, if one was. A job is done when each of its lines is.
func (c *connection) confirmed(label string, said message) {
	j := c.labels.jobs[label]
	if j == nil {
		return
	}
	delete(c.labels.jobs, label)
	c.echoed(j, said)
	if j.awaited--; j.awaited == 0 && len(j.lines) == 0 {
		j.succeed(transports.Result{Parts: j.parts})
		c.confirm.drop(j)
	}
}
