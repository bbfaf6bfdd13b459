package irc

import (
	"strings"

	"isthmus/transports"
)

const (
	// maxBatches bounds how many batches may be open.
	maxBatches = 100
	// maxBatchText bounds the bytes of a message of several lines.
	maxBatchText = 64 << 10
)

// batch is a group of lines that belong together. IRCv3 batch.
type batch struct {
	kind   string
	label  string // of the command of ours that it answers, or empty
	open   message
	within *batch // the one that it is in, or nil

	query *historyQuery   // that it answers, nil for none
	words strings.Builder // of a message of several lines
	lines int
}

// onBatch opens or closes a batch. What is in it is handled line by line: a netsplit is many who quit.
func (c *connection) onBatch(m message) {
	name := m.Param(0)
	if len(name) < 2 {
		return
	}
	if name[0] == '+' && len(c.batches) < maxBatches {
		b := &batch{kind: m.Param(1), label: m.tag("label"), open: m, within: c.batches[m.tag("batch")]}
		put(&c.batches, name[1:], b)
		if b.kind == "chathistory" {
			b.query = c.queryOf(b)
		}
	} else if b := c.batches[name[1:]]; name[0] == '-' && b != nil {
		drop(&c.batches, name[1:])
		c.closed(b)
	}
}

// closed deals with a batch that is complete.
func (c *connection) closed(b *batch) {
	if b.isMultiline() {
		c.onMultiline(b)
	}
	if b.label != "" {
		said := message{}
		if b.isMultiline() {
			said = b.whole()
		}
		c.confirmed(b.label, said)
	}
	if b.wanted() {
		c.recalled(b.query)
	}
}

// onMultiline is a message of several lines. What stands before the batch holds for all of it.
func (c *connection) onMultiline(b *batch) {
	if b.lines == 0 || b.labelOf() != "" && c.pastOf(b.open) == nil { // an echo
		return
	}
	c.onMessage(b.whole())
}

// whole is the message that the lines are.
func (b *batch) whole() message {
	whole := *b.open.Message
	whole.Command, whole.Params = "PRIVMSG", []string{b.open.Param(2), b.words.String()}
	return message{Message: &whole, tags: b.open.tags}
}

// isMultiline tells whether the lines are those of one message.
func (b *batch) isMultiline() bool { return b != nil && b.kind == "draft/multiline" }

// add takes a line of a message of several. IRCv3 multiline.
func (b *batch) add(m message) {
	if m.Command != "PRIVMSG" || b.words.Len()+len(m.Param(1)) > maxBatchText {
		return
	}
	if _, concat := m.lookup("draft/multiline-concat"); b.lines > 0 && !concat {
		b.words.WriteByte('\n')
	}
	b.words.WriteString(m.Param(1))
	b.lines++
}

// wanted tells whether it is history that somebody asked for.
func (b *batch) wanted() bool { return b != nil && b.query != nil }

// batchOf is the batch that a line is in, or nil.
func (c *connection) batchOf(m message) *batch {
	if name := m.tag("batch"); name != "" {
		return c.batches[name]
	}
	return nil
}

// labelOf is the label of a batch, or of one that it is in.
func (b *batch) labelOf() string {
	for ; b != nil; b = b.within {
		if b.label != "" {
			return b.label
		}
	}
	return ""
}

// echoed keeps the id under which the network knows a message of ours.
func (c *connection) echoed(j *job, said message) {
	id := transports.MessageID("")
	if j.verb&saying != 0 {
		id = said.id()
	}
	if id != "" {
		if place, ok := c.placeOf(said); ok {
			c.note(place, id, said.at())
		}
		c.session.seen.add(id)
		j.parts = append(j.parts, id)
	}
}
