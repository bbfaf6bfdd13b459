package xep

import "isthmus/core/stanza"

// Nickname is the name by which a user calls themselves; it goes with requests for a subscription (XEP-0172 §4.1).
func Nickname(name string) *stanza.Element {
	if name == "" {
		return nil
	}
	return stanza.Text("http://jabber.org/protocol/nick", "nick", name)
}
