package discordfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// session is one of the gateway's, also while no connection serves it.
type session struct {
	server  *Server
	bot     *Bot
	id      string
	shard   [2]uint64 // its number, and of how many
	intents int
	seq     int
	sent    []Object // for who resumes
	conn    *connection
	// presence is how the bot is shown, nil where it has not said.
	presence Object
	// subscribed are the guilds that a person's session looks at.
	subscribed map[string]bool
}

// connection is a socket.
type connection struct {
	ws   *websocket.Conn
	mu   sync.Mutex
	out  []any
	more chan struct{} // has a value where there is something to send
	done chan struct{}
}

func (c *connection) send(v any) {
	c.mu.Lock()
	c.out = append(c.out, v)
	c.mu.Unlock()
	select {
	case c.more <- struct{}{}:
	default:
	}
}

func (c *connection) take() (all []any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, c.out = c.out, nil
	return all
}

func (c *connection) write() {
	for {
		select {
		case <-c.more:
		case <-c.done:
			return
		}
		for _, v := range c.take() {
			if code, is := v.(int); is {
				_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
				c.ws.Close()
			} else if c.ws.WriteJSON(v) != nil {
				c.ws.Close()
			}
		}
	}
}

var upgrader = websocket.Upgrader{}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &connection{ws: ws, more: make(chan struct{}, 1), done: make(chan struct{})}
	defer ws.Close()
	defer close(c.done)
	go c.write()
	c.send(Object{"op": 10, "d": Object{"heartbeat_interval": s.Heartbeat.Milliseconds()}})
	for {
		var p struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := ws.ReadJSON(&p); err != nil {
			s.disconnected(c, err)
			return
		}
		switch p.Op {
		case 1:
			if !s.isMute() {
				c.send(Object{"op": 11})
			}
		case 2:
			s.identify(c, p.Data)
		case 3:
			s.setPresence(c, p.Data)
		case 6:
			s.resume(c, p.Data)
		case 8:
			s.members(c, p.Data)
		case 14:
			s.subscribe(c, p.Data)
		default:
			c.send(4001)
		}
	}
}

// disconnected ends a session whose client has said goodbye.
func (s *Server) disconnected(c *connection, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = slices.DeleteFunc(s.sessions, func(of *session) bool {
		if of.conn != c {
			return false
		}
		of.conn = nil
		return websocket.IsCloseError(err, 1000, 1001)
	})
}

func (s *Server) identify(c *connection, data json.RawMessage) {
	var d struct {
		Token   string    `json:"token"`
		Intents int       `json:"intents"`
		Shard   [2]uint64 `json:"shard"`
		Wants   int       `json:"capabilities"`
	}
	d.Shard = [2]uint64{0, 1}
	_ = json.Unmarshal(data, &d)
	s.mu.Lock()
	defer s.mu.Unlock()
	bot := s.bots[d.Token]
	switch {
	case bot == nil:
		c.send(4004)
		return
	case d.Shard[0] >= d.Shard[1]:
		c.send(4010)
		return
	case int(d.Shard[1]) < s.shards:
		c.send(4011)
		return
	case s.tooSoon(bot, d.Shard[0]):
		c.send(Object{"op": 9, "d": false})
		return
	case d.Intents&(1<<1) != 0 && bot.Flags&(1<<15) == 0, d.Intents&(1<<8) != 0 && bot.Flags&(1<<13) == 0, d.Intents&(1<<15) != 0 && bot.Flags&(1<<19) == 0:
		c.send(4014)
		return
	}
	bot.Remaining--
	s.identified++
	session := &session{server: s, bot: bot, id: "session-" + s.id(), shard: d.Shard, intents: d.Intents, conn: c, subscribed: map[string]bool{}}
	s.sessions = append(s.sessions, session)
	if bot.Person {
		s.greet(session, d.Wants)
		return
	}
	guilds := []Object{}
	var all []*guild
	for _, id := range slices.Sorted(maps.Keys(s.guilds)) {
		if session.serves(id) {
			guilds = append(guilds, Object{"id": id, "unavailable": true})
			all = append(all, s.guilds[id])
		}
	}
	session.dispatch("READY", Object{"v": 9, "shard": d.Shard, "user": s.users[bot.ID], "guilds": guilds, "session_id": session.id, "resume_gateway_url": s.gateway() + "/resume",
		"application": Object{"id": bot.ID, "flags": bot.Flags}})
	for _, g := range all {
		if !g.unavailable {
			session.dispatch("GUILD_CREATE", s.guildObject(g))
		}
	}
}

// serves tells whether a guild is one of a session's: its bot is in it, and its shard has it.
func (of *session) serves(guild string) bool {
	id, _ := strconv.ParseUint(guild, 10, 64)
	return of.server.guilds[guild].members[of.bot.ID] != nil && (id>>22)%of.shard[1] == of.shard[0]
}

// startQueue is how many sessions of a bot may be begun side by side, each in startWindow.
const (
	startQueue  = 16
	startWindow = 5 * time.Second
)

// tooSoon tells that the shards which share a turn with one have begun a session less than the window ago.
func (s *Server) tooSoon(bot *Bot, shard uint64) bool {
	turn := fmt.Sprintf("%s %d", bot.ID, shard%startQueue)
	if time.Since(s.starts[turn]) < startWindow-s.Hurry {
		return true
	}
	s.starts[turn] = time.Now()
	return false
}

func (s *Server) resume(c *connection, data json.RawMessage) {
	var d struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int    `json:"seq"`
	}
	_ = json.Unmarshal(data, &d)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		if session.id == d.Session && session.bot.Token == d.Token {
			s.resumed++
			session.conn = c
			for _, sent := range session.sent {
				if sent["s"].(int) > d.Seq {
					c.send(sent)
				}
			}
			session.dispatch("RESUMED", Object{})
			session.sent = session.sent[:len(session.sent)-1] // it is news of this connection only
			return
		}
	}
	c.send(Object{"op": 9, "d": false})
}

// setPresence takes how a bot is.
func (s *Server) setPresence(c *connection, data json.RawMessage) {
	var p Object
	_ = json.Unmarshal(data, &p)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		if session.conn == c {
			session.presence = p
			s.shownTimes++
		}
	}
}

// Shown is how often bots have said how they are.
func (s *Server) Shown() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shownTimes
}

// Seen waits until a bot's sessions are shown so, as "status" or "status: what they say".
func (s *Server) Seen(bot *Bot, want string) {
	s.t.Helper()
	s.wait("presence of "+want, func() bool {
		return slices.ContainsFunc(s.sessions, func(of *session) bool {
			got := str(of.presence["status"])
			if all, _ := of.presence["activities"].([]any); len(all) > 0 {
				got += ": " + str(all[0].(Object)["state"])
			}
			return of.bot == bot && got == want
		})
	})
}

// members answers a request for the members of a guild.
func (s *Server) members(c *connection, data json.RawMessage) {
	var d struct {
		Guild string `json:"guild_id"`
	}
	_ = json.Unmarshal(data, &d)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		if g := s.guilds[d.Guild]; session.conn == c && g != nil {
			session.dispatch("GUILD_MEMBERS_CHUNK", Object{"guild_id": g.id, "members": slices.Collect(maps.Values(g.members)), "chunk_index": 0, "chunk_count": 1})
		}
	}
}

// dispatch sends an event, as it is now, and keeps it for who resumes.
func (of *session) dispatch(kind string, data any) {
	encoded, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	of.seq++
	p := Object{"op": 0, "t": kind, "s": of.seq, "d": json.RawMessage(encoded)}
	of.sent = append(of.sent, p)
	if of.conn != nil {
		of.conn.send(p)
	}
}

// dispatchIn tells the bots in a guild that can see a channel; without a channel all that are in the guild.
func (s *Server) dispatchIn(guild, channel, kind string, data any) {
	g := s.guilds[guild]
	for _, session := range s.sessions {
		id := session.bot.ID
		if g == nil && session.shard[0] != 0 || g != nil && (!session.serves(guild) || g.unavailable) || channel != "" && g != nil && !s.can(channel, id, 1<<10) || g == nil && !s.talks(channel, id) || g != nil && session.unseen(guild, kind) {
			continue
		}
		session.dispatch(kind, data)
	}
}

// talks tells whether a direct message channel is one of a bot's.
func (s *Server) talks(channel, bot string) bool {
	ch := s.channels[channel]
	if ch == nil {
		return false
	}
	in, _ := ch["recipients"].([]Object)
	return ch["bot"] == bot || ch["type"] == group && slices.ContainsFunc(in, func(u Object) bool { return u["id"] == bot })
}

// Dispatch sends any event to all sessions.
func (s *Server) Dispatch(kind string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		session.dispatch(kind, data)
	}
}

// Send sends any payload that is no event to all connections.
func (s *Server) Send(p Object) { s.onConnections(func(c *connection) { c.send(p) }) }

// Close closes all connections with a code.
func (s *Server) Close(code int) { s.onConnections(func(c *connection) { c.send(code) }) }

// Cut breaks all connections without a word.
func (s *Server) Cut() { s.onConnections(func(c *connection) { c.ws.UnderlyingConn().Close() }) }

func (s *Server) onConnections(do func(*connection)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		if session.conn != nil {
			do(session.conn)
		}
	}
}

// Mute has no heartbeat answered any more, as of a connection that is dead without anybody having closed it.
func (s *Server) Mute(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute = on
}

func (s *Server) isMute() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mute
}

// Forget ends all sessions, so that none can be resumed.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = nil
}

// Sessions tells how many sessions were begun, and how many taken up again.
func (s *Server) Sessions() (identified, resumed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identified, s.resumed
}

// Online waits until a bot has a session.
func (s *Server) Online(bot *Bot) {
	s.t.Helper()
	s.wait(fmt.Sprintf("a session of %s", bot.ID), func() bool {
		return slices.ContainsFunc(s.sessions, func(of *session) bool { return of.bot == bot && of.conn != nil })
	})
}

// patience bounds every wait. Only a defect waits that long.
const patience = 60 * time.Second

func (s *Server) wait(what string, there func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		is := there()
		s.mu.Unlock()
		if is {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("there is no %s", what)
		}
	}
}
