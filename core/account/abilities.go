package account

import (
	"isthmus/core/xep"
	"isthmus/transports"
)

// offers tells whether the network has a feature.
func (a *Account) offers(f transports.Feature) bool { return a.can.Features&f == f }

// withAbilities announces what the network can do with messages, in rooms and talks.
func (a *Account) withAbilities(info xep.Info, room bool) xep.Info {
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
		if a.offers(f.feature) {
			info = info.Offering(f.names...)
		}
	}
	if room && a.offers(transports.Deletions) {
		info = info.Offering(xep.NSModerate)
	}
	if a.offers(transports.Reactions) {
		info.MaxReactions, info.Emoji = a.can.MaxReactions, a.can.Emoji
	}
	return info
}
