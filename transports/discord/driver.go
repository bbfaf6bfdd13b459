// Package discord is the driver for Discord, by a bot's token. One account is one bot, in all the guilds that it was invited to: its scope is the
// bot's own id, guilds and categories are spaces, and their channels are rooms.
package discord

import (
	"context"
	"net/http"
	"strings"
	"time"

	"isthmus/transports"
)

// Driver serves accounts on Discord.
type Driver struct {
	config     Config
	limits     *limits
	identifies *identifies
	pace       pace
}

// pace is how long the driver waits for things.
type pace struct {
	// identify is between two sessions of a turn, pause after one was refused.
	identify, pause time.Duration
	// guilds is how long those of a new session may take before the account is usable without them.
	guilds time.Duration
	// look is between looks whether a bot is in a server.
	look time.Duration
	// short is what a connection lasts that ends for a reason of its own; one that has lasted longer is taken up again without a word.
	short time.Duration
	// begin is how long a gateway may say nothing after it was told which session is wanted.
	begin time.Duration
	// presence is between two changes of how the account is shown.
	presence time.Duration
}

// New makes a driver. Its errors name the field of the configuration that is wrong, and say what to write.
func New(config Config) (*Driver, error) {
	config, err := config.complete()
	if err != nil {
		return nil, err
	}
	p := pace{identify: identifyWindow, pause: identifyPause, guilds: guildsWithin, look: lookAgain, short: shortConnection, begin: beginsWithin, presence: presenceEvery}
	return &Driver{config: config, limits: newLimits(), pace: p, identifies: &identifies{began: time.Now(), window: p.identify, last: map[string]time.Time{}}}, nil
}

// About describes the driver.
func (d *Driver) About() transports.About {
	return transports.About{Kind: "discord", Name: "Discord", Sigils: "#", StableIDs: true, Flows: d.config.flows()}
}

// Run has nothing to do: accounts share no connection.
func (d *Driver) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Scope takes the id of a bot.
func (d *Driver) Scope(key string) (transports.Scope, error) {
	if !isSnowflake(key) {
		return "", fault(transports.NotFound, "%q is no account here. Log in first: an account is called by the bot's number, or as you have named it.", key)
	}
	return transports.Scope(key), nil
}

// Check finds nothing wrong: there are no fields to fill in.
func (*Driver) Check([]transports.Field, transports.Options) error { return nil }

// Open makes a session.
func (d *Driver) Open(account transports.Account, env transports.Env) (transports.Session, error) {
	data, err := readCredentials(account.Data)
	if err != nil {
		return nil, err
	}
	if data.User && !d.config.UserAccounts {
		return nil, errNoUsers()
	}
	return newSession(d, data, env), nil
}

// rest makes a client for a token.
func (d *Driver) rest(token string, env transports.Env) *rest {
	client := *env.HTTP
	client.CheckRedirect = sameHost
	return &rest{base: d.config.API, token: token, http: &client, limits: d.limits}
}

// sameHost lets nothing be asked of another host than the one that was asked: what is asked has secrets.
func sameHost(to *http.Request, via []*http.Request) error {
	if to.URL.Host != via[0].URL.Host || to.URL.Scheme != via[0].URL.Scheme || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}

// application asks what a bot's application may do. Servers that do not know the question leave everything open.
func (d *Driver) application(ctx context.Context, c *rest) (application, error) {
	var a application
	err := c.do(ctx, request{method: "GET", path: pathApplication}, &a)
	switch {
	case err == nil:
		return a, nil
	case unasked(err):
		return a, nil
	}
	return a, err
}

// isToken tells whether s may be a token.
func isToken(s string) bool {
	return s != "" && !strings.ContainsAny(s, " \r\n\t") && len(s) <= 500
}

// bare is a token without what people copy along with it.
func bare(token string) string {
	token = strings.TrimSpace(token)
	token = strings.TrimSpace(strings.TrimPrefix(token, "Bot "))
	return strings.Trim(token, `"`)
}
