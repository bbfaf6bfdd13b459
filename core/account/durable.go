package account

import (
	"context"
	"slices"
	"strings"

	"isthmus/core/options"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// Where membership is durable, the network says which rooms the account is in, also while nobody is inside: the same that people of
// other networks have who ask the gateway to stay.

// come takes up a room that the account is in without having been asked to enter it. Its owner is told of one that is new.
func (a *Account) come(e transports.Room) *joined {
	j := a.newRoom(e.Room)
	j.kept = true
	a.rooms[e.Room] = j
	if a.link.complete {
		a.Stream.Show(xep.Invitation(j.view.JID, a.owner, a.jid(), a.welcome(e), ""))
	}
	return j
}

// welcome tells why the account is in a room.
func (a *Account) welcome(e transports.Room) string {
	parent := a.rooms[e.Parent]
	if e.Thread == "" || parent == nil {
		return "You are in this room now."
	}
	return "A thread with a room of its own was begun in " + parent.view.Name + ". You are in it now."
}

// memberships forgets the rooms that the account is in no longer.
func (a *Account) memberships(e transports.Memberships) {
	in := map[transports.RoomID]bool{}
	for _, id := range e.Rooms {
		in[id] = true
	}
	for id, j := range a.rooms {
		if in[id] || j.asked || len(j.arrivals) > 0 {
			continue
		}
		a.stopStaying(j)
		a.closeSpan(j)
		a.expel(j, "You are in this room no longer: your account left it elsewhere, or was removed.", xep.StatusTechnical)
	}
	a.link.complete = true
	a.bookmarkRooms()
	a.disconnectIfUnused()
}

// LeaveRoom leaves a room at the network, whoever is inside. Membership that is durable ends by nothing else.
func (a *Account) LeaveRoom(ctx context.Context, id transports.RoomID) error {
	outcome, err := await(ctx, a, func(answer func(error)) {
		j := a.rooms[id]
		switch {
		case j == nil:
			answer(&transports.Fault{Kind: transports.NotFound, Text: "You are not in the room " + string(id) + "."})
			return
		case a.link.phase != online:
			answer(a.offlineFault())
			return
		}
		a.command(transports.Leave{Room: id}, func(_ transports.Result, err error) {
			if err == nil && a.rooms[id] == j { // the network's own word may have come before
				if j.persistent && !j.view.Durable {
					a.remember(id, options.Persistent, "false")
				}
				a.stopStaying(j)
				a.closeSpan(j)
				a.expel(j, "You have left the room.", xep.StatusTechnical)
				a.disconnectIfUnused()
			}
			answer(err)
		})
	})
	if err != nil {
		return err
	}
	return outcome
}

// RoomStatus is a room that an account is in.
type RoomStatus struct {
	JID  stanza.JID
	Name string
	// Inside counts the person's clients in it.
	Inside int
}

// Rooms are those that the account is in, by name.
func (a *Account) Rooms(ctx context.Context) ([]RoomStatus, error) {
	return await(ctx, a, func(answer func([]RoomStatus)) {
		var all []RoomStatus
		for _, j := range a.rooms {
			name := j.view.Name
			if name == "" {
				name = string(j.id)
			}
			all = append(all, RoomStatus{JID: j.view.JID, Name: name, Inside: len(j.view.People())})
		}
		slices.SortFunc(all, func(x, y RoomStatus) int {
			return strings.Compare(x.Name+"\x00"+x.JID.Local, y.Name+"\x00"+y.JID.Local)
		})
		answer(all)
	})
}

// await has an account's goroutine do something, and waits for its answer.
func await[T any](ctx context.Context, a *Account, do func(answer func(T))) (answer T, err error) {
	answers := make(chan T, 1)
	a.mail.put(func() { do(func(t T) { answers <- t }) })
	select {
	case answer = <-answers:
		return answer, nil
	case <-a.done:
		err = &transports.Fault{Kind: transports.Offline, Text: "The account has been closed."}
	case <-ctx.Done():
		err = &transports.Fault{Kind: transports.Offline, Text: "The account does not answer. Try again later.", Cause: ctx.Err()}
	}
	select {
	case answer = <-answers: // it was the account's last work
		return answer, nil
	default:
		return answer, err
	}
}

// ownRooms are the rooms that the account is in, as items of it.
func (a *Account) ownRooms() []xep.Item {
	if a.login == nil {
		return nil
	}
	var items []xep.Item
	for _, j := range a.rooms {
		if j.live || j.kept {
			items = append(items, xep.Item{JID: a.place(address.Room, string(j.id)), Name: j.view.Name})
		}
	}
	slices.SortFunc(items, func(x, y xep.Item) int { return strings.Compare(x.JID.Local, y.JID.Local) })
	return items
}
