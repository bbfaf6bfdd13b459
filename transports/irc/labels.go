package irc

import (
	"strconv"

	"isthmus/transports"
)

// labels tell which command of ours a line answers. IRCv3 labeled-response.
type labels struct {
	last    int
	jobs    map[string]*job   // that wait, by label
	batches map[string]string // labels of batches that are open
}

// quietLabel is for lines whose echo is nobody's message: commands after connecting may hold a password.
const quietLabel = "quiet"

func newLabels() labels { return labels{jobs: map[string]*job{}, batches: map[string]string{}} }

// label is what stands before the next line of a job.
func (c *connection) label(j *job) string {
	switch {
	case !c.caps.on["labeled-response"]:
		return ""
	case j.verb == instructing || j.verb == asksFor:
		return "@label=" + quietLabel + " "
	case j.verb != saying || j.started && !j.labelled:
		return ""
	}
	j.labelled = true
	j.awaited++
	c.labels.last++
	name := strconv.Itoa(c.labels.last)
	c.labels.jobs[name] = j
	return "@label=" + name + " "
}

// quietly is a line whose echo is not to be shown.
func (c *connection) quietly(line string) string {
	if !c.caps.on["labeled-response"] || line[0] == '@' {
		return line
	}
	return "@label=" + quietLabel + " " + line
}

func (c *connection) handed(j *job) { c.confirm.handed(j) }

// maxBatches bounds how many batches may be open.
const maxBatches = 100

// onBatch keeps the label of a batch. What is in it is handled line by line, whatever its type: a netsplit is many who
// quit, history is what was said before. IRCv3 batch.
func (c *connection) onBatch(m message) {
	name := m.Param(0)
	if len(name) < 2 {
		return
	}
	if label := m.tag("label"); name[0] == '+' && label != "" && len(c.labels.batches) < maxBatches {
		c.labels.batches[name[1:]] = label
	} else if name[0] == '-' {
		if label, known := c.labels.batches[name[1:]]; known {
			delete(c.labels.batches, name[1:])
			c.confirmed(label)
		}
	}
}

// labelled deals with a line that answers one of ours. It is false where the line means something beyond that.
func (c *connection) labelled(m message) bool {
	if m.tags == "" || m.Command == "BATCH" {
		return false
	}
	label, batched := m.tag("label"), false
	if label == "" {
		if label, batched = c.labels.batches[m.tag("batch")]; !batched {
			return false
		}
	}
	if j := c.labels.jobs[label]; j != nil && (isError(m.Command) || m.Command == "FAIL") {
		j.settle(c.refusalOf(j, m))
		c.confirmed(label)
		return true
	}
	if !batched {
		c.confirmed(label)
	}
	echo := (m.Command == "PRIVMSG" || m.Command == "NOTICE") && c.isSelf(m.Name)
	return echo || m.Command == "ACK"
}

// refusalOf is what an error means for the command that it answers.
func (c *connection) refusalOf(j *job, m message) *transports.Fault {
	for _, r := range jobRefusals[m.Command] {
		if r.verbs&j.verb != 0 && !r.harmless {
			return r.fault(m)
		}
	}
	return &transports.Fault{Kind: transports.Forbidden, Text: said("The message was not delivered.", m)}
}

// confirmed notes the answer to a label. A job is done when each of its lines is.
func (c *connection) confirmed(label string) {
	j := c.labels.jobs[label]
	if j == nil {
		return
	}
	delete(c.labels.jobs, label)
	if j.awaited--; j.awaited == 0 && len(j.lines) == 0 {
		j.settle(nil)
		c.confirm.drop(j)
	}
}
