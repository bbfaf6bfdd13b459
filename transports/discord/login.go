package discord

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"isthmus/transports"
)

// flowBot is the way to log in as a bot.
const flowBot = "bot"

// botText is how one comes by a token.
const botText = `1. Open https://discord.com/developers/applications and press “New Application”.
2. Under “Bot” press “Reset Token” and copy what you get: it is the bot's password.
3. On the same page, under “Privileged Gateway Intents”, switch on “Server Members Intent” and “Message Content Intent”, and “Presence Intent” if you would like to see who is online. Save.
4. Put the token in below. If the bot is in no server yet, you get the link that invites it.`

var flows = []transports.Flow{{Name: flowBot, Label: "A bot", Help: "You need the token of a bot: how to make one is said in the next step."}}

// login is a login on its way.
type login struct {
	driver *Driver
	env    transports.Env
	rest   *rest
	data   credentials
	self   user
	app    application
}

// Login begins a login.
func (d *Driver) Login(flow, person string, env transports.Env) (transports.Login, error) {
	if flow == flowUser && d.config.UserAccounts {
		return &userLogin{driver: d, env: env}, nil
	}
	if flow != flowBot {
		return nil, fault(transports.Invalid, "There is no way to log in that is called %q.", flow)
	}
	return &login{driver: d, env: env}, nil
}

// Begin asks for the token.
func (l *login) Begin(context.Context) (transports.Step, error) { return l.ask(""), nil }

func (l *login) ask(problem string) transports.Step {
	return transports.Step{Form: &transports.LoginForm{Title: "Log in to Discord", Text: botText, Problem: problem,
		Fields: []transports.Field{{Name: "token", Label: "Token", Kind: transports.Secret}}}}
}

// Answer tries the token.
func (l *login) Answer(ctx context.Context, answers transports.Options) (transports.Step, error) {
	token := bare(answers.Get(nil, "token"))
	if !isToken(token) {
		return l.ask("The token is missing, or is none: copy it from the application's page (Bot, Reset Token)."), nil
	}
	l.data = credentials{Token: token}
	l.rest = l.driver.rest(l.data.authorization(), l.env)
	if err := l.rest.do(ctx, request{method: http.MethodGet, path: pathSelf}, &l.self); err != nil {
		if f := transports.AsFault(err); f.Kind == transports.BadCredentials {
			if said := l.notABot(ctx, token); said != "" {
				return l.ask(said), nil
			}
			return l.ask("Discord does not take this token. Copy it again, or reset it on the application's page (Bot, Reset Token): each reset makes the one before void. The client secret and the application's id are not the token."), nil
		}
		return l.ask(transports.AsFault(err).Text), nil
	}
	if !isSnowflake(l.self.ID) {
		return l.ask("Discord did not say whose token it is. Try again later."), nil
	}
	var err error
	if l.app, err = l.driver.application(ctx, l.rest); err != nil {
		return l.ask(transports.AsFault(err).Text), nil
	}
	if missing := l.app.missing(); missing != "" {
		return l.ask(fmt.Sprintf("The token is right, but the bot may not read what it needs. On the application's page (Bot, Privileged Gateway Intents) switch on %s, save, and put the token in again.", missing)), nil
	}
	return l.invite(ctx)
}

// missing names the switches that must be on.
func (a application) missing() string {
	var all []string
	if !a.has(flagContent) {
		all = append(all, "“Message Content Intent”")
	}
	if !a.has(flagMembers) {
		all = append(all, "“Server Members Intent”")
	}
	return strings.Join(all, " and ")
}

// invite ends the login where the bot is in a server, and shows the link that brings it into one elsewhere.
func (l *login) invite(ctx context.Context) (transports.Step, error) {
	var guilds []guild
	if err := l.rest.do(ctx, request{method: http.MethodGet, path: pathOwnGuilds}, &guilds); err != nil {
		return transports.Step{}, err
	}
	if len(guilds) > 0 {
		return l.done(), nil
	}
	app := l.app.ID
	if app == "" {
		app = l.self.ID // of bots made since 2016 it is the same
	}
	return transports.Step{Show: &transports.Shown{Title: "Invite the bot", URL: invitation(app),
		Text: "The token is right, but the bot is in no server yet. Open the link, choose your server (you must be allowed to manage it) and agree. The login goes on by itself then."}}, nil
}

// invitation is the link that brings a bot into a guild, with the permissions that the driver uses (OAuth2, Bot Authorization Flow).
func invitation(app string) string {
	return fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=%s&scope=bot&permissions=%d", app, uint64(wantedPermissions))
}

// lookAgain is how often it is asked whether the bot is in a server.
const lookAgain = 3 * time.Second

// Wait waits until the bot is in a server.
func (l *login) Wait(ctx context.Context) (transports.Step, error) {
	for {
		if err := sleep(ctx, l.driver.pace.look); err != nil {
			return transports.Step{}, fault(transports.Offline, "The login was given up.")
		}
		step, err := l.invite(ctx)
		if err != nil || step.Done != nil {
			return step, err
		}
	}
}

func (l *login) done() transports.Step {
	return transports.Step{Done: &transports.NewAccount{Scope: transports.Scope(l.self.ID), Name: l.self.name(), Self: transports.UserID(l.self.ID), Data: l.data.encode()}}
}

// Close has nothing to end.
func (*login) Close() {}
