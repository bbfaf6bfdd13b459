package core

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

func TestPrivateAddressesAreNotPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.0.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "::1": false, "fe80::1": false, "fd00::1": false,
		"64:ff9b::7f00:1": false, "::": false, "198.51.100.7": true, "2001:db8::1": true, "9.9.9.9": true,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("public(%s) = %v", address, got)
		}
	}
}

func TestAPersonCannotReachTheOperatorsOwnNetwork(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := newGuard(nil).dialer().DialContext(context.Background(), "tcp", l.Addr().String()); !errors.Is(err, errPrivate) {
		t.Fatalf("dialled a loopback address: %v", err)
	}
	conn, err := newGuard([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}).dialer().DialContext(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatalf("an address that the operator allows was refused: %v", err)
	}
	conn.Close()
}
