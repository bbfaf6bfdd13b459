package dialog

import (
	"context"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// Registration is how people register with a place, in band.
type Registration struct {
	// Register asks for what a registration needs, with the present values in its form, and registers or changes it.
	// It must ask before it acts.
	Register Command
	// Remove ends the registration. What it asks for is asked in the error answer (XEP-0077 §3.2); since the request to remove is
	// clear enough, it need not ask for a confirmation.
	Remove Command
	// Registered tells whether someone is. Like a Step, it may block.
	Registered func(context.Context, Asker) bool
}

var (
	badRemoval    = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.BadRequest, Text: "A request to remove the registration must ask for nothing else."}
	notRegistered = &stanza.Error{Type: xmpp.Auth, Condition: xmpp.RegistrationRequired, Text: "You are not registered here."}
	noUnregister  = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.NotAllowed, Text: "More is needed to remove the registration. Fill in the form."}
)

// Register takes a request about a registration (XEP-0077 §3) and answers it exactly once. It tells whether s is one.
func (f *Faces) Register(s *stanza.Stanza, g Registration, who Asker) bool {
	r, ok := xep.ParseRegister(s)
	if !ok {
		return false
	}
	f.handle(s, func() {
		started := f.spawn(who, stepTime, func(ctx context.Context) func() {
			a := g.answer(ctx, s, r, who)
			return func() { f.reply(a) }
		}, func() { f.reply(s.Refuse(shuttingDown)) })
		if started == nil {
			f.reply(s.Refuse(tooMuch))
		}
	})
	return true
}

func (g Registration) answer(ctx context.Context, s *stanza.Stanza, r xep.RegisterRequest, who Asker) *stanza.Stanza {
	answers, problem := r.Answers()
	switch {
	case problem != "":
		return s.Refuse(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.BadRequest, Text: problem})
	case r.Remove && (!r.Alone || !r.Set): // XEP-0077 §3.2
		return s.Refuse(badRemoval)
	case r.Form.Attr("type") == "cancel": // XEP-0004 §3.1: nothing is to be done
		return s.Result()
	case r.Remove, r.Set && answers.Get("FORM_TYPE") == xep.NSUnregister:
		return g.remove(ctx, s, answers, who)
	}
	if g.Register.Operator && !who.Operator {
		return s.Refuse(forbidden)
	}
	first := g.Register.Start(ctx, who)
	switch {
	case first.Problem != nil:
		return s.Refuse(first.Problem)
	case first.Ask == nil && r.Set:
		return s.Result()
	case first.Ask == nil: // there is nothing to fill in
		return s.Result(xep.Registration(&xep.Form{Instructions: first.Note}, g.Registered(ctx, who)))
	case !r.Set:
		first.left() // what is given comes with a dialogue of its own
		return s.Result(xep.Registration(first.Ask, g.Registered(ctx, who)))
	}
	given, problem := first.Ask.Check(answers)
	if problem != "" { // XEP-0077 §3.1
		first.left()
		return s.Refuse(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: problem})
	}
	o := first.Then(ctx, given)
	o.left()
	switch {
	case o.Problem != nil:
		return s.Refuse(o.Problem)
	case o.Ask != nil:
		return s.Refuse(g.longer())
	default:
		return s.Result()
	}
}

// longer says where the dialogue can be held whose further forms have no place in the band.
func (g Registration) longer() *stanza.Error {
	text := "More than one form is needed for this. Use the command “" + g.Register.Name + "” in the list of commands of the gateway (ad-hoc commands) instead."
	if len(g.Register.Words) > 0 {
		text += " Or write “" + g.Register.Words[0] + "” to its bot."
	}
	return &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: text}
}

// remove ends a registration (XEP-0077 §3.2).
func (g Registration) remove(ctx context.Context, s *stanza.Stanza, answers xep.Answers, who Asker) *stanza.Stanza {
	if !g.Registered(ctx, who) {
		return s.Refuse(notRegistered)
	}
	o := g.Remove.Start(ctx, who)
	if o.Ask != nil && o.Problem == nil && len(answers) > 0 {
		given, problem := o.Ask.Check(answers)
		if problem != "" {
			return s.Refuse(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: problem})
		}
		o = o.Then(ctx, given)
	}
	switch {
	case o.Problem != nil:
		return s.Refuse(o.Problem)
	case o.Ask != nil:
		refusal := s.Refuse(noUnregister)
		refusal.Payload = append([]*stanza.Element{xep.Unregistration(o.Ask)}, refusal.Payload...)
		return refusal
	default:
		return s.Result()
	}
}
