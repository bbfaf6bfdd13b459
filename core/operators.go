package core

import (
	"context"
	"fmt"
	"strings"

	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// operators are the commands for who manages the transport; where XEP-0133 has a node for one, it is that.
func (d *dialogues) operators() dialog.Menu {
	return append(d.people(), dialog.Menu{
		{Node: admin + "get-online-users-list", Name: "Who is connected", Words: []string{"who"}, Help: "Lists all who are connected.", Operator: true,
			Start: func(ctx context.Context, _ dialog.Asker) dialog.Outcome {
				return d.report(ctx, "Who is connected", func(person.Key) bool { return true })
			}},
		{Node: d.node("disconnect-user"), Name: "Disconnect people", Words: []string{"kick", "jids", "quit-message"}, Help: "Closes all connections of people.", Operator: true,
			Start: func(context.Context, dialog.Asker) dialog.Outcome {
				return dialog.Outcome{Ask: &xep.Form{Title: "Disconnect people", Fields: []xep.Field{
					{Name: "jids", Label: "People", Help: "their addresses", Kind: xep.JIDs, Required: true},
					{Name: "quit-message", Label: "Reason"},
				}}, Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
					accounts := d.hub.Accounts(ctx, func(k person.Key) bool { return contains(a["jids"], k.Owner) })
					for _, found := range accounts {
						found.Disconnect(a.Get("quit-message"))
					}
					return dialog.Outcome{Note: fmt.Sprintf("%d connections were closed.", len(accounts))}
				}}
			}},
		{Node: admin + "delete-user", Name: "Remove people", Words: []string{"remove", "accountjids"}, Help: "Disconnects people and deletes all that is kept of them.", Operator: true,
			Start: func(context.Context, dialog.Asker) dialog.Outcome {
				return dialog.Outcome{Ask: &xep.Form{Title: "Remove people", Fields: []xep.Field{
					{Name: "accountjids", Label: "People", Kind: xep.JIDs, Required: true}}},
					Then: func(ctx context.Context, a xep.Answers) dialog.Outcome { return d.removeAll(ctx, a["accountjids"]) }}
			}},
		{Node: admin + "announce", Name: "Announce something", Words: []string{"announce", "announcement"}, Help: "Sends a message to all who are connected.", Operator: true,
			Start: func(context.Context, dialog.Asker) dialog.Outcome {
				return dialog.Outcome{Ask: &xep.Form{Title: "Announce something", Fields: []xep.Field{
					{Name: "announcement", Label: "Message", Kind: xep.Lines, Required: true}}},
					Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
						told := map[stanza.JID]bool{}
						for key := range d.hub.Accounts(ctx, func(person.Key) bool { return true }) {
							if !told[key.Owner] {
								told[key.Owner] = true
								d.reply((&stanza.Stanza{Kind: stanza.Message, From: stanza.JID{Local: botName, Domain: d.domain}, To: key.Owner, Type: "chat"}).
									Add(stanza.Text("", "body", a.Text("announcement"))))
							}
						}
						return dialog.Outcome{Note: fmt.Sprintf("%d people were told.", len(told))}
					}}
			}},
		{Node: d.node("reload"), Name: "Reload the configuration", Words: []string{"reload"}, Help: "Reads the configuration file again and puts it in force.", Operator: true,
			Start: func(ctx context.Context, _ dialog.Asker) dialog.Outcome { return reloaded(d.reload(ctx)) }},
	}...)
}

// reloaded tells what came of reading the configuration again.
func reloaded(r Reloaded, err error) dialog.Outcome {
	if err != nil {
		return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "Nothing was changed: " + err.Error()}}
	}
	o := dialog.Outcome{Note: "The configuration was read again. Nothing in it has changed."}
	if len(r.Changed) > 0 {
		o.Note = "The configuration was read again. In force now: " + strings.Join(r.Changed, ", ") + "."
	} else if len(r.Restart) > 0 {
		o.Note = "The configuration was read again."
	}
	if len(r.Out) > 0 {
		o.Note += " These people were put out: " + strings.Join(r.Out, ", ") + "."
	}
	if r.Problem != nil {
		o.Problem = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: o.Note + " But not all could be: " + r.Problem.Error()}
	}
	if len(r.Restart) > 0 {
		o.Warning = "Restart the gateway for these to hold: " + strings.Join(r.Restart, ", ") + "."
	}
	return o
}

func contains(texts []string, who stanza.JID) bool {
	for _, text := range texts {
		if j, err := stanza.ParseJID(text); err == nil && j.Bare() == who {
			return true
		}
	}
	return false
}
