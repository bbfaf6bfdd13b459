package account

import (
	"context"

	"isthmus/core/stanza"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// RoomRules are what holds in a room for everyone. May tells which of it the account can change.
type RoomRules struct {
	Name  string
	Rules transports.Rules
	// MayRename and MayRule: the network can, and the account owns the room.
	MayRename, MayRule bool
}

// RoomRules tells what holds in a room that the account is in.
func (a *Account) RoomRules(ctx context.Context, id transports.RoomID) (RoomRules, error) {
	return await(ctx, a, func(answer func(RoomRules)) {
		j := a.rooms[id]
		if j == nil || !j.live {
			answer(RoomRules{})
			return
		}
		self, _ := j.view.Member(j.view.Self)
		owns := self.Affiliation == transports.Owner
		answer(RoomRules{Name: j.view.Name, Rules: j.view.Rules,
			MayRename: owns && a.canAt(transports.InRoom(j.id)).Allows(transports.SetRoomName{}), MayRule: owns && a.canAt(transports.InRoom(j.id)).Allows(transports.SetRules{})})
	})
}

// CreateRoom makes a room at the network and gives its address.
func (a *Account) CreateRoom(ctx context.Context, c transports.Create) (stanza.JID, error) {
	type made struct {
		room transports.RoomID
		err  error
	}
	outcome, err := await(ctx, a, func(answer func(made)) {
		if a.link.phase != online {
			answer(made{err: a.offlineFault()})
			return
		}
		a.command(c, func(r transports.Result, err error) { answer(made{r.Room, err}) })
	})
	if err == nil {
		err = outcome.err
	}
	if err != nil {
		return stanza.JID{}, err
	}
	return a.place(address.Room, string(outcome.room)), nil
}

// ChangeRoom carries out a SetRoomName or SetRules; the fault says why it was refused.
func (a *Account) ChangeRoom(ctx context.Context, change transports.Command) error {
	outcome, err := await(ctx, a, func(answer func(error)) {
		a.command(change, func(_ transports.Result, err error) { answer(err) })
	})
	if err != nil {
		return err
	}
	return outcome
}
