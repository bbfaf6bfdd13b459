package xep

import "isthmus/core/stanza"

// ephemeral are the namespaces of what may vanish without anyone missing a message: chat states (XEP-0085), receipts (XEP-0184),
// markers (XEP-0333), hints (XEP-0334), ids (XEP-0359) and the mark of private messages (XEP-0045 §7.5).
var ephemeral = map[string]bool{
	NSChatStates: true,
	nsReceipts:   true,
	NSMarkers:    true,
	nsHints:      true,
	nsStanzaID:   true,
	nsUser:       true,
}

// Ephemeral tells whether there is nothing in a message that its sender would miss.
func Ephemeral(s *stanza.Stanza) bool {
	for _, e := range s.Payload {
		if !ephemeral[e.Space] && !(e.Space == "" && e.Name == "thread") || e.Is(nsUser, "x") && (e.Child(nsUser, "invite") != nil || e.Child(nsUser, "decline") != nil) {
			return false
		}
	}
	return true
}
