package xep

import "isthmus/core/stanza"

const nsSpoiler = "urn:xmpp:spoiler:0"

// IsSpoiler tells whether a message is to be hidden until its reader asks for it (XEP-0382 §3).
func IsSpoiler(s *stanza.Stanza) bool { return s.Child(nsSpoiler, "spoiler") != nil }

// Spoiler hides a message until its reader asks for it.
func Spoiler() *stanza.Element { return stanza.New(nsSpoiler, "spoiler") }
