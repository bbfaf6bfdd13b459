package xep

import "isthmus/core/stanza"

const nsStickers = "urn:xmpp:stickers:0"

// Sticker marks the picture that a message shares as a sticker (XEP-0449 §4.2), of no pack.
func Sticker() *stanza.Element { return stanza.New(nsStickers, "sticker") }

// isSticker tells whether the picture that a message shares is a sticker, of which its body is no more than the textual representation (XEP-0449 §4.3).
func isSticker(s *stanza.Stanza) bool { return s.Child(nsStickers, "sticker") != nil }
