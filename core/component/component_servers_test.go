package component_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"isthmus/core/component"
	"isthmus/core/stanza"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

const patience = 60 * time.Second

var kinds = []struct {
	name  string
	start func(servers.Starter, servers.Options) *servers.Server
	kill  bool // its offline messages outlive SIGKILL
	count int  // how many offline messages it stores for one account
}{
	{"Prosody", servers.Starter.Prosody, true, 1000},
	{"ejabberd", servers.Starter.Ejabberd, false, 95},
}

// each runs a story on each real server.
func each(t *testing.T, options servers.Options, story func(t *testing.T, server *servers.Server, kind int)) {
	if testing.Short() {
		t.Skip("needs real servers")
	}
	for i, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			if err := servers.Missing(strings.ToLower(kind.name), "slixmpp"); err != nil {
				t.Skip(err)
			}
			story(t, kind.start(servers.ForTest(t), options), i)
		})
	}
}

func config(server *servers.Server) component.Config {
	return component.Config{
		Domain: servers.Gateway.Domain, Secret: servers.Gateway.Secret, Server: "tcp://" + server.Component,
		Log: slog.New(slog.DiscardHandler),
	}
}

// connected is a component whose stream is up.
type connected struct {
	*component.Component
	up    chan bool
	taken chan *stanza.Stanza
}

func connect(t *testing.T, config component.Config) *connected {
	t.Helper()
	c := &connected{up: make(chan bool, 100), taken: make(chan *stanza.Stanza, 10000)}
	c.Component = component.New(config, func(s *stanza.Stanza) { c.taken <- s }, func(first bool) { c.up <- first })
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := c.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	c.awaitUp(t, true)
	return c
}

func (c *connected) awaitUp(t *testing.T, first bool) {
	t.Helper()
	select {
	case got := <-c.up:
		if got != first {
			t.Fatalf("up for the first time: %v, want %v", got, first)
		}
	case <-time.After(patience):
		t.Fatal("the stream did not come up")
	}
}

// ping sends a request to a user's account, which the server answers for, and waits.
func (c *connected) ping(t *testing.T) *stanza.Stanza {
	t.Helper()
	answers := make(chan *stanza.Stanza, 1)
	iq := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: stanza.JID{Domain: servers.Gateway.Domain}, To: stanza.JID{Domain: servers.Host, Resource: "x"}}
	c.Request(iq.Add(stanza.New("urn:xmpp:ping", "ping")), patience, func(s *stanza.Stanza) { answers <- s })
	return <-answers
}

func (c *connected) flush(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := c.Flush(ctx); err != nil {
		t.Fatalf("Flush: %v", err)
	}
}

func TestARealServerLetsUsInAndAnswers(t *testing.T) {
	t.Parallel()
	each(t, servers.Options{}, func(t *testing.T, server *servers.Server, _ int) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := component.Check(ctx, config(server)); err != nil {
			t.Fatal(err)
		}
		c := connect(t, config(server))
		if answer := c.ping(t); answer == nil || answer.From.Domain != servers.Host {
			t.Fatalf("answer %v", answer)
		}
		c.flush(t)
	})
}

func TestARealServersRefusalSaysWhatToDo(t *testing.T) {
	t.Parallel()
	each(t, servers.Options{KickNew: true}, func(t *testing.T, server *servers.Server, kind int) {
		refusal := func(change func(*component.Config)) string {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			c := config(server)
			change(&c)
			return fmt.Sprint(component.Check(ctx, c))
		}
		if got := refusal(func(c *component.Config) { c.Secret = "wrong" }); !strings.Contains(got, "same secret") {
			t.Errorf("wrong secret: %s", got)
		}
		unknown := refusal(func(c *component.Config) { c.Domain = "unknown.localhost" })
		if want := []string{"add the component's domain", "a domain that it does not know"}[kind]; !strings.Contains(unknown, want) {
			t.Errorf("unknown domain: %s", unknown)
		}
		if got := refusal(func(c *component.Config) { c.Server = "tcp://" + server.C2S }); !strings.Contains(got, "port") {
			t.Errorf("client port: %s", got)
		}
		if got := refusal(func(c *component.Config) { c.Server = "tls://" + server.Component }); !strings.Contains(got, "TLS") {
			t.Errorf("TLS to a port without: %s", got)
		}
		c := connect(t, config(server))
		got := refusal(func(*component.Config) {})
		if want := []string{"conflict", "<nil>"}[kind]; !strings.Contains(got, want) { // ejabberd takes any number
			t.Errorf("second connection: %s, want %s", got, want)
		}
		c.flush(t)
	})
}

func TestAReplacedConnectionComesBack(t *testing.T) {
	t.Parallel()
	each(t, servers.Options{}, func(t *testing.T, server *servers.Server, kind int) {
		if kinds[kind].name != "Prosody" {
			t.Skip("it takes any number of connections")
		}
		c := connect(t, config(server))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := component.Check(ctx, config(server)); err != nil {
			t.Fatal(err)
		}
		c.awaitUp(t, false)
		c.flush(t)
	})
}

// TestARestartOfTheServerLosesNothing writes to an account that is offline while the server goes and comes back.
func TestARestartOfTheServerLosesNothing(t *testing.T) {
	t.Parallel()
	each(t, servers.Options{}, func(t *testing.T, server *servers.Server, kind int) {
		c := connect(t, config(server))
		count := kinds[kind].count
		restart := make(chan bool)
		go func() {
			from := stanza.JID{Local: "juliet", Domain: servers.Gateway.Domain}
			for i := range count {
				m := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: fmt.Sprintf("n%04d", i), From: from, To: stanza.JID{Local: "alice", Domain: servers.Host}}
				c.Show(m.Add(stanza.Text("", "body", fmt.Sprintf("message %d", i))))
				if i == count/2 {
					restart <- true
				}
				time.Sleep(time.Second / time.Duration(count)) // so that some go before, some meanwhile and some after
			}
			close(restart)
		}()
		<-restart
		if kinds[kind].kill {
			server.Kill()
		} else if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
		if err := server.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-restart
		c.awaitUp(t, false)
		c.flush(t)

		alice := xmppclient.Start(t, server, "alice", "home")
		alice.Send(t, "<presence/>")
		next := 0
		for next < count {
			var n int
			id := alice.Expect(t, "message[@id]/body").Attr("id")
			if _, err := fmt.Sscanf(id, "n%d", &n); err != nil {
				t.Fatalf("id %q: %v", id, err)
			}
			if n > next {
				t.Fatalf("message %d came before message %d, which came never or late", n, next)
			}
			if n == next {
				next++
			}
		}
	})
}

// TestNoAddressEndsTheStream sends from and to addresses as people on foreign networks may choose them.
func TestNoAddressEndsTheStream(t *testing.T) {
	t.Parallel()
	each(t, servers.Options{}, func(t *testing.T, server *servers.Server, _ int) {
		c := connect(t, config(server))
		long := strings.Repeat("x", 1100)
		for _, odd := range []string{"#a%b", "☃", "a b", "a\x00b", "a\nb", "\u202e", "ß", "\uFFFE", "'\"<>&", "\\20", "a@b", "a/b", "\u0300", "İ", long, " ", "\u00a0", "😀", "\xff"} {
			for _, s := range []*stanza.Stanza{
				{From: stanza.JID{Local: odd}, To: stanza.JID{Local: "alice", Domain: servers.Host}},
				{From: stanza.JID{Local: "x", Resource: odd}, To: stanza.JID{Local: "alice", Domain: servers.Host}},
				{From: stanza.JID{Local: "x"}, To: stanza.JID{Local: odd, Domain: servers.Host}},
				{From: stanza.JID{Local: "x"}, To: stanza.JID{Local: "alice", Domain: servers.Host, Resource: odd}},
				{From: stanza.JID{Local: "x"}, To: stanza.JID{Local: "alice", Domain: odd}},
			} {
				s.Kind, s.ID, s.Type, s.From.Domain = stanza.Message, odd, odd, servers.Gateway.Domain
				c.Show(s.Add(stanza.Text("", "body", odd)))
			}
			c.flush(t)
			select {
			case <-c.up:
				t.Errorf("the stream ended at %+q", odd)
			default:
			}
		}
	})
}
