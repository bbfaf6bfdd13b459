package irc

import (
	"strings"

	"isthmus/transports"
)

// address is what begins an answer for those whose clients show no tags: the name of whom it answers, unless the text has
// it already.
func (c *connection) address(command transports.Send) string {
	if command.ReplyTo == nil || command.Style != transports.Says {
		return ""
	}
	name := oneLine(strings.ReplaceAll(command.ReplyTo.From.Name, "\x01", ""))
	if name == "" || c.isSelf(name) || addresses(command.Text.String(), name) {
		return ""
	}
	return name + ": "
}

// addresses tells whether a text begins with a name: "bob: hello", "@bob hello", or the name alone.
func addresses(text, name string) bool {
	text = strings.TrimPrefix(strings.TrimSpace(text), "@")
	if len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
		return false
	}
	rest := text[len(name):]
	return rest == "" || strings.ContainsAny(rest[:1], ":,; \n")
}
