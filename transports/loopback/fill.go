package loopback

import (
	"fmt"

	"isthmus/transports"
)

// Fill brings many people into a room, who say nothing.
func (n *Network) Fill(id transports.RoomID, people int) {
	n.ask(func(n *network) {
		r := n.Rooms[id]
		if r == nil {
			return
		}
		var see []*user
		for id := range r.Members {
			if u := n.Users[id]; len(u.clients) > 0 {
				see = append(see, u)
			}
		}
		for i := range people {
			u := n.addUser(fmt.Sprintf("Guest %05d", i+1))
			u.ByHand, u.Presence = true, transports.Presence{Show: transports.Present}
			r.Members[u.ID] = r.usualRole(transports.NoAffiliation)
			for _, other := range see {
				other.tell(transports.MemberChanged{Room: r.ID, Member: r.member(u)})
			}
		}
	})
}
