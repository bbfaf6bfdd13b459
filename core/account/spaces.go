package account

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// The account's address is a service of spaces (XEP-0503): each space of the network is a node of it, read from the network's list of rooms.

// inSpaces answers what concerns spaces; it is false for all else.
func (a *Account) inSpaces(s *stanza.Stanza, to address.Address) bool {
	if to.Kind != address.Account || s.Type != "get" {
		return false
	}
	node, _, content := xep.ParseNodeRequest(s)
	infoNode, info := xep.IsInfo(s)
	switch {
	case xep.WantsSpaces(s):
		a.withSpaces(s, func() { a.Stream.Reply(s.Result(xep.Spaces(a.spacesIn("", true)))) })
	case content && node != "":
		a.withSpace(s, node, func(space xep.Space) {
			a.Stream.Reply(s.Result(space.Content(a.roomsIn(transports.RoomID(node)), a.spacesIn(transports.RoomID(node), false))))
		})
	case info && infoNode != "":
		a.withSpace(s, infoNode, func(space xep.Space) { a.Stream.Reply(s.Result(space.Info().Query(infoNode))) })
	default:
		return false
	}
	return true
}

// withSpaces goes on when the network has listed its rooms, or refuses s.
func (a *Account) withSpaces(s *stanza.Stanza, then func()) {
	a.askForRooms(directoryKept, func(err error) {
		if err != nil {
			a.refuse(s, a.stanzaError(err))
			return
		}
		then()
	})
}

func (a *Account) withSpace(s *stanza.Stanza, node string, then func(xep.Space)) {
	a.withSpaces(s, func() {
		for _, l := range a.listed.spaces {
			if string(l.Room) == node {
				then(a.space(l.Room, l.Name))
				return
			}
		}
		a.refuse(s, noNode)
	})
}

func (a *Account) space(id transports.RoomID, name string) xep.Space {
	return xep.Space{Service: a.jid(), Node: string(id), Name: name}
}

// spacesIn are the spaces within a space, or all.
func (a *Account) spacesIn(parent transports.RoomID, all bool) []xep.Space {
	var found []xep.Space
	for _, l := range a.listed.spaces {
		if all || l.Parent == parent {
			found = append(found, a.space(l.Room, l.Name))
		}
	}
	return found
}

func (a *Account) roomsIn(parent transports.RoomID) []xep.Item {
	var found []xep.Item
	for i, p := range a.listed.parents {
		if p == parent {
			found = append(found, a.listed.items[i])
		}
	}
	return found
}
