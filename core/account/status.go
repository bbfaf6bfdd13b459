package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"isthmus/core/xep"
	"isthmus/transports"
)

// Status is how an account stands.
type Status struct {
	Scope, Nick string
	// Name is what people call the account.
	Name string
	// Says is a word for people: connected, connecting, …
	Says string
	// Why says more of it, as a sentence, or is empty.
	Why   string
	Since time.Time
	// Through says how it is connected (transports.Online).
	Through string
	Rooms   []RoomInUse
}

// RoomInUse is a room of an account, with the person's clients inside.
type RoomInUse struct {
	Name      string
	Resources []string
}

// Status asks how the account stands; ok is false when it has ended, or ctx did.
func (a *Account) Status(ctx context.Context) (Status, bool) {
	s, err := await(ctx, a, func(answer func(Status)) {
		s := Status{Scope: string(a.scope), Name: a.name(), Why: a.status(), Nick: a.self.Name, Says: phases[a.link.phase], Since: a.link.since, Through: a.link.through}
		for _, j := range a.rooms {
			room := RoomInUse{Name: string(j.id)}
			for _, who := range j.view.People() {
				room.Resources = append(room.Resources, who.Resource)
			}
			s.Rooms = append(s.Rooms, room)
		}
		slices.SortFunc(s.Rooms, func(x, y RoomInUse) int { return strings.Compare(x.Name, y.Name) })
		answer(s)
	})
	return s, err == nil
}

var phases = [...]string{resting: "not connected", connecting: "connecting", online: "connected", closing: "disconnecting", waiting: "waiting to connect again"}

// Disconnect puts everyone out of the account's rooms and closes its connection; rooms in which the gateway stayed are left as well. That of a login
// stays closed until Connect.
func (a *Account) Disconnect(reason string) {
	a.mail.put(func() {
		if a.login != nil {
			a.remember("", disconnected, "true")
			a.adjust()
			return
		}
		for _, j := range a.rooms {
			a.stopStaying(j)
			a.expel(j, reason, xep.StatusTechnical)
		}
		a.disconnectIfUnused()
	})
}

// Standing is how the account stands in a room that it is in, which is named as the network does or as people call it.
type Standing struct {
	Room        transports.RoomID
	Affiliation transports.Affiliation
}

// Standing asks for it; ok is false where the account is in no such room.
func (a *Account) Standing(ctx context.Context, name string) (s Standing, ok bool) {
	found, err := await(ctx, a, func(answer func(*Standing)) {
		for _, j := range a.rooms {
			if !j.live || !strings.EqualFold(string(j.id), name) && !strings.EqualFold(j.view.Name, name) {
				continue
			}
			self, _ := j.view.Member(a.self.ID)
			answer(&Standing{j.id, self.Affiliation})
			return
		}
		answer(nil)
	})
	if err != nil || found == nil {
		return s, false
	}
	return *found, true
}
