package xep

import "isthmus/core/stanza"

const nsReceipts = "urn:xmpp:receipts"

// WantsReceipt tells whether the sender of a message asked to hear of its delivery (XEP-0184 §5.1).
func WantsReceipt(s *stanza.Stanza) bool { return s.Child(nsReceipts, "request") != nil }

// Receipt confirms a message (XEP-0184 §5.1).
func Receipt(id string) *stanza.Element { return stanza.New(nsReceipts, "received", "id", id) }
