package slack

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"isthmus/transports"
)

// Session is an account in use.
type Session struct {
	driver  *Driver
	scope   transports.Scope
	secrets secrets
	env     transports.Env
	log     *slog.Logger
	client  *client
	people  *people
	live    atomic.Pointer[connection] // nil while there is no connection
	// unmarked: Slack refuses the metadata by which messages are found again.
	unmarked atomic.Bool

	mu    sync.Mutex // for all below
	self  person
	botID string
	who   identity
	// within are the workspaces that lists are of.
	within   []string
	rooms    map[string]*room  // by channel
	talks    map[string]string // user by channel
	channels map[string]string // channel by user
	begun    map[string]int64  // when the talk was, by user
	foreign  *recent[string]   // channels that are none of the account's
	joining  map[string]int    // channels that a Join is under way for
	shown    map[string]transports.User
	emoji    map[string]string // custom ones; nil before they were asked for

	echoes   echoes
	seen     *recent[string]   // messages and changes of them that came
	edits    *last             // when messages were edited, as far as it came
	newest   map[string]string // the last message that came, by channel
	reacted  *reactions
	watched  map[string]*transports.Presence // people whose presence is wanted; nil before it was told
	marks    map[string]string               // what is read, by channel, and not told yet
	unread   map[string]*unread              // by channel
	read     map[string]string               // how far the person has read, by channel
	scopes   []string                        // of the token; none where Slack does not tell
	told     ownPresence
	uploads  map[string]chan string // for the timestamp of a file that was sent
	leftover leftover               // of the history
	looks    looks
}

func newSession(d *Driver, scope transports.Scope, secrets secrets, env transports.Env) *Session {
	s := &Session{driver: d, scope: scope, secrets: secrets, env: env, log: env.Log, people: d.people(scope), rooms: map[string]*room{}, talks: map[string]string{},
		channels: map[string]string{}, begun: map[string]int64{}, foreign: newRecent[string](1000), joining: map[string]int{}, shown: map[string]transports.User{}, echoes: newEchoes(), seen: newRecent[string](5000), edits: newLast(5000), newest: map[string]string{},
		reacted: newReactions(), watched: map[string]*transports.Presence{}, marks: map[string]string{}, unread: map[string]*unread{}, read: map[string]string{}, uploads: map[string]chan string{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
		s.env.Log = s.log
	}
	s.client = d.client(secrets.Token, s.env, s.tokenDied)
	s.client.shares = secrets.App + " " + string(scope)
	return s
}

// capabilities are what an account can do.
func (s *Session) capabilities() transports.Capabilities {
	can := transports.Capabilities{Durable: true, MaxText: maxText, MaxFile: maxFile, Nonces: true,
		Features: transports.Topics | transports.Roles | transports.Edits | transports.Deletions | transports.Reactions | transports.Invitations | transports.Threads |
			transports.Replies | transports.Uploads | transports.Reading | transports.Subscriptions | transports.Creation | transports.Destruction | transports.RoomNames |
			transports.Mentions}
	if !s.speaksForOthers() && s.may("users:write") {
		can.Features |= transports.Presences
	}
	return can
}

// tokenDied ends the connection: a token that is worth nothing any more is told once, and not tried again.
func (s *Session) tokenDied(e *apiError) {
	if c := s.live.Load(); c != nil {
		c.end(refusal(e, false))
	}
}

// Run connects and emits what happens until the connection is lost or ctx ends.
func (s *Session) Run(ctx context.Context, emit func(transports.Event)) error {
	if s.secrets.Token == "" {
		return fault(transports.BadCredentials, "The account has no tokens. Log in again.")
	}
	c := newConnection(ctx, s)
	defer c.finish()
	defer s.live.CompareAndSwap(c, nil)
	a := s.driver.app(s.secrets.App)
	ready := a.attach(c, s.env) // before the rooms are read, so that nothing is missed between
	defer a.detach(c)
	rooms, err := s.begin(c.ctx)
	if err != nil {
		return c.why(ctx, whileConnecting(err))
	}
	select {
	case <-ready:
	case <-c.ctx.Done():
		return c.why(ctx, nil)
	}
	s.live.Store(c)
	emit(transports.Online{Self: s.own().user(), Can: s.capabilities(), Through: "by Socket Mode"})
	in := make([]transports.RoomID, 0, len(rooms))
	for _, r := range rooms {
		emit(s.roomEvent(r, nil, false))
		in = append(in, roomID(r.id))
	}
	emit(transports.Memberships{Rooms: in})
	c.beside(func() { s.people.begin(patient(c.ctx, maxBlock), s.client, s.teams()) })
	c.beside(func() { s.watch(c) })
	c.beside(func() { s.keepMarks(c) })
	c.beside(func() { s.keepReads(c) })
	c.beside(func() { s.watchToken(c) })
	for {
		select {
		case d := <-c.inbox:
			s.take(c, d, emit)
		case task := <-c.tasks:
			task(emit)
		case <-c.ctx.Done():
			return c.why(ctx, nil)
		}
	}
}

func (s *Session) own() person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.self
}

// begin finds out who the account is and which conversations it is in.
func (s *Session) begin(ctx context.Context) ([]*room, error) {
	who, scopes, err := s.client.test(ctx)
	if err != nil {
		return nil, err
	}
	self, err := s.people.find(ctx, s.client, who.User)
	if err != nil {
		return nil, err
	}
	within, err := s.workspaces(patient(ctx, maxBlock), who)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.self, s.botID, s.who, s.within = self, who.Bot, who, within
	s.shown, s.scopes = map[string]transports.User{self.id: self.user()}, scopes
	s.told = ownPresence{presence: automatic} // whatever was set elsewhere stays
	s.reacted = newReactions()                // what changed meanwhile nobody has told
	s.mu.Unlock()
	return s.readRooms(ctx)
}

// readRooms reads all conversations that the account is in: the channels and groups as rooms, the direct messages as talks.
func (s *Session) readRooms(ctx context.Context) ([]*room, error) {
	all := map[string]*room{}
	for _, team := range s.teams() {
		arguments := ofTeam(team, url.Values{"types": {"public_channel,private_channel,mpim,im"}, "exclude_archived": {"true"}, "limit": {"200"}})
		_, err := s.client.pages(patient(ctx, maxBlock), "users.conversations", arguments, maxPages, func(raw json.RawMessage) (bool, error) {
			var page struct {
				Channels []channelObject `json:"channels"`
			}
			err := lenient(raw, &page)
			for _, c := range page.Channels {
				switch {
				case c.ID == "":
				case c.IM:
					s.noteTalk(c.ID, c.User, c.Created)
				default:
					all[c.ID] = newRoom(c) // one that workspaces share is in the lists of each
				}
			}
			return true, err
		})
		if err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooms = all
	return slices.SortedFunc(maps.Values(all), func(a, b *room) int { return strings.Compare(a.id, b.id) }), nil
}

// maxPages bounds how much is read of any list.
const maxPages = 200

// Do carries out a command.
func (s *Session) Do(ctx context.Context, command transports.Command, done func(transports.Result, error)) {
	c := s.live.Load()
	switch {
	case c == nil || c.ctx.Err() != nil:
		done(transports.Result{}, disconnected())
		return
	case !s.capabilities().Allows(command):
		done(transports.Result{}, transports.ErrUnsupported)
		return
	case ctx.Err() != nil:
		done(transports.Result{}, notSent())
		return
	}
	ctx, end := context.WithTimeout(ctx, timeOfCommand(command))
	defer end()
	both, cancel := c.joined(ctx)
	defer cancel()
	var landings landings
	result, err := s.carryOut(both, c, command, &landings)
	if why := transports.AsFault(context.Cause(c.ctx)); err != nil && c.ctx.Err() != nil && why.Kind == transports.BadCredentials {
		err = why // whatever was on its way was refused for that
	}
	done(result, err)
	landings.tell()
}

const (
	// commandTime bounds a command, with what it waits for its turn; uploadTime one with files.
	commandTime = time.Minute
	uploadTime  = 15 * time.Minute
)

func timeOfCommand(command transports.Command) time.Duration {
	switch command := command.(type) {
	case transports.Send:
		if len(command.Files) > 0 {
			return uploadTime
		}
	case transports.Subscribe: // nobody waits for it
		return uploadTime
	}
	return commandTime
}

// carryOut does a command, and gives a Fault where it fails.
func (s *Session) carryOut(ctx context.Context, c *connection, command transports.Command, landings *landings) (result transports.Result, err error) {
	switch command := command.(type) {
	case transports.Send:
		return s.send(ctx, c, command, landings)
	case transports.Edit:
		return result, s.edit(ctx, c, command, landings)
	case transports.Delete:
		return result, s.delete(ctx, c, command, landings)
	case transports.React:
		return result, s.react(ctx, command)
	case transports.MarkRead:
		return result, s.mark(ctx, command)
	case transports.Join:
		return result, s.join(ctx, c, command.Room)
	case transports.Leave:
		return result, s.leave(ctx, c, command.Room)
	case transports.SetPresence:
		return result, s.setPresence(ctx, command.Presence)
	case transports.SetTopic:
		return result, s.setTopic(ctx, command)
	case transports.SetRoomName:
		return result, s.setRoomName(ctx, command)
	case transports.SetRole:
		return result, s.setRole(ctx, command)
	case transports.Invite:
		return result, s.invite(ctx, command)
	case transports.Create:
		return s.create(ctx, c, command)
	case transports.Destroy:
		return result, s.destroy(ctx, c, command.Room)
	case transports.Subscribe:
		return result, s.subscribe(ctx, c, command)
	case transports.Authorize: // nobody asks on Slack: everyone sees how others are
		return result, nil
	}
	return result, transports.ErrUnsupported
}
