package component

import "bytes"

// unheard tells whether a frame is a groupchat message to an address that Config.Unheard says hears none. It reads no more than the start tag, as it
// stands there: what it does not understand is heard.
func (c *Component) unheard(data []byte) bool {
	if c.config.Unheard == nil || !bytes.HasPrefix(data, messageTag) {
		return false
	}
	to, groupchat := []byte(nil), false
	for rest := data[len(messageTag):]; ; {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		name, after, found := bytes.Cut(rest, []byte{'='})
		if !found || len(after) == 0 || after[0] != '\'' && after[0] != '"' || bytes.ContainsAny(name, "<>'\"") {
			break
		}
		value, behind, found := bytes.Cut(after[1:], after[:1])
		if !found {
			break
		}
		switch string(name) {
		case "to":
			to = value
		case "type":
			groupchat = string(value) == "groupchat"
		}
		rest = behind
	}
	return groupchat && to != nil && c.config.Unheard(to)
}

var messageTag = []byte("<message ")
