package core

import (
	"context"
	"maps"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// registered marks, among a person's own options, that they have registered (XEP-0077).
const registered = "registered"

// registration is how people register with the gateway: their settings are what it asks for.
func (d *dialogues) registration() dialog.Registration {
	return dialog.Registration{Register: d.enroll(), Remove: d.unregister(), Registered: func(_ context.Context, who dialog.Asker) bool {
		return d.options.Get(options.Where{Person: who.Person.Bare().String()}).Get(nil, registered) == "true"
	}}
}

func (d *dialogues) enroll() dialog.Command {
	return dialog.Command{Node: "register", Name: "Register", Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
		where := options.Where{Person: who.Person.Bare().String()}
		asked := d.configure("Register with the gateway", where, options.GatewayFields, nil)
		asked.Ask.Instructions = "No registration is needed to join rooms. It keeps your settings, and the gateway in your contact list."
		keep := asked.Then
		asked.Then = func(ctx context.Context, a xep.Answers) dialog.Outcome {
			outcome := keep(ctx, a)
			if outcome.Problem != nil {
				return outcome
			}
			o := maps.Clone(d.options.Get(where))
			if o == nil {
				o = transports.Options{}
			}
			o[registered] = []string{"true"}
			if err := d.set(ctx, where, o); err != nil {
				return dialog.Outcome{Problem: account.Refusal(err)}
			}
			d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "subscribe", From: stanza.JID{Domain: d.domain}, To: who.Person.Bare()}) // XEP-0100 §4.1.1
			return outcome
		}
		return asked
	}}
}

// unregister ends a person's connections and forgets all that is kept of them (XEP-0077 §3.2, XEP-0100 §4.3.1).
func (d *dialogues) unregister() dialog.Command {
	return dialog.Command{Node: "unregister", Name: "Remove all of yours", Words: []string{"unregister"}, Help: "Disconnects you and deletes your settings and archive.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome { return d.remove(ctx, who.Person.Bare()) }}
}

// remove ends and forgets everything of a person.
func (d *dialogues) remove(ctx context.Context, who stanza.JID) dialog.Outcome {
	for _, a := range d.hub.Accounts(ctx, func(k person.Key) bool { return k.Owner == who }) {
		a.Stop("You have been removed from the gateway.")
		select {
		case <-a.Done():
		case <-ctx.Done():
			return dialog.Outcome{Problem: account.Refusal(&transports.Fault{Kind: transports.Offline, Text: "Your connections do not end. Try again later.", Cause: ctx.Err()})}
		}
	}
	d.options.Forget(who.String())
	d.known.forget(d.domain, who)
	if err := d.store.ForgetPerson(ctx, d.domain, who.String()); err != nil {
		return dialog.Outcome{Problem: account.Refusal(&transports.Fault{Text: "Not everything could be deleted. Try again later.", Cause: err})}
	}
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: stanza.JID{Domain: d.domain}, To: who})
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribe", From: stanza.JID{Domain: d.domain}, To: who})
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribed", From: stanza.JID{Domain: d.domain}, To: who})
	return dialog.Outcome{Note: "Everything that was kept of you is deleted."}
}
