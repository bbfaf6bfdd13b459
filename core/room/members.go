package room

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"unique"

	"isthmus/transports"
)

// Member is someone in a room. It is a value: another standing or nick makes another one.
type Member struct {
	ID transports.UserID
	// Nick is the resource under which the room shows them.
	Nick string
	// Occupant is their occupant-id (XEP-0421).
	Occupant string
	// Origin is where they connect from, empty where the network does not show it.
	Origin      string
	Affiliation transports.Affiliation
	Role        transports.Role
	// Show and Status tell how they are, as far as the network does: Absent is unknown of who is in the room. Picture is the version of
	// their picture.
	Show            transports.Show
	Status, Picture string
	Hats            Hats
}

// shared is a member, held once in memory for all the people who are in the room with them.
type shared = unique.Handle[Member]

// members are those of a room, by their ids and by their nicks.
type members struct {
	byID, byNick index
	len          int
}

func newMembers() members {
	return members{byID: index{key: func(m Member) string { return string(m.ID) }}, byNick: index{key: func(m Member) string { return m.Nick }}}
}

// add takes in a member whose id and nick nobody else has.
func (all *members) add(m Member) {
	one := unique.Make(m)
	all.byID.add(one)
	all.byNick.add(one)
	all.len++
}

// remove takes out a member who is there.
func (all *members) remove(m Member) {
	all.byID.remove(string(m.ID))
	all.byNick.remove(m.Nick)
	all.len--
}

// inOrder are all of them in the order of their nicks.
func (all *members) inOrder() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for _, c := range all.byNick.chunks {
			for _, one := range c {
				if !yield(one.Value()) {
					return
				}
			}
		}
	}
}

// chunk is how many members move at most when one comes or goes, however large the room is.
const chunk = 256

// index is a list of members in the order of a key, which no two have in common.
type index struct {
	key    func(Member) string
	chunks [][]shared // none is empty
}

// seek is where the member of a key is, or is to be put.
func (x *index) seek(key string) (c, i int, found bool) {
	c = sort.Search(len(x.chunks), func(c int) bool {
		last := x.chunks[c][len(x.chunks[c])-1]
		return x.key(last.Value()) >= key
	})
	if c == len(x.chunks) {
		c--
		return max(c, 0), x.lenOf(c), false
	}
	i, found = slices.BinarySearchFunc(x.chunks[c], key, func(one shared, key string) int {
		return strings.Compare(x.key(one.Value()), key)
	})
	return c, i, found
}

func (x *index) lenOf(c int) int {
	if c < 0 {
		return 0
	}
	return len(x.chunks[c])
}

func (x *index) find(key string) (Member, bool) {
	c, i, found := x.seek(key)
	if !found {
		return Member{}, false
	}
	return x.chunks[c][i].Value(), true
}

func (x *index) add(one shared) {
	c, i, _ := x.seek(x.key(one.Value()))
	switch full := len(x.chunks) > 0 && len(x.chunks[c]) == chunk; {
	case len(x.chunks) == 0:
		x.chunks = [][]shared{{one}}
		return
	case full && i == chunk: // lists that come in order fill every chunk
		x.chunks = slices.Insert(x.chunks, c+1, []shared{one})
		return
	case full:
		upper := slices.Clone(x.chunks[c][chunk/2:])
		x.chunks[c] = slices.Clone(x.chunks[c][:chunk/2])
		x.chunks = slices.Insert(x.chunks, c+1, upper)
		if i > chunk/2 {
			c, i = c+1, i-chunk/2
		}
	}
	x.chunks[c] = slices.Insert(x.chunks[c], i, one)
}

func (x *index) remove(key string) {
	c, i, found := x.seek(key)
	if !found {
		return
	}
	if x.chunks[c] = slices.Delete(x.chunks[c], i, i+1); len(x.chunks[c]) == 0 {
		x.chunks = slices.Delete(x.chunks, c, c+1)
	}
}
