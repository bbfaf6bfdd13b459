package account

import (
	"reflect"
	"slices"

	"isthmus/core/room"
	"isthmus/core/xep"
	"isthmus/transports"
)

// canAt is what the account can do in a place.
func (a *Account) canAt(place transports.Place) transports.Capabilities {
	can := a.can
	if j := a.rooms[place.Room]; j != nil {
		can.Features &^= j.lacks
	}
	return can
}

// offers tells whether the network has a feature in a place.
func (a *Account) offers(f transports.Feature, place transports.Place) bool {
	return a.canAt(place).Features&f == f
}

// abilities are the extensions by which the network's people can do things with messages, in rooms and talks.
func (a *Account) abilities(place transports.Place) []string {
	var all []string
	for _, f := range [...]struct {
		feature transports.Feature
		names   []string
	}{
		{transports.Edits, []string{xep.NSCorrect}},
		{transports.Deletions, []string{xep.NSRetract}},
		{transports.Reactions, []string{xep.NSReactions}},
		{transports.Replies, []string{xep.NSReply, xep.NSFallback}},
		{transports.TypingShown, []string{xep.NSChatStates}},
		{transports.Reading, []string{xep.NSMarkers}},
	} {
		if a.offers(f.feature, place) {
			all = append(all, f.names...)
		}
	}
	if place.Room != "" && a.offers(transports.Deletions, place) {
		all = append(all, xep.NSModerate, xep.NSModerateOld, xep.NSTombstones)
	}
	return all
}

// withLacks takes what a room lacks now. Where people can do other things there than before, its configuration has changed (XEP-0045 §10.2.1), and
// clients look at its information again; shown are the changes that are told anyway.
func (a *Account) withLacks(j *joined, lacks transports.Feature, shown []room.Change) []room.Change {
	place := transports.InRoom(j.id)
	before := a.abilities(place)
	j.lacks = lacks
	if slices.Equal(before, a.abilities(place)) || slices.Contains(shown, room.Change(room.Reconfigured{})) {
		return nil
	}
	return []room.Change{room.Reconfigured{}}
}

// newAbilities takes what the account can do now, and tells it in the rooms.
func (a *Account) newAbilities(can transports.Capabilities) {
	type roomOf struct {
		j      *joined
		before xep.Info
	}
	var open []roomOf
	for _, j := range a.rooms {
		if len(j.view.People()) > 0 {
			open = append(open, roomOf{j, a.withAbilities(xep.Info{}, transports.InRoom(j.id))})
		}
	}
	a.can = can
	for _, r := range open {
		if !reflect.DeepEqual(r.before, a.withAbilities(xep.Info{}, transports.InRoom(r.j.id))) {
			a.show(r.j, room.Reconfigured{})
		}
	}
}

// withAbilities announces them.
func (a *Account) withAbilities(info xep.Info, place transports.Place) xep.Info {
	info = info.Offering(a.abilities(place)...)
	if a.offers(transports.Reactions, place) {
		info.MaxReactions, info.Emoji = a.can.MaxReactions, a.can.Emoji
	}
	return info
}
