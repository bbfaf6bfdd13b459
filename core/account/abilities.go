package account

import (
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

// withAbilities announces them.
func (a *Account) withAbilities(info xep.Info, place transports.Place) xep.Info {
	info = info.Offering(a.abilities(place)...)
	if a.offers(transports.Reactions, place) {
		info.MaxReactions, info.Emoji = a.can.MaxReactions, a.can.Emoji
	}
	return info
}
