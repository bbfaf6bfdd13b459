package account

import (
	"context"
	"slices"
	"strings"

	"isthmus/core/stanza"
)

// ListedRoom is a room in the directory of a network.
type ListedRoom struct {
	JID   stanza.JID
	Name  string
	Users int
}

// Directory finds the network's rooms in whose name a text stands, those with the most people first, at most so many; total is how
// many there are. Its errors are Faults.
func (a *Account) Directory(ctx context.Context, text string, most int) (rooms []ListedRoom, total int, err error) {
	type answer struct {
		rooms []ListedRoom
		err   error
	}
	found, err := await(ctx, a, func(give func(answer)) {
		a.askForRooms(directoryKept, func(err error) { give(answer{a.listed.search(text), err}) })
	})
	if err == nil {
		err = found.err
	}
	return found.rooms[:min(len(found.rooms), most)], len(found.rooms), err
}

// search finds the rooms in whose name a text stands, those with the most people first.
func (l listing) search(text string) []ListedRoom {
	var found []ListedRoom
	for i, item := range l.items {
		if strings.Contains(strings.ToLower(item.Name+" "+item.JID.Local), strings.ToLower(text)) {
			found = append(found, ListedRoom{item.JID, item.Name, l.users[i]})
		}
	}
	slices.SortStableFunc(found, func(x, y ListedRoom) int { return y.Users - x.Users })
	return found
}
