package account

import "isthmus/transports"

// known remembers what messages were last changed to, so that the network's echo of a change by the owner, or a change that
// is told twice, is shown once. It is bounded: the oldest are forgotten.
type known struct {
	last map[changeKey]string
	keys []changeKey // in the order of their coming
}

const maxKnown = 200

type changeKey struct {
	kind  byte
	place transports.Place
	id    transports.MessageID
	by    transports.UserID
}

func editKey(p transports.Place, id transports.MessageID) changeKey {
	return changeKey{kind: 'e', place: p, id: id}
}

func deleteKey(p transports.Place, id transports.MessageID) changeKey {
	return changeKey{kind: 'd', place: p, id: id}
}

func reactKey(p transports.Place, id transports.MessageID, by transports.UserID) changeKey {
	return changeKey{kind: 'r', place: p, id: id, by: by}
}

// has tells whether a change is known.
func (k *known) has(key changeKey) bool {
	_, there := k.last[key]
	return there
}

// note keeps what a message was changed to.
func (k *known) note(key changeKey, now string) {
	if k.last == nil {
		k.last = map[changeKey]string{}
	}
	if _, there := k.last[key]; !there {
		if k.keys = append(k.keys, key); len(k.keys) > maxKnown {
			delete(k.last, k.keys[0])
			k.keys = k.keys[1:]
		}
	}
	k.last[key] = now
}

// isNews tells whether a change is another one than the last that is known, and keeps it.
func (k *known) isNews(key changeKey, now string) bool {
	if was, there := k.last[key]; there && was == now {
		return false
	}
	k.note(key, now)
	return true
}

// forget takes back what was noted for a command that failed.
func (k *known) forget(c transports.Command) {
	switch c := c.(type) {
	case transports.Edit:
		delete(k.last, editKey(c.Place, c.ID))
	case transports.Delete:
		delete(k.last, deleteKey(c.Place, c.ID))
	case transports.React:
		for key := range k.last {
			if key.kind == 'r' && key.place == c.Place && key.id == c.ID {
				delete(k.last, key)
			}
		}
	}
}
