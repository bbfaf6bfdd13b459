package discord

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"isthmus/mapping/text"
	"isthmus/transports"
)

const (
	// maxTopic and maxChannelName are in characters (Modify Channel), maxReason that of the audit log's.
	maxTopic       = 1024
	maxChannelName = 100
	maxReason      = 512
	// silence is the longest time that a member can be kept from speaking (Modify Guild Member).
	silence = 28 * 24 * time.Hour
	// maxBans is how many are read of those who are banned (Get Guild Bans).
	maxBans = 1000
)

// because gives a request the reason that the guild's audit log shows.
func because(reason string) string {
	return url.PathEscape(text.Pieces(strings.Join(strings.Fields(reason), " "), maxReason)[0])
}

// setTopic changes what a channel is about.
func (s *Session) setTopic(ctx context.Context, c transports.SetTopic) error {
	c.Text = strings.Join(strings.Fields(c.Text), " ")
	if n := utf8.RuneCountInString(c.Text); n > maxTopic {
		return fault(transports.TooLarge, "The topic has %d characters, and Discord takes %d.", n, maxTopic)
	}
	id := strings.TrimPrefix(string(c.Room), "#")
	s.mu.Lock()
	s.topics.put(id, c.Text) // the event does not tell who did it
	s.mu.Unlock()
	return s.changeChannel(ctx, c.Room, map[string]string{"topic": c.Text}, manageChannels)
}

// setRoomName changes what a channel is called. People may leave in what the room's name has besides.
func (s *Session) setRoomName(ctx context.Context, c transports.SetRoomName) error {
	s.mu.Lock()
	guild, needs := "", uint64(manageChannels)
	if known := s.world.channels[strings.TrimPrefix(string(c.Room), "#")]; known != nil {
		if g := s.world.guilds[known.GuildID]; g != nil {
			guild = g.name
		}
		if known.isThread() {
			needs = manageThreads
		}
	}
	s.mu.Unlock()
	name := strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(c.Name, "("+guild+")"), "#"))
	if n := utf8.RuneCountInString(name); n == 0 || n > maxChannelName {
		return fault(transports.Invalid, "The name of a channel has 1 to %d characters.", maxChannelName)
	}
	return s.changeChannel(ctx, c.Room, map[string]string{"name": name}, needs)
}

func (s *Session) changeChannel(ctx context.Context, room transports.RoomID, fields map[string]string, needs uint64) error {
	id, _, err := s.channelOf(ctx, transports.InRoom(room), needs)
	if err != nil {
		return err
	}
	return s.rest.do(ctx, request{method: http.MethodPatch, path: pathChannel, ids: []string{id}, body: fields}, nil)
}

// setRole removes somebody from the guild, silences them, or lets them speak again: Discord has no roles of one channel.
func (s *Session) setRole(ctx context.Context, c transports.SetRole) error {
	switch c.Role {
	case transports.NoRole:
		return s.expel(ctx, c.Room, c.User, transports.Kicked, mayKick, request{method: http.MethodDelete, path: pathMember, reason: because(c.Reason)})
	case transports.Visitor, transports.Participant:
		guild, err := s.mayGovern(ctx, c.Room, c.User, moderateMembers)
		if err != nil {
			return err
		}
		until := map[string]any{"communication_disabled_until": nil}
		if c.Role == transports.Visitor {
			until["communication_disabled_until"] = time.Now().Add(silence - time.Minute).UTC().Format(time.RFC3339)
		}
		return s.rest.do(ctx, request{method: http.MethodPatch, path: pathMember, ids: []string{guild, string(c.User)}, body: until, reason: because(c.Reason)}, nil)
	}
	return fault(transports.Invalid, "Who moderates is decided by the roles of the server. Change them on Discord.")
}

// setAffiliation bans somebody from the guild, or lets them come back.
func (s *Session) setAffiliation(ctx context.Context, c transports.SetAffiliation) error {
	switch c.Affiliation {
	case transports.Outcast:
		return s.expel(ctx, c.Room, c.User, transports.Banned, mayBan, request{method: http.MethodPut, path: pathBan, body: map[string]int{"delete_message_seconds": 0}, reason: because(c.Reason)})
	case transports.NoAffiliation:
		guild, err := s.mayGovern(ctx, c.Room, c.User, mayBan)
		if err != nil {
			return err
		}
		err = s.rest.do(ctx, request{method: http.MethodDelete, path: pathBan, ids: []string{guild, string(c.User)}, reason: because(c.Reason)}, nil)
		if code(err) == notBanned {
			return nil
		}
		return err
	}
	return fault(transports.Invalid, "Members and administrators of a server are made by its roles. Change them on Discord.")
}

// notBanned is the error that nobody has banned a user.
const notBanned = 10026

// expel takes somebody out of a guild; what the event does not tell of it is remembered for then.
func (s *Session) expel(ctx context.Context, room transports.RoomID, user transports.UserID, how transports.Cause, needs uint64, r request) error {
	guild, err := s.mayGovern(ctx, room, user, needs)
	if err != nil {
		return err
	}
	key := guild + " " + string(user)
	s.mu.Lock()
	s.expelled.put(key, how)
	s.mu.Unlock()
	r.ids = []string{guild, string(user)}
	if err = s.rest.do(ctx, r, nil); err != nil {
		s.mu.Lock()
		s.expelled.put(key, transports.Left)
		s.mu.Unlock()
	}
	return err
}

// mayGovern finds the guild of a room, where the account may do something to a user.
func (s *Session) mayGovern(ctx context.Context, room transports.RoomID, user transports.UserID, needs uint64) (guild string, err error) {
	if _, guild, err = s.channelOf(ctx, transports.InRoom(room), needs); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case strings.HasPrefix(string(user), "w"):
		return "", fault(transports.Invalid, "This is a webhook, and nobody who could be removed. Delete it in the channel's settings on Discord (Integrations).")
	case !isSnowflake(string(user)):
		return "", fault(transports.NotFound, "%q is nobody on Discord.", user)
	case string(user) == s.world.self.ID:
		return "", fault(transports.Forbidden, "%s cannot do this to itself.", s.called())
	}
	return guild, nil
}

// Affiliated lists those with a standing in a room's guild, as far as they are known; those who are banned are asked for.
func (s *Session) Affiliated(ctx context.Context, room transports.RoomID, affiliation transports.Affiliation) (all []string, err error) {
	needs := uint64(viewChannel)
	if affiliation == transports.Outcast {
		needs = mayBan
	}
	id, guild, err := s.channelOf(ctx, transports.InRoom(room), needs)
	if err != nil {
		return nil, err
	}
	if affiliation == transports.Outcast {
		var bans []struct {
			User user `json:"user"`
		}
		err := s.rest.do(ctx, request{method: http.MethodGet, path: pathBans, ids: []string{guild}, query: url.Values{"limit": {"1000"}}}, &bans)
		for _, b := range bans[:min(len(bans), maxBans)] {
			all = append(all, b.User.ID)
		}
		return all, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[id]
	for _, m := range s.world.guilds[guild].members {
		if s.world.permissions(c, m.User.ID, m.Roles)&viewChannel != 0 && s.world.standing(c, m).Affiliation == affiliation {
			all = append(all, m.User.ID)
		}
	}
	slices.Sort(all)
	return all, nil
}

// create makes a channel in a guild or a category, or a thread in a channel, and enters it.
func (s *Session) create(ctx context.Context, l *link, c transports.Create, done func(transports.Result, error)) {
	made, err := s.makeChannel(ctx, c)
	if err != nil {
		done(transports.Result{}, err)
		return
	}
	room := roomID(made)
	s.inOrder(l, func(_ transports.Result, err error) { done(transports.Result{Room: room}, err) }, func(h *handler) (later bool, err error) {
		return h.join(transports.Join{Room: room})
	})
}

func (s *Session) makeChannel(ctx context.Context, c transports.Create) (id string, err error) {
	name := strings.TrimSpace(strings.TrimPrefix(c.Name, "#"))
	if n := utf8.RuneCountInString(name); n == 0 || n > maxChannelName {
		return "", fault(transports.Invalid, "The name of a channel has 1 to %d characters.", maxChannelName)
	}
	guild, parent, problem := s.parent(string(c.Parent))
	if problem != nil {
		return "", problem
	}
	r := request{method: http.MethodPost, path: pathGuildChannels, ids: []string{guild}}
	body := map[string]any{"name": name, "type": guildText}
	switch {
	case parent == nil:
	case parent.Type == guildCategory:
		body["parent_id"] = parent.ID
	default:
		r.path, r.ids = pathThreads, []string{parent.ID}
		body = map[string]any{"name": name, "type": publicThread, "auto_archive_duration": archiveAfter}
	}
	r.body = body
	var made channel
	if err := s.rest.do(ctx, r, &made); err != nil {
		return "", err
	}
	if !isSnowflake(made.ID) {
		return "", &transports.Fault{Kind: transports.UnknownOutcome, Text: "Discord did not say whether it was done."}
	}
	made.GuildID = guild
	s.learn(made)
	return made.ID, nil
}

// parent is where a room is to be made, and may be: a guild, and in it a category or a channel.
func (s *Session) parent(id string) (guild string, in *channel, problem error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, id := s.world, strings.TrimPrefix(id, "#")
	needs, named := uint64(manageChannels), permissionName(manageChannels)
	if in = w.channels[id]; in != nil && w.sees(in) {
		guild = in.GuildID
		switch in.Type {
		case guildCategory:
		case guildText, guildAnnouncement:
			needs, named = createThreads, permissionName(createThreads)
		default:
			return "", nil, fault(transports.Invalid, "Nothing can be made in %s.", in.Name)
		}
		if w.mine(in)&needs == 0 {
			return "", nil, fault(transports.Forbidden, "The account lacks the permission “%s” in %s. Ask somebody who manages the server for it.", named, in.Name)
		}
		return guild, in, nil
	}
	guild = strings.TrimPrefix(id, "g")
	if id == "" && len(w.guilds) == 1 {
		for guild = range w.guilds {
		}
	}
	g := w.guilds[guild]
	if g == nil {
		return "", nil, fault(transports.Invalid, "Say in which of the account's servers: by its address, or that of one of its categories.")
	}
	var roles []string
	if me := g.members[w.self.ID]; me != nil {
		roles = me.Roles
	}
	if g.base(w.self.ID, roles)&needs == 0 {
		return "", nil, fault(transports.Forbidden, "The account lacks the permission “%s” in %s. Ask somebody who manages the server for it.", named, g.name)
	}
	return guild, nil, nil
}

// lacks are the features that the account does not have in a channel for want of a permission, or because the channel is of another kind.
func (w *world) lacks(c *channel) (lacks transports.Feature) {
	if c.isGroup() {
		return w.lacksInGroup(c)
	}
	have := w.mine(c)
	lacks = transports.Invitations // Discord invites to whole servers
	writes, topics, names := uint64(sendMessages), uint64(manageChannels), uint64(manageChannels)
	if c.isThread() {
		lacks |= transports.Threads | transports.Topics
		names = manageThreads
	}
	for _, need := range []struct {
		feature transports.Feature
		bits    uint64
	}{
		{transports.Uploads, writes | attachFiles}, {transports.Replies, writes | readHistory}, {transports.Reactions, readHistory}, {transports.TypingShown, writes},
		{transports.Threads, readHistory | sendInThreads}, {transports.Topics, topics}, {transports.RoomNames, names}, {transports.Affiliations, mayBan},
	} {
		if have&need.bits != need.bits {
			lacks |= need.feature
		}
	}
	if have&(mayKick|moderateMembers) == 0 {
		lacks |= transports.Roles
	}
	return lacks
}
