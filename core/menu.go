package core

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
)

// setTime bounds how long a dialogue waits for the store.
const setTime = 30 * time.Second

// menu are the commands at an address.
func (d *dialogues) menu(at address.Address, policy person.Policy) dialog.Menu {
	switch at.Kind {
	case address.Gateway:
		return d.alike(slices.Concat(d.accountMenu(policy), dialog.Menu{d.addContacts("")}, d.shutOut(), d.settings(), dialog.Menu{d.ping(), d.disconnect(), d.enroll(policy), d.export(), d.unregister()}, d.relayMenu(policy), d.operators()))
	case address.Account:
		return append(dialog.Menu{d.configureAccount(at.Key, false), d.connection(at.Key), d.addContacts(at.Key)}, d.oneAccount(at.Key)...)
	case address.Room:
		return append(dialog.Menu{d.configureRoom(at)}, d.oneRoom(at)...)
	case address.User:
		return dialog.Menu{d.block(at, true), d.block(at, false)}
	}
	return nil
}

// settings are the commands at the gateway by which a person sets things: for all of it and for a network, and where it stands for
// one network, what else that has.
func (d *dialogues) settings() dialog.Menu {
	all, one := d.configureGateway(), d.configureAccount(d.addresses.Fixed, d.addresses.Fixed == "")
	if d.addresses.Fixed == "" {
		return dialog.Menu{all, one}
	}
	all.Node, one.Node = "global-configure", "server-configure"
	one.Words, one.Help = []string{"network"}, "Shows and changes your settings for the network."
	return dialog.Menu{all, one, d.connection(d.addresses.Fixed)}
}

// node is the name of a command or field for clients: the one that people's scripts know it by, or ours.
func (d *dialogues) node(name string) string {
	if known := d.about.Nodes[name]; len(known) > 0 {
		return known[0]
	}
	return name
}

// alike adds to a menu the further nodes by which scripts know a command of it, which stand for its first.
func (d *dialogues) alike(menu dialog.Menu) dialog.Menu {
	for _, c := range menu {
		for _, all := range d.about.Nodes {
			if all[0] != c.Node {
				continue
			}
			for _, other := range all[1:] {
				again := c
				again.Node, again.Words, again.Unlisted = other, nil, true
				menu = append(menu, again)
			}
		}
	}
	return menu
}

func (d *dialogues) ping() dialog.Command {
	return dialog.Command{Node: "ping", Name: "Ping the gateway", Words: []string{"ping"}, Help: "Tells that the gateway is there.",
		Start: func(context.Context, dialog.Asker) dialog.Outcome { return dialog.Outcome{Note: "Pong"} }}
}

// status tells how the person's accounts stand.
func (d *dialogues) status() dialog.Command {
	return dialog.Command{Node: "status", Name: "Your connections", Words: []string{"status"}, Help: "Tells which networks you are connected to.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			return d.report(ctx, "Your connections", func(k person.Key) bool { return k.Owner == who.Person.Bare() })
		}}
}

// report is a table of accounts.
func (d *dialogues) report(ctx context.Context, title string, holds func(person.Key) bool) dialog.Outcome {
	r := &xep.Report{Title: title, Reported: []xep.Field{{Name: "person", Label: "Person"}, {Name: "network", Label: "Network"},
		{Name: "state", Label: "State"}, {Name: "nick", Label: "Nick"}, {Name: "rooms", Label: "Rooms"}}}
	accounts := d.hub.Accounts(ctx, holds)
	for _, key := range slices.SortedFunc(maps.Keys(accounts), func(x, y person.Key) int {
		return strings.Compare(x.Owner.String()+" "+x.Key, y.Owner.String()+" "+y.Key)
	}) {
		s, ok := accounts[key].(*account.Account).Status(ctx)
		if !ok || s.Nick == "" && len(s.Rooms) == 0 {
			continue
		}
		r.Items = append(r.Items, xep.Answers{"person": {key.Owner.String()}, "network": {s.Scope}, "state": {s.Says}, "nick": {s.Nick}, "rooms": {fmt.Sprint(len(s.Rooms))}})
	}
	if len(r.Items) == 0 {
		return dialog.Outcome{Note: "Nobody is connected."}
	}
	return dialog.Outcome{Report: r}
}

// connection tells how one account of the person stands.
func (d *dialogues) connection(key string) dialog.Command {
	return dialog.Command{Node: d.node("connection"), Name: "Your connection to " + key,
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			for _, a := range d.hub.Accounts(ctx, func(k person.Key) bool { return k == person.Key{Owner: who.Person.Bare(), Key: key} }) {
				if s, ok := a.(*account.Account).Status(ctx); ok && s.Nick != "" && !s.Since.IsZero() {
					return dialog.Outcome{Note: d.told(s)}
				}
			}
			return dialog.Outcome{Note: fmt.Sprintf("You are not connected to the %s server %s", d.about.Name, key)}
		}}
}

// told is how an account stands, in the form that people's scripts read.
func (d *dialogues) told(s account.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Connected to %s server %s %s since %s (%d seconds ago).", d.about.Name, s.Scope, s.Through,
		s.Since.UTC().Format(time.DateTime), int(time.Since(s.Since).Seconds()))
	for _, room := range s.Rooms {
		switch n := len(room.Resources); n {
		case 0:
			fmt.Fprintf(&b, "\n%s, in which the gateway stays for you.", room.Name)
		case 1:
			fmt.Fprintf(&b, "\n%s from 1 resource: %s", room.Name, room.Resources[0])
		default:
			fmt.Fprintf(&b, "\n%s from %d resources: %s", room.Name, n, strings.Join(room.Resources, ", "))
		}
	}
	fmt.Fprintf(&b, "\nYour nick is %s.", s.Nick)
	return b.String()
}

// disconnect closes the person's connections; an operator says whose.
func (d *dialogues) disconnect() dialog.Command {
	return dialog.Command{Node: d.node("disconnect"), Name: "Disconnect from networks", Words: []string{"disconnect", d.node("networks")}, Help: "Leaves all rooms of a network.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			if who.Operator && len(d.connected(ctx)) > 0 {
				return d.askWhom(ctx)
			}
			return d.askNetworks(ctx, who.Person.Bare())
		}}
}

// connected are the people with connections, in order.
func (d *dialogues) connected(ctx context.Context) []stanza.JID {
	var all []stanza.JID
	for key := range d.hub.Accounts(ctx, func(person.Key) bool { return true }) {
		if !slices.Contains(all, key.Owner) {
			all = append(all, key.Owner)
		}
	}
	slices.SortFunc(all, func(x, y stanza.JID) int { return strings.Compare(x.String(), y.String()) })
	return all
}

func (d *dialogues) askWhom(ctx context.Context) dialog.Outcome {
	var people []xep.Option
	for _, who := range d.connected(ctx) {
		people = append(people, xep.Option{Label: who.String(), Value: who.String()})
	}
	field := d.node("person")
	return dialog.Outcome{More: true, Ask: &xep.Form{Title: "Disconnect from networks", Fields: []xep.Field{
		{Name: field, Label: "Person", Kind: xep.Choice, Options: people, Required: true}}},
		Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
			who, _ := stanza.ParseJID(a.Get(field)) // one of the options
			return d.askNetworks(ctx, who)
		}}
}

func (d *dialogues) askNetworks(ctx context.Context, who stanza.JID) dialog.Outcome {
	accounts := d.hub.Accounts(ctx, func(k person.Key) bool { return k.Owner == who })
	var networks []xep.Option
	for _, key := range slices.SortedFunc(maps.Keys(accounts), func(x, y person.Key) int { return strings.Compare(x.Key, y.Key) }) {
		networks = append(networks, xep.Option{Label: key.Key, Value: key.Key})
	}
	if len(networks) == 0 {
		return dialog.Outcome{Note: who.String() + " is not connected to any network."}
	}
	field := d.node("networks")
	return dialog.Outcome{Ask: &xep.Form{Title: "Disconnect from networks", Fields: []xep.Field{
		{Name: "quit-message", Label: "Words of goodbye"},
		{Name: field, Label: "Networks", Kind: xep.Choices, Options: networks, Required: true},
	}}, Then: func(_ context.Context, a xep.Answers) dialog.Outcome {
		for _, key := range a[field] {
			if account := accounts[person.Key{Owner: who, Key: key}]; account != nil {
				account.Disconnect(a.Get("quit-message"))
			}
		}
		if len(a[field]) == 1 {
			return dialog.Outcome{Note: who.String() + " was disconnected from 1 " + d.about.Name + " server."}
		}
		return dialog.Outcome{Note: fmt.Sprintf("%s was disconnected from %d %s servers.", who, len(a[field]), d.about.Name)}
	}}
}
