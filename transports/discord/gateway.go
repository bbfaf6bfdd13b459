package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"isthmus/transports"
)

// The gateway is spoken here and not by discordgo: that deadlocks when a reconnect is asked for before READY, reconnects for ever after codes that say
// not to, notices a dead connection after minutes, closes it so that its session is lost, and does not use the address to resume at.

// The opcodes of the gateway (Opcodes and Status Codes, Gateway Opcodes).
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opResume         = 6
	opReconnect      = 7
	opRequestMembers = 8
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

const (
	// maxPayload bounds a payload, in bytes: that of a guild with many channels and members.
	maxPayload = 64 << 20
	// handshake bounds the time until the connection is made and greeted; writing is the time that one payload may take.
	handshake = 20 * time.Second
	writing   = 20 * time.Second
	// maxInterval bounds the time between two heartbeats, in milliseconds.
	maxInterval = 600_000
	// closeAndResume is a code by which the session can be resumed; from us 1000 and 1001 end it.
	closeAndResume = 4000
)

type payload struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Kind string          `json:"t"`
}

// resumption is what a session is taken up with again.
type resumption struct {
	session string
	// url is where it is taken up, other the address of the gateway, which is tried in turn with it where it cannot be reached.
	url, other string
	seq        int64 // of the last event that the core has
}

// socket is one connection to the gateway.
type socket struct {
	conn  *websocket.Conn
	seq   atomic.Int64 // of the last event read
	acked atomic.Bool  // the last heartbeat was answered
	dead  atomic.Bool  // no heartbeat is answered any more
	beat  chan struct{}
	mu    sync.Mutex // of writing
}

// dial connects to an address of the gateway and reads its greeting.
func dial(ctx context.Context, address string, connect func(ctx context.Context, network, address string) (net.Conn, error)) (*socket, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, handshake)
	defer cancel()
	dialer := websocket.Dialer{NetDialContext: connect, HandshakeTimeout: handshake}
	conn, _, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		return nil, 0, unreachable(err)
	}
	s := &socket{conn: conn, beat: make(chan struct{}, 1)}
	s.acked.Store(true)
	conn.SetReadLimit(maxPayload)
	_ = conn.SetReadDeadline(time.Now().Add(handshake))
	p, err := s.read()
	if err != nil {
		conn.Close()
		return nil, 0, s.ended(err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	var hello struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	decode(p.Data, &hello)
	if p.Op != opHello || hello.Interval <= 0 {
		conn.Close()
		return nil, 0, unreachable(fmt.Errorf("the greeting has the opcode %d", p.Op))
	}
	return s, time.Duration(min(hello.Interval, maxInterval)) * time.Millisecond, nil
}

// addressed is an address of the gateway with what it is to speak (Gateway URL Query String Params).
func addressed(address, version string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // dialling says what is wrong with it
	}
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	u.RawQuery = url.Values{"v": {version}, "encoding": {"json"}}.Encode()
	return u.String()
}

func unreachable(err error) *transports.Fault {
	return &transports.Fault{Kind: transports.Offline, Text: "Discord's gateway cannot be reached. It is tried again.", Cause: err}
}

// read reads a payload; what cannot be read has no opcode that is known.
func (s *socket) read() (payload, error) {
	p := payload{Op: -1}
	_, data, err := s.conn.ReadMessage()
	if err == nil {
		decode(data, &p)
	}
	return p, err
}

func (s *socket) write(op int, data any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(writing))
	return s.conn.WriteJSON(map[string]any{"op": op, "d": data})
}

// receive reads until the connection ends, and says why.
func (s *socket) receive(event func(payload)) error {
	for {
		p, err := s.read()
		if err != nil {
			return s.ended(err)
		}
		switch p.Op {
		case opDispatch:
			if p.Seq > 0 {
				s.seq.Store(p.Seq)
			}
			event(p)
		case opHeartbeat:
			select {
			case s.beat <- struct{}{}:
			default:
			}
		case opHeartbeatAck:
			s.acked.Store(true)
		case opReconnect:
			return errReconnect
		case opInvalidSession:
			var resumable bool
			decode(p.Data, &resumable)
			return &invalidSession{resumable}
		}
	}
}

// errReconnect is the gateway's wish for another connection; invalidSession is its word that a session is none, or not now.
var errReconnect = errors.New("the gateway asks for another connection")

type invalidSession struct{ resumable bool }

func (e *invalidSession) Error() string { return "the gateway does not know the session" }

// heartbeats keep the connection until ctx ends, the first after a random part of the interval (Gateway, Sending Heartbeats). A connection that did
// not answer the last one is dead, unless nobody reads it because the core is stuck.
func (s *socket) heartbeats(ctx context.Context, interval time.Duration, stuck func() bool) {
	wait := time.Duration(rand.Float64() * float64(interval))
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
			if !s.acked.Swap(false) && !stuck() {
				s.dead.Store(true)
				s.close(closeAndResume)
				return
			}
			wait = interval
		case <-s.beat: // asked for
			timer.Stop()
		}
		var seq any
		if n := s.seq.Load(); n > 0 {
			seq = n
		}
		if s.write(opHeartbeat, seq) != nil {
			return // the reader finds out as well
		}
	}
}

// close ends the connection with a code.
func (s *socket) close(code int) {
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	s.conn.Close()
}

// closed are the codes that say that no other try helps (Gateway Close Event Codes).
var closed = map[int]*transports.Fault{
	4004: badToken(),
	4010: fault(transports.Gone, "Discord says that the shard is invalid."),
	4012: fault(transports.Gone, "Discord's gateway does not serve this version any more. The operator must update Isthmus."),
	4013: fault(transports.Gone, "Discord's gateway does not know what Isthmus asks for. The operator must update Isthmus."),
	4014: fault(transports.BadCredentials, "The bot lacks a privileged intent. On the application's page at Discord (Bot, Privileged Gateway Intents) switch on Message Content Intent and Server Members Intent, and log in again."),
}

// shardingRequired is the code that says that the bot is in more guilds than so many connections serve: how many it needs now is asked for anew.
const shardingRequired = 4011

// lostSession is an end after which a session cannot be resumed.
type lostSession struct {
	error
	code int
}

func (e lostSession) Unwrap() error { return e.error }

// ended is why a connection ended.
func (s *socket) ended(err error) error {
	if s.dead.Load() {
		return &transports.Fault{Kind: transports.Offline, Text: "Discord's gateway does not answer any more. It is connected again.", Cause: err}
	}
	var c *websocket.CloseError
	if !errors.As(err, &c) || c.Code == websocket.CloseAbnormalClosure {
		return &transports.Fault{Kind: transports.Offline, Text: "The connection to Discord was lost.", Cause: err}
	}
	if final := closed[c.Code]; final != nil {
		return &transports.Fault{Kind: final.Kind, Text: final.Text, Cause: err}
	}
	lost := &transports.Fault{Kind: transports.Offline, Text: "Discord has closed the connection.", Cause: err}
	switch c.Code {
	case websocket.CloseNormalClosure, 4007, 4009, shardingRequired:
		return lostSession{lost, c.Code}
	}
	return lost
}
