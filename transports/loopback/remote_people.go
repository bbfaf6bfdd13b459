package loopback

import (
	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// AddLogin is Network.AddLogin.
func (r *remote) AddLogin(a wire.Login, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) { n.AddLogin(a.Person, a.Name, a.Password, a.Code) })
}

// Shown is Network.Shown.
func (r *remote) Shown(a wire.Name, codes *[]string) error {
	return r.on(a.Network, func(n *Network) { *codes = n.Shown() })
}

// Approve is Network.Approve.
func (r *remote) Approve(a wire.Approve, waited *bool) error {
	return r.on(a.Network, func(n *Network) { *waited = n.Approve(a.Code, a.Person, a.No) })
}

// SetPicture is Network.SetRoomPicture where there is a room, else Person.SetPicture.
func (r *remote) SetPicture(a wire.Picture, version *string) error {
	if a.Room != "" {
		return r.on(a.Network, func(n *Network) { *version = n.SetRoomPicture(a.Room, a.Data, a.Type) })
	}
	p, err := r.person(a.Network, a.Person)
	if err == nil {
		*version = p.SetPicture(a.Data, a.Type)
	}
	return err
}

// Describe is Person.Describe.
func (r *remote) Describe(a wire.Describe, _ *struct{}) error {
	p, err := r.person(a.Network, a.Person)
	if err == nil {
		p.Describe(a.Profile)
	}
	return err
}

// Wear is Person.Wear.
func (r *remote) Wear(a wire.Wear, _ *struct{}) error {
	p, err := r.person(a.Network, a.Person)
	if err == nil {
		p.Wear(a.Room, a.Hats...)
	}
	return err
}

// Post is Person.Post.
func (r *remote) Post(a wire.Post, id *transports.MessageID) error {
	p, err := r.person(a.Network, a.Person)
	if err == nil {
		*id, err = p.Post(a.In, a.Message)
	}
	return err
}

// AddThread is Person.AddThread.
func (r *remote) AddThread(a wire.Thread, id *transports.RoomID) error {
	p, err := r.person(a.Network, a.Person)
	if err == nil {
		*id, err = p.AddThread(a.Parent, a.Of, a.Name)
	}
	return err
}

// Announce is Network.Announce.
func (r *remote) Announce(a wire.Announce, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) { n.Announce(a.Room, a.Text) })
}
