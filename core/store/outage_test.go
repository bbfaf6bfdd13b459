package store

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// proxy stands before PostgreSQL and can play a server that is away.
type proxy struct {
	listener net.Listener
	target   string
	mutex    sync.Mutex
	away     bool
	open     []net.Conn
}

// behindProxy returns the address of the same database through a proxy.
func behindProxy(t *testing.T, url string) (*proxy, string) {
	t.Helper()
	target, err := postgresOnce()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target}
	t.Cleanup(func() { l.Close(); p.set(true) })
	go p.serve()
	return p, strings.Replace(url, target, l.Addr().String(), 1)
}

func (p *proxy) serve() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.target)
		if err != nil {
			near.Close()
			continue
		}
		p.mutex.Lock()
		p.open = append(p.open, near, far)
		if p.away {
			near.Close()
			far.Close()
		}
		p.mutex.Unlock()
		go func() { io.Copy(near, far); near.Close() }()
		go func() { io.Copy(far, near); far.Close() }()
	}
}

// set ends all connections when the server goes away.
func (p *proxy) set(away bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.away = away
	if away {
		for _, c := range p.open {
			c.Close()
		}
		p.open = nil
	}
}

func TestARestartOfPostgresLosesNothing(t *testing.T) {
	p, url := behindProxy(t, postgresURL(t))
	s := opened(t, url)
	var o outcomes
	var want []int
	var ids []string
	for n := range 2000 {
		if n%400 == 100 {
			p.set(true)
		}
		if n%400 == 110 {
			p.set(false)
		}
		id := int64(n + 1)
		s.Write(o.expect(n), Begin{Command{ID: id}}, message(n), End{id - 1})
		want, ids = append(want, n), append(ids, fmt.Sprint("m", n))
	}
	o.all.Wait()
	same(t, "order", want, o.order)
	for n, err := range o.errs {
		if err != nil {
			t.Errorf("unit %d: %v", n, err)
		}
	}
	same(t, "rows", ids, stored(t, s))
	commands, err := s.Commands(t.Context(), "")
	same(t, "journal", []Command{{ID: 2000}}, read(t, commands, err))
}

func TestWhenPostgresStaysAwayTheWriterSaysSoWithoutTheContents(t *testing.T) {
	p, url := behindProxy(t, postgresURL(t))
	var log lines
	s, err := open(t.Context(), url, slog.New(slog.NewTextHandler(&log, nil)), 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	secret := message(1)
	secret.Content, secret.Nick = []byte("secret"), "secret"
	p.set(true)
	if err := s.write(t.Context(), secret, secret, End{5}); err == nil {
		t.Error("written to a server that is away")
	}
	started := time.Now()
	if err := s.write(t.Context(), secret); err == nil {
		t.Error("written to a server that is away")
	}
	if waited := time.Since(started); waited >= 2*time.Second {
		t.Errorf("the patience of one outage was spent again: %s", waited)
	}
	p.set(false)
	commit(t, s, message(2))
	same(t, "rows", []string{"m2"}, stored(t, s))
	for _, want := range []string{"changes are lost", "Append:2 End:1", "can be used again"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log tells contents:\n%s", log.String())
	}
}

func TestALockedFileIsWaitedFor(t *testing.T) {
	url := sqliteURL(t)
	s := opened(t, url)
	e, err := engineOf(url)
	if err != nil {
		t.Fatal(err)
	}
	db := e.connect(1, true)
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var o outcomes
	s.Write(o.expect(1), message(1))
	same(t, "rows while another writes", 0, len(stored(t, s)))
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	o.all.Wait()
	same(t, "outcome", nil, o.errs[1])
	same(t, "rows", []string{"m1"}, stored(t, s))
}

func TestAStatementThatIsRefusedIsNotTriedAgain(t *testing.T) {
	for code, want := range map[string]bool{
		"57P01": true,  // the operator shuts the server down
		"57P03": true,  // it is starting up
		"53300": true,  // too many connections
		"40P01": true,  // a deadlock
		"08006": true,  // the connection failed
		"23514": false, // a CHECK
		"22021": false, // not UTF-8
		"42P01": false, // no such table
	} {
		if got := transientPostgres(fmt.Errorf("commit: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("%s: %t", code, got)
		}
	}
}

// lines is a log that a test reads.
type lines struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}
