package irc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/transports"
)

// signed is a certificate and its key.
type signed struct {
	tls.Certificate
	key *ecdsa.PrivateKey
}

// certificate makes a certificate; issuer is nil for a self-signed one.
func certificate(t *testing.T, name string, from, until time.Duration, issuer *signed) *signed {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(until),
		IsCA: issuer == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.Leaf, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signed{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, key}
}

func fingerprint(c *signed) string {
	return strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(c.Leaf.Raw)), " ", ":")
}

// connects tells what becomes of a connection to a server with a certificate: "welcome" or the fault.
func connects(t *testing.T, n Network, shown *signed, trusted *signed) error {
	t.Helper()
	n.Host = host
	driver, err := New(Config{Networks: []Network{n}})
	if err != nil {
		t.Fatal(err)
	}
	driver.roots = x509.NewCertPool()
	if trusted != nil {
		driver.roots.AddCert(trusted.Leaf)
	}
	return runAgainst(t, driver, func(server net.Conn) {
		secured := tls.Server(server, &tls.Config{Certificates: []tls.Certificate{shown.Certificate}})
		if secured.Handshake() == nil {
			fmt.Fprint(secured, ":irc.srv 433 * alice :in use\r\n") // the way here is what is tested
			buffer := make([]byte, 512)
			for {
				if _, err := secured.Read(buffer); err != nil {
					break
				}
			}
		}
		server.Close()
	})
}

// runAgainst runs a session against one connection to a server on loopback. TLS needs a socket with a buffer: both sides
// write at once where a certificate is refused.
func runAgainst(t *testing.T, driver *Driver, serve func(net.Conn)) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if server, err := listener.Accept(); err == nil {
			serve(server)
		}
	}()
	defer func() { listener.Close(); <-served }()
	session, err := driver.Open(transports.Account{Scope: host, Name: "alice"}, transports.Env{Log: quiet, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
	}})
	if err != nil {
		t.Fatal(err)
	}
	return session.Run(t.Context(), func(transports.Event) {})
}

func TestCertificateTroubleIsAnAnswerWithTheFingerprint(t *testing.T) {
	authority := certificate(t, "Authority", -time.Hour, time.Hour, nil)
	for _, c := range []struct {
		why   string
		shown *signed
	}{
		{"self-signed", certificate(t, host, -time.Hour, time.Hour, nil)},
		{"an authority that this gateway does not know", certificate(t, host, -time.Hour, time.Hour, certificate(t, "Stranger", -time.Hour, time.Hour, nil))},
		{"it expired on " + time.Now().Add(-time.Minute).UTC().Format(time.DateOnly), certificate(t, host, -48*time.Hour, -time.Minute, authority)},
		{"it is not valid before " + time.Now().Add(24*time.Hour).UTC().Format(time.DateOnly), certificate(t, host, 24*time.Hour, 48*time.Hour, authority)},
		{"another name (irc.example.net)", certificate(t, "irc.example.net", -time.Hour, time.Hour, authority)},
	} {
		wantFault(t, connects(t, Network{}, c.shown, authority), transports.Untrusted,
			c.why, host, fmt.Sprintf("fingerprint: %q", fingerprint(c.shown)))
	}
}

func TestACertificateThatIsVouchedForOrAcceptedIsFine(t *testing.T) {
	authority := certificate(t, "Authority", -time.Hour, time.Hour, nil)
	good := certificate(t, host, -time.Hour, time.Hour, authority)
	wantFault(t, connects(t, Network{}, good, authority), transports.Conflict)
	own := certificate(t, "whatever", -2*time.Hour, -time.Hour, nil)
	for _, accepted := range []string{fingerprint(own), strings.ToLower(strings.ReplaceAll(fingerprint(own), ":", ""))} {
		wantFault(t, connects(t, Network{Fingerprint: accepted}, own, nil), transports.Conflict)
	}
	// The fingerprint pins: even a certificate that an authority vouches for is another one.
	wantFault(t, connects(t, Network{Fingerprint: fingerprint(own)}, good, authority), transports.Untrusted, fingerprint(good))
}

func TestAServerWithoutTLSIsToldFromACertificateProblem(t *testing.T) {
	driver, err := New(Config{Networks: []Network{{Host: host}}})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, runAgainst(t, driver, func(server net.Conn) {
		fmt.Fprint(server, ":irc.srv NOTICE * :*** Looking up your hostname\r\n")
		server.Read(make([]byte, 4096))
		server.Close()
	}), transports.Offline, "does not speak TLS")
}

func TestWhyThereIsNoConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			err  error
			kind transports.FaultKind
		}{
			{&net.DNSError{Name: host, IsNotFound: true}, transports.NotFound},
			{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, transports.Offline},
			{context.DeadlineExceeded, transports.Offline},
			{errors.New("something else"), transports.Offline},
			{&transports.Fault{Kind: transports.Forbidden, Text: "a private address"}, transports.Forbidden},
		} {
			driver, err := New(Config{Any: true, Ports: []int{6697, 7000}})
			if err != nil {
				t.Fatal(err)
			}
			var tried []string
			session, err := driver.Open(transports.Account{Scope: host, Name: "alice"}, transports.Env{Log: quiet, Dial: func(_ context.Context, _, address string) (net.Conn, error) {
				tried = append(tried, address)
				return nil, c.err
			}})
			if err != nil {
				t.Fatal(err)
			}
			wantFault(t, session.Run(t.Context(), nil), c.kind)
			if again := c.kind == transports.Offline; again != (len(tried) == 2) {
				t.Errorf("%v: tried %v", c.err, tried)
			}
		}
	})
}
