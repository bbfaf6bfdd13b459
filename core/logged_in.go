package core

import (
	"context"
	"strings"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// done takes what a login has come to: the same account with other data, or a new one, which needs a name of the person's where
// that of its scope is taken.
func (l *loggingIn) done(ctx context.Context, n transports.NewAccount) dialog.Outcome {
	a := login{scope: n.Scope, self: n.Self, name: n.Name, data: n.Data}
	if key, there := l.logins.find(l.owner, n.Scope, n.Self); there {
		replaced, err := l.logins.replace(ctx, key, a)
		if err != nil {
			return notKept(err)
		}
		if running := l.running(ctx, key); running != nil {
			running.Renew(a.name, a.data)
		}
		if replaced { // else it has just been removed, and is a new one
			return dialog.Outcome{Note: "You are logged in again as " + called(a) + "."}
		}
	}
	if refusal := l.policy.RefuseNetwork(l.owner, a.scope, func(stanza.JID) bool { return true }); refusal != nil {
		l.giveUp(a)
		return dialog.Outcome{Problem: refusal}
	}
	if have := len(l.logins.keysOf(l.owner)); have >= maxLogins || l.policy.Limits.Networks > 0 && have >= l.policy.Limits.Networks {
		l.giveUp(a)
		return refuse(&transports.Fault{Kind: transports.RateLimited, Text: "You have as many accounts here as you may have. Log out of one of them first (“logout”)."})
	}
	key, problem := l.freeKey(l.owner, string(n.Scope))
	if problem != "" {
		return l.alias(a, nil)
	}
	return l.keep(ctx, key, a)
}

// alias asks for the name by which addresses call an account.
func (l *loggingIn) alias(a login, problem *stanza.Error) dialog.Outcome {
	return dialog.Outcome{Problem: problem, Abandon: func() { l.giveUp(a) },
		Ask: &xep.Form{Title: "You are logged in as " + called(a), Instructions: "You have another account there already. Give this one a short name of its own, which its addresses will have.",
			Fields: []xep.Field{{Name: "alias", Label: "Short name", Help: aliasHelp, Required: true}}},
		Then: func(ctx context.Context, answers xep.Answers) dialog.Outcome {
			key, problem := l.freeKey(l.owner, answers.Get("alias"))
			if problem != "" {
				return l.alias(a, &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: problem})
			}
			return l.keep(ctx, key, a)
		}}
}

const aliasHelp = "such as “work”: letters, digits, dots, hyphens and underscores."

// freeKey is the key that a name stands for, as long as none of the person's accounts has it; problem says why it cannot be one.
func (d *dialogues) freeKey(owner stanza.JID, name string) (key string, problem string) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" {
		return "", "“" + name + "” cannot be the short name of an account. Give one " + aliasHelp
	}
	at, err := d.addresses.Parse(name)
	if err != nil || at.Kind != address.Account || at.Key != name {
		return "", "“" + name + "” has another meaning in addresses. Give another short name."
	}
	if _, taken := d.logins.get(person.Key{Owner: owner, Key: name}); taken {
		return "", "Another account of yours is called “" + name + "”. Give another short name."
	}
	return name, ""
}

// keep stores a new account and connects it.
func (l *loggingIn) keep(ctx context.Context, key string, a login) dialog.Outcome {
	where := person.Key{Owner: l.owner, Key: key}
	free, err := l.logins.add(ctx, where, a)
	switch {
	case err != nil:
		l.giveUp(a)
		return notKept(err)
	case !free: // by a login that ended at the same time
		return l.alias(a, nil)
	}
	if !l.registered(l.owner) { // before it starts, for it may be that only the registered may use it
		if err := l.enlist(ctx, l.owner); err != nil {
			return notKept(err)
		}
	}
	l.hub.Start(where, 0)
	l.greet(where)
	jid := l.accountJID(where)
	return dialog.Outcome{Note: "You are logged in as " + called(a) + ". The account is " + jid.String() + ": put it into your contact list to see its state there. " +
		"Its rooms are what that address lists; write “list” to me to see them here."}
}

// enlist registers a person with the gateway, and asks for their presence (XEP-0100 §4.1.1).
func (d *dialogues) enlist(ctx context.Context, owner stanza.JID) error {
	err := written(ctx, func(done func(error)) {
		d.options.Mark(options.Where{Person: owner.String()}, registered, "true", done)
	})
	if err != nil {
		return err
	}
	d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "subscribe", From: stanza.JID{Domain: d.domain}, To: owner})
	return nil
}

// giveUp ends a login that nobody takes.
func (l *loggingIn) giveUp(a login) {
	go func() { _ = l.logOut(context.Background(), l.owner, a) }()
}

// logOut ends a login at the network, where the network can, and says in the log where that fails.
func (d *dialogues) logOut(ctx context.Context, owner stanza.JID, a login) error {
	driver, ok := d.driver.(transports.LogoutDriver)
	if !ok || len(a.data) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, logoutTime)
	defer cancel()
	err := driver.Logout(ctx, transports.Account{Scope: a.scope, Person: account.PersonName(owner, d.domain), Data: a.data}, d.env)
	if err != nil {
		d.log.Warn("A login could not be ended at the network.", "scope", string(a.scope), "error", err)
	}
	return err
}

// called is what people call an account.
func called(a login) string {
	if a.name == "" {
		return string(a.self)
	}
	return a.name
}

func refuse(err error) dialog.Outcome { return dialog.Outcome{Problem: account.Refusal(err)} }

func notKept(err error) dialog.Outcome {
	return refuse(&transports.Fault{Text: "It could not be kept. Try again later.", Cause: err})
}
