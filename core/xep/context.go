package xep

import "isthmus/core/stanza"

// contextual are the elements that give a message its place among others: ids (XEP-0359), corrections (XEP-0308), replies (XEP-0461) with their
// fallbacks (XEP-0428), and how its body is to be read: literally (XEP-0393), as a sticker's name (XEP-0449), with emoji in it (XEP-0514).
var contextual = map[string]bool{nsStanzaID: true, NSCorrect: true, NSReply: true, NSFallback: true, nsStyling: true, nsSpoiler: true, nsStickers: true, nsMarkup: true}

// Context are the elements of a message that give it its place among others. A stanza-id is none: only who keeps the archive may set it (XEP-0359 §6).
func Context(s *stanza.Stanza) []*stanza.Element {
	var all []*stanza.Element
	for _, e := range s.Payload {
		if contextual[e.Space] && !e.Is(nsStanzaID, "stanza-id") || e.Is("", "thread") {
			all = append(all, e)
		}
	}
	return all
}
