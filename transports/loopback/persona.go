package loopback

import (
	"strings"

	"isthmus/transports"
)

// personaMark stands between the id of a user and the name under which they speak for someone.
const personaMark = "~"

// speaker is who is seen to speak: a user, or the one for whom they do.
func speaker(u *user, as *transports.Persona) transports.User {
	if as == nil {
		return u.User
	}
	return transports.User{ID: u.ID + personaMark + transports.UserID(as.Name), Name: as.Name}
}

// authorOf is the user who speaks, under whatever name.
func authorOf(from transports.User) transports.UserID {
	id, _, _ := strings.Cut(string(from.ID), personaMark)
	return transports.UserID(id)
}
