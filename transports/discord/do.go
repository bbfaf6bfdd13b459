package discord

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"isthmus/transports"
)

// Do carries out a command.
func (s *Session) Do(ctx context.Context, command transports.Command, done func(transports.Result, error)) {
	l := s.live.Load()
	switch {
	case l == nil:
		done(transports.Result{}, offline())
		return
	case ctx.Err() != nil:
		done(transports.Result{}, notSent())
		return
	case !s.capabilities().Allows(command):
		done(transports.Result{}, transports.ErrUnsupported)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	if s.asUser && s.doAsUser(ctx, l, command, done) {
		return
	}
	switch c := command.(type) {
	case transports.Join:
		s.lookUp(ctx, c.Room)
		s.inOrder(l, done, func(h *handler) (later bool, err error) { return h.join(c) })
	case transports.Leave:
		s.inOrder(l, done, func(h *handler) (later bool, err error) { return false, h.leave(c) })
	case transports.Subscribe:
		s.inOrder(l, done, func(h *handler) (later bool, err error) { return false, h.subscribe(c) })
	case transports.SetPresence:
		s.inOrder(l, done, func(h *handler) (later bool, err error) { return false, h.setPresence(c.Presence) })
	case transports.Create:
		s.create(ctx, l, c, done)
	case transports.Authorize: // the account's presence is seen by everybody
		done(transports.Result{}, nil)
	default:
		s.awaitGuilds(ctx, l, command.In())
		result, err := s.carryOut(ctx, command)
		done(result, s.heed(l, err))
	}
}

// inOrder does something between two events; later tells that it cannot be done before more guilds are told.
func (s *Session) inOrder(l *link, done func(transports.Result, error), do func(*handler) (later bool, err error)) {
	i := item{lost: func() { done(transports.Result{}, offline()) }}
	i.task = func(h *handler) {
		if later, err := do(h); !later {
			done(transports.Result{}, err)
			return
		}
		h.waiting = append(h.waiting, i)
	}
	l.queue.put(i)
}

// heed ends the connection where an error means that the token is void.
func (s *Session) heed(l *link, err error) error {
	if err != nil && transports.AsFault(err).Kind == transports.BadCredentials {
		s.refuse(l)
	}
	return s.ownWords(err)
}

func (s *Session) carryOut(ctx context.Context, command transports.Command) (result transports.Result, err error) {
	switch c := command.(type) {
	case transports.Send:
		return s.send(ctx, c)
	case transports.Edit:
		err = s.edit(ctx, c)
	case transports.Delete:
		err = s.delete(ctx, c)
	case transports.React:
		err = s.react(ctx, c)
	case transports.SetTyping:
		err = s.setTyping(ctx, c)
	case transports.SetTopic:
		err = s.setTopic(ctx, c)
	case transports.SetRoomName:
		err = s.setRoomName(ctx, c)
	case transports.SetRole:
		err = s.setRole(ctx, c)
	case transports.SetAffiliation:
		err = s.setAffiliation(ctx, c)
	default:
		err = transports.ErrUnsupported
	}
	return result, err
}

// join takes up a channel that the account sees. One is also found by its name, which Moved tells.
func (h *handler) join(j transports.Join) (later bool, err error) {
	complete := h.complete()
	h.mu.Lock()
	w := h.world
	c := w.channels[strings.TrimPrefix(string(j.Room), "#")]
	if c == nil || !w.sees(c) {
		err := w.elsewhereNamed(j.Room)
		h.mu.Unlock()
		return !complete, err
	}
	if !c.joinable() {
		h.mu.Unlock()
		return false, fault(transports.Invalid, "%s holds channels, and nobody can be in it itself. Join one of those.", c.Name)
	}
	changed := h.data.enter(c)
	data, room := h.data.encode(), w.room(c)
	w.rooms[c.ID] = true
	h.mu.Unlock()
	h.out(room)
	if changed {
		h.out(transports.Credentials{Data: data})
	}
	h.subscribeGuild(c.GuildID)
	return false, nil
}

// elsewhereNamed says that there is no such room, or where it is.
func (w *world) elsewhereNamed(id transports.RoomID) error {
	name := strings.ToLower(strings.TrimPrefix(string(id), "#"))
	var found []*channel
	for _, c := range w.ordered("") {
		if strings.ToLower(c.Name) == name && c.joinable() && w.sees(c) {
			found = append(found, c)
		}
	}
	if len(found) == 1 {
		to := roomID(found[0].ID)
		return &transports.Fault{Kind: transports.Moved, Text: "The channel's address is " + string(to) + ".", To: to}
	}
	return fault(transports.NotFound, "No channel %s is to be seen. The account must be in the channel's server and may have to be given access.", id)
}

func (h *handler) leave(l transports.Leave) error {
	h.mu.Lock()
	id := strings.TrimPrefix(string(l.Room), "#")
	c, there := h.world.channels[id], h.world.rooms[id]
	if c == nil || !there {
		h.mu.Unlock()
		return nil
	}
	delete(h.world.rooms, id)
	changed := h.data.leave(c)
	data, self := h.data.encode(), userOf(h.world.self)
	h.mu.Unlock()
	h.out(transports.MemberLeft{Room: l.Room, User: self, Reason: l.Reason})
	if changed {
		h.out(transports.Credentials{Data: data})
	}
	return nil
}

// delete takes a message back, through the webhook that wrote it where one of ours did.
func (s *Session) delete(ctx context.Context, d transports.Delete) error {
	channel, id, err := s.messageOf(ctx, d.Place, d.ID, 0)
	if err != nil {
		return err
	}
	r := request{method: http.MethodDelete, path: pathMessage, ids: []string{channel, id}, reason: because(d.Reason)}
	hook, err := s.hookBehind(ctx, channel, id)
	switch {
	case err == nil && hook == nil && s.foreign(id):
		if _, _, err := s.channelOf(ctx, d.Place, manageMessages); err != nil {
			return err
		}
	case err == nil && hook != nil:
		_, thread := s.homeOf(channel)
		r = request{method: http.MethodDelete, path: pathWebhookMessage, ids: []string{hook.ID, hook.Token, id}, query: threadQuery(thread), owner: hook.owner()}
	}
	s.mu.Lock()
	s.sent.deleting.put(id, true)
	s.mu.Unlock()
	if err = s.rest.do(ctx, r, nil); err != nil {
		s.mu.Lock()
		s.sent.deleting.put(id, false)
		s.mu.Unlock()
	}
	return err
}

// foreign tells whether it is known that a message is another's.
func (s *Session) foreign(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.known.values[id]
	return known != nil && known.author.ID != "" && known.author.ID != s.world.self.ID
}

// react makes these the account's reactions.
func (s *Session) react(ctx context.Context, r transports.React) error {
	if len(r.Emoji) > maxReactions {
		return fault(transports.TooLarge, "A message on Discord can have %d kinds of reactions.", maxReactions)
	}
	_, guild, err := s.channelOf(ctx, r.Place, readHistory)
	if err != nil {
		return err
	}
	channel, id, err := s.messageOf(ctx, r.Place, r.ID, readHistory)
	if err != nil {
		return err
	}
	m, err := s.messageAt(ctx, channel, id)
	if err != nil {
		return err
	}
	have, there := map[string]emoji{}, map[string]bool{}
	for _, is := range m.Reactions {
		there[is.Emoji.shown()] = true
		if is.Me {
			have[is.Emoji.shown()] = is.Emoji
		}
	}
	change := func(method string, e emoji) error {
		return s.rest.do(ctx, request{method: method, path: pathOwnReaction, ids: []string{channel, id, e.path()}}, nil)
	}
	for shown, e := range have {
		if !slices.Contains(r.Emoji, shown) {
			if err := change(http.MethodDelete, e); err != nil {
				return err
			}
		}
	}
	for _, shown := range r.Emoji {
		if _, mine := have[shown]; mine {
			continue
		}
		if !there[shown] { // the first of a kind needs more than to follow others
			if _, _, err := s.channelOf(ctx, r.Place, addReactions); err != nil {
				return err
			}
		}
		e, err := s.emoji(guild, shown)
		if err == nil {
			err = change(http.MethodPut, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// path is an emoji as addresses have it.
func (e emoji) path() string {
	if e.ID != "" {
		return e.Name + ":" + e.ID
	}
	return e.Name
}

// emoji finds an emoji by what people read.
func (s *Session) emoji(guild, shown string) (emoji, error) {
	name, custom := strings.CutPrefix(shown, ":")
	if !custom {
		return emoji{Name: shown}, nil
	}
	name = strings.TrimSuffix(name, ":")
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.world.guilds[guild]; g != nil {
		for _, e := range g.emojis {
			if e.Name == name {
				return e, nil
			}
		}
	}
	return emoji{}, fault(transports.Invalid, "The server has no emoji %s.", shown)
}

// setTyping tells that the account writes; that it stopped is told by nothing, and is over after ten seconds.
func (s *Session) setTyping(ctx context.Context, t transports.SetTyping) error {
	if !t.On {
		return nil
	}
	channel, _, err := s.channelOf(ctx, t.Place, sendMessages)
	if err != nil {
		return err
	}
	return s.rest.do(ctx, request{method: http.MethodPost, path: pathTyping, ids: []string{channel}, again: true}, nil)
}
