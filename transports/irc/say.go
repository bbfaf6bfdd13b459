package irc

import (
	"strings"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// cut is a line with as much of a text as fits, on one line.
func (c *connection) cut(line, words string) string {
	most := max(c.support.lineLen-len(":"+c.nick)-c.maskLength()-len(" "+line+"\r\n"), leastText)
	return line + text.SplitBytes(oneLine(words), most)[0]
}

// maskLength is the length of "!user@host", which the server puts into every line that others get from us.
func (c *connection) maskLength() int {
	if c.user == "" || c.host == "" {
		return unknownMask
	}
	return len("!" + c.user + "@" + c.host)
}

// send says something, in as many lines as the server's limit makes of it. RFC 2812 §3.3.
func (c *connection) send(r *request, command transports.Send) {
	target, fault := c.target(command.Place)
	if fault != nil {
		r.settle(fault)
		return
	}
	lines := c.say(target, command)
	if len(lines) == 0 {
		r.settle(&transports.Fault{Kind: transports.Invalid, Text: "The message is empty."})
		return
	}
	c.wrote(command.Place)
	if spoof := c.spoof(command); spoof != "" {
		c.relayed(r, command, spoof, target)
		return
	}
	c.hold(r, saying, []string{target}, lines...)
}

// target is the name of a place as it stands in a line.
func (c *connection) target(place transports.Place) (string, *transports.Fault) {
	name := place.ID()
	switch {
	case place.Room != "" && !c.support.isRoom(name):
		return "", notRoom(name)
	case place.Room == "" && !c.support.isNick(strings.TrimPrefix(name, "*")): // bouncers have users such as "*status"
		return "", notNick(name)
	}
	return name, nil
}

// say is a text as lines, each of them a message of its own, or as messages of several lines where the server has these.
func (c *connection) say(target string, command transports.Send) []string {
	before, after := "PRIVMSG "+target+" :", ""
	speaker := ""
	if command.As != nil { // a shared account has one nick for everyone
		speaker = "<" + strings.ReplaceAll(oneLine(command.As.Name), "\x01", "") + "> "
	}
	switch command.Style {
	case transports.Does:
		before, after = before+"\x01ACTION ", "\x01"
	case transports.Notice:
		before = "NOTICE " + target + " :"
	}
	first, tags := c.address(command), ""
	if command.ReplyTo != nil {
		tags = c.replyTags(command.ReplyTo.ID)
	}
	most := c.room(c.nick, c.maskLength(), before+after)
	if limits, several := c.multiline(); several && command.Style == transports.Says {
		words := command.Text.IRCLines()
		for len(words) > 0 && strings.TrimSpace(words[0]) == "" {
			words = words[1:]
		}
		for i := range words {
			words[i] = sendable(words[i])
		}
		if len(words) > 0 {
			words[0] = speaker + first + words[0]
		}
		return c.multilines(target, tags, words, most, limits)
	}
	return c.lines(command, first, tags, before+speaker, after, max(most-len(speaker), leastText))
}

// sayAs is a text as lines that the server says under another name.
func (c *connection) sayAs(target string, command transports.Send, spoof string) []string {
	before, after, tags := "RELAYMSG "+target+" "+spoof+" :", "", ""
	if command.Style == transports.Does {
		before, after = before+"\x01ACTION ", "\x01"
	}
	if command.ReplyTo != nil {
		tags = c.replyTags(command.ReplyTo.ID)
	}
	return c.lines(command, c.address(command), tags, before, after, c.room(spoof, unknownMask, "PRIVMSG "+target+" :"+after))
}

// room is how many bytes of text a line has room for, beside the name of who says it and the rest.
func (c *connection) room(name string, mask int, rest string) int {
	return max(c.support.lineLen-len(":"+name)-mask-len(" "+rest+"\r\n"), leastText)
}

// lines are a text's, each with what stands before and after it.
func (c *connection) lines(command transports.Send, first, tags, before, after string, most int) []string {
	var lines []string
	for _, line := range command.Text.IRC() {
		if line = sendable(line); strings.TrimSpace(line) == "" {
			continue
		}
		for _, part := range text.SplitBytes(first+line, most) {
			lines = append(lines, tagged(tags, before+part+after))
			tags = ""
		}
		first = ""
	}
	return lines
}

// sendable is a line that nobody's program takes for a command: nothing that a person writes is a CTCP.
func sendable(line string) string { return oneLine(strings.ReplaceAll(line, "\x01", "")) }
