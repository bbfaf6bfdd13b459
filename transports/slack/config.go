package slack

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Config is what the operator sets.
type Config struct {
	// API is the base address of the Web API: Slack's own where it is empty, or that of a server that speaks the same.
	API string `mapstructure:"api"`
	// PresenceEvery is how often it is asked whether someone is there whom a person watches: once in three minutes where nothing is said. Slack allows an
	// account 50 such questions a minute.
	PresenceEvery time.Duration `mapstructure:"presence_every"`
}

const (
	slackAPI              = "https://slack.com/api/"
	defaultPresenceEvery  = 3 * time.Minute
	shortestPresenceEvery = time.Second
)

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
	if c.PresenceEvery == 0 {
		c.PresenceEvery = defaultPresenceEvery
	}
	if c.PresenceEvery < shortestPresenceEvery {
		return fmt.Errorf("presence_every: %v is too often; write %v or more", c.PresenceEvery, shortestPresenceEvery)
	}
	return nil
}
