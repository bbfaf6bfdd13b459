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
