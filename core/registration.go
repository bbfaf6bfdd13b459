package core

import (
	"context"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// registered marks, among a person's own options, that they have registered (XEP-0077).
const registered = "registered"

// registration is how people register with the gateway: their settings are what it asks for.
func (d *dialogues) registration(policy person.Policy) dialog.Registration {
	return dialog.Registration{Register: d.enroll(policy), Remove: d.unregister(), Registered: func(_ context.Context, who dialog.Asker) bool {
		return d.registered(who.Person.Bare())
	}}
}

func (d *dialogues) registered(owner stanza.JID) bool {
	return d.options.Get(options.Where{Person: owner.String()}).Get(nil, registered) == "true"
}

// mayNotRegister is XEP-0077 §3.1's answer where in-band registration is not for someone.
var mayNotRegister = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.NotAllowed, Text: "You may not register with this gateway. Ask its operator."}

// enroll registers, or changes a registration. Where accounts come by logins, the first one registers, as far as it needs one form only.
func (d *dialogues) enroll(policy person.Policy) dialog.Command {
	return dialog.Command{Node: "register", Name: "Register", Words: []string{"register"}, Help: "Puts the gateway into your contact list, and keeps your settings.", Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
		owner := who.Person.Bare()
		where := options.Where{Person: owner.String()}
		if !policy.MayRegister(who.Person) && !d.registered(owner) {
			return dialog.Outcome{Problem: mayNotRegister}
		}
		if len(d.about.Flows) == 1 && len(d.logins.keysOf(owner)) == 0 {
			first := d.begin(ctx, owner, policy, d.about.Flows[0].Name)
			if first.Ask != nil && first.Wait == nil {
				return first
			}
			if first.Abandon != nil {
				first.Abandon()
			}
		}
		asked := d.configure("Register with the gateway", where, d.options.GatewayFields(), nil)
		asked.Ask.Instructions = "No registration is needed to join rooms. It keeps your settings, and the gateway in your contact list."
		if policy.RegistrationRequired {
			asked.Ask.Instructions = "Register to use the networks of this gateway."
		}
		if d.hasLogins() {
			asked.Ask.Instructions = "These are your settings. To log in to an account, write “login” to " + d.botJID() + ", or use the command “Log in” of " + d.domain + "."
		}
		keep := asked.Then
		asked.Then = func(ctx context.Context, a xep.Answers) dialog.Outcome {
			outcome := keep(ctx, a)
			if outcome.Problem != nil {
				return outcome
			}
			if err := d.enlist(ctx, owner); err != nil {
				return dialog.Outcome{Problem: account.Refusal(err)}
			}
			return outcome
		}
		return asked
	}}
}

// What a subscription may tell of a registration: approved marks, among a person's own options, that the gateway may see their
// presence.
const approved = "approved"

// subscription ends a registration with the subscriptions that belong to it: when the gateway is removed from the contact list, and
// when the person's account is deleted, their server says unsubscribe or unsubscribed (RFC 6121 §3.3, §3.2). What is kept of them
// stays, for it is not known which of the two it was.
func (d *dialogues) subscription(s *stanza.Stanza) {
	owner := s.From.Bare()
	if !d.registered(owner) {
		return
	}
	where := options.Where{Person: owner.String()}
	mark := func(name, value string) {
		d.options.Mark(where, name, value, func(err error) {
			if err != nil {
				d.log.Error("What a subscription tells of a registration could not be kept.", "person", owner.String(), "error", err)
			}
		})
	}
	switch s.Type {
	case "subscribed":
		mark(approved, "true")
	case "unsubscribed", "unsubscribe":
		if s.Type == "unsubscribed" && d.options.Get(where).Get(nil, approved) != "true" { // it answers our asking
			return
		}
		mark(registered, "")
		mark(approved, "")
		go d.hub.OptionsChanged(owner) // the hub's goroutine is here
		d.log.Info("A registration has ended with the subscription to the gateway.", "person", owner.String())
	}
}

// unregister ends a person's connections and forgets all that is kept of them (XEP-0077 §3.2, XEP-0100 §4.3.1).
func (d *dialogues) unregister() dialog.Command {
	return dialog.Command{Node: "unregister", Name: "Remove all of yours", Words: []string{"unregister"}, Help: "Disconnects you and deletes your settings and archive.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome { return d.remove(ctx, who.Person.Bare()) }}
}

// remove ends and forgets everything of a person.
func (d *dialogues) remove(ctx context.Context, who stanza.JID) dialog.Outcome {
	logins := map[person.Key]login{}
	for _, key := range d.logins.keysOf(who) { // first, so that nobody opens them again
		if a, there := d.logins.take(key); there {
			logins[key] = a
		}
	}
	o := d.erase(ctx, who, logins)
	if o.Problem != nil {
		for key, a := range logins {
			d.logins.restore(key, a)
		}
	}
	return o
}

func (d *dialogues) erase(ctx context.Context, who stanza.JID, logins map[person.Key]login) dialog.Outcome {
	for _, a := range d.hub.Accounts(ctx, func(k person.Key) bool { return k.Owner == who }) {
		a.(*account.Account).TakeOutContacts()
		a.Dismiss("You have been removed from the gateway.")
		select {
		case <-a.Done():
		case <-ctx.Done():
			return dialog.Outcome{Problem: account.Refusal(&transports.Fault{Kind: transports.Offline, Text: "Your connections do not end. Try again later.", Cause: ctx.Err()})}
		}
	}
	o := dialog.Outcome{Note: "Everything that was kept of you is deleted."}
	for key, a := range logins {
		if err := d.logOut(ctx, who, a); err != nil {
			o.Warning = "The network of " + key.Key + " could not be told: end that login there too. It said: " + transports.AsFault(err).Text
		}
	}
	d.relays.forget(ctx, d.domain, who)
	d.options.Forget(who.String())
	d.known.forget(d.domain, who)
	if err := d.store.ForgetPerson(ctx, d.domain, who.String()); err != nil {
		return dialog.Outcome{Problem: account.Refusal(&transports.Fault{Text: "Not everything could be deleted. Try again later.", Cause: err})}
	}
	for key := range logins {
		d.farewell(key)
	}
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: stanza.JID{Domain: d.domain}, To: who})
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribe", From: stanza.JID{Domain: d.domain}, To: who})
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribed", From: stanza.JID{Domain: d.domain}, To: who})
	return o
}
