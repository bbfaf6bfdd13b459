package core

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
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

func TestAHostThatTheOperatorNamesMayBePrivateOnThatPortAlone(t *testing.T) {
	named := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
		}
	}))
	defer named.Close()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	c := client(except([]string{named.Listener.Addr().String()}, newGuard(nil).dialer().DialContext))
	get := func(url string) error {
		response, err := c.Get(url)
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	if err := get(named.URL); err != nil {
		t.Error(err)
	}
	if err := get(other.URL); !errors.Is(err, errPrivate) {
		t.Errorf("another port of the host: %v", err)
	}
	if err := get(named.URL + "?to=" + url.QueryEscape(other.URL)); !errors.Is(err, errPrivate) {
		t.Errorf("a redirect to another port: %v", err)
	}
}

func TestAHostWithoutAPortIsNamedForThoseOfHTTP(t *testing.T) {
	var asked []string
	dial := except([]string{"Upload.example.org", "::1"}, func(_ context.Context, _, address string) (net.Conn, error) {
		asked = append(asked, address)
		return nil, errPrivate
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nothing is to be dialled really
	for _, address := range []string{"upload.example.org:443", "UPLOAD.example.org:80", "[::1]:443", "upload.example.org:22", "x.upload.example.org:443"} {
		_, _ = dial(ctx, "tcp", address)
	}
	if want := []string{"upload.example.org:22", "x.upload.example.org:443"}; !slices.Equal(asked, want) {
		t.Errorf("guarded were %q", asked)
	}
}
