package slack

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"isthmus/transports"
)

const (
	// consentTime is how long a link is good for, maxConsents how many there are at a time.
	consentTime = 10 * time.Minute
	maxConsents = 1000
	// maxTries is how often the code of the page may be typed wrongly.
	maxTries = 3
)

// consents are the logins that wait for a browser. https://docs.slack.dev/authentication/installing-with-oauth
type consents struct {
	mu      sync.Mutex
	address string // of the pages; empty where there is no listener
	waiting map[string]*consent
}

// consent is a login that waits. Who opens its link in a browser may be somebody else than who began it: so the page shows a code, and the login goes on with that alone.
type consent struct {
	until    time.Time
	code     string
	returned chan returned
}

// returned is what a browser brings: a grant, or why there is none.
type returned struct{ grant, refusal string }

// add makes a consent and its state, which nobody can guess.
func (all *consents) add() (state string, c *consent, err error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	now := time.Now()
	for state, c := range all.waiting {
		if now.After(c.until) {
			delete(all.waiting, state)
		}
	}
	switch {
	case all.address == "":
		return "", nil, fault(transports.Unsupported, "Logging in by a link needs the operator's web listener, which is not set up. Ask the operator, or log in by tokens.")
	case len(all.waiting) >= maxConsents:
		return "", nil, fault(transports.RateLimited, "Too many people are logging in at the moment. Try again in some minutes.")
	}
	state = rand.Text()
	c = &consent{until: now.Add(consentTime), code: rand.Text()[:8], returned: make(chan returned, 1)}
	all.waiting[state] = c
	return state, c, nil
}

// take ends a state: it is good for one use.
func (all *consents) take(state string) *consent {
	all.mu.Lock()
	defer all.mu.Unlock()
	c := all.waiting[state]
	delete(all.waiting, state)
	if c == nil || time.Now().After(c.until) {
		return nil
	}
	return c
}

func (all *consents) redirect() string { return all.address + "/back" }

// Pages serves where the browser comes back to.
func (d *Driver) Pages(address string) http.Handler {
	d.consents.mu.Lock()
	d.consents.address = strings.TrimSuffix(address, "/")
	d.consents.mu.Unlock()
	routes := http.NewServeMux()
	routes.HandleFunc("GET /back", d.back)
	return routes
}

// page has a title twice, and what the person is to know. It is no template of html/template: with that in the program the linker keeps every method
// of every package.
const page = `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%[1]s</title>
<body style="font-family: sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em"><h1>%[1]s</h1>
%[2]s
`

const codePage = `<p>Type this code where you began, in your Jabber client:</p><p style="font-size: 2em; font-family: monospace">%s</p>
<p>If it was not you who began this, close this page, and give the code to nobody: without it, nothing happens.</p>`

// back takes what Slack sends the browser back with.
func (d *Driver) back(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	query := r.URL.Query()
	c := d.consents.take(query.Get("state"))
	var title, text string
	switch {
	case c == nil:
		w.WriteHeader(http.StatusNotFound)
		title, text = "This link is used up", "<p>Links to log in can be used once, for ten minutes. Begin again in your Jabber client.</p>"
	case query.Get("code") == "":
		c.returned <- returned{refusal: first(query.Get("error"), "no answer")}
		title, text = "Nothing was allowed", "<p>You can close this page. To try again, begin again in your Jabber client.</p>"
	default:
		c.returned <- returned{grant: query.Get("code")}
		title, text = "Almost done", fmt.Sprintf(codePage, html.EscapeString(c.code))
	}
	_, _ = fmt.Fprintf(w, page, title, text) // a browser that has gone
}

// link is a login by a link.
type link struct {
	driver  *Driver
	env     transports.Env
	state   string
	consent *consent
	grant   string
	tries   int
}

// Begin shows the link.
func (l *link) Begin(context.Context) (step transports.Step, err error) {
	if l.state, l.consent, err = l.driver.consents.add(); err != nil {
		return step, err
	}
	arguments := url.Values{"client_id": {l.driver.config.ClientID}, "user_scope": {strings.Join(userScopes(), ",")}, "state": {l.state}, "redirect_uri": {l.driver.consents.redirect()}}
	return transports.Step{Show: &transports.Shown{Title: "Log in to Slack", URL: l.driver.config.Authorize + "?" + arguments.Encode(),
		Text: "Open the link in a browser, choose your workspace, and allow what is asked for: it is what you can do in Slack yourself. The page after that shows a code, which you are asked for here. The link is good for ten minutes."}}, nil
}

// Wait waits for the browser.
func (l *link) Wait(ctx context.Context) (transports.Step, error) {
	if l.consent == nil {
		return transports.Step{}, fault(transports.Invalid, "There is nothing to wait for.")
	}
	expired := time.NewTimer(time.Until(l.consent.until))
	defer expired.Stop()
	select {
	case r := <-l.consent.returned:
		if r.refusal != "" {
			return transports.Step{}, fault(transports.Forbidden, "Slack says that it was not allowed (%s). Begin again if that was a mistake.", strings.ReplaceAll(r.refusal, "_", " "))
		}
		l.grant = r.grant
		return l.ask(""), nil
	case <-expired.C:
		return transports.Step{}, fault(transports.Offline, "The link was not used within ten minutes. Begin again.")
	case <-ctx.Done():
		return transports.Step{}, fault(transports.Offline, "The login was given up: the link was not used in time.")
	}
}

func (l *link) ask(problem string) transports.Step {
	return transports.Step{Form: &transports.LoginForm{Title: "Log in to Slack", Text: "Type the code that the page in your browser shows.", Problem: problem,
		Fields: []transports.Field{{Name: "code", Label: "Code", Kind: transports.Line}}}}
}

// Answer takes the code, and exchanges what the browser brought for a token.
func (l *link) Answer(ctx context.Context, answers transports.Options) (transports.Step, error) {
	if l.grant == "" {
		return transports.Step{}, fault(transports.Invalid, "Open the link first.")
	}
	given := strings.ToUpper(strings.TrimSpace(answers.Get(nil, "code")))
	if subtle.ConstantTimeCompare([]byte(given), []byte(l.consent.code)) != 1 {
		if l.tries++; l.tries >= maxTries {
			return transports.Step{}, fault(transports.Forbidden, "That was not the code, again. Begin anew.")
		}
		return l.ask("That is not the code. Look at the page in your browser once more."), nil
	}
	var got struct {
		Team struct{ ID, Name string } `json:"team"`
		User struct {
			ID    string `json:"id"`
			Token string `json:"access_token"`
			Scope string `json:"scope"`
		} `json:"authed_user"`
	}
	arguments := url.Values{"client_id": {l.driver.config.ClientID}, "client_secret": {l.driver.config.ClientSecret}, "code": {l.grant}, "redirect_uri": {l.driver.consents.redirect()}}
	if _, err := l.driver.client("", l.env, nil).read(ctx, "oauth.v2.access", arguments, &got); err != nil {
		return transports.Step{}, &transports.Fault{Kind: transports.Forbidden, Text: "Slack did not give a token. Begin again; if it goes on, tell the operator.", Cause: err}
	}
	if missing := lacking(needed, strings.Split(got.User.Scope, ",")); got.User.Token == "" || len(missing) > 0 {
		return transports.Step{}, fault(transports.Forbidden, "The operator's app does not ask for all permissions (%s). Tell the operator.", strings.Join(missing, ", "))
	}
	c := l.driver.client(got.User.Token, l.env, nil)
	who, _, err := c.test(ctx)
	if err != nil {
		return transports.Step{}, asFault(err, false)
	}
	data, err := json.Marshal(secrets{Token: got.User.Token, OAuth: true})
	if err != nil {
		return transports.Step{}, err
	}
	return transports.Step{Done: &transports.NewAccount{Scope: transports.Scope(strings.ToLower(who.Team)), Name: fmt.Sprintf("%s on %s", who.Name, first(who.TeamName, who.Team)),
		Self: userID(who.User), Data: data}}, nil
}

// Close makes the link worthless.
func (l *link) Close() { l.driver.consents.take(l.state) }

// userScopes are the scopes of the manifest.
func userScopes() (all []string) {
	_, rest, _ := strings.Cut(manifest, "    user:\n")
	for line := range strings.Lines(rest) {
		scope, is := strings.CutPrefix(line, "      - ")
		if !is {
			break
		}
		all = append(all, strings.Fields(scope)[0])
	}
	return all
}

// Logout makes the token worthless.
func (d *Driver) Logout(ctx context.Context, account transports.Account, env transports.Env) error {
	var s secrets
	if json.Unmarshal(account.Data, &s) != nil || s.Token == "" {
		return nil
	}
	_, err := d.client(s.Token, env, nil).read(ctx, "auth.revoke", nil, nil)
	if e, is := err.(*apiError); is && deadTokens[e.code] {
		return nil
	}
	return asFault(err, false)
}
