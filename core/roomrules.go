package core

import (
	"context"
	"slices"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// The fields of a room's configuration that hold for everyone (XEP-0045 §15.5.3).
const (
	roomName      = "muc#roomconfig_roomname"
	roomModerated = "muc#roomconfig_moderatedroom"
	roomMembers   = "muc#roomconfig_membersonly"
	roomPublic    = "muc#roomconfig_publicroom"
	roomLocked    = "muc#roomconfig_passwordprotectedroom"
	roomSecret    = "muc#roomconfig_roomsecret"
)

// forEveryone adds to a person's settings for a room what its owner may change for all who are in it.
func (d *dialogues) forEveryone(ctx context.Context, who dialog.Asker, at address.Address, own dialog.Outcome) dialog.Outcome {
	running := d.running(ctx, person.Key{Owner: who.Person.Bare(), Key: at.Key})
	if running == nil || own.Ask == nil {
		return own
	}
	id := transports.RoomID(at.Name)
	now, err := running.RoomRules(ctx, id)
	if err != nil || !now.MayRename && !now.MayRule {
		return own
	}
	form := *own.Ask
	form.Fields = slices.Concat(ruleFields(now), own.Ask.Fields)
	var take dialog.Step
	take = func(ctx context.Context, a xep.Answers) dialog.Outcome {
		for _, change := range changesOf(id, now, a) {
			if err := running.ChangeRoom(ctx, change); err != nil {
				return dialog.Outcome{Ask: form.Filled(a), Then: take, Problem: account.Refusal(err)}
			}
		}
		return own.Then(ctx, a)
	}
	return dialog.Outcome{Ask: &form, Then: take}
}

// ruleFields are the questions about what holds for everyone.
func ruleFields(now account.RoomRules) (fields []xep.Field) {
	if now.MayRename {
		fields = append(fields, xep.Field{Name: roomName, Label: "Name of the room, for everyone", Values: []string{now.Name}})
	}
	if !now.MayRule {
		return fields
	}
	yes := func(name, label string, is bool) {
		fields = append(fields, xep.Field{Name: name, Label: label, Kind: xep.Switch, Values: []string{truth(is)}})
	}
	yes(roomModerated, "Only who has a voice may speak", now.Rules.Moderated)
	yes(roomMembers, "Only members may enter", now.Rules.MembersOnly)
	yes(roomPublic, "The network lists the room", !now.Rules.Hidden)
	yes(roomLocked, "A password is needed to enter", now.Rules.Locked)
	return append(fields, xep.Field{Name: roomSecret, Label: "The password", Kind: xep.Secret})
}

func truth(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

// changesOf are the commands that make a room what was answered; what was not asked or not answered stays as it is.
func changesOf(id transports.RoomID, now account.RoomRules, a xep.Answers) (changes []transports.Command) {
	if name := answerTo(a, roomName, now.Name); now.MayRename && name != now.Name {
		changes = append(changes, transports.SetRoomName{Room: id, Name: name})
	}
	is := func(name string, was bool) bool {
		answer := answerTo(a, name, truth(was))
		return answer == "true" || answer == "1" // XEP-0004 §3.3
	}
	rules := transports.Rules{Moderated: is(roomModerated, now.Rules.Moderated), MembersOnly: is(roomMembers, now.Rules.MembersOnly),
		Hidden: !is(roomPublic, !now.Rules.Hidden), Locked: is(roomLocked, now.Rules.Locked)}
	if password := answerTo(a, roomSecret, ""); now.MayRule && (rules != now.Rules || rules.Locked && password != "") {
		changes = append(changes, transports.SetRules{Room: id, Rules: rules, Password: password})
	}
	return changes
}

// answerTo is the first value of an answer, or what it is where there is none.
func answerTo(a xep.Answers, name, otherwise string) string {
	if values := a[name]; len(values) > 0 {
		return values[0]
	}
	return otherwise
}
