package room

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// crowd is the state of a room as one connection tells it: no string is shared with what another connection tells.
func crowd(members int) transports.Room {
	r := transports.Room{Room: "#go", Complete: true, Members: make([]transports.Member, 0, members+1)}
	for i := range members {
		r.Members = append(r.Members, member(strings.Clone(fmt.Sprintf("Someone%d", i))))
	}
	return r
}

// entered is a room that a person has just entered; addresses are made as accounts make them.
func entered(members int) *Hosted {
	book := address.Config{Sigils: "#"}
	h := &Hosted{Room: New(roomJID, xep.NewOccupantKey([]byte("key"))), RealJID: func(id transports.UserID) stanza.JID {
		local, err := book.Localpart(address.Address{Kind: address.User, Name: string(id), Key: "irc.net"})
		if err != nil {
			panic(err)
		}
		return stanza.JID{Local: local, Domain: "gw.example"}
	}}
	h.Self = "someone0"
	h.Apply(crowd(members))
	return h
}

// BenchmarkMemoryOfARoom tells what one more occupant costs for each person in a room of 1,000: alone in it from this gateway, and with a hundred.
func BenchmarkMemoryOfARoom(b *testing.B) {
	for _, people := range []int{1, 100} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			const members = 1000
			for b.Loop() {
				before := heap()
				rooms := make([]*Hosted, people)
				for i := range rooms {
					rooms[i] = entered(members)
				}
				b.ReportMetric(float64(heap()-before)/float64(people*members), "B/person×occupant")
				runtime.KeepAlive(rooms)
			}
		})
	}
}

func heap() int64 {
	for range 3 { // what is interned goes some collections later
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkEnteringALargeRoom is a room of 5,000 from the network's list to the bytes for the XMPP server.
func BenchmarkEnteringALargeRoom(b *testing.B) {
	const members = 5000
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			entered(members)
		}
	})
	b.Run("presences", func(b *testing.B) {
		h := entered(members)
		var out []byte
		b.ReportAllocs()
		for b.Loop() {
			out = out[:0]
			for s := range h.Enter(phone, "Someone0") {
				out = s.Append(out)
			}
			h.Remove(phone)
		}
	})
}
