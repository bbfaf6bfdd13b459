package web

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var quiet = slog.New(slog.DiscardHandler)

// running serves until the test ends, and gives the address.
func running(t *testing.T, l net.Listener, err error, serve func(context.Context, net.Listener) error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func fetch(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

func TestWhatIsRegisteredIsServedBehindAnyProxy(t *testing.T) {
	s, err := New(Config{Listen: "127.0.0.1:0", URL: "https://x.example/gate/"}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	s.Handle("GET /a/{name}", http.HandlerFunc(hello))
	if got := s.URL("/a/b"); got != "https://x.example/gate/a/b" {
		t.Error(got)
	}
	l, err := s.Listen()
	at := "http://" + running(t, l, err, s.Serve)
	for path, want := range map[string]int{"/a/b": 200, "/gate/a/b": 200, "/": 404, "/gatea/b": 404, "/gate": 404} {
		if status, body := fetch(t, http.DefaultClient, at+path); status != want || want == 200 && body != "hello" {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
}

func TestAPublicAddressMustBeOne(t *testing.T) {
	for _, bad := range []string{"", "x.example", "ftp://x.example", "https://", "https://x.example/?a", "https://me@x.example", "https://x.example/#a"} {
		if _, err := New(Config{URL: bad}, quiet); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestASocketOfAnEarlierRunIsReplacedAndAFileIsNot(t *testing.T) {
	dir := t.TempDir()
	s, err := New(Config{Listen: "unix:" + filepath.Join(dir, "s"), URL: "https://x.example"}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "s")); err != nil || info.Mode().Perm() != 0o666 { // the reverse proxy is another user
		t.Error(info, err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.config.Listen = "unix:" + file
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), file) {
		t.Error(err)
	}
}

// certificate writes a self-signed certificate with that serial number.
func certificate(t *testing.T, dir string, serial int64, written time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{key: {Type: "PRIVATE KEY", Bytes: keyDER}, cert: {Type: "CERTIFICATE", Bytes: der}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(cert, written, written); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func TestARenewedCertificateIsUsedWithoutARestart(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	cert, key := certificate(t, dir, 1, now)
	s, err := New(Config{Listen: "127.0.0.1:0", URL: "https://x.example", Certificate: cert, Key: key}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	s.Handle("/", http.HandlerFunc(hello))
	l, err := s.Listen()
	at := running(t, l, err, s.Serve)
	serial := func() int64 {
		c, err := tls.Dial("tcp", at, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the number is what is looked at
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Error(got)
	}
	certificate(t, dir, 2, now.Add(time.Minute))
	if got := serial(); got != 2 {
		t.Error(got)
	}
	if err := os.WriteFile(cert, []byte("half written"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(); got != 2 {
		t.Error(got)
	}
}

func TestACertificateThatCannotBeUsedShowsAtTheStart(t *testing.T) {
	s, err := New(Config{Listen: "127.0.0.1:0", URL: "https://x.example", Certificate: "/nowhere/cert.pem", Key: "/nowhere/key.pem"}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "/nowhere/cert.pem") {
		t.Error(err)
	}
}

func TestTheOperatorReadsMetricsAndProfiles(t *testing.T) {
	p := NewPrivate("127.0.0.1:0", quiet)
	p.Metrics().MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "isthmus_test"}, func() float64 { return 42 }))
	l, err := p.Listen()
	at := "http://" + running(t, l, err, p.Serve)
	for path, want := range map[string]string{"/metrics": "isthmus_test 42", "/debug/pprof/": "goroutine", "/debug/pprof/goroutine?debug=1": "goroutine profile",
		"/debug/pprof/block?seconds=1": "", "/debug/pprof/mutex?seconds=1": "", "/health": "ok"} {
		if status, body := fetch(t, http.DefaultClient, at+path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d", path, status)
		}
	}
}
