package irc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const multilineCap = "draft/multiline"

// usualMultilines is how many lines one message has where the server does not say.
const usualMultilines = 100

// multiline is how large a message of several lines may be. IRCv3 multiline.
type multiline struct{ bytes, lines int }

// multiline is what the server takes. It is false where it takes no such messages.
func (c *connection) multiline() (multiline, bool) {
	limits := multiline{lines: usualMultilines}
	if !c.caps.on[multilineCap] || !c.caps.on["batch"] {
		return limits, false
	}
	for part := range strings.SplitSeq(c.caps.offered[multilineCap], ",") {
		switch key, value, _ := strings.Cut(part, "="); key {
		case "max-bytes":
			learnNumber(&limits.bytes, value, 1, 1<<24)
		case "max-lines":
			learnNumber(&limits.lines, value, 1, 10_000)
		}
	}
	return limits, limits.bytes >= usualLineLen
}

// draft is a message of several lines that is being made.
type draft struct {
	lines   []string // with their tags, but for that of the batch
	bytes   int      // of their texts, with the breaks between them
	written bool     // not all of them are blank
}

// multilines are messages of as many of the lines as each may have: a batch each, which is one element with line breaks in
// it, or one line where there is no more. Blank lines at the ends are left out.
func (c *connection) multilines(target, tags string, lines []string, most int, limits multiline) []string {
	var messages []string
	var d draft
	before := "PRIVMSG " + target + " :"
	finish := func() {
		if d.written {
			messages = append(messages, c.batched(target, tags, d.lines))
			tags = "" // an answer is one message
		}
		d = draft{}
	}
	for _, line := range lines {
		for i, part := range splitWhole(line, most) {
			if d.bytes+len(part)+1 > limits.bytes || len(d.lines) >= limits.lines {
				finish()
			}
			if len(d.lines) == 0 && strings.TrimSpace(part) == "" {
				continue
			}
			words := c.encode(before+part, c.fold(target))
			if i > 0 && len(d.lines) > 0 {
				words = tagged("draft/multiline-concat", words)
			} else if len(d.lines) > 0 {
				d.bytes++
			}
			d.lines, d.bytes, d.written = append(d.lines, words), d.bytes+len(part), true
		}
	}
	finish()
	return messages
}

// batched is one message of the lines.
func (c *connection) batched(target, tags string, lines []string) string {
	for blank := "PRIVMSG " + target + " :"; len(lines) > 1 && lines[len(lines)-1] == blank; {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 1 {
		return tagged(tags, lines[0])
	}
	c.multilinesSent++
	name := strconv.Itoa(c.multilinesSent)
	all := make([]string, 0, len(lines)+2)
	all = append(all, tagged(tags, "BATCH +"+name+" "+multilineCap+" "+target))
	for _, line := range lines {
		all = append(all, tagged("batch="+name, line))
	}
	return strings.Join(append(all, "BATCH -"+name), "\r\n")
}

// splitWhole cuts a line into pieces of at most so many bytes of which nothing is lost: behind a space, or between characters.
func splitWhole(line string, most int) []string {
	var pieces []string
	for len(line) > most {
		end := strings.LastIndexByte(line[:most], ' ') + 1
		if end <= 1 {
			for end = most; end > 1 && !utf8.RuneStart(line[end]); {
				end--
			}
		}
		pieces, line = append(pieces, line[:end]), line[end:]
	}
	return append(pieces, line)
}
