package dialog

import (
	"context"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// The refusals of XEP-0050 §4.4.
var (
	malformedAction = xep.CommandError(xep.MalformedAction, "There is no such action.")
	notStarted      = xep.CommandError(xep.BadAction, "The command has not been started. Execute it first.")
	noStageBefore   = xep.CommandError(xep.BadAction, "This is the first form of the command.")
	stillWorking    = xep.CommandError(xep.BadAction, "The last form is still being worked on.")
	badSession      = xep.CommandError(xep.BadSession, "This session was not given to you for this command.")
	sessionExpired  = xep.CommandError(xep.SessionExpired, "This session has ended. Start the command again.")
)

// Command takes a request to a command (XEP-0050 §2.4), with the menu of the place that it is addressed to, and answers it exactly
// once. It tells whether s is one.
func (f *Faces) Command(s *stanza.Stanza, menu Menu, who Asker) bool {
	r, ok := xep.ParseCommand(s)
	if ok {
		f.handle(s, func() {
			if problem := f.command(s, r, menu, who); problem != nil {
				f.reply(s.Refuse(problem))
			}
		})
	}
	return ok
}

// command takes a request, or says why not.
func (f *Faces) command(s *stanza.Stanza, r xep.CommandRequest, menu Menu, who Asker) *stanza.Error {
	c, problem := menu.node(r.Node, who.Operator)
	if problem != nil {
		return problem
	}
	switch r.Action {
	case xep.ActionExecute, xep.ActionNext, xep.ActionPrev, xep.ActionComplete, xep.ActionCancel:
	default:
		return malformedAction
	}
	if r.Session == "" {
		if r.Action != xep.ActionExecute {
			return notStarted
		}
		return f.execute(s, r, c, who)
	}
	p := f.person(who)
	se := p.session(r.Session)
	switch {
	case !f.issued(r.Session, who, r.Node):
		return badSession
	case se == nil || se.stale(time.Now()):
		return sessionExpired
	}
	se.touched = time.Now()
	switch {
	case r.Action == xep.ActionCancel:
		return f.cancel(s, p, se)
	case se.working != nil:
		return stillWorking
	case r.Action == xep.ActionPrev:
		return f.back(s, se)
	default: // execute, next and complete all hand in the form, whichever the client was offered
		return f.submit(s, p, se, r.Form)
	}
}

// execute starts a session. A form that comes with the request answers the first one that the command asks.
func (f *Faces) execute(s *stanza.Stanza, r xep.CommandRequest, c *Command, who Asker) *stanza.Error {
	given, problem := xep.Submitted(r.Form)
	if problem != "" {
		return xep.CommandError(xep.BadPayload, problem)
	}
	p := f.person(who)
	if !p.makeRoom() {
		return tooMuch
	}
	se := &session{id: f.issue(who, c.Node), command: c, who: who, touched: time.Now()}
	p.sessions = append(p.sessions, se)
	refusal := f.run(s, p, se, func(ctx context.Context) Outcome { return c.Start(ctx, who) }, func(o Outcome) {
		if o.Ask == nil || o.Problem != nil || len(given) == 0 || se.canceling != nil {
			f.conclude(s, p, se, o)
			return
		}
		se.ask(o)
		if refusal := f.submit(s, p, se, r.Form); refusal != nil {
			p.end(se) // the client has not heard of the session
			f.reply(s.Refuse(refusal))
		}
	})
	if refusal != nil {
		p.end(se)
	}
	return refusal
}

// submit hands the answers to the step that waits for them.
func (f *Faces) submit(s *stanza.Stanza, p *person, se *session, form *stanza.Element) *stanza.Error {
	current := &se.stages[len(se.stages)-1]
	answers, problem := current.form.Read(form)
	if problem != "" { // the session stays, so that the client may try again
		return xep.CommandError(xep.BadPayload, problem)
	}
	current.answers = answers
	then, left := current.then, current.left
	current.left = nil // the step has the dialogue now
	refusal := f.run(s, p, se, func(ctx context.Context) Outcome { return then(ctx, answers) }, func(o Outcome) { f.conclude(s, p, se, o) })
	if refusal != nil {
		current.left = left
	}
	return refusal
}

// run runs a step of the session.
func (f *Faces) run(s *stanza.Stanza, p *person, se *session, step func(context.Context) Outcome, after func(Outcome)) *stanza.Error {
	var o Outcome
	stop := f.spawn(se.who, stepTime, func(ctx context.Context) func() {
		o = step(ctx)
		return func() {
			se.working, se.stop, se.touched = nil, nil, time.Now()
			after(o)
		}
	}, func() {
		o.left()
		f.reply(s.Refuse(shuttingDown))
		if se.canceling != nil {
			f.reply(se.canceling.Refuse(shuttingDown))
		}
	})
	if stop == nil {
		return tooMuch
	}
	se.working, se.stop = s, stop
	return nil
}

// conclude answers a request with where its step has led.
func (f *Faces) conclude(s *stanza.Stanza, p *person, se *session, o Outcome) {
	canceling := se.canceling
	switch {
	case o.Ask != nil && canceling != nil, o.Problem != nil && canceling != nil: // nothing was done
		p.end(se)
		o.left()
		f.reply(s.Result(se.result(xep.StatusCanceled).Element()))
		f.reply(canceling.Result(se.result(xep.StatusCanceled).Element()))
	case o.Ask != nil:
		se.ask(o)
		f.reply(s.Result(se.show(o)))
	case o.Problem != nil:
		p.end(se)
		f.reply(s.Refuse(o.Problem))
	default:
		p.end(se)
		done := se.result(xep.StatusCompleted)
		done.Notes = o.notes()
		if o.Report != nil {
			done.Form = o.Report.Element()
		}
		f.reply(s.Result(done.Element()))
		if canceling != nil { // too late
			f.reply(canceling.Refuse(sessionExpired))
		}
	}
}

// cancel ends a session (XEP-0050 §2.4.3). While a step runs, its end decides what is true, and both requests are answered then.
func (f *Faces) cancel(s *stanza.Stanza, p *person, se *session) *stanza.Error {
	switch {
	case se.canceling != nil:
		return stillWorking
	case se.working != nil:
		se.canceling = s
		se.stop()
		return nil
	}
	p.end(se)
	f.reply(s.Result(se.result(xep.StatusCanceled).Element()))
	return nil
}

// back shows the form before with the answers that were given (XEP-0050 §2.4.2).
func (f *Faces) back(s *stanza.Stanza, se *session) *stanza.Error {
	if len(se.stages) < 2 {
		return noStageBefore
	}
	se.stages = se.stages[:len(se.stages)-1]
	f.reply(s.Result(se.show(Outcome{})))
	return nil
}

// ask makes the outcome's form the current one: the next, or the same again where there was a problem.
func (se *session) ask(o Outcome) {
	next := stage{form: o.Ask, then: o.Then, more: o.More, left: o.Abandon}
	if last := len(se.stages) - 1; o.Problem != nil && last >= 0 {
		next.answers = se.stages[last].answers
		se.stages[last] = next
		return
	}
	if o.Abandon != nil {
		se.stages = nil
	}
	se.stages = append(se.stages, next)
}

// show is the current form, with the notes of the outcome that led to it.
func (se *session) show(o Outcome) *stanza.Element {
	current := se.stages[len(se.stages)-1]
	r := se.result(xep.StatusExecuting)
	if len(se.stages) > 1 {
		r.Actions = append(r.Actions, xep.ActionPrev)
	}
	if current.more { // the last one is what execute means
		r.Actions = append(r.Actions, xep.ActionNext)
	} else {
		r.Actions = append(r.Actions, xep.ActionComplete)
	}
	r.Notes = o.notes()
	r.Form = current.form.Filled(current.answers).Element()
	return r.Element()
}

func (se *session) result(status string) xep.CommandResult {
	return xep.CommandResult{Node: se.command.Node, Session: se.id, Status: status}
}

// notes tell how it went (XEP-0050 §4.3).
func (o Outcome) notes() []xep.Note {
	var notes []xep.Note
	if o.Note != "" {
		notes = append(notes, xep.Note{Level: xep.NoteInfo, Text: o.Note})
	}
	if o.Warning != "" {
		notes = append(notes, xep.Note{Level: xep.NoteWarn, Text: o.Warning})
	}
	if o.Problem != nil {
		notes = append(notes, xep.Note{Level: xep.NoteError, Text: o.Problem.Error()})
	}
	return notes
}
