package discord

import (
	"fmt"
	"net/url"
	"strings"
)

// Config is what the operator says of Discord. The zero value is Discord itself.
type Config struct {
	// API and CDN are the base addresses of the REST interface, with its version, and of pictures.
	API string `mapstructure:"api"`
	CDN string `mapstructure:"cdn"`
	// Gateway is the address of the gateway's socket, also where a session is taken up again; where it is empty, Discord tells both.
	Gateway string `mapstructure:"gateway"`
	// UserAccounts lets people log in as themselves, which Discord forbids.
	UserAccounts bool `mapstructure:"user_accounts"`
	// MaxFileMiB is the largest file that goes to Discord, which takes 10 MiB from bots and more in boosted guilds.
	MaxFileMiB int64 `mapstructure:"max_file_mib"`
}

const (
	defaultAPI     = "https://discord.com/api/v9"
	defaultCDN     = "https://cdn.discordapp.com"
	defaultMaxFile = 10
	defaultVersion = "9"
)

// version is that of the gateway: the one that the address of the REST interface ends with.
func (c Config) version() string {
	last := c.API[strings.LastIndex(c.API, "/")+1:]
	if n, is := strings.CutPrefix(last, "v"); is && n != "" && strings.Trim(n, "0123456789") == "" {
		return n
	}
	return defaultVersion
}

// complete puts in what was left out, and says what is wrong.
func (c Config) complete() (Config, error) {
	if c.API == "" {
		c.API = defaultAPI
	}
	if c.CDN == "" {
		c.CDN = defaultCDN
	}
	if c.MaxFileMiB == 0 {
		c.MaxFileMiB = defaultMaxFile
	}
	if c.MaxFileMiB < 0 {
		return c, fmt.Errorf("max_file_mib: give a number above 0, or leave it out")
	}
	for _, a := range []struct {
		name    string
		address *string
		schemes string
	}{{"api", &c.API, "https http"}, {"cdn", &c.CDN, "https http"}, {"gateway", &c.Gateway, "wss ws"}} {
		*a.address = strings.TrimRight(*a.address, "/")
		if *a.address == "" {
			continue
		}
		u, err := url.Parse(*a.address)
		if err != nil || u.Host == "" || !strings.Contains(a.schemes, u.Scheme) {
			return c, fmt.Errorf("%s: %q is no address; write one that begins with %s://", a.name, *a.address, strings.Fields(a.schemes)[0])
		}
	}
	return c, nil
}
