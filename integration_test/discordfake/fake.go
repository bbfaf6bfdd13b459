// Package discordfake is a Discord for tests: its REST interface and its gateway as they are documented, with what goes wrong there at a test's wish.
package discordfake

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Object is one of Discord's, as it goes over the wire: a test may put anything into it.
type Object = map[string]any

// Server is a Discord.
type Server struct {
	t    testing.TB
	http *httptest.Server
	// Heartbeat is the interval that new connections are told, Hurry how much sooner than on Discord shards may begin sessions after one another.
	Heartbeat, Hurry time.Duration

	mu       sync.Mutex
	number   int64
	users    map[string]Object
	bots     map[string]*Bot // by token
	guilds   map[string]*guild
	channels map[string]Object
	messages map[string][]Object // by channel
	webhooks map[string]Object
	files    map[string][]byte // by path
	pictures map[string][]byte // by path
	sessions []*session
	faults   []*Fault
	requests []string
	// identified counts sessions that were begun, resumed those taken up again.
	identified, resumed int
	shownTimes          int // that presences were told
	buckets             map[string]*bucket
	fileEpoch           int // of the addresses of files that hold
	shards              int // that a bot needs
	starts              map[string]time.Time
	mute                bool
	// Of people's own accounts: relations and reads are by the account and the user or the channel, form is how READY is told.
	relations map[string]map[string]Object
	reads     map[string]map[string]string
	form      Form
}

// Bot is an application with its bot.
type Bot struct {
	ID, Token string
	// Person: it is no bot but somebody's own account.
	Person bool
	// Flags say which privileged intents it has; Remaining is how many sessions it may begin.
	Flags, Remaining int
}

type guild struct {
	id, name, owner string
	unavailable     bool
	roles           []Object
	members         map[string]Object
	banned          []Object
}

// The flags of a bot with all privileged intents.
const AllIntents = 1<<13 | 1<<15 | 1<<19

// New starts a Discord that ends with the test.
func New(t testing.TB) *Server {
	s := &Server{t: t, Heartbeat: 30 * time.Second, shards: 1, starts: map[string]time.Time{}, users: map[string]Object{}, bots: map[string]*Bot{}, guilds: map[string]*guild{}, channels: map[string]Object{}, messages: map[string][]Object{},
		webhooks: map[string]Object{}, files: map[string][]byte{}, pictures: map[string][]byte{}, buckets: map[string]*bucket{}, relations: map[string]map[string]Object{}, reads: map[string]map[string]string{}}
	mux := http.NewServeMux()
	s.routes(mux)
	s.http = httptest.NewServer(mux)
	t.Cleanup(func() {
		s.Cut()
		s.http.Close()
	})
	return s
}

// API and CDN are the base addresses.
func (s *Server) API() string { return s.http.URL + "/api/v9" }
func (s *Server) CDN() string { return s.http.URL + "/cdn" }

func (s *Server) gateway() string { return "ws" + s.http.URL[len("http"):] + "/gateway" }

// id makes a snowflake.
func (s *Server) id() string {
	s.number++
	return strconv.FormatInt((time.Now().UnixMilli()-1420070400000)<<22+s.number, 10)
}

func now() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000000+00:00") }

// AddBot makes a bot with all intents.
func (s *Server) AddBot(name string) *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.addUser(name)
	u["bot"] = true
	b := &Bot{ID: u["id"].(string), Token: "token-of-" + u["id"].(string), Flags: AllIntents, Remaining: 1000}
	s.bots[b.Token] = b
	return b
}

// AddUser makes a person, and gives their id.
func (s *Server) AddUser(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addUser(name)["id"].(string)
}

func (s *Server) addUser(name string) Object {
	u := Object{"id": s.id(), "username": name, "global_name": name, "discriminator": "0", "avatar": nil}
	s.users[u["id"].(string)] = u
	return u
}

// AddGuild makes a guild that a user owns, with these permissions for everyone.
func (s *Server) AddGuild(name, owner string, permissions uint64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	s.guilds[id] = &guild{id: id, name: name, owner: owner, members: map[string]Object{},
		roles: []Object{{"id": id, "name": "@everyone", "permissions": fmt.Sprint(permissions), "position": 0}}}
	return id
}

// AddChannel makes a channel of a type in a guild.
func (s *Server) AddChannel(guild, name string, kind int, more Object) string {
	s.mu.Lock()
	id := s.id()
	c := Object{"id": id, "guild_id": guild, "type": kind, "name": name, "position": len(s.channels), "permission_overwrites": []Object{}, "topic": nil, "parent_id": nil, "last_message_id": nil}
	maps.Copy(c, more)
	s.channels[id] = c
	switch meta, thread := c["thread_metadata"].(Object); {
	case !thread:
		s.dispatchIn(guild, "", "CHANNEL_CREATE", c)
	case meta["archived"] == false:
		s.dispatchIn(guild, "", "THREAD_CREATE", c)
	}
	s.mu.Unlock()
	return id
}

// ChangeChannel changes fields of a channel, and tells.
func (s *Server) ChangeChannel(id string, fields Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	maps.Copy(c, fields)
	s.dispatchIn(c["guild_id"].(string), "", "CHANNEL_UPDATE", c)
}

// DeleteChannel deletes a channel, and tells.
func (s *Server) DeleteChannel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	delete(s.channels, id)
	s.dispatchIn(c["guild_id"].(string), "", "CHANNEL_DELETE", c)
}

// JoinGuild brings a user into a guild, and tells; a bot is told the guild itself.
func (s *Server) JoinGuild(guild, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guild]
	if g.members[user] != nil {
		return
	}
	m := Object{"user": s.users[user], "nick": nil, "avatar": nil, "roles": []string{}, "joined_at": now()}
	g.members[user] = m
	for _, session := range s.sessions {
		if session.bot.ID == user && session.serves(guild) {
			session.dispatch("GUILD_CREATE", s.guildObject(g))
		}
	}
	s.dispatchIn(guild, "", "GUILD_MEMBER_ADD", with(m, Object{"guild_id": guild}))
}

// LeaveGuild takes a user out of a guild, and tells.
func (s *Server) LeaveGuild(guild, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guild]
	if g.members[user] == nil {
		return
	}
	for _, session := range s.sessions {
		if session.bot.ID == user && session.serves(guild) {
			session.dispatch("GUILD_DELETE", Object{"id": guild})
		}
	}
	delete(g.members, user)
	s.dispatchIn(guild, "", "GUILD_MEMBER_REMOVE", Object{"guild_id": guild, "user": s.users[user]})
}

// Outage makes a guild unavailable, or available again.
func (s *Server) Outage(guild string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guild]
	g.unavailable = on
	for _, session := range s.sessions {
		if !session.serves(guild) {
			continue
		}
		if on {
			session.dispatch("GUILD_DELETE", Object{"id": guild, "unavailable": true})
		} else {
			session.dispatch("GUILD_CREATE", s.guildObject(g))
		}
	}
}

// Shard makes a bot need so many connections.
func (s *Server) Shard(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shards = n
}

// ChangeMember changes fields of a member, and tells.
func (s *Server) ChangeMember(guild, user string, fields Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.guilds[guild].members[user]
	maps.Copy(m, fields)
	s.dispatchIn(guild, "", "GUILD_MEMBER_UPDATE", with(m, Object{"guild_id": guild}))
}

// SetPicture gives a user a picture by a hash, and tells.
func (s *Server) SetPicture(user, hash string, data []byte) {
	s.mu.Lock()
	s.users[user]["avatar"] = hash
	s.pictures["/avatars/"+user+"/"+hash+".png"] = data
	var guilds []string
	for id, g := range s.guilds {
		if g.members[user] != nil {
			guilds = append(guilds, id)
		}
	}
	s.mu.Unlock()
	for _, id := range guilds {
		s.ChangeMember(id, user, Object{"user": s.copyUser(user)})
	}
}

func (s *Server) copyUser(id string) Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.users[id])
}

func with(o Object, more Object) Object {
	all := maps.Clone(o)
	maps.Copy(all, more)
	return all
}

// largeThreshold is of how many members a guild tells no more (Gateway, Identify Structure).
const largeThreshold = 250

// botIn is a bot that is in a guild.
func (s *Server) botIn(g *guild) string {
	for _, b := range s.bots {
		if g.members[b.ID] != nil {
			return b.ID
		}
	}
	return g.owner
}

// guildObject is a guild as GUILD_CREATE has it.
func (s *Server) guildObject(g *guild) Object {
	channels, threads := []Object{}, []Object{}
	for _, id := range slices.Sorted(maps.Keys(s.channels)) {
		c := s.channels[id]
		switch kind := c["type"].(int); {
		case c["guild_id"] != g.id:
		case kind == 10 || kind == 11 || kind == 12:
			if !c["thread_metadata"].(Object)["archived"].(bool) {
				threads = append(threads, c)
			}
		default:
			channels = append(channels, c)
		}
	}
	members := []Object{}
	for _, id := range slices.Sorted(maps.Keys(g.members)) {
		members = append(members, g.members[id])
	}
	large := len(members) > largeThreshold
	if large {
		members = append([]Object{g.members[s.botIn(g)]}, members[:largeThreshold]...)
	}
	return Object{"id": g.id, "name": g.name, "owner_id": g.owner, "unavailable": false, "member_count": len(g.members), "large": large, "roles": g.roles,
		"emojis": []Object{}, "channels": channels, "threads": threads, "members": members, "presences": []Object{}}
}

// can tells whether a user has a permission in a channel (Permissions, Permission Overwrites).
func (s *Server) can(channel, user string, bit uint64) bool {
	c := s.channels[channel]
	g := s.guilds[str(c["guild_id"])]
	if g == nil {
		return true
	}
	if g.members[user] == nil {
		return false
	}
	if parent := s.channels[str(c["parent_id"])]; parent != nil && c["thread_metadata"] != nil {
		return s.can(str(parent["id"]), user, bit)
	}
	all := g.base(user)
	overwrite := func(of ...string) {
		var deny, allow uint64
		for _, o := range c["permission_overwrites"].([]Object) {
			if slices.Contains(of, str(o["id"])) {
				deny |= bits(o["deny"])
				allow |= bits(o["allow"])
			}
		}
		all = all&^deny | allow
	}
	overwrite(g.id)
	overwrite(g.rolesOf(user)...)
	overwrite(user)
	return g.owner == user || all&bit != 0 && all&(1<<10) != 0
}

func str(v any) string {
	s, _ := v.(string)
	return s
}
