package slack

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Config is what the operator sets.
type Config struct {
	// API is the base address of the Web API: Slack's own where it is empty, or that of a server that speaks the same.
	API string `mapstructure:"api"`
	// Socket is the base address of the sockets (ws: or wss:); where it is empty, it is the one that the Web API names.
	Socket string `mapstructure:"socket"`
	// PresenceEvery is how often it is asked whether someone is there whom a person watches: once in three minutes where nothing is said. Slack allows an
	// account 50 such questions a minute.
	PresenceEvery time.Duration `mapstructure:"presence_every"`
	// ReadEvery is how often it is asked what a person has read in another client: once a minute where nothing is said.
	ReadEvery time.Duration `mapstructure:"read_every"`
	// TokenEvery is how often it is asked whether a token is still good: once in ten minutes where nothing is said.
	TokenEvery time.Duration `mapstructure:"token_every"`
	// CallEveryone has "@here", "@channel" and "@everyone" of people who speak for themselves call everyone; else they stay text.
	CallEveryone bool `mapstructure:"call_everyone"`
	// ClientID and ClientSecret are those of an app of the operator's, which people authorise by a link instead of making one; AppToken is its token for Socket
	// Mode (xapp-). All three or none.
	ClientID     string `mapstructure:"client_id"`
	ClientSecret string `mapstructure:"client_secret"`
	AppToken     string `mapstructure:"app_token"`
	// Authorize is the page where people authorise it: Slack's own where it is empty.
	Authorize string `mapstructure:"authorize"`
}

const (
	slackAPI             = "https://slack.com/api/"
	slackAuthorize       = "https://slack.com/oauth/v2/authorize"
	defaultPresenceEvery = 3 * time.Minute
	defaultReadEvery     = time.Minute
	defaultTokenEvery    = 10 * time.Minute
	shortestEvery        = time.Second
)

// socket is where a socket is opened whose address the Web API has named: the path and the ticket are the Web API's.
func (c *Config) socket(named string) (string, error) {
	u, err := url.Parse(named)
	if err != nil || c.Socket == "" {
		return named, err
	}
	base, err := url.Parse(c.Socket)
	if err != nil {
		return "", err
	}
	u.Scheme, u.Host, u.Path = base.Scheme, base.Host, strings.TrimRight(base.Path, "/")+u.Path
	return u.String(), nil
}

// complete fills in defaults and says what is wrong.
func (c *Config) complete() error {
	if c.API == "" {
		c.API = slackAPI
	}
	u, err := url.Parse(c.API)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("api: %q is not the address of a Web API, such as %s", c.API, slackAPI)
	}
	if !strings.HasSuffix(c.API, "/") {
		c.API += "/"
	}
	if u, err := url.Parse(c.Socket); c.Socket != "" && (err != nil || u.Scheme != "wss" && u.Scheme != "ws" || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Errorf("socket: %q is not the address of a socket, such as wss://slack.example.org", c.Socket)
	}
	if c.PresenceEvery == 0 {
		c.PresenceEvery = defaultPresenceEvery
	}
	if c.ReadEvery == 0 {
		c.ReadEvery = defaultReadEvery
	}
	if c.TokenEvery == 0 {
		c.TokenEvery = defaultTokenEvery
	}
	switch {
	case (c.ClientID == "") != (c.ClientSecret == "") || (c.ClientID == "") != (c.AppToken == ""):
		return errors.New("client_id, client_secret and app_token belong together: give all three, or none")
	case c.AppToken != "" && !strings.HasPrefix(c.AppToken, "xapp-"):
		return errors.New("app_token: that is no app-level token, which begins with xapp-")
	case c.Authorize == "":
		c.Authorize = slackAuthorize
	}
	for name, every := range map[string]*time.Duration{"presence_every": &c.PresenceEvery, "read_every": &c.ReadEvery, "token_every": &c.TokenEvery} {
		if *every < shortestEvery {
			return fmt.Errorf("%s: %v is too often; write %v or more", name, *every, shortestEvery)
		}
	}
	return nil
}
