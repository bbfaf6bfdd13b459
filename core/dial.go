package core

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	dialTimeout    = 20 * time.Second
	requestTimeout = time.Minute
)

// errPrivate is why the guard refuses an address.
var errPrivate = errors.New("the address is private, and the operator has not listed it under private_networks")

// guard watches over the one dialer for everything that a person can name. It looks at addresses after resolution, so that no name
// and no redirect leads into the operator's own network; allowed are the exceptions of now.
type guard struct {
	allowed atomic.Pointer[[]netip.Prefix]
}

func newGuard(allowed []netip.Prefix) *guard {
	g := &guard{}
	g.allowed.Store(&allowed)
	return g
}

func (g *guard) dialer() *net.Dialer {
	return &net.Dialer{Timeout: dialTimeout, Control: func(network, address string, _ syscall.RawConn) error {
		target, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
		ip := target.Addr().Unmap()
		for _, prefix := range *g.allowed.Load() {
			if prefix.Contains(ip) {
				return nil
			}
		}
		if !public(ip) {
			return fmt.Errorf("%s: %w", ip, errPrivate)
		}
		return nil
	}}
}

// reserved are the ranges beyond those that netip knows which lead to no one but oneself (RFC 6890, RFC 6598, RFC 6052).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
}

func public(ip netip.Addr) bool {
	for _, prefix := range reserved {
		if prefix.Contains(ip) {
			return false
		}
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate()
}

// dialing connects to "host:port".
type dialing func(ctx context.Context, network, address string) (net.Conn, error)

// except lets those hosts be at private addresses that the operator has named as "host:port", or as "host" for the ports of HTTP. Of
// such a host no other port can be reached, for everyone may write a link to it.
func except(hosts []string, guarded dialing) dialing {
	named := map[string]bool{}
	for _, host := range hosts {
		host = strings.ToLower(host)
		if _, _, err := net.SplitHostPort(host); err == nil {
			named[host] = true
			continue
		}
		host = strings.Trim(host, "[]")
		named[net.JoinHostPort(host, "80")], named[net.JoinHostPort(host, "443")] = true, true
	}
	free := &net.Dialer{Timeout: dialTimeout}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if named[strings.ToLower(address)] {
			return free.DialContext(ctx, network, address)
		}
		return guarded(ctx, network, address)
	}
}

// client is an HTTP client behind the same guard, without a proxy that could go around it.
func client(dial dialing) *http.Client {
	return &http.Client{Timeout: requestTimeout, Transport: &http.Transport{
		DialContext: dial, TLSHandshakeTimeout: dialTimeout, IdleConnTimeout: requestTimeout, ForceAttemptHTTP2: true}}
}
