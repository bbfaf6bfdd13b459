package xep

import "isthmus/core/stanza"

// NSMarkers is the namespace of chat markers.
const NSMarkers = "urn:xmpp:chat-markers:0"

// Displays is the id of the message up to which the sender has seen all (XEP-0333 §3), empty for none.
func Displays(s *stanza.Stanza) string { return s.Child(NSMarkers, "displayed").Attr("id") }

// Displayed tells that someone has seen a message and all before it.
func Displayed(id string) *stanza.Element { return stanza.New(NSMarkers, "displayed", "id", id) }

// Markable asks to be told when the message has been seen.
func Markable() *stanza.Element { return stanza.New(NSMarkers, "markable") }
