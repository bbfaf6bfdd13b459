package core

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// hasLogins tells whether accounts come by logins here.
func (d *dialogues) hasLogins() bool { return len(d.about.Flows) > 0 }

// scope is that of a person's account, or where accounts come by their first use that of the network: its id, and the name by which
// options are kept.
func (d *dialogues) scope(key person.Key) (transports.Scope, error) {
	if !d.hasLogins() {
		return d.driver.Scope(key.Key)
	}
	if a, ok := d.logins.get(key); ok {
		return a.scope, nil
	}
	if a, ok := d.logins.openedTo(key.Owner, key.Key); ok {
		return a.scope, nil
	}
	return "", d.noAccount(key.Key)
}

// settingsOf is the name under which options of an account are kept.
func (d *dialogues) settingsOf(key person.Key) (string, error) {
	scope, err := d.scope(key)
	if d.hasLogins() {
		return key.Key, err
	}
	return string(scope), err
}

// noAccount is RFC 6120 §8.3.3.16's answer to who has not logged in.
func (d *dialogues) noAccount(key string) *stanza.Error {
	return &stanza.Error{Type: xmpp.Auth, Condition: xmpp.RegistrationRequired, Text: "You have no account “" + key + "” here. To log in, write “login” to " + d.botJID() + ", or use the command “Log in” of " + d.domain + "."}
}

func (d *dialogues) botJID() string {
	return stanza.JID{Local: botName, Domain: d.domain}.String()
}

// accountMenu are the commands at the gateway for a person's accounts, and for their rooms.
func (d *dialogues) accountMenu(policy person.Policy) dialog.Menu {
	if !d.hasLogins() {
		return dialog.Menu{d.join(), d.list(), d.leaveRoom(), d.status()}
	}
	return dialog.Menu{d.logIn(policy), d.listAccounts(), d.connect(""), d.rename(""), d.share(""), d.create(""), d.logOutOf(""), d.join(), d.list(), d.leaveRoom()}
}

// listAccounts lists a person's accounts and how they stand.
func (d *dialogues) listAccounts() dialog.Command {
	return dialog.Command{Node: "accounts", Name: "Your accounts", Words: []string{"accounts"}, Help: "Lists your accounts and how they stand.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			r := &xep.Report{Title: "Your accounts", Reported: []xep.Field{{Name: "account", Label: "Account"}, {Name: "name", Label: "Name"},
				{Name: "state", Label: "State"}, {Name: "rooms", Label: "Rooms"}, {Name: "address", Label: "Address", Kind: xep.JID}}}
			for _, key := range d.logins.keysOf(who.Person.Bare()) {
				a, _ := d.logins.get(key)
				row := xep.Answers{"account": {key.Key}, "name": {called(a)}, "state": {"closed"}, "rooms": {"0"}, "address": {d.accountJID(key).String()}}
				if running := d.running(ctx, key); running != nil {
					if s, ok := running.Status(ctx); ok {
						row["state"], row["rooms"] = []string{strings.TrimSpace(s.Says + ". " + s.Why)}, []string{fmt.Sprint(len(s.Rooms))}
					}
				}
				r.Items = append(r.Items, row)
			}
			if len(r.Items) == 0 {
				return dialog.Outcome{Note: "You have no account here. To log in to one, write “login”."}
			}
			return dialog.Outcome{Report: r}
		}}
}

// connect has an account connected again.
func (d *dialogues) connect(key string) dialog.Command {
	return d.on(key, dialog.Command{Node: "connect", Name: "Connect an account", Help: "Connects an account that you have disconnected, or that has a problem which is mended now."}, false,
		func(ctx context.Context, key person.Key) dialog.Outcome {
			running := d.running(ctx, key)
			if running == nil {
				d.hub.Start(key, 0)
				return dialog.Outcome{Note: "The account " + key.Key + " is started."}
			}
			running.Connect()
			return dialog.Outcome{Note: "The account " + key.Key + " is being connected. Its presence, and “accounts”, tell how it stands."}
		})
}

// leaveRoom leaves a room at the network, which closing a client does not do where membership is durable or the gateway stays. It is a command, and not the
// request to destroy the room (XEP-0045 §10.9), which clients show as what it is: the end of the room for everyone.
func (d *dialogues) leaveRoom() dialog.Command {
	return dialog.Command{Node: "leave", Name: "Leave a room", Words: []string{"leave", "room"}, Help: "Leaves a room at the network for good, also one that the gateway stays in when you close it in your client.",
		Start: func(_ context.Context, who dialog.Asker) dialog.Outcome {
			form := &xep.Form{Title: "Leave a room", Fields: []xep.Field{{Name: "room", Label: "Room", Help: "its address, or its name and network", Required: true}}}
			return dialog.Outcome{Ask: form, Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
				jid, err := stanza.ParseJID(a.Get("room"))
				problem := ""
				if !strings.Contains(a.Get("room"), "@") {
					jid, problem = d.find(who.Person.Bare(), strings.Fields(a.Get("room")))
				}
				at, bad := d.addresses.Parse(jid.Local)
				if problem == "" && (err != nil || bad != nil || jid.Domain != d.domain || at.Kind != address.Room) {
					problem = a.Get("room") + " is no room of this gateway."
				}
				if problem != "" {
					return refuse(&transports.Fault{Kind: transports.Invalid, Text: problem})
				}
				return d.leave(ctx, who.Person.Bare(), at)
			}}
		}}
}

func (d *dialogues) leave(ctx context.Context, owner stanza.JID, at address.Address) dialog.Outcome {
	running := d.running(ctx, person.Key{Owner: owner, Key: at.Key})
	if running == nil {
		return refuse(&transports.Fault{Kind: transports.NotFound, Text: "You are not in the room " + at.Name + "."})
	}
	if err := running.LeaveRoom(ctx, transports.RoomID(at.Name)); err != nil {
		return refuse(err)
	}
	return dialog.Outcome{Note: "You have left " + at.Name + ". If your client has a bookmark that joins it, remove that too."}
}

// oneAccount and oneRoom are the commands at the address of an account, and of a room of one.
func (d *dialogues) oneAccount(key string) dialog.Menu {
	if !d.hasLogins() {
		return nil
	}
	return dialog.Menu{d.connect(key), d.rename(key), d.share(key), d.create(key), d.logOutOf(key)}
}

func (d *dialogues) oneRoom(at address.Address) dialog.Menu {
	return dialog.Menu{{Node: "leave", Name: "Leave the room for good", Start: func(_ context.Context, who dialog.Asker) dialog.Outcome {
		return dialog.Outcome{Ask: &xep.Form{Title: "Leave the room for good", Instructions: "Closing the room in your client may not leave it at the network; this does."},
			Then: func(ctx context.Context, _ xep.Answers) dialog.Outcome { return d.leave(ctx, who.Person.Bare(), at) }}
	}}}
}

// membership is what registration with a room is where accounts come by logins (XEP-0045 §7.10): joining makes a member, and removing the
// registration ends that.
func (d *dialogues) membership(at address.Address) dialog.Registration {
	is := func(ctx context.Context, who dialog.Asker) bool {
		running := d.running(ctx, person.Key{Owner: who.Person.Bare(), Key: at.Key})
		if running == nil {
			return false
		}
		rooms, err := running.Rooms(ctx)
		return err == nil && slices.ContainsFunc(rooms, func(r account.RoomStatus) bool { return r.JID.Local == who.Place })
	}
	return dialog.Registration{Registered: is,
		Register: dialog.Command{Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			if is(ctx, who) {
				return dialog.Outcome{Note: "You are in this room."}
			}
			return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.NotAllowed, Text: "To become a member, join the room."}}
		}},
		Remove: dialog.Command{Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome { return d.leave(ctx, who.Person.Bare(), at) }},
	}
}

// on is a command for an account: that of the key, or one that the person chooses. sure has it chosen even where there is only one.
func (d *dialogues) on(key string, c dialog.Command, sure bool, act func(context.Context, person.Key) dialog.Outcome) dialog.Command {
	if key == "" {
		c.Words = []string{c.Node, "account"}
	}
	c.Start = func(ctx context.Context, who dialog.Asker) dialog.Outcome {
		owner := who.Person.Bare()
		mine := d.logins.keysOf(owner)
		switch {
		case key != "":
			if _, ok := d.logins.get(person.Key{Owner: owner, Key: key}); !ok {
				return dialog.Outcome{Problem: d.noAccount(key)}
			}
			mine = []person.Key{{Owner: owner, Key: key}}
		case len(mine) == 0:
			return dialog.Outcome{Note: "You have no account here. To log in to one, write “login”."}
		}
		if len(mine) == 1 && !sure {
			return act(ctx, mine[0])
		}
		field := xep.Field{Name: "account", Label: "Account", Kind: xep.Choice, Required: true}
		for _, k := range mine {
			a, _ := d.logins.get(k)
			field.Options = append(field.Options, xep.Option{Value: k.Key, Label: k.Key + " (" + called(a) + ")"})
		}
		return dialog.Outcome{Ask: &xep.Form{Title: c.Name, Instructions: c.Help, Fields: []xep.Field{field}}, Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
			return act(ctx, person.Key{Owner: owner, Key: a.Get("account")})
		}}
	}
	return c
}

// rename gives an account another short name, and its rooms and people with it other addresses.
func (d *dialogues) rename(key string) dialog.Command {
	c := d.on(key, dialog.Command{Node: "rename", Name: "Rename an account", Help: "Gives an account of yours another short name, which its addresses have."}, false,
		func(_ context.Context, key person.Key) dialog.Outcome {
			form := &xep.Form{Title: "Rename " + key.Key, Instructions: "The addresses of its rooms and contacts change with it, and your clients have to join the rooms anew.",
				Fields: []xep.Field{{Name: "alias", Label: "Short name", Help: aliasHelp, Required: true}}}
			var take dialog.Step
			take = func(ctx context.Context, a xep.Answers) dialog.Outcome {
				alias, problem := d.freeKey(key.Owner, a.Get("alias"))
				if problem != "" {
					return dialog.Outcome{Ask: form, Then: take, Problem: &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: problem}}
				}
				return d.moved(ctx, key, person.Key{Owner: key.Owner, Key: alias})
			}
			return dialog.Outcome{Ask: form, Then: take}
		})
	if len(c.Words) > 0 {
		c.Words = append(c.Words, "alias")
	}
	return c
}

func (d *dialogues) moved(ctx context.Context, from, to person.Key) dialog.Outcome {
	if a, _ := d.logins.get(from); a.unread {
		return refuse(&transports.Fault{Kind: transports.BadCredentials, Text: "The credentials of this account cannot be read. Log in to it again first."})
	}
	ok, err := d.logins.rename(ctx, from, to)
	switch {
	case err != nil:
		return notKept(err)
	case !ok:
		return refuse(&transports.Fault{Kind: transports.Conflict, Text: "The name " + to.Key + " has been taken meanwhile. Try another."})
	}
	if problem := d.end(ctx, from, "The account "+from.Key+" is called "+to.Key+" now. Join its rooms under their new addresses."); problem != nil {
		return dialog.Outcome{Problem: problem}
	}
	if err := written(ctx, func(done func(error)) { d.options.Move(from.Owner.String(), from.Key, to.Key, done) }); err != nil {
		return notKept(err)
	}
	d.farewell(from)
	d.relays.renamed(ctx, loginOf{d.domain, from}, loginOf{d.domain, to})
	d.hub.Start(to, 0)
	d.greet(to)
	return dialog.Outcome{Note: "The account " + from.Key + " is called " + to.Key + " now. Its address is " + d.accountJID(to).String() + "."}
}

// logOutOf ends an account: at the network, where it can, and here with all that is kept of it.
func (d *dialogues) logOutOf(key string) dialog.Command {
	return d.on(key, dialog.Command{Node: "logout", Name: "Log out of an account", Help: "Ends the login, and deletes its credentials, your settings for it and its archive here."}, true,
		func(ctx context.Context, key person.Key) dialog.Outcome {
			a, there := d.logins.take(key)
			if !there {
				return dialog.Outcome{Problem: d.noAccount(key.Key)}
			}
			if problem := d.end(ctx, key, "You have logged out of "+called(a)+"."); problem != nil {
				d.logins.restore(key, a)
				return dialog.Outcome{Problem: problem}
			}
			o := dialog.Outcome{Note: "You are logged out of " + called(a) + ", and what was kept of it is deleted."}
			if err := d.logOut(ctx, key.Owner, a); err != nil {
				o.Warning = "The network could not be told: end the login there too. It said: " + transports.AsFault(err).Text
			}
			err := d.store.ForgetAccount(ctx, store.Account{ID: a.id, Transport: d.domain, Scope: string(a.scope), Owner: key.Owner.String()})
			if err == nil {
				err = written(ctx, func(done func(error)) { d.options.Drop(key.Owner.String(), key.Key, done) })
			}
			if err != nil {
				d.logins.restore(key, a)
				return refuse(&transports.Fault{Text: "Not everything could be deleted. Try again later.", Cause: err})
			}
			d.farewell(key)
			return o
		})
}

// end closes an account for good and waits for its end.
func (d *dialogues) end(ctx context.Context, key person.Key, reason string) *stanza.Error {
	running := d.running(ctx, key)
	if running == nil {
		return nil
	}
	running.TakeOutContacts()
	running.Dismiss(reason)
	select {
	case <-running.Done():
		return nil
	case <-ctx.Done():
		return account.Refusal(&transports.Fault{Kind: transports.Offline, Text: "The account's connection does not end. Try again later.", Cause: ctx.Err()})
	}
}

// greet asks a person to have an account in their contact list, where it shows how it stands; farewell takes it out.
func (d *dialogues) greet(key person.Key) {
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "subscribe", From: d.accountJID(key), To: key.Owner})
}

func (d *dialogues) farewell(key person.Key) {
	for _, kind := range []string{"unsubscribe", "unsubscribed"} {
		d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: kind, From: d.accountJID(key), To: key.Owner})
	}
}

func (d *dialogues) accountJID(key person.Key) stanza.JID {
	jids := accountJIDs(d.addresses, d.domain, []string{key.Key})
	return append(jids, stanza.JID{Domain: d.domain})[0]
}

// items are a person's accounts as those of the gateway.
func (d *dialogues) items(owner stanza.JID, keys []string) []xep.Item {
	var items []xep.Item
	for _, jid := range accountJIDs(d.addresses, d.domain, keys) {
		item := xep.Item{JID: jid, Name: jid.Local}
		if a, ok := d.logins.get(person.Key{Owner: owner, Key: jid.Local}); ok {
			item.Name = called(a)
		}
		items = append(items, item)
	}
	return items
}

// running is the account in use under a key, nil where there is none.
func (d *dialogues) running(ctx context.Context, key person.Key) *account.Account {
	for _, a := range d.hub.Accounts(ctx, func(k person.Key) bool { return k == key }) {
		return a.(*account.Account)
	}
	return nil
}
