package relay

import (
	"slices"

	"isthmus/transports"
)

// reaction are all those of one person on a message; room is nil for a person of the MUC.
type reaction struct {
	room  *foreign
	emoji []string
	// by is who of theirs has reacted for them on a network: their double, or an account of their own. Where it is neither, the relay's account does so for all.
	by map[*foreign]mouth
}

// reactor is whose reactions on a message have changed: their key, what they are called, and for people of the MUC who they are. Those elsewhere are users of a network.
type reactor struct {
	key, name string
	speaker   *Speaker
	elsewhere bool
}

// reacts notes the reactions of somebody, and gives those that they had before.
func (l *line) reacts(who string, room *foreign, emoji []string) (was []string) {
	before := l.reactions[who]
	l.reactions[who] = reaction{room, emoji, before.by}
	return before.emoji
}

// react shows somebody's reactions on a network: by themselves where they are there, else by the relay's account. Where it has none, it is told of them in words.
func (f *foreign) react(l *line, who reactor, was, now []string) {
	l.whenKnown(f, func() {
		id := l.id(f)
		switch {
		case l.copies[f] == nil:
		case id == "" || f.can.Features&transports.Reactions == 0:
			f.reactedInWords(l, who.name, was, now)
		default:
			f.reactAs(l, who, was)
		}
	})
}

// reactAs has whoever reacts for somebody do so.
func (f *foreign) reactAs(l *line, who reactor, was []string) {
	of := l.reactions[who.key]
	by, before := f.reactsBy(of, who), of.by[f]
	if by == (mouth{}) {
		f.reactForOthers(l, who)
		return
	}
	if of.by == nil {
		of.by = map[*foreign]mouth{}
		l.reactions[who.key] = of
	}
	of.by[f] = by
	if before == (mouth{}) && len(was) > 0 { // those the relay's account has until now
		f.reactForOthers(l, who)
	}
	f.do(&task{by: by, make: func() transports.Command {
		if by.double != nil && by.double.standing != inside { // it is the relay's account that is asked
			return f.reactions(l, f.others(l))
		}
		all := slices.Clone(l.reactions[who.key].emoji)
		if by.own != nil { // they may react there themselves as well
			all = append(all, l.reactions[f.key(by.own.account.User)].emoji...)
		}
		return f.reactions(l, all)
	}, end: func(result transports.Result, err error) {
		if err != nil && by.own != nil && spare(err) {
			of.by[f] = mouth{}
			f.reactForOthers(l, who)
			return
		}
		f.orTell(who.told(), "Your reaction")(result, err)
	}})
}

// reactForOthers has the relay's account have the reactions of all who are not there themselves. who has changed theirs.
func (f *foreign) reactForOthers(l *line, who reactor) {
	f.do(&task{make: func() transports.Command { return f.reactions(l, f.others(l)) }, end: f.orTell(who.told(), "Your reaction")})
}

// told is the nick of who is told in the MUC when a network does not take their reaction, empty for nobody.
func (who reactor) told() string {
	if who.elsewhere {
		return ""
	}
	return who.name
}

// reactsBy is who of somebody's reacts for them: who has done so before, if they are there.
func (f *foreign) reactsBy(of reaction, who reactor) mouth {
	if by, known := of.by[f]; known && (by.double == nil || by.double.standing == inside) {
		return by
	}
	if who.speaker == nil {
		return mouth{}
	}
	if o := f.ownOf(who.speaker); o != nil {
		return mouth{own: o}
	}
	if d := f.doubles[who.key]; d != nil && d.standing == inside {
		return mouth{double: d}
	}
	return mouth{}
}

// others are the reactions that the relay's account has on a message: those of all who are not there themselves.
func (f *foreign) others(l *line) (all []string) {
	for _, of := range l.reactions {
		if by := of.by[f]; of.room != f && (by == mouth{} || by.double != nil && by.double.standing != inside) {
			all = append(all, of.emoji...)
		}
	}
	return all
}

// reactions makes these an account's on a message, as far as the network has them.
func (f *foreign) reactions(l *line, all []string) transports.Command {
	all = slices.DeleteFunc(all, func(e string) bool { return f.can.Emoji != nil && !slices.Contains(f.can.Emoji, e) })
	slices.Sort(all)
	all = slices.Compact(all)
	if f.can.MaxReactions > 0 && len(all) > f.can.MaxReactions {
		all = all[:f.can.MaxReactions]
	}
	return transports.React{Place: transports.InRoom(f.id), ID: l.id(f), Emoji: all}
}

// key tells a user of the network from everybody else in the relay.
func (f *foreign) key(user transports.UserID) string { return f.Name + " " + string(user) }

// theirs are those of a user's reactions on a message that nobody of the MUC has through that user's account.
func (f *foreign) theirs(l *line, user transports.UserID, emoji []string) []string {
	for _, of := range l.reactions {
		if own := of.by[f].own; own != nil && own.account.User == user {
			emoji = slices.DeleteFunc(slices.Clone(emoji), func(e string) bool { return slices.Contains(of.emoji, e) })
		}
	}
	return emoji
}
