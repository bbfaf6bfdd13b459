package servers_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"isthmus/integration_test/servers"
)

// answers says whether something accepts connections there.
func answers(address string) bool {
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return false
	}
	connection.Close()
	return true
}

func TestEachServerStopsDiesAndComesBackOnTheSamePorts(t *testing.T) {
	start := servers.ForTest(t)
	for _, c := range []struct {
		name  string
		start func(servers.Options) *servers.Server
		first func(*servers.Server) string
	}{
		{"prosody", start.Prosody, func(s *servers.Server) string { return s.C2S }},
		{"ejabberd", start.Ejabberd, func(s *servers.Server) string { return s.Component }},
		{"inspircd", start.InspIRCd, func(s *servers.Server) string { return s.Plain }},
		{"ngircd", start.Ngircd, func(s *servers.Server) string { return s.Plain }},
		{"postgres", start.Postgres, func(s *servers.Server) string {
			return strings.Split(strings.TrimPrefix(s.URL, "postgres://gw@"), "/")[0]
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := c.start(servers.Options{})
			address := c.first(server)
			if !answers(address) {
				t.Fatalf("nothing answers on %s", address)
			}
			if err := server.Stop(); err != nil {
				t.Fatal(err)
			}
			if answers(address) {
				t.Fatalf("%s still answers after Stop", address)
			}
			if err := server.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			server.Kill()
			if answers(address) {
				t.Fatalf("%s still answers after Kill", address)
			}
			if err := server.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := server.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !answers(address) {
				t.Fatalf("nothing answers on %s after a restart", address)
			}
		})
	}
}

func TestAnIRCServerShowsTheCertificateWhoseFingerprintIsGiven(t *testing.T) {
	start := servers.ForTest(t)
	for _, server := range []*servers.Server{start.InspIRCd(servers.Options{}), start.Ngircd(servers.Options{})} {
		connection, err := tls.Dial("tcp", server.TLS, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatalf("%s: %v", server.Name, err)
		}
		sum := sha256.Sum256(connection.ConnectionState().PeerCertificates[0].Raw)
		connection.Close()
		if got := hex.EncodeToString(sum[:]); got != server.Fingerprint {
			t.Errorf("%s shows %s, Fingerprint is %s", server.Name, got, server.Fingerprint)
		}
	}
}

func TestPostgresKeepsItsDataAcrossACrash(t *testing.T) {
	server := servers.ForTest(t).Postgres(servers.Options{})
	if err := execute(t, server, "CREATE TABLE kept (x TEXT); INSERT INTO kept VALUES ('yes')"); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := execute(t, server, "SELECT x FROM kept"); err != nil {
		t.Fatal(err)
	}
}

// execute runs SQL on a connection of its own.
func execute(t *testing.T, server *servers.Server, text string) error {
	connection, err := pgx.Connect(t.Context(), server.URL)
	if err != nil {
		return err
	}
	defer connection.Close(t.Context())
	_, err = connection.PgConn().Exec(t.Context(), text).ReadAll()
	return err
}

func TestEjabberdHasAListenerForEachComponent(t *testing.T) {
	server := servers.ForTest(t).Ejabberd(servers.Options{
		Components: []servers.Component{servers.Gateway, {Domain: "second.localhost", Secret: "other"}},
		Instances:  2,
	})
	first, second := server.Components["irc.localhost"], server.Components["second.localhost"]
	if first != server.Component || first == second || !answers(second) {
		t.Fatalf("listeners are %v", server.Components)
	}
}

func TestProsodyServesTheFolderThatItWasGiven(t *testing.T) {
	start := servers.ForTest(t)
	root := start.Dir("www")
	if err := os.WriteFile(filepath.Join(root, "index.html"), []byte("welcome"), 0o644); err != nil {
		t.Fatal(err)
	}
	server := start.Prosody(servers.Options{WebRoot: root})
	response, err := http.Get("http://" + server.HTTP + "/index.html")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("got %s", response.Status)
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	start := servers.ForTest(t)
	_, err = servers.Prosody(t.Context(), start.Dir("prosody"), servers.Options{Ports: servers.Ports{C2S: listener.Addr().(*net.TCPAddr).Port}})
	var taken *servers.PortTaken
	if !errors.As(err, &taken) || taken.Address != listener.Addr().String() {
		t.Fatalf("got %v", err)
	}
}

func TestNoPortIsPickedTwice(t *testing.T) {
	seen := map[int]bool{}
	for range 40 { // more than a process takes at once
		var p servers.Ports
		if err := p.PickFree(); err != nil {
			t.Fatal(err)
		}
		for _, port := range []int{p.C2S, p.Component, p.HTTP, p.Plain, p.TLS, p.Links, p.SQL} {
			if seen[port] || port == 0 {
				t.Fatalf("%d is picked twice", port)
			}
			seen[port] = true
		}
	}
}

func TestAProgramThatEndsAtOnceTellsWhatItSaid(t *testing.T) {
	_, err := servers.Run(t.Context(), servers.Program{
		Name: "brief", Dir: t.TempDir(), Command: []string{"/bin/sh", "-c", "echo no such luck; exit 3"}, Says: "ready",
	})
	if err == nil || !strings.Contains(err.Error(), "no such luck") || !strings.Contains(err.Error(), "exit status 3") {
		t.Fatalf("got %v", err)
	}
}

func TestAProgramOutlivesTheContextOfItsStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	server, err := servers.Run(ctx, servers.Program{Name: "patient", Dir: dir, Command: []string{"/bin/sh", "-c", "exec sleep 600"}})
	if err != nil {
		t.Fatal(err)
	}
	cancel() // the context bounds the start alone
	select {
	case <-server.Done():
		t.Fatal("it ended with the context of its start")
	default:
	}
	server.Kill()
	<-server.Done()
	if err := server.Stop(); err != nil {
		t.Fatalf("stopping what has ended: %v", err)
	}
}

func TestWhatIsMissingIsNamedWithTheLineThatInstallsIt(t *testing.T) {
	t.Setenv("PATH", "")
	err := servers.Missing("npm", "chromium")
	want := "apt-get install -y --no-install-recommends npm chromium fonts-dejavu-core"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("got %v, want the line %q", err, want)
	}
	if err := servers.Missing("prosidy"); err == nil {
		t.Fatal("a name that nobody knows was found")
	}
}
