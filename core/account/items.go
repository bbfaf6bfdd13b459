package account

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
)

const (
	// maxItems is the most items of one answer: more would not fit into a stanza.
	maxItems = 1000
	// maxCounted is more than any list has, so that all are counted.
	maxCounted = maxListed + 1
)

// items lists the rooms of the network, or the occupants of a room to who is inside, and nothing to others (XEP-0045 §6.3, §6.5).
func (a *Account) items(s *stanza.Stanza, to address.Address, node string) {
	if to.Kind == address.Account && node == "" {
		a.directory(s)
		return
	}
	j := a.rooms[roomID(to)]
	if to.Kind != address.Room || s.To.Resource != "" || node != "" || j == nil || !j.view.Has(s.From) {
		a.Stream.Reply(s.Result(xep.Items(node, nil)))
		return
	}
	page, ok := xep.ItemsPage(s)
	if !ok {
		a.refuse(s, badPage)
		return
	}
	items := make([]xep.Item, 0, j.view.Len())
	for _, nick := range j.view.Nicks() {
		items = append(items, xep.Item{JID: s.To.WithResource(nick), Name: nick})
	}
	a.sendItems(s, page, items, maxItems)
}

// sendItems sends a page of a list (XEP-0059); usual is its size where the client does not say one. An item is known by its address.
func (a *Account) sendItems(s *stanza.Stanza, page xep.Paging, items []xep.Item, usual int) {
	size := page.Max
	if size < 0 {
		size = usual
	}
	size = min(size, maxItems)
	from, to := 0, 0
	found := true
	switch {
	case page.Indexed: // §2.4
		from, found = page.Index, page.Index == 0 || page.Index < len(items)
	case page.After != "": // §2.2
		from, found = find(items, page.After)
		from++
	case page.Before != "": // §2.3
		to, found = find(items, page.Before)
		from = to - size
	case page.Last: // §2.5
		from = len(items) - size
	}
	if !found {
		a.refuse(s, noSuchPage)
		return
	}
	if !page.Last {
		to = from + size
	} else if page.Before == "" {
		to = len(items)
	}
	from, to = max(from, 0), min(to, len(items))
	shown := items[from:to]
	first, last := "", ""
	if len(shown) > 0 {
		first, last = shown[0].JID.String(), shown[len(shown)-1].JID.String()
	}
	a.Stream.Reply(s.Result(xep.Items("", shown).Add(xep.Set(first, last, from, len(items), maxCounted))))
}

// find is the place of an item in a list.
func find(items []xep.Item, id string) (int, bool) {
	jid, err := stanza.ParseJID(id)
	for i := range items {
		if err == nil && items[i].JID == jid {
			return i, true
		}
	}
	return 0, false
}
