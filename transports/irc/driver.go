// Package irc is the driver for IRC (RFC 1459, RFC 2812, and the IRCv3 extensions that make the rest right).
//
// A session is one connection to one server. All that is known through it has one owner at a time: a goroutine that is there while
// there is something to do. The goroutine of Session.Run, and one that writes, only move lines.
package irc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/time/rate"

	"isthmus/transports"
)

// Driver serves the networks of one Config.
type Driver struct {
	now   atomic.Pointer[settings]
	roots *x509.CertPool // nil for the authorities that the machine trusts

	turns   turns
	idents  idents
	secured secured
	alike   alike
}

// settings are a checked Config.
type settings struct {
	Config
	networks map[string]*network
}

// New makes a driver. Its errors name the field of the configuration that is wrong, and say what to write.
func New(config Config) (*Driver, error) {
	networks, err := config.check()
	if err != nil {
		return nil, err
	}
	d := &Driver{
		turns:   turns{hosts: map[string]*rate.Limiter{}},
		idents:  idents{address: config.Identd, users: map[connectionPorts]string{}},
		secured: secured{hosts: map[string]policy{}},
	}
	d.turns.change(config.ConnectRate)
	d.now.Store(&settings{config, networks})
	return d, nil
}

// Reload takes over the configuration of another driver. It holds for every connection that is made from now on.
func (d *Driver) Reload(fresh transports.Driver) (restart []string) {
	next, ok := fresh.(*Driver)
	if !ok {
		return []string{"all of them"}
	}
	now := next.now.Load()
	if now.Fixed != d.now.Load().Fixed { // it decides what addresses mean
		return []string{"fixed (the other options wait for it)"}
	}
	d.now.Store(now)
	d.turns.change(now.ConnectRate)
	if now.Identd != d.idents.address {
		restart = append(restart, "identd")
	}
	return restart
}

// About describes the driver.
func (d *Driver) About() transports.About {
	return transports.About{Kind: "irc", Name: "IRC", Sigils: "#&", Fixed: transports.Scope(d.now.Load().Fixed), Open: true, NickIDs: true, Slashes: slashes, NameField: optionNick, AccountFields: accountFields, RoomFields: roomFields,
		Nodes: map[string][]string{
			"disconnect": {"disconnect-from-irc-servers", "disconnect-from-irc-server"}, "networks": {"irc-servers"}, "person": {"jid"},
			"connection": {"get-irc-connection-info"}}}
}

// Run answers the servers that ask whose a connection is, where the operator wants it.
func (d *Driver) Run(ctx context.Context) error {
	if d.idents.address != "" {
		return d.idents.run(ctx)
	}
	<-ctx.Done()
	return nil
}

// Scope finds the network of a host name: a configured one, or any where the operator allows it.
func (d *Driver) Scope(key string) (transports.Scope, error) {
	n, err := d.network(key)
	if err != nil {
		return "", err
	}
	return transports.Scope(n.host), nil
}

func (d *Driver) network(key string) (*network, error) {
	host, ok := hostname(key)
	if !ok {
		return nil, &transports.Fault{Kind: transports.Invalid, Text: fmt.Sprintf("%q is no host name. Give one such as irc.example.org.", key)}
	}
	now := d.now.Load()
	if n := now.networks[host]; n != nil {
		return n, nil
	}
	if now.Any {
		return now.other(host), nil
	}
	text := "This gateway does not connect to " + host + "."
	if len(now.networks) > 0 {
		hosts := make([]string, 0, len(now.networks))
		for host := range now.networks {
			hosts = append(hosts, host)
		}
		slices.Sort(hosts)
		text += " It serves: " + strings.Join(hosts, ", ") + "."
	}
	return nil, &transports.Fault{Kind: transports.Forbidden, Text: text}
}

// Open makes a session. It connects in Session.Run.
func (d *Driver) Open(account transports.Account, env transports.Env) (transports.Session, error) {
	n, err := d.network(string(account.Scope))
	if err == nil {
		err = d.Check(accountFields, account.Options)
	}
	if err != nil {
		return nil, err
	}
	var certificate *tls.Certificate
	if text := account.Options.Get(nil, optionCertificate); text != "" {
		if certificate, err = clientCertificate(text); err != nil {
			return nil, err
		}
	}
	return &Session{
		certificate: certificate,
		driver:      d, network: personal(n, account.Options), account: account, env: env,
	}, nil
}
