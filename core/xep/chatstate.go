package xep

import "isthmus/core/stanza"

// NSChatStates is the namespace of chat states.
const NSChatStates = "http://jabber.org/protocol/chatstates"

// ParseChatState tells whether the sender is writing (XEP-0085 §5.2); ok is false where the message says nothing of it.
func ParseChatState(s *stanza.Stanza) (composing, ok bool) {
	for _, e := range s.Payload {
		if e.Space == NSChatStates {
			return e.Name == "composing", true
		}
	}
	return false, false
}

// ChatState tells that someone is writing, or has stopped.
func ChatState(composing bool) *stanza.Element {
	return stanza.New(NSChatStates, choose(composing, "composing", "paused"))
}

// Active goes with a message, whose sender writes no longer (XEP-0085 §5.4).
func Active() *stanza.Element { return stanza.New(NSChatStates, "active") }
