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

// hatted has each of them wear three of eight hats, in one of 24 ways.
func hatted(r transports.Room) transports.Room {
	var lists [24][]transports.Hat
	for i := range lists {
		for _, hat := range [...]int{i % 8, (i + 1 + i/8) % 8, (i + 5) % 8} {
			lists[i] = append(lists[i], transports.Hat{ID: fmt.Sprintf("11223344556677%02d", hat), Title: fmt.Sprintf("Title %d", hat), Colour: uint32(hat) * 0x1a2b3c})
		}
	}
	for i := range r.Members {
		r.Members[i].Hats = lists[i%len(lists)]
	}
	return r
}

// entered is a room that a person has just entered; addresses are made as accounts make them.
func entered(state transports.Room) *Hosted {
	book := address.Config{Sigils: "#"}
	h := &Hosted{Room: New(roomJID, xep.NewOccupantKey([]byte("key"))), RealJID: func(id transports.UserID) stanza.JID {
		local, err := book.Localpart(address.Address{Kind: address.User, Name: string(id), Key: "irc.net"})
		if err != nil {
			panic(err)
		}
		return stanza.JID{Local: local, Domain: "gw.example"}
	}}
	h.Self = "someone0"
	h.Apply(state)
	return h
}

// BenchmarkMemoryOfARoom tells what one more occupant costs for each person in a room of 1,000: alone in it from this gateway, and with a hundred;
// without hats, and with three on each occupant.
func BenchmarkMemoryOfARoom(b *testing.B) {
	for _, c := range []struct {
		people int
		name   string
		dress  func(transports.Room) transports.Room
	}{{1, "people=1", nil}, {100, "people=100", nil}, {1, "people=1/hats", hatted}, {100, "people=100/hats", hatted}} {
		people := c.people
		b.Run(c.name, func(b *testing.B) {
			const members = 1000
			for b.Loop() {
				before := heap()
				rooms := make([]*Hosted, people)
				for i := range rooms {
					state := crowd(members)
					if c.dress != nil {
						state = c.dress(state)
					}
					rooms[i] = entered(state)
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
			entered(crowd(members))
		}
	})
	dressed := hatted(crowd(members))
	b.Run("list/hats", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			entered(dressed)
		}
	})
	b.Run("presences", func(b *testing.B) {
		h := entered(crowd(members))
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
