// Package slack is the driver for Slack: a person's own account in a workspace, or a bot's, by the Web API and Socket Mode.
//
// Addresses hold Slack's ids in small letters: #c0123 is a channel, u0123 a person, t0123 a workspace. A message's id is its timestamp.
package slack

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"isthmus/transports"
)

// Driver serves the workspaces of a Config. It holds what accounts share: the sockets of apps, the people of workspaces, the rates of calls.
type Driver struct {
	config   Config
	limits   *limits
	consents consents

	mu    sync.Mutex
	apps  map[string]*app
	teams map[transports.Scope]*people
}

// New makes a driver. Its errors name the field of the configuration that is wrong, and say what to write.
func New(config Config) (*Driver, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	return &Driver{config: config, limits: newLimits(), apps: map[string]*app{}, teams: map[transports.Scope]*people{}, consents: consents{waiting: map[string]*consent{}}}, nil
}

// About describes the driver.
func (d *Driver) About() transports.About {
	about := transports.About{Kind: "slack", Name: "Slack", Sigils: "#", StableIDs: true, Flows: []transports.Flow{{Name: flowTokens, Label: "Tokens of an app of your own",
		Help: "You make an app in your workspace, which takes some minutes, and paste its two tokens. The form says how."},
		{Name: flowBot, Label: "A bot, for several people", Help: "As before, but the account is a bot, which speaks under the names of those to whom you open it. The form says how."}}}
	if d.config.ClientID != "" {
		about.Flows = append([]transports.Flow{{Name: flowLink, Label: "A link to open in a browser", Help: "You allow the operator's app to act for you."}}, about.Flows...)
	}
	return about
}

// Run waits until ctx ends: sockets live as long as the sessions that need them.
func (d *Driver) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

var teamID = regexp.MustCompile(`^[te][a-z0-9]{2,30}$`)

// Scope finds a workspace by its id.
func (d *Driver) Scope(key string) (transports.Scope, error) {
	if key = strings.ToLower(key); !teamID.MatchString(key) {
		return "", fault(transports.Invalid, "%q is not the id of a workspace, such as t0123abcd. You find it in the address of the workspace in a browser.", key)
	}
	return transports.Scope(key), nil
}

// Check finds nothing wrong: there are no fields to fill in.
func (*Driver) Check([]transports.Field, transports.Options) error { return nil }

// secrets are what is kept of an account.
type secrets struct {
	// Token is what the account acts with, App what its events come by.
	Token string `json:"token"`
	App   string `json:"app_token,omitempty"`
	// OAuth: the app is the operator's, and its token is in the configuration.
	OAuth bool `json:"oauth,omitempty"`
}

// Open makes a session.
func (d *Driver) Open(account transports.Account, env transports.Env) (transports.Session, error) {
	var s secrets
	err := json.Unmarshal(account.Data, &s)
	if s.OAuth {
		s.App = d.config.AppToken
	}
	if err != nil || s.Token == "" || s.App == "" {
		s = secrets{} // Run says it
	}
	return newSession(d, account.Scope, s, env), nil
}

// people are those of a workspace.
func (d *Driver) people(scope transports.Scope) *people {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.teams[scope]
	if p == nil {
		p = newPeople()
		d.teams[scope] = p
	}
	return p
}
