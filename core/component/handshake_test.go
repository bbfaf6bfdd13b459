package component

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	prosodyHeader  = "<?xml version='1.0'?><stream:stream xml:lang='en' from='gw.localhost' xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='x'>"
	ejabberdHeader = "<?xml version='1.0'?><stream:stream id='10935748699553824735' xml:lang='en' xmlns:stream='http://etherx.jabber.org/streams' from='gw.localhost' xmlns='jabber:component:accept'>"
)

func streamErr(condition, text string) string {
	return "<stream:error><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" + text + "</stream:error></stream:stream>"
}

// TestCheckSaysWhatIsWrong has the words of Prosody 0.12 and ejabberd 23.01 as they were recorded.
func TestCheckSaysWhatIsWrong(t *testing.T) {
	tests := map[string]struct {
		before, after string // what the server writes before and after the proof
		want          string
	}{
		"all well":                {prosodyHeader, "<handshake/>", ""},
		"newline and pretty":      {"\n<?xml version=\"1.0\"?>\r\n<stream:stream xmlns='jabber:component:accept'\n xmlns:stream=\"http://etherx.jabber.org/streams\" id='x' >\n", "\n<handshake></handshake>", ""},
		"other prefix":            {"<s:stream xmlns='jabber:component:accept' xmlns:s='http://etherx.jabber.org/streams' id='x'>", "<s:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></s:error>", "conflict"},
		"wrong secret, Prosody":   {prosodyHeader, streamErr("not-authorized", "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Given token does not match calculated token</text>"), "same secret"},
		"wrong secret, ejabberd":  {ejabberdHeader, streamErr("not-authorized", ""), "same secret"},
		"unknown domain, Prosody": {strings.Replace(prosodyHeader, "id='x'", "id=''", 1) + streamErr("host-unknown", ""), "", "add the component's domain"},
		"conflict":                {prosodyHeader, streamErr("conflict", ""), "another program is connected"},
		"client port":             {prosodyHeader + streamErr("invalid-namespace", ""), "", "port for components"},
		"HTTP":                    {"HTTP/1.1 400 Bad Request\r\n\r\n<html><body/></html>", "", "speaks no XMPP"},
		"closed":                  {"", "", "gives no answer"},
		"not a handshake":         {prosodyHeader, "<iq/>", "<iq/>"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				buf := make([]byte, 4096)
				conn.Read(buf)
				io.WriteString(conn, test.before)
				if test.after != "" {
					conn.Read(buf)
					io.WriteString(conn, test.after)
				}
				conn.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, conn)
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err = Check(ctx, Config{Domain: "gw.localhost", Secret: "s3cret", Server: "tcp://" + listener.Addr().String()})
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Fatalf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestCheckSaysWhyItCannotConnect(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	plain := listener.Addr().String()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, "<stream:stream>")
			conn.Close()
		}
	}()
	defer listener.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := closed.Addr().String()
	closed.Close()
	good := Config{Domain: "gw.localhost", Secret: "s3cret", Server: "tcp://" + plain}
	tests := map[string]struct {
		change func(*Config)
		want   string
	}{
		"refused":      {func(c *Config) { c.Server = "tcp://" + refused }, "start the XMPP server"},
		"no socket":    {func(c *Config) { c.Server = "unix:" + t.TempDir() + "/none" }, "start the XMPP server"},
		"no TLS":       {func(c *Config) { c.Server = "tls://" + plain }, "speaks no TLS"},
		"no scheme":    {func(c *Config) { c.Server = plain }, "write tcp://host:port"},
		"no port":      {func(c *Config) { c.Server = "tcp://localhost" }, "write tcp://host:port"},
		"no secret":    {func(c *Config) { c.Secret = "" }, "is empty"},
		"no domain":    {func(c *Config) { c.Domain = "" }, "is no domain"},
		"not a domain": {func(c *Config) { c.Domain = "a@b" }, "is no domain"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := good
			test.change(&c)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := Check(ctx, c); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("%v, want %q", err, test.want)
			}
			if strings.Contains(name, "no ") && name != "no TLS" && name != "no socket" {
				if err := New(c, nil, nil).Run(ctx); err == nil {
					t.Fatal("Run goes on with a wrong configuration")
				}
			}
		})
	}
}

func TestTheServerIsReachedByTLSAndUnixSockets(t *testing.T) {
	borrowed := httptest.NewTLSServer(nil) // for its certificate
	borrowed.Close()
	secured, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: borrowed.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/socket"
	local, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, listener := range []net.Listener{secured, local} {
		defer listener.Close()
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					buf := make([]byte, 4096)
					for _, text := range []string{prosodyHeader, "<handshake/>", ""} {
						if _, err := conn.Read(buf); err != nil {
							return
						}
						io.WriteString(conn, text)
					}
				}()
			}
		}()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	config := Config{Domain: "gw.localhost", Secret: "s3cret", Server: "unix:" + path}
	if err := Check(ctx, config); err != nil {
		t.Errorf("unix socket: %v", err)
	}
	config.Server = "tls://" + secured.Addr().String()
	if err := Check(ctx, config); err == nil || !strings.Contains(err.Error(), "trust the one that it has") {
		t.Errorf("unknown certificate: %v", err)
	}
	config.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
	config.TLS.RootCAs.AddCert(borrowed.Certificate())
	if err := Check(ctx, config); err != nil {
		t.Errorf("known certificate: %v", err)
	}
	config.TLS.ServerName = "other.example"
	if err := Check(ctx, config); err == nil {
		t.Error("a certificate for another name was accepted")
	}
}

func TestConflictsAndWrongSecretsAreTriedAgainSlowly(t *testing.T) {
	for _, condition := range []string{"conflict", "not-authorized", "host-unknown"} {
		run(t, Config{}, func(t *testing.T, r *rig) {
			header := "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b'>"
			for range 4 {
				s := r.greet(header)
				s.write(streamErr(condition, ""))
				s.conn.Close()
				start := time.Now()
				again := <-r.conns
				again.Close()
				within(t, start, slowWait/2, longestWait)
			}
			r.accept()
			r.expect("up true")
		})
	}
}

func TestWaitsGrowAndBeginAnewAfterAStreamThatLasted(t *testing.T) {
	var b backoff
	for i, most := range []time.Duration{200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000} {
		most *= time.Millisecond
		if d := b.next(time.Second, false); d < most/2 || d > most {
			t.Fatalf("wait %d is %v, want up to %v", i, d, most)
		}
	}
	if d := b.next(settled, false); d > shortestWait {
		t.Fatalf("%v after a stream that lasted", d)
	}
	if d := b.next(0, true); d < slowWait/2 {
		t.Fatalf("%v after a conflict", d)
	}
}
