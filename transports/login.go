package transports

import (
	"context"
	"net/http"
)

// Flow is a way to log in.
type Flow struct {
	// Name is how forms call it; Label is what a person reads; Help says what is needed for it.
	Name, Label, Help string
}

// Step is what a login wants next. Exactly one of Form, Show and Done is set.
type Step struct {
	// Form is to be filled in.
	Form *LoginForm
	// Show is to be shown, and waited for.
	Show *Shown
	// Done ends the login.
	Done *NewAccount
}

// LoginForm asks a person something. Problem says what was wrong with the answers before.
type LoginForm struct {
	Title, Text, Problem string
	Fields               []Field
}

// Shown is something that a person does elsewhere.
type Shown struct {
	Title, Text string
	// URL is where to go; Code is to be scanned there as a QR code, or typed. Either may be empty.
	URL, Code string
}

// NewAccount is what a login has come to.
type NewAccount struct {
	Scope Scope
	// Name is what people call the account.
	Name string
	// Self is who it is on the network.
	Self UserID
	// Data is what the driver needs to open it, such as a token; it is sealed where it is kept.
	Data []byte
}

// Login is a login on its way. It is used by one goroutine. A Fault that may be mended by other answers comes as a form with its Problem; an error ends the login.
type Login interface {
	// Begin gives the first step.
	Begin(ctx context.Context) (Step, error)
	// Answer takes a form's answers.
	Answer(ctx context.Context, answers Options) (Step, error)
	// Wait waits until what was shown has been done, or ctx ends.
	Wait(ctx context.Context) (Step, error)
	// Close ends it, done or not.
	Close()
}

// LoginDriver is a Driver whose accounts come into being by a login. Several accounts of one person may be in one scope where their Self differs.
type LoginDriver interface {
	// Login begins one of About's flows for a person (a name for them as in Account.Person).
	Login(flow, person string, env Env) (Login, error)
}

// WebDriver is a Driver with pages of its own, such as where a browser comes back to after somebody has allowed something elsewhere.
type WebDriver interface {
	// Pages gives the handler of all that is below an address of the operator's listener, whose path it sees without that of the address. It is
	// called once, before Run, and not at all where there is no listener.
	Pages(address string) http.Handler
}

// LogoutDriver is a LoginDriver that can end a login at the network too, so that the data is worth nothing any more.
type LogoutDriver interface {
	// Logout ends what a login came to. The account is not open.
	Logout(ctx context.Context, account Account, env Env) error
}
