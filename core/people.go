package core

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

const admin = "http://jabber.org/protocol/admin#"

// people are the operators' commands about whom something is kept of; where XEP-0133 has a node for one, it is that.
func (d *dialogues) people() dialog.Menu {
	return dialog.Menu{
		{Node: admin + "get-registered-users-list", Name: "Who has something here", Words: []string{"people"}, Help: "Lists all of whom something is kept, and when they were last here.", Operator: true,
			Start: func(ctx context.Context, _ dialog.Asker) dialog.Outcome { return d.everyone(ctx) }},
		{Node: admin + "get-registered-users-num", Name: "How many have something here", Operator: true,
			Start: func(ctx context.Context, _ dialog.Asker) dialog.Outcome {
				all, err := d.everybody(ctx)
				if err != nil {
					return unread(err)
				}
				return number("registeredusersnum", "People of whom something is kept", len(all))
			}},
		{Node: admin + "get-online-users-num", Name: "How many are connected", Operator: true,
			Start: func(ctx context.Context, _ dialog.Asker) dialog.Outcome {
				owners := map[stanza.JID]bool{}
				for key, a := range d.hub.Accounts(ctx, func(person.Key) bool { return true }) {
					if s, ok := a.(*account.Account).Status(ctx); ok && s.Nick != "" {
						owners[key.Owner] = true
					}
				}
				return number("onlineusersnum", "People who are connected", len(owners))
			}},
		{Node: admin + "get-user-lastlogin", Name: "When someone was last here", Words: []string{"seen", "accountjid"}, Help: "Tells on which day someone last used the gateway.", Operator: true,
			Start: func(context.Context, dialog.Asker) dialog.Outcome {
				return dialog.Outcome{Ask: &xep.Form{Title: "When someone was last here", Fields: []xep.Field{{Name: "accountjid", Label: "Person", Kind: xep.JID, Required: true}}},
					Then: func(ctx context.Context, a xep.Answers) dialog.Outcome { return d.lastLogin(ctx, a.Get("accountjid")) }}
			}},
		d.cleanUp(),
	}
}

func number(name, label string, n int) dialog.Outcome {
	return dialog.Outcome{Report: &xep.Report{Title: label, Fields: []xep.Field{{Name: name, Label: label, Values: []string{strconv.Itoa(n)}}}}}
}

func unread(err error) dialog.Outcome {
	return dialog.Outcome{Problem: account.Refusal(&transports.Fault{Text: "The store could not be read. Try again later.", Cause: err})}
}

// everyone lists all of whom something is kept.
func (d *dialogues) everyone(ctx context.Context) dialog.Outcome {
	all, err := d.everybody(ctx)
	if err != nil {
		return unread(err)
	}
	if len(all) == 0 {
		return dialog.Outcome{Note: "Nothing is kept of anybody."}
	}
	jids := xep.Field{Name: "registereduserjids", Label: "People", Kind: xep.JIDs}
	r := &xep.Report{Title: "Who has something here", Reported: []xep.Field{{Name: "person", Label: "Person", Kind: xep.JID}, {Name: "seen", Label: "Last here"}, {Name: "registered", Label: "Registered"}}}
	for _, p := range all {
		jids.Values = append(jids.Values, p.person)
		r.Items = append(r.Items, xep.Answers{"person": {p.person}, "seen": {p.day()}, "registered": {d.registeredWord(p.person)}})
	}
	r.Fields = []xep.Field{jids}
	return dialog.Outcome{Report: r}
}

func (d *dialogues) registeredWord(person string) string {
	if j, err := stanza.ParseJID(person); err == nil && d.registered(j) {
		return "yes"
	}
	return "no"
}

func (d *dialogues) lastLogin(ctx context.Context, who string) dialog.Outcome {
	all, err := d.everybody(ctx)
	if err != nil {
		return unread(err)
	}
	for _, p := range all {
		if p.person == who {
			return dialog.Outcome{Report: &xep.Report{Title: "When someone was last here", Fields: []xep.Field{
				{Name: "accountjid", Label: "Person", Kind: xep.JID, Values: []string{who}}, {Name: "lastlogin", Label: "Last here", Values: []string{p.day()}}}}}
		}
	}
	return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "Nothing is kept of " + who + "."}}
}

// absentDays is after how many days away someone is offered for removal, unless the operator says otherwise.
const absentDays = 180

// cleanUp removes those who are gone. XMPP servers tell nobody whether an account exists, so the operator decides.
func (d *dialogues) cleanUp() dialog.Command {
	return dialog.Command{Node: "clean-up", Name: "Remove people who are gone", Words: []string{"clean-up", "days"}, Operator: true,
		Help: "Lists who has not been here for long, and removes those whom you choose.",
		Start: func(context.Context, dialog.Asker) dialog.Outcome {
			return dialog.Outcome{More: true, Ask: &xep.Form{Title: "Remove people who are gone", Fields: []xep.Field{
				{Name: "days", Label: "Not here for this many days", Kind: xep.Number, Values: []string{strconv.Itoa(absentDays)}, Required: true}}},
				Then: func(ctx context.Context, a xep.Answers) dialog.Outcome { return d.offerAbsent(ctx, a.Get("days")) }}
		}}
}

// offerAbsent asks which of the absent are to be removed.
func (d *dialogues) offerAbsent(ctx context.Context, text string) dialog.Outcome {
	days, err := strconv.Atoi(text)
	if err != nil || days < 0 || days > 36500 {
		return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "Write a number of days."}}
	}
	all, err := d.everybody(ctx)
	if err != nil {
		return unread(err)
	}
	limit := time.Now().UTC().AddDate(0, 0, -days).Format(time.DateOnly)
	var options []xep.Option
	for _, p := range all {
		if p.last.Format(time.DateOnly) <= limit {
			options = append(options, xep.Option{Value: p.person, Label: fmt.Sprintf("%s, last here %s, registered: %s", p.person, p.day(), d.registeredWord(p.person))})
		}
	}
	if len(options) == 0 {
		return dialog.Outcome{Note: fmt.Sprintf("Everybody has been here within %d days.", days)}
	}
	return dialog.Outcome{Ask: &xep.Form{Title: "Remove people who are gone", Instructions: "Everything that is kept of those whom you choose is deleted.",
		Fields: []xep.Field{{Name: "accountjids", Label: "Remove", Kind: xep.Choices, Options: options}}},
		Then: func(ctx context.Context, a xep.Answers) dialog.Outcome { return d.removeAll(ctx, a["accountjids"]) }}
}

// removeAll removes people, by bare JID.
func (d *dialogues) removeAll(ctx context.Context, people []string) dialog.Outcome {
	var removed []string
	for _, text := range people {
		who, err := stanza.ParseJID(text)
		if err != nil {
			continue // the form has checked them
		}
		if outcome := d.remove(ctx, who.Bare()); outcome.Problem != nil {
			return outcome
		}
		removed = append(removed, who.Bare().String())
	}
	if len(removed) == 0 {
		return dialog.Outcome{Note: "Nobody was removed."}
	}
	return dialog.Outcome{Note: "Removed: " + strings.Join(removed, ", ") + "."}
}
