package person

import (
	"context"
	"slices"
)

// Reload puts another policy in force. Accounts that it does not allow any more end with the reason. It gives their owners, in order.
func (h *Hub) Reload(ctx context.Context, p Policy) []string {
	out := make(chan []string, 1)
	h.post(func() {
		if h.Policy.Limits.Stanzas != p.Limits.Stanzas {
			clear(h.pace)
		}
		h.Policy = p
		out <- h.dismissAll()
	})
	select {
	case owners := <-out:
		return owners
	case <-h.done:
	case <-ctx.Done():
	}
	return nil
}

// dismissAll ends the accounts that may not be any more.
func (h *Hub) dismissAll() []string {
	var owners []string
	for key, a := range h.accounts {
		if _, refusal := h.admit(key); refusal != nil {
			h.dismiss(key, a, refusal)
			owners = append(owners, key.Owner.String())
			continue
		}
		a.LimitRooms(h.Policy.Limits.Rooms)
	}
	slices.Sort(owners)
	return slices.Compact(owners)
}
