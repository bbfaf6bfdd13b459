package account

import (
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// bookmarked marks, among the options of a room, that the gateway has put it into the person's bookmarks: who takes it out there has it out.
const bookmarked = "bookmarked"

// ownDeadline is how long a person's server may take to answer what is asked in their name.
const ownDeadline = time.Minute

// own makes a request in the person's name, to their own server (XEP-0356 §6). then, which may be nil, gets the answer's payload, nil where
// it failed. It is false where the server does not let the gateway.
func (a *Account) own(kind string, payload *stanza.Element, then func(*stanza.Element)) bool {
	grant := a.Grants.Of(a.owner)
	if !grant.AllowsIQ(kind, payload.Space) {
		return false
	}
	iq := grant.IQOnBehalf(stanza.JID{Domain: a.Domain}, a.owner, kind, msgid.Local(store.NextID()), a.owner, payload)
	a.query(iq, ownDeadline, func(answer *stanza.Stanza) {
		if then != nil {
			then(xep.IQAnswer(answer))
		}
	})
	return true
}

// bookmarkRooms brings the person's bookmarks (XEP-0402) into step with the rooms that the account is in, where the network keeps that:
// new rooms come, left ones go, and those that the person took out stay out.
func (a *Account) bookmarkRooms() {
	if a.login == nil || !a.can.Durable {
		return
	}
	a.own("get", xep.BookmarksGet(), func(answer *stanza.Element) {
		known := xep.ParseBookmarks(answer)
		for jid := range known {
			at, err := a.Addresses.Parse(jid.Local)
			if err == nil && jid.Domain == a.Domain && at.Kind == address.Room && at.Key == a.key && a.rooms[transports.RoomID(at.Name)] == nil {
				a.unbookmark(transports.RoomID(at.Name), jid)
			}
		}
		for _, id := range a.roomIDs() {
			if !known[a.rooms[id].view.JID] {
				a.bookmark(a.rooms[id])
			}
		}
	})
}

func (a *Account) roomIDs() []transports.RoomID {
	var ids []transports.RoomID
	for id := range a.rooms {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y transports.RoomID) int { return strings.Compare(string(x), string(y)) })
	return ids
}

// bookmark puts a room into the person's bookmarks, once.
func (a *Account) bookmark(j *joined) {
	if a.login == nil || !j.view.Durable || a.Options.Get(a.where(j.id)).Get(nil, bookmarked) != "" {
		return
	}
	b := xep.Bookmark{Room: j.view.JID, Name: j.view.Name, Nick: a.self.Name}
	if a.own("set", b.Publish(), nil) {
		a.remember(j.id, bookmarked, "true")
	}
}

// unbookmark takes a room out of the person's bookmarks.
func (a *Account) unbookmark(id transports.RoomID, jid stanza.JID) {
	if a.own("set", xep.BookmarkRetract(jid), nil) {
		a.remember(id, bookmarked, "")
	}
}

// hasReadElsewhere lets the person's clients know how far they have read a room in another client of the network (XEP-0490). It is false where
// their server does not let the gateway.
func (a *Account) hasReadElsewhere(j *joined, n names) bool {
	return a.own("set", xep.DisplayedSync(j.view.JID, n.stanzaID), nil)
}
