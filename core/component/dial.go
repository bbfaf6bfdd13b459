package component

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"isthmus/core/stanza"
)

const dialTime = 15 * time.Second

// validate finds mistakes that trying again does not mend.
func (c Config) validate() error {
	j, err := stanza.ParseJID(c.Domain)
	if err != nil || j.Local != "" || j.Resource != "" {
		return fmt.Errorf("component: the domain %q is no domain: set it to the address of the component, such as gateway.example.org", c.Domain)
	}
	if c.Secret == "" {
		return fmt.Errorf("component: the secret of %s is empty: set it to the one in the XMPP server's configuration", c.Domain)
	}
	_, _, _, err = c.address()
	return err
}

// address takes Server apart.
func (c Config) address() (network, address string, secure bool, err error) {
	scheme, rest, _ := strings.Cut(c.Server, ":")
	switch scheme {
	case "unix":
		if rest != "" {
			return "unix", rest, false, nil
		}
	case "tcp", "tls":
		host, port, err := net.SplitHostPort(strings.TrimPrefix(rest, "//"))
		if err == nil && strings.HasPrefix(rest, "//") && host != "" && port != "" {
			return "tcp", net.JoinHostPort(host, port), scheme == "tls", nil
		}
	}
	return "", "", false, fmt.Errorf("component: the server %q is no address: write tcp://host:port, tls://host:port or unix:/path", c.Server)
}

// dial opens the connection; its errors say what the operator can do.
func (c Config) dial(ctx context.Context) (net.Conn, error) {
	network, address, secure, err := c.address()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to %s: %w: %s", c.Server, err, dialAdvice(err))
	}
	if !secure {
		return conn, nil
	}
	config := c.TLS.Clone()
	if config == nil {
		config = &tls.Config{}
	}
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(address)
	}
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("no TLS with %s: %w: %s", c.Server, err, tlsAdvice(err))
	}
	return secured, nil
}

func dialAdvice(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "correct the host's name"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return "start the XMPP server, or correct the address to where it listens for components"
	case errors.Is(err, syscall.EACCES):
		return "let this user open the socket"
	}
	return "look at the network and the firewall between"
}

func tlsAdvice(err error) string {
	var plain tls.RecordHeaderError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &plain):
		return "the server speaks no TLS there, use tcp:// or its TLS port"
	case errors.As(err, &cert):
		return "give the server a certificate for that name, or trust the one that it has"
	}
	return "look at the server's TLS settings"
}
