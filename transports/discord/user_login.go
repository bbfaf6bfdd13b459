package discord

import (
	"context"
	"net/http"
	"slices"

	"isthmus/transports"
)

// A person's own account speaks with Discord as Discord's own clients do, for there is no documented way. Discord forbids it, so it is there only where the operator
// has it, and only for who has agreed to the risk.

// flowUser is the way to log in as oneself.
const flowUser = "user"

// userText is what somebody must know before they log in as themselves.
const userText = `WARNING. Discord forbids that a program logs in as a person (a “self-bot”). It can end your account for good because of it, at any time and without a word before, with all your messages, friends and servers. Accounts have been ended for messages that gateways like this one sent. Neither this gateway nor its operator can prevent that or undo it. Do not do this with an account that you cannot afford to lose; a bot needs no such risk.

If you want it all the same:
1. Log in to https://discord.com/app with a browser, open its developer tools (F12), and there “Network”.
2. Open any channel, choose a request that begins with “messages”, and copy what its header “Authorization” says: this is the token. It is worth as much as your password. Give it to nobody else.
3. Put it in below and agree. The gateway's operator could read it. Changing your password at Discord makes it void.`

// userFlow is offered where the operator has it.
var userFlow = transports.Flow{Name: flowUser, Label: "Yourself (against Discord's rules, your account may be ended)", Help: "You need your own token: how to find it, and what you risk, is said in the next step."}

// flows are the ways to log in.
func (c Config) flows() []transports.Flow {
	if c.UserAccounts {
		return append(slices.Clone(flows), userFlow)
	}
	return flows
}

// userLogin is the login of a person as themselves.
type userLogin struct {
	driver *Driver
	env    transports.Env
}

// Begin warns, and asks for the token.
func (l *userLogin) Begin(context.Context) (transports.Step, error) { return l.ask(""), nil }

func (l *userLogin) ask(problem string) transports.Step {
	return transports.Step{Form: &transports.LoginForm{Title: "Log in to Discord as yourself", Text: userText, Problem: problem,
		Fields: []transports.Field{{Name: "token", Label: "Token", Kind: transports.Secret},
			{Name: "agree", Label: "I know that Discord forbids this and may end my account. I take that risk.", Kind: transports.Switch, Default: []string{"false"}}}}}
}

// Answer tries the token of who has agreed.
func (l *userLogin) Answer(ctx context.Context, answers transports.Options) (transports.Step, error) {
	token := bare(answers.Get(nil, "token"))
	switch {
	case answers.Get(nil, "agree") != "true":
		return l.ask("You have not agreed to the risk, so nothing was done. Read the warning, and agree to it if you want this all the same."), nil
	case !isToken(token):
		return l.ask("The token is missing, or is none: copy what the header “Authorization” says."), nil
	}
	data := credentials{Token: token, User: true}
	self, err := l.driver.whose(ctx, data, l.env)
	switch {
	case err != nil && transports.AsFault(err).Kind == transports.BadCredentials:
		if self, err := l.driver.whose(ctx, credentials{Token: token}, l.env); err == nil && self.ID != "" {
			return l.ask("This is the token of a bot. Log in with it as a bot: nothing forbids that."), nil
		}
		return l.ask("Discord does not take this token. Copy it again: it is void once you log out there or change your password."), nil
	case err != nil:
		return l.ask(transports.AsFault(err).Text), nil
	case !isSnowflake(self.ID):
		return l.ask("Discord did not say whose token it is. Try again later."), nil
	case self.Bot:
		return l.ask("This is the token of a bot. Log in with it as a bot: nothing forbids that."), nil
	}
	return transports.Step{Done: &transports.NewAccount{Scope: transports.Scope(self.ID), Name: self.name(), Self: transports.UserID(self.ID), Data: data.encode()}}, nil
}

// Wait is never called: nothing is shown.
func (l *userLogin) Wait(context.Context) (transports.Step, error) { return l.ask(""), nil }

// Close has nothing to end.
func (*userLogin) Close() {}

// whose asks whose token it is.
func (d *Driver) whose(ctx context.Context, data credentials, env transports.Env) (self user, err error) {
	err = d.rest(data.authorization(), env).do(ctx, request{method: http.MethodGet, path: pathSelf}, &self)
	return self, err
}

// notABot says that what was given as a bot's token is a person's, or nothing where it is not.
func (l *login) notABot(ctx context.Context, token string) string {
	if self, err := l.driver.whose(ctx, credentials{Token: token, User: true}, l.env); err != nil || self.ID == "" || self.Bot {
		return ""
	}
	if l.driver.config.UserAccounts {
		return "This is your own token and not that of a bot. Log in with it as yourself, if you want that: it is another way to log in, with another risk."
	}
	return "This is the token of a person and not of a bot, and this gateway logs in no persons: Discord forbids it. Make a bot as said above."
}

// errNoUsers ends the sessions of people's own accounts where the operator does not have them any more.
func errNoUsers() *transports.Fault {
	return fault(transports.Forbidden, "The operator of this gateway no longer lets people log in to Discord as themselves. Log in as a bot.")
}

// deadToken is what the end of a person's token means.
func deadToken() *transports.Fault {
	return fault(transports.BadCredentials, "Discord does not take your token any more: you have logged out there or changed your password, or Discord has ended your account. Look with Discord's own client, and log in again with a new token.")
}
