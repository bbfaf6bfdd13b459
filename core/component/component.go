// Package component joins an XMPP server as an external component (XEP-0114): one stream that is read stanza by stanza,
// written in batches, taken up again after every loss, and that nothing written by a remote person can end.
package component

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"isthmus/core/stanza"
)

// Config says which component this is and how its server is reached.
type Config struct {
	Domain string // the component's address, such as gateway.example.org
	Secret string
	Server string      // tcp://host:port, tls://host:port or unix:/path
	TLS    *tls.Config // for tls://; nil: the system's roots, and the server name from the address

	MaxStanza   int // bytes of one stanza, both ways; 0: 262144
	MaxDepth    int // elements within each other, the stanza included; 0: 32
	MaxElements int // elements of one stanza; 0: 8192
	MaxAttrs    int // attributes of one element; 0: 64
	// Buffer is how many bytes may wait for the server's confirmation, and how many to be written, before Show blocks
	// and the reader slows down; 0: 4 MiB.
	Buffer int
	// Unheard tells of an address, as it stands in the stream, that groupchat messages to it are to be thrown away unread; nil: none are.
	// The reader asks it.
	Unheard func(to []byte) bool
	Log     *slog.Logger // nil: slog.Default()
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		value    *int
		fallback int
	}{{&c.MaxStanza, 256 << 10}, {&c.MaxDepth, 32}, {&c.MaxElements, 8192}, {&c.MaxAttrs, 64}, {&c.Buffer, 8 << 20}} {
		if *d.value <= 0 {
			*d.value = d.fallback
		}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func (c Config) limits() limits {
	return limits{size: c.MaxStanza, depth: c.MaxDepth, elements: c.MaxElements, attrs: c.MaxAttrs}
}

// Component is one component's stream. Its methods may be called from any goroutine, before and while Run runs.
type Component struct {
	config   Config
	domain   stanza.JID
	log      *slog.Logger
	handle   func(*stanza.Stanza)
	up       func(first bool)
	dial     func(context.Context) (net.Conn, error)
	out      *outbox
	requests *requests
	born     time.Time
	heard    atomic.Int64 // when the server was last heard, in nanoseconds since born
}

// New makes a component; Run connects it.
//
// The one reader calls handle for each stanza, in the order of the stream, answers that no Request waits for included;
// what it takes long to do, the stream waits for.
// The reader calls up each time the stream has come up, before any stanza of it: first is true once, and false after a
// loss, when all that depends on the stream has to be looked at again. What was kept has been put before anything that up
// shows. Neither may call Show, which can block: use Reply.
func New(config Config, handle func(*stanza.Stanza), up func(first bool)) *Component {
	config = config.withDefaults()
	c := &Component{
		config: config,
		log:    config.Log.With("component", config.Domain),
		handle: handle,
		up:     up,
		born:   time.Now(),
		dial:   config.dial,
	}
	c.domain, _ = stanza.ParseJID(config.Domain) // Run reports a wrong one
	c.out = newOutbox(config.Buffer, c.domain, c.log)
	c.requests = newRequests()
	return c
}

// State is how the stream is doing.
type State struct {
	Up bool
	// Waiting is in bytes: what is to be written or to be confirmed. Stanzas counts those handed over since the start.
	Waiting int
	Stanzas uint64
}

// State tells how the stream is doing.
func (c *Component) State() State {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	return State{Up: c.out.up, Waiting: c.out.waiting(), Stanzas: c.out.handed}
}

// Check connects, shakes hands and closes again. Its errors are sentences for the operator; those of type *StreamError
// are the server's own words. A server that lets the newer of two connections win ends a running component's stream by it.
func Check(ctx context.Context, config Config) error {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return err
	}
	conn, err := config.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := shakeHands(ctx, conn, config); err != nil {
		return err
	}
	conn.SetWriteDeadline(time.Now().Add(partingTime))
	_, err = conn.Write([]byte(streamEnd))
	return err
}

// Run connects and serves the stream, again after every loss, until ctx ends; then it returns nil. An error is a mistake
// in the configuration. It may be called once. What has not been confirmed when it ends is lost: see Flush.
func (c *Component) Run(ctx context.Context) error {
	if err := c.config.validate(); err != nil {
		return err
	}
	defer func() {
		c.out.close()
		c.requests.fail()
	}()
	var wait backoff
	for first := true; ; {
		up, err := c.connect(ctx, first)
		if ctx.Err() != nil {
			return nil
		}
		if up > 0 {
			first = false
		}
		delay := wait.next(up, slow(err))
		c.log.Warn("The stream to the XMPP server is down. "+advice(err), "cause", err, "retry_in", delay.Round(time.Millisecond))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(delay):
		}
	}
}

// connect brings the stream up once and serves it until it is lost. It tells for how long it was up, 0 if it never was.
func (c *Component) connect(ctx context.Context, first bool) (time.Duration, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return 0, err
	}
	in, err := shakeHands(ctx, conn, c.config)
	if err != nil {
		conn.Close()
		return 0, err
	}
	c.log.Info("The stream to the XMPP server is up.")
	start := time.Now()
	err = c.serve(ctx, conn, in, first)
	return max(time.Since(start), 1), err
}

// serve has two goroutines, one that reads and one that writes, until one of them fails or ctx ends.
func (c *Component) serve(parent context.Context, conn net.Conn, in *input, first bool) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	c.hear()
	c.out.connect()
	read, written := make(chan error, 1), make(chan struct{})
	go func() {
		err := c.read(in, first)
		cancel(err)
		read <- err
	}()
	go func() {
		defer close(written)
		cancel(c.out.write(ctx, conn))
	}()
	c.watch(ctx, cancel)

	// The writer says good-bye, and where writing failed the server may still say why; neither is waited for long.
	conn.SetReadDeadline(time.Now().Add(partingTime))
	if parent.Err() != nil {
		conn.SetReadDeadline(time.Unix(1, 0))
	}
	select {
	case <-written:
	case <-time.After(partingTime):
		conn.Close()
		<-written
	}
	err, last := context.Cause(ctx), <-read
	conn.Close()
	if said := (*StreamError)(nil); errors.As(last, &said) {
		err = said
	}
	c.out.disconnect(blames(err))
	c.requests.fail()
	return err
}

// hear notes that the server was heard.
func (c *Component) hear() { c.heard.Store(int64(time.Since(c.born))) }

// watchStep is how often the stream's health is looked at.
const watchStep = 5 * time.Second

// watch looks after keepalive and barriers until ctx ends.
func (c *Component) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(watchStep)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			if err := c.out.check(now, c.born.Add(time.Duration(c.heard.Load()))); err != nil {
				cancel(err)
			}
		}
	}
}
