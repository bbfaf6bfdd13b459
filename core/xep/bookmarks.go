package xep

import "isthmus/core/stanza"

// NSPubsub is the namespace of requests to a person's own nodes (XEP-0060, XEP-0163).
const NSPubsub = nsPubsub

// Bookmark is a room in a person's own list, which their clients join (XEP-0402 §2).
type Bookmark struct {
	Room       stanza.JID
	Name, Nick string
}

// BookmarksGet asks for a person's bookmarks (XEP-0402 §3.1).
func BookmarksGet() *stanza.Element {
	return stanza.New(nsPubsub, "pubsub").Add(stanza.New("", "items", "node", nsBookmarks))
}

// ParseBookmarks are the rooms in the answer.
func ParseBookmarks(pubsub *stanza.Element) map[stanza.JID]bool {
	rooms := map[stanza.JID]bool{}
	for _, item := range pubsub.Child(nsPubsub, "items").Children() {
		if room, err := stanza.ParseJID(item.Attr("id")); err == nil {
			rooms[room] = true
		}
	}
	return rooms
}

// Publish puts the room into the list (XEP-0402 §3.2), for the eyes of its owner alone (§3.2.1).
func (b Bookmark) Publish() *stanza.Element {
	conference := stanza.New(nsBookmarks, "conference", "name", b.Name, "autojoin", "true")
	if b.Nick != "" {
		conference.Add(stanza.Text("", "nick", b.Nick))
	}
	return stanza.New(nsPubsub, "pubsub").Add(
		stanza.New("", "publish", "node", nsBookmarks).Add(stanza.New("", "item", "id", b.Room.String()).Add(conference)), privateNode("max"))
}

// BookmarkRetract takes a room out of the list (XEP-0402 §3.3).
func BookmarkRetract(room stanza.JID) *stanza.Element {
	return stanza.New(nsPubsub, "pubsub").Add(stanza.New("", "retract", "node", nsBookmarks, "notify", "true").Add(stanza.New("", "item", "id", room.String())))
}

// privateNode are the options of a node that only its owner reads (XEP-0223 §3).
func privateNode(maxItems string) *stanza.Element {
	x := stanza.New(nsForm, "x", "type", "submit")
	for _, field := range [][2]string{{"FORM_TYPE", nsPubsub + "#publish-options"}, {"pubsub#persist_items", "true"}, {"pubsub#max_items", maxItems},
		{"pubsub#send_last_published_item", "never"}, {"pubsub#access_model", "whitelist"}} {
		x.Add(stanza.New("", "field", "var", field[0]).Add(stanza.Text("", "value", field[1])))
	}
	return stanza.New("", "publish-options").Add(x)
}
