package room

import (
	"strings"
	"unicode/utf8"
	"unique"

	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// Hats are what a member wears, as presences have it: held once in memory for all who wear the same. The zero value is nothing.
type Hats struct{ element unique.Handle[string] }

// maxHats is how many a presence has at most, maxTitle how many characters a title: a network may have any number, and each occupant hears of all others'.
const (
	maxHats  = 10
	maxTitle = 100
)

// wardrobe has the hats of lists that members share, so that those of a large room are made once.
type wardrobe struct {
	domain string
	lists  map[list]Hats
}

// list is which list it is.
type list struct {
	first *transports.Hat
	len   int
}

// wears are the hats of a member.
func (w *wardrobe) wears(hats []transports.Hat) Hats {
	if len(hats) == 0 {
		return Hats{}
	}
	which := list{&hats[0], len(hats)}
	worn, there := w.lists[which]
	if !there {
		if w.lists == nil {
			w.lists = map[list]Hats{}
		}
		worn = wear(w.domain, hats)
		w.lists[which] = worn
	}
	return worn
}

// wear makes hats of a list (XEP-0317 §3.1).
func wear(domain string, hats []transports.Hat) Hats {
	worn := make([]xep.Hat, 0, min(len(hats), maxHats))
	for _, h := range hats {
		title := strings.Join(strings.Fields(text.Clean(h.Title)), " ")
		if utf8.RuneCountInString(title) > maxTitle {
			title = text.Pieces(title, maxTitle-1)[0] + "…"
		}
		if title != "" && len(worn) < maxHats {
			worn = append(worn, xep.Hat{URI: xep.HatURI(domain, h.ID), Title: title, Colour: h.Colour})
		}
	}
	if len(worn) == 0 {
		return Hats{}
	}
	return Hats{unique.Make(string(xep.Hats(worn).Append(nil)))}
}

// rendered is the element, nil for no hats.
func (h Hats) rendered() []byte {
	if h == (Hats{}) {
		return nil
	}
	return []byte(h.element.Value())
}
