package core

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// configureGateway is what a person sets for the whole transport.
func (d *dialogues) configureGateway() dialog.Command {
	return dialog.Command{Node: "configure", Name: "Your settings", Words: []string{"configure"}, Help: "Shows and changes your settings.",
		Start: func(_ context.Context, who dialog.Asker) dialog.Outcome {
			return d.configure("Your settings", options.Where{Person: who.Person.Bare().String()}, d.options.GatewayFields(), nil)
		}}
}

// configureAccount is what a person sets for an account; the bot asks which.
func (d *dialogues) configureAccount(key string, ask bool) dialog.Command {
	settings := func(who dialog.Asker, key string) dialog.Outcome {
		settings, err := d.settingsOf(person.Key{Owner: who.Person.Bare(), Key: key})
		if err != nil {
			return dialog.Outcome{Problem: account.Refusal(err)}
		}
		var own []transports.Field
		if d.hasLogins() {
			own = account.Fields
		}
		outcome := d.configure("Your settings for "+key, options.Where{Person: who.Person.Bare().String(), Scope: settings}, own, d.about.AccountFields)
		if adviser, ok := d.driver.(transports.Adviser); ok {
			scope, _ := d.scope(person.Key{Owner: who.Person.Bare(), Key: key}) // that there is one, settingsOf has found
			outcome.Ask.Instructions = adviser.Advice(scope)
		}
		return outcome
	}
	c := dialog.Command{Node: "configure", Name: "Your settings for " + key,
		Start: func(_ context.Context, who dialog.Asker) dialog.Outcome { return settings(who, key) }}
	if ask {
		c.Node, c.Name, c.Words, c.Help = "configure-network", "Your settings for a network", []string{"network", "network"}, "Shows and changes your settings for a network."
		c.Start = func(_ context.Context, who dialog.Asker) dialog.Outcome {
			return dialog.Outcome{Ask: &xep.Form{Title: c.Name, Fields: []xep.Field{{Name: "network", Label: "Network", Required: true}}}, More: true,
				Then: func(_ context.Context, a xep.Answers) dialog.Outcome { return settings(who, a.Get("network")) }}
		}
	}
	return c
}

// configureRoom is what a person sets for a room, and what its owner sets for everyone.
func (d *dialogues) configureRoom(at address.Address) dialog.Command {
	return dialog.Command{Node: "configure", Name: "Your settings for " + at.Name,
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			settings, err := d.settingsOf(person.Key{Owner: who.Person.Bare(), Key: at.Key})
			if err != nil {
				return dialog.Outcome{Problem: account.Refusal(err)}
			}
			where := options.Where{Person: who.Person.Bare().String(), Scope: settings, Place: at.Name}
			return d.forEveryone(ctx, who, at, d.configure("Your settings for "+at.Name, where, options.RoomFields, d.about.RoomFields))
		}}
}

// fieldKinds are the kinds of form fields by those of options.
var fieldKinds = [...]xep.FieldKind{transports.Line: xep.Line, transports.Lines: xep.Lines, transports.Number: xep.Number,
	transports.Switch: xep.Switch, transports.Secret: xep.Secret, transports.Leaning: xep.Choice}

// unset is the answer by which a room follows the gateway.
const unset = "unset"

// fieldOf is a field as forms have it, with the values of now.
func fieldOf(f transports.Field, values []string) xep.Field {
	field := xep.Field{Name: f.Name, Label: f.Label, Help: f.Help, Kind: fieldKinds[f.Kind], Values: values}
	if f.Kind == transports.Leaning {
		field.Options = []xep.Option{{Value: unset, Label: "as for the gateway"}, {Value: "true", Label: "yes"}, {Value: "false", Label: "no"}}
		if len(values) == 0 {
			field.Values = []string{unset}
		}
	}
	return field
}

// configure asks for options, those of the core first, and keeps what is answered.
func (d *dialogues) configure(title string, where options.Where, own, drivers []transports.Field) dialog.Outcome {
	fields := slices.Concat(own, drivers)
	now := d.options.Get(where)
	form := &xep.Form{Title: title}
	for _, f := range fields {
		field := fieldOf(f, now.All(fields, f.Name))
		if f.Kind == transports.Switch && len(field.Values) == 0 { // a room follows the gateway until it has a word of its own
			field.Values = d.options.Get(options.Where{Person: where.Person}).All(d.options.GatewayFields(), f.Name)
		}
		form.Fields = append(form.Fields, field)
	}
	var step dialog.Step
	step = func(ctx context.Context, a xep.Answers) dialog.Outcome {
		take := func(now transports.Options) transports.Options { return merge(now, drivers, form, a) }
		next := take(d.options.Get(where))
		err := options.Check(own, next)
		if err == nil {
			err = d.driver.Check(drivers, next)
		}
		if err != nil {
			return dialog.Outcome{Ask: form.Filled(a), Then: step, Problem: account.Refusal(err)}
		}
		if err := d.change(ctx, where, take); err != nil {
			return dialog.Outcome{Problem: account.Refusal(&transports.Fault{Text: "Your settings could not be kept. Try again later.", Cause: err})}
		}
		return dialog.Outcome{Note: "Your settings are kept."}
	}
	return dialog.Outcome{Ask: form, Then: step}
}

// merge takes answers into options: what was not asked or not changed stays as it is. Who empties what has a default means nothing,
// where that is for the driver to say.
func merge(now transports.Options, drivers []transports.Field, form *xep.Form, a xep.Answers) transports.Options {
	next := maps.Clone(now)
	if next == nil {
		next = transports.Options{}
	}
	for _, f := range form.Fields {
		values, answered := a[f.Name]
		switch {
		case !answered || slices.Equal(values, f.Values):
		case len(values) == 0 || f.Kind != xep.Lines && values[0] == "" || f.Kind == xep.Choice && values[0] == unset:
			delete(next, f.Name)
			if slices.ContainsFunc(drivers, func(d transports.Field) bool { return d.Name == f.Name && len(d.Default) > 0 }) {
				next[f.Name] = []string{}
			}
		case f.Kind == xep.Switch:
			next[f.Name] = []string{fmt.Sprint(a.On(f.Name))}
		default:
			next[f.Name] = values
		}
	}
	return next
}

// change sets options and waits until they are on disk.
func (d *dialogues) change(ctx context.Context, where options.Where, change func(transports.Options) transports.Options) error {
	err := written(ctx, func(done func(error)) { d.options.Change(where, change, done) })
	if owner, bad := stanza.ParseJID(where.Person); bad == nil {
		d.hub.OptionsChanged(owner)
	}
	return err
}
