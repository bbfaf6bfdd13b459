package xep

import (
	"strings"
	"testing"

	"isthmus/core/stanza"
)

func TestABookmarkIsPublishedReadAndTakenOut(t *testing.T) {
	got := string(Bookmark{Room: roomJID, Name: "Go", Nick: "alice"}.Publish().Append(nil))
	for _, want := range []string{`<publish node='urn:xmpp:bookmarks:1'><item id='#go%irc.net@gw.example'><conference xmlns='urn:xmpp:bookmarks:1' name='Go' autojoin='true'><nick>alice</nick></conference></item></publish>`,
		`<value>http://jabber.org/protocol/pubsub#publish-options</value>`, `<value>whitelist</value>`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	rendered(t, BookmarkRetract(roomJID), `<pubsub xmlns='http://jabber.org/protocol/pubsub'><retract node='urn:xmpp:bookmarks:1' notify='true'><item id='#go%irc.net@gw.example'/></retract></pubsub>`)
	rooms := ParseBookmarks(read(t, `<iq type='result' id='1'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>`+
		`<item id='#go%irc.net@gw.example'/><item id='@@'/></items></pubsub></iq>`).Child(nsPubsub, "pubsub"))
	if len(rooms) != 1 || !rooms[roomJID] {
		t.Errorf("%v", rooms)
	}
	if len(ParseBookmarks(nil)) != 0 || len(ParseBookmarks(stanza.New(nsPubsub, "pubsub"))) != 0 {
		t.Error("bookmarks out of nothing")
	}
}
