package account

import "isthmus/transports"

// authors remember who wrote the last messages of rooms that have no archive. They are bounded: the oldest are forgotten.
type authors struct {
	of    map[authored]transports.UserID
	order []authored
}

type authored struct {
	room transports.RoomID
	id   transports.MessageID
}

const maxAuthors = 500

func (k *authors) note(room transports.RoomID, id transports.MessageID, by transports.UserID) {
	key := authored{room, id}
	if _, there := k.of[key]; there || id == "" {
		return
	}
	if k.order = append(k.order, key); len(k.order) > maxAuthors {
		delete(k.of, k.order[0])
		k.order = k.order[1:]
	}
	put(&k.of, key, by)
}
