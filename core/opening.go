package core

import (
	"slices"

	"isthmus/core/person"
	"isthmus/core/shared"
	"isthmus/core/stanza"
	"isthmus/transports"
)

// opening says who may use an account that is another's, and where. Nobody may where people is empty.
type opening struct {
	// people are domains and bare JIDs.
	people []string
	// rooms are those that are opened, all where it is empty; in those of readOnly people read and do not write.
	rooms, readOnly []string
}

func (o opening) admits(who stanza.JID) bool {
	return person.Policy{People: o.people}.Allows(who)
}

func (o opening) access(room transports.RoomID) shared.Access {
	switch {
	case len(o.rooms) > 0 && !slices.Contains(o.rooms, string(room)):
		return shared.NoAccess
	case slices.Contains(o.readOnly, string(room)):
		return shared.MayRead
	}
	return shared.MayWrite
}
