package xep

import "isthmus/core/stanza"

// NSCorrect is the namespace of message correction.
const NSCorrect = "urn:xmpp:message-correct:0"

// Corrects is the id of the message that this one corrects (XEP-0308 §3), empty for none.
func Corrects(s *stanza.Stanza) string { return s.Child(NSCorrect, "replace").Attr("id") }

// Correction marks a message as the corrected form of another one.
func Correction(id string) *stanza.Element { return stanza.New(NSCorrect, "replace", "id", id) }
