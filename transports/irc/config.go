package irc

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// What holds where the configuration says nothing.
const (
	defaultPort  = 6697 // RFC 7194
	defaultBurst = 10
	defaultRate  = 1.0

	defaultConnectRate = 10.0
)

// Config is what the operator says of the driver. The zero value lets nobody connect anywhere.
type Config struct {
	// Networks are the IRC networks that people may use.
	Networks []Network `mapstructure:"networks"`
	// Fixed makes the whole domain one network, by its host: rooms are #channel@domain, users nick@domain, and the domain itself is the server.
	Fixed string `mapstructure:"fixed"`
	// Any lets people name any other host too.
	Any bool `mapstructure:"any"`
	// Ports are tried in order, with TLS, on hosts that are not among Networks; 6697 where there are none.
	Ports []int `mapstructure:"ports"`
	// Realname is what WHOIS shows of everyone; empty for each one's own display name.
	Realname string `mapstructure:"realname"`
	// ConnectRate is how many connections a second are made to one host, for all people together; 10 where it is 0.
	ConnectRate float64 `mapstructure:"connect_rate"`
	// Identd is the host:port on which IRC servers ask for the user names of connections (RFC 1413); empty for none.
	Identd string `mapstructure:"identd"`
}

// Network is an IRC network, and how to reach it. The zero value of all but Host is the safe default.
type Network struct {
	// Host is its name in addresses, and in its certificate.
	Host string `mapstructure:"host"`
	// Address is the host:port to connect to; empty for port 6697 of Host.
	Address string `mapstructure:"address"`
	// Plain turns TLS off.
	Plain bool `mapstructure:"plain"`
	// Fingerprint is the SHA-256 of the one certificate (DER) to accept, as 64 hex digits with or without colons.
	Fingerprint string `mapstructure:"fingerprint"`
	// Password is sent as PASS.
	Password string `mapstructure:"password"`
	// WebIRC is the password of WEBIRC, by which the server is told who of the gateway's people connects; empty for none.
	WebIRC string `mapstructure:"webirc_password"`
	// Encoding is how lines are read that are not UTF-8, by its IANA name; empty for ISO-8859-1.
	Encoding string `mapstructure:"encoding"`
	// Burst is how many lines may go out at once, 10 where it is 0; Rate is how many lines a second follow, 1 where it is 0.
	Burst int     `mapstructure:"burst"`
	Rate  float64 `mapstructure:"rate"`
}

// network is a checked Network.
type network struct {
	host        string
	addresses   []endpoint // tried in order
	own         bool       // a person may name other addresses and certificates
	unverified  bool       // any certificate is accepted
	fingerprint []byte     // of the one certificate to accept; nil where an authority must vouch for it
	certified   string     // the name that the certificate must have; empty for host
	password    string
	realname    string            // of everyone, empty for each one's own
	webirc      string            // the password of WEBIRC, empty where there is none
	commands    []string          // sent after the welcome
	in          encoding.Encoding // of what comes in and is not UTF-8
	out         encoding.Encoding // of what is sent, nil for UTF-8
	burst       int
	rate        float64
}

// endpoint is where a connection may be made.
type endpoint struct {
	address string // host:port
	plain   bool   // without TLS
	strict  bool   // the host wants TLS always (IRCv3 sts), so its certificate must be right
}

// words say where a connection leads.
func (e endpoint) words() string {
	_, port, _ := net.SplitHostPort(e.address)
	if e.plain {
		return "on port " + port
	}
	return "on port " + port + " using TLS"
}

// check turns the configuration into networks by host. Its errors name the field.
func (c *Config) check() (map[string]*network, error) {
	if badLine(c.Realname) {
		return nil, fmt.Errorf("realname: %q must be one line", c.Realname)
	}
	for _, port := range c.Ports {
		if port < 1 || port > 65535 {
			return nil, fmt.Errorf("ports: %d is no port; give numbers from 1 to 65535", port)
		}
	}
	if c.ConnectRate < 0 || c.ConnectRate != c.ConnectRate {
		return nil, fmt.Errorf("connect_rate: %v connections a second are too few; give more than 0, or leave it out", c.ConnectRate)
	}
	if c.Identd != "" {
		if _, port, err := net.SplitHostPort(c.Identd); err != nil || port == "" {
			return nil, fmt.Errorf("identd: %q is not of the form host:port, such as 0.0.0.0:113", c.Identd)
		}
	}
	if err := c.checkFixed(); err != nil {
		return nil, err
	}
	networks := make(map[string]*network, len(c.Networks))
	for i, n := range c.Networks {
		checked, err := n.check()
		if err != nil {
			return nil, fmt.Errorf("networks[%d] (%s): %w", i, n.Host, err)
		}
		if networks[checked.host] != nil {
			return nil, fmt.Errorf("networks[%d] (%s): host: it is there twice; remove one", i, n.Host)
		}
		checked.own = c.Any && n.Address == "" && n.Password == "" && n.Fingerprint == "" && n.WebIRC == "" && !n.Plain
		checked.realname = c.Realname
		networks[checked.host] = checked
	}
	return networks, nil
}

// checkFixed makes sure that the one network of a domain is the only one; where it is not described, it is as usual.
func (c *Config) checkFixed() error {
	if c.Fixed == "" {
		return nil
	}
	host, ok := hostname(c.Fixed)
	if !ok {
		return fmt.Errorf("fixed: %q is no host name; give one such as irc.example.org", c.Fixed)
	}
	if c.Any {
		return fmt.Errorf("fixed and any: nobody could name another host; remove one of them")
	}
	c.Fixed = host
	if len(c.Networks) == 0 {
		c.Networks = []Network{{Host: host}}
	}
	if only, _ := hostname(c.Networks[0].Host); len(c.Networks) > 1 || only != host {
		return fmt.Errorf("fixed: nobody could reach a network besides %s; list that one alone", host)
	}
	return nil
}

func (n Network) check() (*network, error) {
	host, ok := hostname(n.Host)
	if !ok {
		return nil, fmt.Errorf("host: %q is no host name; give one such as irc.example.org", n.Host)
	}
	checked := &network{host: host, password: n.Password, in: charmap.ISO8859_1, burst: n.Burst, rate: n.Rate}
	if n.Address == "" {
		checked.addresses = []endpoint{{net.JoinHostPort(host, strconv.Itoa(defaultPort)), n.Plain, false}}
	} else {
		at, port, err := net.SplitHostPort(n.Address)
		if number, bad := strconv.Atoi(port); err != nil || bad != nil || at == "" || number < 1 || number > 65535 {
			return nil, fmt.Errorf("address: %q is not of the form host:port, such as irc.example.org:6697", n.Address)
		}
		checked.addresses = []endpoint{{n.Address, n.Plain, false}}
	}
	if n.Fingerprint != "" {
		var err error
		if checked.fingerprint, err = fingerprintOf(n.Fingerprint); err != nil {
			return nil, fmt.Errorf("fingerprint: %w", err)
		}
		if n.Plain {
			return nil, fmt.Errorf("fingerprint: a connection without TLS has no certificate; remove fingerprint or plain")
		}
	}
	if badLine(n.Password) {
		return nil, fmt.Errorf("password: it must be one line")
	}
	if badLine(n.WebIRC) || strings.ContainsAny(n.WebIRC, " :") {
		return nil, fmt.Errorf("webirc_password: it must be one word")
	}
	checked.webirc = n.WebIRC
	if n.Encoding != "" {
		found, err := encodingNamed(n.Encoding)
		if err != nil {
			return nil, fmt.Errorf("encoding: %w", err)
		}
		if found == nil {
			return nil, fmt.Errorf("encoding: UTF-8 is always read; give what else is written there, such as ISO-8859-15 or windows-1252")
		}
		checked.in = found
	}
	switch {
	case n.Burst < 0:
		return nil, fmt.Errorf("burst: %d lines are too few; give 1 or more, or leave it out", n.Burst)
	case n.Burst == 0:
		checked.burst = defaultBurst
	}
	switch {
	case n.Rate < 0 || n.Rate != n.Rate:
		return nil, fmt.Errorf("rate: %v lines a second are too few; give more than 0, or leave it out", n.Rate)
	case n.Rate == 0:
		checked.rate = defaultRate
	}
	return checked, nil
}

// other is a host that only a person named.
func (c Config) other(host string) *network {
	n := &network{host: host, own: true, realname: c.Realname, in: charmap.ISO8859_1, burst: defaultBurst, rate: defaultRate}
	n.addresses = endpoints(host, c.Ports, false)
	if len(n.addresses) == 0 {
		n.addresses = endpoints(host, []int{defaultPort}, false)
	}
	return n
}

func endpoints(host string, ports []int, plain bool) []endpoint {
	var all []endpoint
	for _, port := range ports {
		all = append(all, endpoint{net.JoinHostPort(host, strconv.Itoa(port)), plain, false})
	}
	return all
}

// hostname is the one spelling of a host's name (RFC 1123 §2.1), without the dot that may end it.
func hostname(name string) (string, bool) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || len(name) > 253 {
		return "", false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "", false
		}
		for _, c := range []byte(label) {
			if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
				return "", false
			}
		}
	}
	return name, true
}

// badLine tells that a text could not stand in a line (RFC 2812 §2.3.1).
func badLine(s string) bool { return strings.ContainsAny(s, "\r\n\x00") }
