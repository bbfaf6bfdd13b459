package loopback

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"isthmus/transports"
)

// The ways to log in: one for each kind of step.
const (
	flowForm = "form" // one form: name and password
	flowCode = "code" // two forms: the name, then a code that the network has sent
	flowLink = "link" // something to open elsewhere, and to wait for
)

var flows = []transports.Flow{
	{Name: flowForm, Label: "Name and password", Help: "You need the name and the password of your account."},
	{Name: flowCode, Label: "A code that is sent to you", Help: "You need the name of your account and the device that gets the code."},
	{Name: flowLink, Label: "Another device", Help: "You open a link, or scan a code, where you are logged in already."},
}

// loginOf is how a user may log in.
type loginOf struct {
	User     transports.UserID
	Password string
	// Code is the one that is sent, and that is shown on another device.
	Code string
}

// AddLogin lets somebody log in as a user by a name, with a password or with a code.
func (n *Network) AddLogin(id transports.UserID, name, password, code string) {
	n.ask(func(n *network) { n.Logins[foldName(name)] = loginOf{id, password, code} })
}

// Shown are the codes of all logins that wait for another device.
func (n *Network) Shown() (codes []string) {
	n.ask(func(n *network) {
		for code := range n.shown {
			codes = append(codes, code)
		}
	})
	return codes
}

// Approve ends the wait of the login that shows a code: as a user, or with a fault for who said no. It is false where no such login waits.
func (n *Network) Approve(code string, id transports.UserID, no *transports.Fault) (waits bool) {
	n.ask(func(n *network) {
		var answer chan<- approval
		if answer, waits = n.shown[code]; waits {
			delete(n.shown, code)
			answer <- approval{id, no}
		}
	})
	return waits
}

// Renew gives a user's account another token, as networks do from time to time; those before are void.
func (n *Network) Renew(id transports.UserID) {
	n.ask(func(n *network) {
		u := n.Users[id]
		if u == nil {
			return
		}
		for token, of := range n.Tokens {
			if of == id {
				delete(n.Tokens, token)
			}
		}
		token := n.newToken(u)
		for _, c := range u.clients {
			c.token = token
		}
		u.tell(transports.Credentials{Data: []byte(token)})
	})
}

// approval is what another device says of a login.
type approval struct {
	user transports.UserID
	no   *transports.Fault
}

func (n *network) newToken(u *user) string {
	token := rand.Text()
	n.Tokens[token] = u.ID
	n.changed = true
	return token
}

func badCredentials() *transports.Fault {
	return fault(transports.BadCredentials, "The network does not know the account's credentials any more. Log in again.")
}

// login is a login on its way.
type login struct {
	driver  *Driver
	flow    string
	network *network // nil before it is known
	name    string   // of who logs in, folded
	form    transports.LoginForm
	code    string // shown
	answer  chan approval
}

// Login begins a login.
func (d *Driver) Login(flow, person string, _ transports.Env) (transports.Login, error) {
	for _, f := range flows {
		if f.Name == flow {
			return &login{driver: d, flow: flow}, nil
		}
	}
	return nil, fault(transports.Invalid, "There is no way to log in that is called %q.", flow)
}

// Logout makes the token of an account void.
func (d *Driver) Logout(ctx context.Context, account transports.Account, _ transports.Env) error {
	n := d.networks[account.Scope]
	if n == nil {
		return nil // with the network the token is gone as well
	}
	return d.ask(ctx, func() {
		delete(n.Tokens, string(account.Data))
		n.changed = true
	})
}

// Begin asks for the network where there are several, and for the name; or it shows a code.
func (l *login) Begin(ctx context.Context) (transports.Step, error) {
	if len(l.driver.scopes) == 1 {
		l.network = l.driver.networks[transports.Scope(l.driver.scopes[0])]
	}
	l.form = transports.LoginForm{Title: "Log in", Text: "Say who you are on the network."}
	if l.network == nil {
		l.field("network", "Network", transports.Line, "One of: "+strings.Join(l.driver.scopes, ", "))
	}
	switch l.flow {
	case flowForm:
		l.field("name", "Name", transports.Line, "")
		l.field("password", "Password", transports.Secret, "")
	case flowCode:
		l.field("name", "Name", transports.Line, "A code is sent to you then.")
	case flowLink:
		if l.network != nil {
			return l.show(ctx)
		}
	}
	return l.ask(""), nil
}

func (l *login) field(name, label string, kind transports.FieldKind, help string) {
	l.form.Fields = append(l.form.Fields, transports.Field{Name: name, Label: label, Kind: kind, Help: help})
}

// ask asks for the fields, with what was wrong before.
func (l *login) ask(problem string) transports.Step {
	form := l.form
	form.Problem = problem
	return transports.Step{Form: &form}
}

// Answer takes what was filled in.
func (l *login) Answer(ctx context.Context, answers transports.Options) (transports.Step, error) {
	get := func(name string) string { return strings.TrimSpace(answers.Get(nil, name)) }
	if l.network == nil {
		n := l.driver.networks[transports.Scope(strings.ToLower(get("network")))]
		if n == nil {
			return l.ask("There is no such network. Give one of: " + strings.Join(l.driver.scopes, ", ") + "."), nil
		}
		l.network = n
		l.form.Fields = l.form.Fields[1:]
	}
	switch {
	case l.flow == flowLink:
		return l.show(ctx)
	case l.name == "" && foldName(get("name")) == "":
		return l.ask("The name is missing."), nil
	case l.flow == flowCode && l.name == "":
		l.name = foldName(get("name"))
		l.form = transports.LoginForm{Title: "Log in", Text: "A code was sent to you."}
		l.field("code", "Code", transports.Line, "")
		return l.ask(""), nil
	}
	name := l.name
	if l.flow == flowForm {
		name = foldName(get("name"))
	}
	var u *user
	step := transports.Step{}
	err := l.driver.ask(ctx, func() {
		of, known := l.network.Logins[name]
		fits := l.flow == flowForm && of.Password != "" && of.Password == answers.Get(nil, "password") ||
			l.flow == flowCode && of.Code != "" && of.Code == get("code")
		if u = l.network.Users[of.User]; known && fits && u != nil {
			step = l.done(u)
		}
	})
	switch {
	case err != nil:
		return step, err
	case step.Done != nil:
		return step, nil
	case l.flow == flowCode:
		return l.ask("That is not the code. Look at it once more."), nil
	}
	return l.ask("The name or the password is wrong."), nil
}

// show shows a code to be approved elsewhere.
func (l *login) show(ctx context.Context) (transports.Step, error) {
	l.code, l.answer = rand.Text()[:8], make(chan approval, 1)
	if err := l.driver.ask(ctx, func() { l.network.shown[l.code] = l.answer }); err != nil {
		return transports.Step{}, err
	}
	return transports.Step{Show: &transports.Shown{Title: "Log in on another device",
		Text: "Open the link where you are logged in, or scan the code, and approve it.",
		URL:  "https://loopback.invalid/login/" + l.code, Code: l.code}}, nil
}

// Wait waits until somebody has approved what was shown.
func (l *login) Wait(ctx context.Context) (transports.Step, error) {
	if l.answer == nil {
		return transports.Step{}, fault(transports.Invalid, "There is nothing to wait for.")
	}
	select {
	case a := <-l.answer:
		if a.no != nil {
			return transports.Step{}, a.no
		}
		step := transports.Step{}
		err := l.driver.ask(ctx, func() {
			if u := l.network.Users[a.user]; u != nil {
				step = l.done(u)
			}
		})
		if err == nil && step.Done == nil {
			err = fault(transports.NotFound, "The user who approved the login is gone.")
		}
		return step, err
	case <-ctx.Done():
		return transports.Step{}, offline("The login was given up: nobody approved it in time.")
	}
}

// done ends the login as a user. The owner of the networks calls it.
func (l *login) done(u *user) transports.Step {
	n := l.network
	return transports.Step{Done: &transports.NewAccount{Scope: n.scope, Name: fmt.Sprintf("%s on %s", u.Name, n.scope), Self: u.ID, Data: []byte(n.newToken(u))}}
}

// Close forgets the code that was shown.
func (l *login) Close() {
	if l.code != "" {
		_ = l.driver.ask(context.Background(), func() { delete(l.network.shown, l.code) }) // a network that has ended shows nothing
	}
}
