package xep

import "isthmus/core/stanza"

const (
	nsMarkup = "urn:xmpp:markup:0"
	nsEmoji  = "urn:xmpp:markup:emoji:0"
)

// emojiHashes are those of the pictures that stand for characters of a message's body (XEP-0514 §3, XEP-0394 §4): they are no files that it shares.
func emojiHashes(s *stanza.Stanza) map[[2]string]bool {
	all := map[[2]string]bool{}
	for _, span := range s.Child(nsMarkup, "markup").Children() {
		if !span.Is(nsMarkup, "span") {
			continue
		}
		for _, hash := range hashesOf(span.Child(nsEmoji, "emoji")) {
			all[hash] = true
		}
	}
	return all
}

// hashesOf are the hashes within an element, by their algorithms.
func hashesOf(e *stanza.Element) (all [][2]string) {
	for _, c := range e.Children() {
		if c.Is(nsHashes, "hash") {
			all = append(all, [2]string{c.Attr("algo"), trim(c.Text())})
		}
	}
	return all
}

// isEmoji tells whether a described file is one of those pictures.
func isEmoji(file *stanza.Element, emoji map[[2]string]bool) bool {
	for _, hash := range hashesOf(file) {
		if emoji[hash] {
			return true
		}
	}
	return false
}
