package core

import (
	"context"
	"slices"
	"strings"

	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/relay"
	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// relayMenu are the commands at the gateway by which people join rooms of theirs with rooms of the network, where the operator lets anybody.
func (d *dialogues) relayMenu(policy person.Policy) dialog.Menu {
	here := relayPlace{d: d}
	if len(policy.Relays) == 0 {
		list := here.list()
		list.Operator = true
		return dialog.Menu{list}
	}
	return here.menu()
}

// inMUC are those that an occupant of a MUC has there.
func (d *dialogues) inMUC(muc stanza.JID, a relay.Asked) dialog.Menu {
	return relayPlace{d: d, muc: muc, asked: &a}.menu()
}

// usage is how the bot is told in a MUC.
func (d *dialogues) usage() string {
	if d.addresses.Fixed != "" {
		return "bridge " + d.addresses.Fixed + " #room"
	}
	if !d.about.Open {
		return "bridge account #room"
	}
	return "bridge network #room"
}

// relayPlace is where the commands of relays are given: at the gateway, or in a MUC, by one of its occupants.
type relayPlace struct {
	d     *dialogues
	muc   stanza.JID
	asked *relay.Asked
}

func (p relayPlace) menu() dialog.Menu {
	return dialog.Menu{p.bridge(), p.list(),
		p.change("pause-bridge", "Pause a relay", "pause", "Lets nothing pass between a room of the network and a chat room, until it is resumed.", func(k listed) bool { return !k.paused.muc },
			func(k *kept) { k.paused.muc = true }, func(kept) string {
				return "is paused: nothing that is said in one of the two is heard in the other. The opposite is “resume”"
			}),
		p.change("resume-bridge", "Resume a relay", "resume", "Has a relay work again that was paused.", func(k listed) bool { return k.paused.any() },
			func(k *kept) { k.paused.muc = false }, func(k kept) string {
				if k.paused.network {
					return "is still paused by who runs the room on the network, who alone can resume it: there, by the relay's name and “resume”"
				}
				return "works again: what is said in one of the two is heard in the other"
			}),
		p.change("unbridge", "Remove a relay", "unbridge", "Ends the joining of a room of the network with a chat room.", func(listed) bool { return true }, nil, func(kept) string { return "is removed" }),
	}
}

// list tells of the rooms that are joined: in a MUC of its own, at the gateway of those that the person has joined or that use a login of theirs, to operators of all.
func (p relayPlace) list() dialog.Command {
	return dialog.Command{Node: "bridges", Name: "Relays", Words: []string{"bridges"}, Help: "Lists the chat rooms that are joined with rooms of networks.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			r := &xep.Report{Title: "Relays", Reported: []xep.Field{{Name: "muc", Label: "Chat room"}, {Name: "room", Label: "Room"}, {Name: "network", Label: "Network"},
				{Name: "state", Label: "State"}, {Name: "by", Label: "Set up by"}}}
			for _, k := range p.seen(ctx, who) {
				state, by := p.d.relays.state(ctx, k), "the operator"
				if !k.configured {
					by = "an owner of the room"
					if !k.by.IsZero() && (p.asked == nil || p.asked.Rules || who.Operator) { // who people are is not for the whole room
						by = k.by.String()
					}
				}
				r.Items = append(r.Items, xep.Answers{"muc": {k.muc.String()}, "room": {k.room.Room}, "network": {k.room.Network}, "state": {state}, "by": {by}})
			}
			if len(r.Items) == 0 {
				return dialog.Outcome{Note: "There is none. Write “" + p.d.usage() + "” to set one up."}
			}
			return dialog.Outcome{Report: r}
		}}
}

// seen are those that a person may see in the list.
func (p relayPlace) seen(ctx context.Context, who dialog.Asker) []listed {
	return slices.DeleteFunc(p.d.relays.list(ctx), func(k listed) bool {
		if p.asked != nil {
			return k.muc != p.muc
		}
		return !who.Operator && (k.configured || k.by != who.Person.Bare() && k.room.Owner != who.Person.Bare())
	})
}

// change is a command that changes one of them, chosen from those that a person may change; change is nil to remove it.
func (p relayPlace) change(node, name, word, help string, applies func(listed) bool, change func(*kept), says func(kept) string) dialog.Command {
	return dialog.Command{Node: node, Name: name, Words: []string{word, "room"}, Help: help,
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			if p.asked != nil && !p.asked.Rules && !who.Operator {
				return dialog.Outcome{Problem: notOwner}
			}
			var mine []listed
			configured := false
			for _, k := range p.seen(ctx, who) {
				switch {
				case k.configured:
					configured = true
				case applies(k):
					mine = append(mine, k)
				}
			}
			if len(mine) == 0 {
				note := "There is no relay for that. Write “bridges” to see which there are."
				if configured {
					note += " What the operator has configured, the operator alone changes, in the configuration."
				}
				return dialog.Outcome{Note: note}
			}
			choice := xep.Field{Name: "room", Label: "Room", Kind: xep.Choice, Required: true}
			for _, k := range mine {
				choice.Options = append(choice.Options, xep.Option{Label: k.room.Room + " of " + k.room.Network + " with " + k.muc.String(), Value: p.value(k, mine)})
			}
			return dialog.Outcome{Ask: &xep.Form{Title: name, Fields: []xep.Field{choice}}, Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
				for _, k := range mine {
					if p.value(k, mine) == a.Get("room") {
						return p.changed(ctx, who, k.kept, change, says)
					}
				}
				return dialog.Outcome{Note: "There is no such relay any more."}
			}}
		}}
}

// value is how a room is chosen: by its name where that says which it is.
func (p relayPlace) value(k listed, among []listed) string {
	same := 0
	for _, other := range among {
		if other.room.Room == k.room.Room {
			same++
		}
	}
	if same == 1 {
		return k.room.Room
	}
	return strings.Join([]string{k.room.Room, k.room.Network, k.muc.String()}, " ")
}

func (p relayPlace) changed(ctx context.Context, who dialog.Asker, k kept, change func(*kept), says func(kept) string) dialog.Outcome {
	if p.asked != nil && !p.d.relays.stillMay(ctx, p.muc, p.asked, who.Operator) {
		return dialog.Outcome{Problem: notOwner}
	}
	there, problem := p.d.relays.alter(ctx, k, change)
	o := dialog.Outcome{Note: "The relay of " + k.muc.String() + " with " + k.room.Room + " of " + k.room.Network + " " + says(k) + "."}
	switch {
	case problem != "":
		o.Warning = problem
	case !there:
		return dialog.Outcome{Note: "There is no such relay any more."}
	}
	p.d.relays.tell(k.muc, o.Note)
	return o
}

var (
	notOwner    = &stanza.Error{Type: xmpp.Auth, Condition: xmpp.Forbidden, Text: "Only an owner or admin of this chat room may do that."}
	busyHosting = &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint, Text: "I wait in too many chat rooms already. Invite me again later."}
)

// notAllowed is why a person may not set up relays; they are the zero JID where nobody vouches for who they are.
func (d *dialogues) notAllowed(who stanza.JID) *stanza.Error {
	e := &stanza.Error{Type: xmpp.Auth, Condition: xmpp.Forbidden, Text: "The operator of this gateway does not let you set up relays. Ask them to."}
	if who.IsZero() {
		e.Text = "I cannot tell who you are, for this room does not show it, or its server is not yours. Write to me at " + botName + "@" + d.domain + " instead, or ask the operator of this gateway to let rooms of this server have relays."
	}
	return e
}

func ownRoom(muc stanza.JID) *stanza.Error {
	return declined(xmpp.NotAcceptable, muc.String()+" is a room of this gateway itself. A relay needs a room of a real chat service.")
}
