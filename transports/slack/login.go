package slack

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"isthmus/transports"
)

// The ways to log in.
const (
	flowTokens = "tokens"
	flowBot    = "bot"
	flowLink   = "link"
)

//go:embed manifest.yaml
var manifest string

//go:embed manifest-bot.yaml
var botManifest string

// needed are the scopes without which a token is of no use; the manifest asks for more, and what lacks one of the others says so when it is used.
var needed = []string{"channels:history", "channels:read", "chat:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history", "mpim:read",
	"reactions:read", "users:read"}

// neededBot are those of a bot.
var neededBot = []string{"channels:history", "channels:read", "chat:write", "users:read"}

// login is a login by tokens.
type login struct {
	driver *Driver
	env    transports.Env
	bot    bool
}

// Login begins a login.
func (d *Driver) Login(flow, _ string, env transports.Env) (transports.Login, error) {
	switch {
	case flow == flowTokens || flow == flowBot:
		return &login{driver: d, env: env, bot: flow == flowBot}, nil
	case flow == flowLink && d.config.ClientID != "":
		return &link{driver: d, env: env}, nil
	}
	return nil, fault(transports.Invalid, "There is no way to log in that is called %q.", flow)
}

// Begin asks for the tokens.
func (l *login) Begin(context.Context) (transports.Step, error) { return l.ask(""), nil }

func (l *login) ask(problem string) transports.Step {
	return transports.Step{Form: &transports.LoginForm{Title: "Log in to Slack", Text: l.instructions(), Problem: problem, Fields: []transports.Field{
		{Name: "token", Label: l.tokenName(), Kind: transports.Secret, Help: "It begins with " + l.prefix() + "."},
		{Name: "app_token", Label: "App-Level Token", Kind: transports.Secret, Help: "It begins with xapp-."},
	}}}
}

func (l *login) tokenName() string {
	if l.bot {
		return "Bot User OAuth Token"
	}
	return "User OAuth Token"
}

// prefix is how the token begins that the account acts with.
func (l *login) prefix() string {
	if l.bot {
		return "xoxb-"
	}
	return "xoxp-"
}

// instructions say how to come by the tokens.
func (l *login) instructions() string {
	what, lines := "with them, anyone can read and write as you", manifest
	if l.bot {
		what, lines = "with them, anyone can read and write as the bot. In Slack, invite it to the channels that it is to be in (/invite @isthmus)", botManifest
	}
	return `You need an app of your own in the workspace. It takes some minutes, once:
1. Open https://api.slack.com/apps?new_app=1 in a browser, choose "From a manifest" and your workspace.
2. Choose YAML, replace what is there by the lines at the end of this text, and go on until the app is created.
3. Under "Basic Information", "App-Level Tokens", generate a token with the scope connections:write. It begins with xapp-: paste it below.
4. Under "Install App", install the app to your workspace. Where an owner has to approve it, wait for that. Paste the "` + l.tokenName() + `" below: it begins with ` + l.prefix() + `.
Keep both secret: ` + what + `. They are sealed where they are kept. To end it, remove the app in Slack.
What each permission is for stands beside it.

` + lines
}

// Answer takes the tokens, and checks each of them.
func (l *login) Answer(ctx context.Context, answers transports.Options) (transports.Step, error) {
	s := secrets{Token: strings.TrimSpace(answers.Get(nil, "token")), App: strings.TrimSpace(answers.Get(nil, "app_token"))}
	if problem := l.shape(s); problem != "" {
		return l.ask(problem), nil
	}
	c := l.driver.client(s.Token, l.env, nil)
	who, scopes, err := c.test(ctx)
	if err != nil {
		return l.refused("token", err)
	}
	want := needed
	if l.bot {
		want = neededBot
	}
	if missing := lacking(want, scopes); len(missing) > 0 {
		return l.ask("The app lacks permissions: " + strings.Join(missing, ", ") + ". Give it the whole manifest (App Manifest), install it again (Install App), and paste the new token."), nil
	}
	if _, err := openConnection(ctx, l.driver.client(s.App, l.env, nil)); err != nil {
		return l.refused("app_token", err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		return transports.Step{}, err
	}
	return transports.Step{Done: &transports.NewAccount{Scope: transports.Scope(strings.ToLower(who.Team)), Name: who.Name + " on " + first(who.TeamName, who.Team),
		Self: userID(who.User), Data: data}}, nil
}

// shape says what is wrong with tokens as they look.
func (l *login) shape(s secrets) string {
	name := l.tokenName()
	switch {
	case s.Token == "" && s.App == "":
		return "Both tokens are missing."
	case strings.HasPrefix(s.Token, "xapp-") && strings.HasPrefix(s.App, "xox"):
		return "The tokens are in each other's places: the first begins with " + l.prefix() + ", the second with xapp-."
	case s.Token == "":
		return "The " + name + " is missing. You find it under Install App."
	case s.App == "":
		return "The App-Level Token is missing. You generate it under Basic Information."
	case strings.HasPrefix(s.Token, "xoxe"):
		return "This token expires after some hours. Turn token rotation off for the app (a new app has it off), install it again, and paste the token that begins with " + l.prefix() + "."
	case strings.HasPrefix(s.Token, "xoxc-") || strings.HasPrefix(s.Token, "xoxd-"):
		return "This is a token of a browser, which Slack ends at will. Paste the " + name + " of the app: it begins with " + l.prefix() + "."
	case !l.bot && strings.HasPrefix(s.Token, "xoxb-"):
		return "This is the token of a bot. Paste the " + name + ", which begins with xoxp-; or begin again, and choose to log in as a bot."
	case !strings.HasPrefix(s.Token, l.prefix()):
		return "This is no " + name + ": it begins with " + l.prefix() + ". You find it under Install App."
	case !strings.HasPrefix(s.App, "xapp-"):
		return "This is no App-Level Token: it begins with xapp-. You generate it under Basic Information."
	}
	return ""
}

// refused says what to do about a token that Slack does not take. What may be different in a moment ends the login.
func (l *login) refused(field string, err error) (transports.Step, error) {
	var e *apiError
	if !errors.As(err, &e) {
		return transports.Step{}, asFault(err, false)
	}
	name, where := l.tokenName(), "Install the app again (Install App), and paste the token that is shown there."
	if field == "app_token" {
		name, where = "App-Level Token", "Generate another under Basic Information, App-Level Tokens, with the scope connections:write."
	}
	switch e.code {
	case "missing_scope":
		return l.ask("The " + name + " lacks the permission " + first(e.needed, "connections:write") + ". " + where), nil
	case "link_disabled", "forbidden_team", "apps_disabled", "socket_mode_disabled":
		return l.ask("Socket Mode is turned off for the app. Turn it on under Settings, Socket Mode, and try again with the same tokens."), nil
	case "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "team_is_being_migrated":
		return transports.Step{}, asFault(err, false)
	}
	if strings.HasPrefix(e.code, "bad_answer") {
		return transports.Step{}, asFault(err, false)
	}
	return l.ask("Slack does not accept the " + name + " (" + strings.ReplaceAll(e.code, "_", " ") + "). " + where), nil
}

// lacking are the scopes that are missing. A server that tells none is believed.
func lacking(want, scopes []string) (missing []string) {
	if len(scopes) == 0 {
		return nil
	}
	for _, scope := range want {
		if !slices.Contains(scopes, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}

// Wait is never needed: nothing is shown.
func (*login) Wait(context.Context) (transports.Step, error) {
	return transports.Step{}, fault(transports.Invalid, "There is nothing to wait for.")
}

// Close ends the login; nothing was kept.
func (*login) Close() {}
