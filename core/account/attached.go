package account

import (
	"slices"

	"isthmus/core/xep"
	"isthmus/transports"
)

// attached remembers the files that the owner's latest messages were sent with, so that a correction which has the same ones is known to be of the text
// beside them. It is bounded: the oldest are forgotten.
type attached struct {
	of    map[flight]sentFiles
	order []flight
}

type sentFiles struct {
	addresses []string
	// texts is in how many pieces the text went before them.
	texts int
}

const maxAttached = 100

// note keeps the files of a message that is being sent.
func (a *attached) note(f flight, files attachments, texts int) {
	if a.of[f].addresses == nil {
		if a.order = append(a.order, f); len(a.order) > maxAttached {
			drop(&a.of, a.order[0])
			a.order = a.order[1:]
		}
	}
	put(&a.of, f, sentFiles{addressesOf(files), texts})
}

// same tells whether a message was sent with these files and no others, and in how many pieces its text went.
func (a *attached) same(f flight, files attachments) (texts int, ok bool) {
	sent, there := a.of[f]
	return sent.texts, there && slices.Equal(sent.addresses, addressesOf(files))
}

func addressesOf(files []xep.File) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.URL
	}
	slices.Sort(all)
	return all
}

// captioned are the parts of a message with files that its text is in.
func captioned(parts []transports.MessageID, texts int) []transports.MessageID {
	return parts[:min(len(parts), max(texts, 1))]
}
