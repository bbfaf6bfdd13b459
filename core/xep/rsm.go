package xep

import (
	"strconv"

	"isthmus/core/stanza"
)

const nsRSM = "http://jabber.org/protocol/rsm"

// Paging is which page of a result is wanted (XEP-0059 §2).
type Paging struct {
	Max           int // -1 where it was not said
	After, Before string
	// Last: <before/>, empty or not, asks for the last page of what comes before (§2.3, §2.5).
	Last bool
	// Indexed: the page begins with the item of that number, the first being 0 (§2.4).
	Indexed bool
	Index   int
}

// ParsePaging reads the set element within a query; a missing one means the first page.
func ParsePaging(query *stanza.Element) (Paging, bool) {
	p := Paging{Max: -1}
	set := query.Child(nsRSM, "set")
	if set == nil {
		return p, true
	}
	if m := set.Child(nsRSM, "max"); m != nil {
		n, err := strconv.Atoi(m.Text())
		if err != nil || n < 0 {
			return p, false
		}
		p.Max = n
	}
	if i := set.Child(nsRSM, "index"); i != nil {
		n, err := strconv.Atoi(i.Text())
		if err != nil || n < 0 {
			return p, false
		}
		p.Indexed, p.Index = true, n
	}
	p.After = set.Child(nsRSM, "after").Text()
	if b := set.Child(nsRSM, "before"); b != nil {
		p.Before, p.Last = b.Text(), true
	}
	return p, true
}

// Set describes the page that was given (XEP-0059 §2.1): the ids of its first and last item, the index of the first and
// the count of all; a number that reaches countMax, up to which the archive counts, is left out (§2.6).
func Set(first, last string, index, count, countMax int) *stanza.Element {
	set := stanza.New(nsRSM, "set")
	if first != "" {
		f := stanza.Text("", "first", first)
		if index < countMax {
			f.Set("index", strconv.Itoa(index))
		}
		set.Add(f, stanza.Text("", "last", last))
	}
	if count < countMax {
		set.Add(stanza.Text("", "count", strconv.Itoa(count)))
	}
	return set
}
