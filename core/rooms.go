package core

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// join invites to a room, for only the person's own client can enter it.
func (d *dialogues) join() dialog.Command {
	words, fields := []string{"join", "room", "network"}, []xep.Field{
		{Name: "room", Label: "Room", Help: "its name on the network", Required: true},
		{Name: "network", Label: "Network", Help: "the network's host", Required: true},
	}
	switch {
	case d.addresses.Fixed != "":
		words, fields = words[:2], fields[:1]
	case d.hasLogins():
		fields[1] = xep.Field{Name: "network", Label: "Account", Help: "which of your accounts, where you have several"}
	}
	return dialog.Command{Node: "join", Name: "Join a room", Words: words, Help: "Invites you to a room.",
		Start: func(_ context.Context, who dialog.Asker) dialog.Outcome {
			return dialog.Outcome{Ask: &xep.Form{Title: "Join a room", Fields: fields}, Then: func(_ context.Context, a xep.Answers) dialog.Outcome {
				room, problem := d.find(who.Person.Bare(), strings.Fields(a.Get("room")+" "+a.Get("network")))
				if problem != "" {
					return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: problem}}
				}
				d.reply(xep.DirectInvitation(stanza.JID{Local: botName, Domain: d.domain}, who.Person, room))
				return dialog.Outcome{Note: "You are invited. If your client shows no invitation, join xmpp:" + room.String() + "?join in it."}
			}}
		}}
}

// mostListed bounds a list of rooms for people; clients page through all of them (XEP-0030, XEP-0059).
const mostListed = 50

// list tells which rooms a person is in, and which ones a network has.
func (d *dialogues) list() dialog.Command {
	words, help := []string{"list", "network", "search"}, "Lists the rooms that you are in; with a network, the rooms that it has."
	fields := []xep.Field{
		{Name: "network", Label: "Network", Help: "its host; nothing for the rooms that you are in"},
		{Name: "search", Label: "Part of the name", Help: "shows only rooms with this in their name"},
	}
	if d.addresses.Fixed != "" {
		words = []string{"list", "search"}
		fields = []xep.Field{{Name: "search", Label: "Part of the name", Help: "* for all; nothing for the rooms that you are in"}}
	}
	if d.hasLogins() {
		fields[0].Help = "one of your accounts; nothing for the rooms that you are in"
	}
	return dialog.Command{Node: "list", Name: "List rooms", Words: words, Help: help, Alone: d.ownRooms,
		Start: func(_ context.Context, who dialog.Asker) dialog.Outcome {
			return dialog.Outcome{Ask: &xep.Form{Title: "List rooms", Fields: fields}, Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
				network, search := a.Get("network"), strings.Trim(a.Get("search"), "*")
				if d.addresses.Fixed != "" && a.Get("search") != "" {
					network = d.addresses.Fixed
				}
				if network == "" {
					return d.ownRooms(ctx, who)
				}
				return d.roomsOf(ctx, who, strings.ToLower(network), search)
			}}
		}}
}

// ownRooms are the rooms that a person is in, on all networks.
func (d *dialogues) ownRooms(ctx context.Context, who dialog.Asker) dialog.Outcome {
	r := &xep.Report{Title: "Your rooms", Reported: []xep.Field{{Name: "name", Label: "Room"}, {Name: "room", Label: "Address", Kind: xep.JID}, {Name: "clients", Label: "Clients of yours inside"}}}
	mine := d.hub.Accounts(ctx, func(k person.Key) bool { return k.Owner == who.Person.Bare() })
	for _, key := range slices.SortedFunc(maps.Keys(mine), func(x, y person.Key) int { return strings.Compare(x.Key, y.Key) }) {
		rooms, err := mine[key].(*account.Account).Rooms(ctx)
		if err != nil {
			continue // it has just been closed
		}
		for _, room := range rooms {
			r.Items = append(r.Items, xep.Answers{"name": {room.Name}, "room": {room.JID.String()}, "clients": {strconv.Itoa(room.Inside)}})
		}
	}
	if len(r.Items) == 0 {
		return dialog.Outcome{Note: "You are in no room."}
	}
	return dialog.Outcome{Report: r}
}

// roomsOf are the rooms that a network lists to a person who is connected to it.
func (d *dialogues) roomsOf(ctx context.Context, who dialog.Asker, network, search string) dialog.Outcome {
	if _, err := d.scope(person.Key{Owner: who.Person.Bare(), Key: network}); err != nil {
		return dialog.Outcome{Problem: account.Refusal(err)}
	}
	a := d.hub.Accounts(ctx, func(k person.Key) bool { return k == person.Key{Owner: who.Person.Bare(), Key: network} })[person.Key{Owner: who.Person.Bare(), Key: network}]
	if a == nil {
		return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Wait, Condition: xmpp.UnexpectedRequest,
			Text: "You are not connected to " + network + ". Join one of its rooms first; then it can be asked for the others."}}
	}
	rooms, total, err := a.(*account.Account).Directory(ctx, search, mostListed)
	if err != nil {
		return dialog.Outcome{Problem: account.Refusal(err)}
	}
	if total == 0 {
		return dialog.Outcome{Note: network + " lists no such room."}
	}
	r := &xep.Report{Title: "Rooms of " + network, Reported: []xep.Field{{Name: "name", Label: "Room"}, {Name: "room", Label: "Address", Kind: xep.JID}, {Name: "users", Label: "People"}}}
	for _, room := range rooms {
		r.Items = append(r.Items, xep.Answers{"name": {room.Name}, "room": {room.JID.String()}, "users": {strconv.Itoa(room.Users)}})
	}
	o := dialog.Outcome{Report: r}
	if total > len(rooms) {
		o.Note = fmt.Sprintf("These are the %d largest of %d rooms. Give part of a name to see others.", len(rooms), total)
	}
	return o
}
