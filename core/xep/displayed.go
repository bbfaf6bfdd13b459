package xep

import "isthmus/core/stanza"

const nsDisplayed = "urn:xmpp:mds:displayed:0"

// DisplayedSync publishes for a person's own clients how far they have read a room (XEP-0490 §3.2).
func DisplayedSync(room stanza.JID, stanzaID string) *stanza.Element {
	displayed := stanza.New(nsDisplayed, "displayed").Add(StanzaID(room, stanzaID))
	return stanza.New(nsPubsub, "pubsub").Add(
		stanza.New("", "publish", "node", nsDisplayed).Add(stanza.New("", "item", "id", room.String()).Add(displayed)), privateNode("max"))
}
