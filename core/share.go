package core

import (
	"context"
	"strings"

	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// share opens an account to other people: they use its rooms without an account of their own, under their own names as far as the network can.
func (d *dialogues) share(key string) dialog.Command {
	return d.on(key, dialog.Command{Node: "share", Name: "Share an account", Help: "Opens an account of yours to other people, who then join its rooms and speak under their own names."}, false,
		func(_ context.Context, key person.Key) dialog.Outcome {
			a, _ := d.logins.get(key)
			form := &xep.Form{Title: "Share " + key.Key, Instructions: "Who is named here can join its rooms at " + d.domain + " without an account of their own. Private talks through it stay yours.",
				Fields: []xep.Field{
					{Name: "people", Label: "People", Help: "addresses and domains, one a line; nobody else", Kind: xep.Lines, Values: a.open.people},
					{Name: "rooms", Label: "Rooms", Help: "ids or addresses, one a line; without any, all", Kind: xep.Lines, Values: a.open.rooms},
					{Name: "read_only", Label: "Rooms where they only read", Help: "ids or addresses, one a line", Kind: xep.Lines, Values: a.open.readOnly},
				}}
			var take dialog.Step
			take = func(ctx context.Context, answers xep.Answers) dialog.Outcome {
				o, problem := d.opening(answers)
				if problem != "" {
					return dialog.Outcome{Ask: form.Filled(answers), Then: take, Problem: &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: problem}}
				}
				was, _ := d.logins.get(key)
				ok, err := d.logins.setOpen(ctx, key, o)
				switch {
				case err != nil:
					return notKept(err)
				case !ok:
					return refuse(&transports.Fault{Kind: transports.BadCredentials, Text: "The credentials of this account cannot be read. Log in to it again first."})
				}
				return d.shared(ctx, key, was)
			}
			return dialog.Outcome{Ask: form, Then: take}
		})
}

// opening reads what an owner wrote.
func (d *dialogues) opening(answers xep.Answers) (o opening, problem string) {
	for _, line := range answers["people"] {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		who, err := stanza.ParseJID(line)
		if err != nil || who.Resource != "" {
			return o, "“" + line + "” is neither a person's address nor a domain."
		}
		o.people = append(o.people, who.String())
	}
	rooms := func(lines []string) []string {
		var ids []string
		for _, line := range lines {
			line = strings.TrimSpace(line)
			if jid, err := stanza.ParseJID(line); err == nil && jid.Domain == d.domain && jid.Local != "" {
				if at, err := d.addresses.Parse(jid.Local); err == nil && at.Kind == address.Room {
					line = at.Name
				}
			}
			if line != "" {
				ids = append(ids, line)
			}
		}
		return ids
	}
	o.rooms, o.readOnly = rooms(answers["rooms"]), rooms(answers["read_only"])
	return o, ""
}

// shared has a change take effect: an account that was one person's alone becomes one of many, or the other way round, when it connects anew; who may use it no
// longer is put out then.
func (d *dialogues) shared(ctx context.Context, key person.Key, was login) dialog.Outcome {
	now, _ := d.logins.get(key)
	d.groups.close(now.id)
	if shared := len(now.open.people) > 0; shared != (len(was.open.people) > 0) {
		if problem := d.end(ctx, key, "The account "+key.Key+" connects anew. Join its rooms again."); problem != nil {
			return dialog.Outcome{Problem: problem}
		}
		d.hub.Start(key, 0)
	}
	ended := ""
	if mucs := d.relays.closed(ctx, d.logins, loginOf{d.domain, key}); len(mucs) > 0 {
		ended = " The relays that others had through it are ended: " + strings.Join(mucs, ", ") + "."
	}
	if len(now.open.people) == 0 {
		return dialog.Outcome{Note: "The account " + key.Key + " is yours alone." + ended}
	}
	return dialog.Outcome{Note: "The account " + key.Key + " is open to " + strings.Join(now.open.people, ", ") + ". They join its rooms as …%" + string(now.scope) + "@" + d.domain + "." + ended}
}
