package core

import (
	"context"

	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// create makes a room at the network. It is a command of its own, and not what joining an unknown room does (XEP-0045 §10.1): a slip of the pen
// would make a room that everybody sees.
func (d *dialogues) create(key string) dialog.Command {
	return d.on(key, dialog.Command{Node: "create", Name: "Make a room", Help: "Makes a room at the network and invites you to it."}, false,
		func(_ context.Context, key person.Key) dialog.Outcome {
			form := &xep.Form{Title: "Make a room", Fields: []xep.Field{
				{Name: "name", Label: "Name", Required: true},
				{Name: "space", Label: "Space", Help: "the id of the space that it shall be in; nothing for none"},
			}}
			return dialog.Outcome{Ask: form, Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
				running := d.running(ctx, key)
				if running == nil {
					return dialog.Outcome{Problem: d.noAccount(key.Key)}
				}
				room, err := running.CreateRoom(ctx, transports.Create{Name: a.Get("name"), Parent: transports.RoomID(a.Get("space"))})
				if err != nil {
					return refuse(err)
				}
				d.reply(xep.DirectInvitation(stanza.JID{Local: botName, Domain: d.domain}, key.Owner, room))
				return dialog.Outcome{Note: "The room " + a.Get("name") + " is made, and you are invited to it: xmpp:" + room.String() + "?join."}
			}}
		})
}
