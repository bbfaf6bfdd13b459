package core

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

const (
	// maxLogins is how many accounts a person may have on a transport, maxOpen how many logins under way.
	maxLogins = 10
	maxOpen   = 3
	// loginTime bounds how long what a login shows is waited for, lookTime how long a client waits for the answer whether it is done.
	loginTime = 10 * time.Minute
	lookTime  = 20 * time.Second
	// logoutTime bounds a logout at the network.
	logoutTime = 15 * time.Second
)

// loggingIn is a login under way. Its steps follow each other; the driver's Login is used by one goroutine at a time.
type loggingIn struct {
	*dialogues
	owner  stanza.JID
	policy person.Policy
	login  transports.Login
	// waited gets what Wait comes to, where it runs; stop ends it.
	waited chan waited
	stop   context.CancelFunc
	close  func()
}

type waited struct {
	step transports.Step
	err  error
}

// logIn is the command by which a person gets an account: a way, where there are several, then what the network asks.
func (d *dialogues) logIn(policy person.Policy) dialog.Command {
	flows, words := d.about.Flows, []string{"login"}
	if len(flows) > 1 {
		words = append(words, "way")
	}
	return dialog.Command{Node: "login", Name: "Log in", Words: words, Help: "Logs in to an account of yours on " + d.about.Name + ".\nYou may have several. Log in to the same one again where the network no longer accepts what it has.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			owner := who.Person.Bare()
			if !policy.MayRegister(owner) && !d.registered(owner) {
				return dialog.Outcome{Problem: mayNotRegister}
			}
			if len(flows) == 1 {
				return d.begin(ctx, owner, policy, flows[0].Name)
			}
			way := xep.Field{Name: "way", Label: "How do you want to log in", Kind: xep.Choice, Required: true}
			var help []string
			for _, f := range flows {
				way.Options = append(way.Options, xep.Option{Value: f.Name, Label: f.Label})
				if f.Help != "" {
					help = append(help, f.Label+": "+f.Help)
				}
			}
			return dialog.Outcome{Ask: &xep.Form{Title: "Log in to " + d.about.Name, Instructions: strings.Join(help, "\n"), Fields: []xep.Field{way}}, More: true,
				Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
					return d.begin(ctx, owner, policy, a.Get("way"))
				}}
		}}
}

// begin starts a login by one of the driver's flows.
func (d *dialogues) begin(ctx context.Context, owner stanza.JID, policy person.Policy, flow string) dialog.Outcome {
	if !d.open.take(owner) {
		return refuse(&transports.Fault{Kind: transports.RateLimited, Text: "You have begun too many logins. Finish one of them, or cancel it."})
	}
	driver, _ := d.driver.(transports.LoginDriver)
	login, err := driver.Login(flow, account.PersonName(owner, d.domain), d.env)
	if err != nil {
		d.open.give(owner)
		return refuse(err)
	}
	l := &loggingIn{dialogues: d, owner: owner, policy: policy, login: login}
	l.close = sync.OnceFunc(func() {
		login.Close()
		d.open.give(owner)
	})
	step, err := login.Begin(ctx)
	return l.next(ctx, step, err)
}

// next says a step in the words of a dialogue.
func (l *loggingIn) next(ctx context.Context, step transports.Step, err error) dialog.Outcome {
	switch {
	case err != nil:
		l.close()
		return refuse(err)
	case step.Done != nil:
		l.close()
		return l.done(ctx, *step.Done)
	case step.Show != nil:
		return l.show(step.Show)
	case step.Form != nil:
		return l.form(step.Form)
	}
	l.close()
	return refuse(&transports.Fault{Text: "The login has come to nothing. Try again, and tell the operator if that does not help.", Cause: errors.New("a step of a login is empty")})
}

// form asks what the network wants to know. A field without a default has to be answered.
func (l *loggingIn) form(f *transports.LoginForm) dialog.Outcome {
	form := &xep.Form{Title: f.Title, Instructions: f.Text}
	for _, field := range f.Fields {
		asked := fieldOf(field, field.Default)
		asked.Required = len(field.Default) == 0 && field.Kind != transports.Switch
		form.Fields = append(form.Fields, asked)
	}
	o := dialog.Outcome{Ask: form, More: true, Abandon: l.close, Then: func(ctx context.Context, a xep.Answers) dialog.Outcome {
		answers := transports.Options{}
		maps.Copy(answers, a)
		step, err := l.login.Answer(ctx, answers)
		return l.next(ctx, step, err)
	}}
	if f.Problem != "" {
		o.Problem = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: f.Problem}
	}
	return o
}

// show tells what is to be done elsewhere, and waits for it.
func (l *loggingIn) show(s *transports.Shown) dialog.Outcome {
	ctx, stop := context.WithTimeout(context.Background(), loginTime)
	l.waited, l.stop = make(chan waited, 1), stop
	go func() {
		step, err := l.login.Wait(ctx)
		l.waited <- waited{step, err}
	}()
	var lines []string
	for _, line := range []string{s.Text, s.URL} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if s.Code != "" {
		lines = append(lines, "Code: "+s.Code)
	}
	form := &xep.Form{Title: s.Title, Fields: []xep.Field{{Kind: xep.Fixed, Values: []string{strings.Join(lines, "\n")}}}}
	return l.shown(form, "")
}

// shown is what waits for something elsewhere.
func (l *loggingIn) shown(form *xep.Form, note string) dialog.Outcome {
	return dialog.Outcome{Ask: form, Note: note, More: true, Abandon: l.abandon,
		Then: func(ctx context.Context, _ xep.Answers) dialog.Outcome {
			look, cancel := context.WithTimeout(ctx, lookTime)
			defer cancel()
			select {
			case w := <-l.waited:
				return l.take(ctx, w)
			case <-look.Done():
				return l.shown(form, "That is not done yet. Go on when it is.")
			}
		},
		Wait: func(ctx context.Context) dialog.Outcome {
			select {
			case w := <-l.waited:
				return l.take(ctx, w)
			case <-ctx.Done(): // cancelled: it lasts longer than loginTime
				return l.shown(form, "")
			}
		}}
}

// take goes on with what Wait came to.
func (l *loggingIn) take(ctx context.Context, w waited) dialog.Outcome {
	l.stop()
	if errors.Is(w.err, context.DeadlineExceeded) {
		w.err = &transports.Fault{Kind: transports.Offline, Text: "That was not done in time, and the login has ended. Begin it again.", Cause: w.err}
	}
	return l.next(ctx, w.step, w.err)
}

// abandon ends a login that waits.
func (l *loggingIn) abandon() {
	l.stop()
	if w := <-l.waited; w.step.Done != nil { // nobody is there to take it
		_ = l.logOut(context.Background(), l.owner, login{scope: w.step.Done.Scope, name: w.step.Done.Name, data: w.step.Done.Data})
	}
	l.close()
}

// turnstile counts what each person has under way.
type turnstile struct {
	mu    sync.Mutex
	taken map[stanza.JID]int
	most  int
}

func newTurnstile(most int) *turnstile { return &turnstile{taken: map[stanza.JID]int{}, most: most} }

// take is false where a person has as many as there may be.
func (t *turnstile) take(who stanza.JID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken[who] >= t.most {
		return false
	}
	t.taken[who]++
	return true
}

func (t *turnstile) give(who stanza.JID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken[who]--; t.taken[who] <= 0 {
		delete(t.taken, who)
	}
}
