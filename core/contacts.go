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
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// rosterPushed takes what a server says of changes in a person's contact list (XEP-0356 §4.4), and tells whether that is what it was.
func (s *service) rosterPushed(st *stanza.Stanza) bool {
	if st.Kind != stanza.IQ || st.Type != "set" || st.From.Local == "" || st.From.Resource != "" || !s.grants.Of(st.From).ReadRoster {
		return false
	}
	if _, ok := xep.ParseRoster(st); !ok {
		return false
	}
	s.component.Reply(st.Result())
	go func() { // the hub may be busy
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for _, a := range s.hub.Accounts(ctx, func(k person.Key) bool { return k.Owner == st.From }) {
			a.(*account.Account).RosterChanged()
		}
	}()
	return true
}

// addContacts brings the contacts that a person has on a network into their contact list: those of one account, or of all.
func (d *dialogues) addContacts(key string) dialog.Command {
	return dialog.Command{Node: "add-contacts", Name: "Add contacts", Words: []string{"contacts"}, Help: "Brings your contacts of the networks into your contact list.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			all := d.hub.Accounts(ctx, func(k person.Key) bool { return k.Owner == who.Person.Bare() && (key == "" || k.Key == key) })
			var lines []string
			for _, k := range slices.SortedFunc(maps.Keys(all), func(x, y person.Key) int { return strings.Compare(x.Key, y.Key) }) {
				if text, ok := all[k].(*account.Account).AddContacts(ctx); ok {
					lines = append(lines, fmt.Sprintf("%s: %s", k.Key, text))
				}
			}
			if len(lines) == 0 {
				return dialog.Outcome{Note: "You are not connected to any network."}
			}
			return dialog.Outcome{Note: strings.Join(lines, "\n")}
		}}
}

// accounts are a person's accounts in use, in the order of their keys: that one, or all.
func (d *dialogues) accounts(ctx context.Context, owner stanza.JID, key string) (keys []string, all map[string]*account.Account) {
	all = map[string]*account.Account{}
	for k, a := range d.hub.Accounts(ctx, func(k person.Key) bool { return k.Owner == owner.Bare() && (key == "" || k.Key == key) }) {
		all[k.Key] = a.(*account.Account)
	}
	return slices.Sorted(maps.Keys(all)), all
}

// block shuts the user at an address out on their network, or lets them in again.
func (d *dialogues) block(at address.Address, on bool) dialog.Command {
	c := dialog.Command{Node: "block", Name: "Block " + at.Name}
	if !on {
		c = dialog.Command{Node: "unblock", Name: "Unblock " + at.Name}
	}
	c.Start = func(ctx context.Context, who dialog.Asker) dialog.Outcome { return d.setBlock(ctx, who.Person, at, on) }
	return c
}

// blockAsked is the same for the bot, which asks for the address.
func (d *dialogues) blockAsked(on bool) dialog.Command {
	c := dialog.Command{Node: "block", Name: "Block someone", Words: []string{"block", "user"}, Help: "Shuts somebody out on their network."}
	if !on {
		c = dialog.Command{Node: "unblock", Name: "Unblock someone", Words: []string{"unblock", "user"}, Help: "Lets somebody in again."}
	}
	c.Start = func(_ context.Context, who dialog.Asker) dialog.Outcome {
		return dialog.Outcome{Ask: &xep.Form{Title: c.Name, Fields: []xep.Field{{Name: "user", Label: "Address", Help: "of the user, such as name%network@" + d.domain, Kind: xep.JID, Required: true}}},
			Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
				jid, err := stanza.ParseJID(a.Get("user"))
				to, bad := d.addresses.Parse(jid.Local)
				if err != nil || bad != nil || jid.Domain != d.domain || to.Kind != address.User {
					return refusal("This is not the address of a user here.")
				}
				return d.setBlock(ctx, who.Person, to, on)
			}}
	}
	return c
}

func refusal(text string) dialog.Outcome {
	return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: text}}
}

func (d *dialogues) setBlock(ctx context.Context, who stanza.JID, at address.Address, on bool) dialog.Outcome {
	_, all := d.accounts(ctx, who, at.Key)
	a := all[at.Key]
	if a == nil {
		return refusal("You are not connected to " + at.Key + ".")
	}
	if err := a.Block(ctx, transports.UserID(at.Name), on); err != nil {
		return dialog.Outcome{Problem: account.Refusal(err)}
	}
	if on {
		return dialog.Outcome{Note: at.Name + " is blocked."}
	}
	return dialog.Outcome{Note: at.Name + " is blocked no longer."}
}

// blocked lists whom a person has shut out.
func (d *dialogues) blocked() dialog.Command {
	return dialog.Command{Node: "blocked", Name: "Whom you have blocked", Words: []string{"blocked"}, Help: "Lists whom you have blocked on your networks.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			r := &xep.Report{Title: "Whom you have blocked", Reported: []xep.Field{{Name: "jid", Label: "Address", Kind: xep.JID}, {Name: "name", Label: "Name"}}}
			keys, all := d.accounts(ctx, who.Person, "")
			for _, key := range keys {
				found, err := all[key].Blocked(ctx)
				if err != nil {
					continue // it has ended meanwhile
				}
				for _, f := range found {
					r.Items = append(r.Items, xep.Answers{"jid": {f.JID.String()}, "name": {f.Name}})
				}
			}
			if len(r.Items) == 0 {
				return dialog.Outcome{Note: "You have blocked nobody."}
			}
			return dialog.Outcome{Report: r}
		}}
}

// shutOut are the commands of the gateway by which a person shuts others out.
func (d *dialogues) shutOut() dialog.Menu {
	return dialog.Menu{d.blockAsked(true), d.blockAsked(false), d.blocked()}
}

// maxFound bounds what a search finds on each network; searchTime is how long it may take.
const (
	maxFound   = 50
	searchTime = 30 * time.Second
)

// search finds people on the networks to which a person is connected (XEP-0055).
func (d *dialogues) search(s *stanza.Stanza) bool {
	asked, ok := xep.ParseSearch(s)
	switch {
	case !ok:
		return false
	case !asked.Set:
		d.reply(s.Result(xep.SearchForm("Write a name, a part of one, or an address.", "Name")))
		return true
	case asked.Words == "":
		d.reply(s.Refuse(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "Write what to look for."}))
		return true
	}
	go func() { // networks take their time
		ctx, cancel := context.WithTimeout(context.Background(), searchTime)
		defer cancel()
		keys, all := d.accounts(ctx, s.From, "")
		var items []xep.SearchItem
		searched := false
		var failed error
		for _, key := range keys {
			found, can, err := all[key].Find(ctx, asked.Words, maxFound)
			searched = searched || can && err == nil
			if err != nil {
				failed = err
			}
			for _, f := range found {
				items = append(items, xep.SearchItem{JID: f.JID, Name: f.Name, Network: key})
			}
		}
		switch {
		case !searched && failed != nil:
			d.reply(s.Refuse(account.Refusal(failed)))
		case !searched:
			d.reply(s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "None of the networks that you are connected to can be searched."}))
		default:
			d.reply(s.Result(xep.SearchResults(asked, items)))
		}
	}()
	return true
}

// address finds the address of a user or room for what a person has typed: where a network can be searched, by the name that people
// see. The network may be left out by who is connected to one alone.
func (d *dialogues) address(ctx context.Context, who stanza.JID, words []string) (stanza.JID, string) {
	keys, all := d.accounts(ctx, who, "")
	if len(words) == 0 {
		return d.find(who.Bare(), words)
	}
	key, name := words[len(words)-1], words[:len(words)-1]
	if all[key] == nil {
		if jid, problem := d.find(who.Bare(), words); problem == "" || len(keys) != 1 {
			return jid, problem
		}
		key, name = keys[0], words
	}
	if a := all[key]; a != nil && len(name) > 0 && !strings.ContainsRune(d.about.Sigils, rune(name[0][0])) {
		found, can, err := a.Find(ctx, strings.Join(name, " "), maxFound)
		if err != nil {
			return stanza.JID{}, transports.AsFault(err).Text
		}
		if can {
			return pick(found, strings.Join(name, " "))
		}
	}
	return d.find(who.Bare(), append(slices.Clone(name), key))
}

// pick is the one user who was meant: who is called exactly that, else the only one found.
func pick(found []account.Found, name string) (stanza.JID, string) {
	var exact []account.Found
	for _, f := range found {
		if strings.EqualFold(f.Name, name) {
			exact = append(exact, f)
		}
	}
	switch {
	case len(exact) == 1:
		return exact[0].JID, ""
	case len(found) == 1:
		return found[0].JID, ""
	case len(found) == 0:
		return stanza.JID{}, "Nobody was found who is called " + name + "."
	}
	return stanza.JID{}, fmt.Sprintf("%d people were found for %s. Write more of the name, or search for it.", len(found), name)
}
