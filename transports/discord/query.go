package discord

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"isthmus/transports"
)

// maxPage is how many messages one request reads (Get Channel Messages).
const maxPage = 100

// After reads what came after a message.
func (s *Session) After(ctx context.Context, place transports.Place, id transports.MessageID, limit int) (events []transports.Event, more bool, err error) {
	if s.live.Load() == nil {
		return nil, false, offline()
	}
	if place.User != "" {
		s.mu.Lock()
		_, there := s.world.dms[string(place.User)]
		s.mu.Unlock()
		if id == "" && !there { // nothing was said, as far as anybody knows
			return nil, false, nil
		}
		if _, err := s.talk(ctx, string(place.User), true); err != nil {
			return nil, false, err
		}
	}
	channel, guild, err := s.channelOf(ctx, place, readHistory)
	if err != nil {
		return nil, false, err
	}
	limit = min(max(limit, 1), maxPage)
	_, last, ok := splitID(id)
	if id != "" && !ok {
		return nil, false, noMessage(id)
	}
	s.mu.Lock()
	c := s.world.channels[channel]
	forum := c != nil && c.isForum()
	s.mu.Unlock()
	var all []message
	switch {
	case !forum:
		all, err = s.after(ctx, channel, last, limit)
	case id == "":
		all, err = s.firstOf(ctx, channel, limit)
	}
	if err != nil {
		return nil, false, err
	}
	more = id != "" && len(all) == limit
	if id != "" && !forum {
		events = s.editedBefore(ctx, spot{place: place}, channel, guild, last)
	}
	if id != "" { // a channel's threads are shown in it
		s.mu.Lock()
		threads := s.world.threadsIn(channel, last)
		s.mu.Unlock()
		for _, t := range threads[:min(len(threads), maxThreadsRead)] {
			events = append(events, s.editedBefore(ctx, spot{place, t}, t, guild, last)...)
			said, err := s.after(ctx, t, last, limit)
			if err != nil {
				return nil, false, err
			}
			more = more || len(said) == limit
			all = append(all, said...)
		}
		slices.SortFunc(all, bySnowflake)
	}
	if len(all) > limit {
		all, more = all[:limit], true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(all) > 0 {
		s.read.put(channel, all[len(all)-1].ID)
	}
	for i := range all {
		m := &all[i]
		if m.Type == threadStarter {
			continue
		}
		m.GuildID = guild
		s.known.note(m)
		at := spot{place: place}
		if m.ChannelID != channel {
			at.thread = m.ChannelID
		}
		events = append(events, s.told(at, m))
	}
	return events, more, nil
}

// maxThreadsRead is of how many threads of a channel it is read what was missed.
const maxThreadsRead = 10

func bySnowflake(a, b message) int {
	switch {
	case a.ID == b.ID:
		return 0
	case older(a.ID, b.ID):
		return -1
	}
	return 1
}

// after reads the messages of a channel after one, the last ones where it is empty; oldest first.
func (s *Session) after(ctx context.Context, channel, id string, limit int) (all []message, err error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if id != "" {
		query.Set("after", id)
	}
	err = s.rest.do(ctx, request{method: http.MethodGet, path: pathMessages, ids: []string{channel}, query: query}, &all)
	all = slices.DeleteFunc(all, func(m message) bool { return !isSnowflake(m.ID) || id != "" && !older(id, m.ID) })
	for i := range all {
		all[i].ChannelID = channel
	}
	slices.SortFunc(all, bySnowflake)
	return all, err
}

// Rooms lists the guilds, their categories and their channels, as far as the account sees them.
func (s *Session) Rooms(ctx context.Context, yield func(transports.Listing) bool) error {
	if s.live.Load() == nil {
		return offline()
	}
	s.mu.Lock()
	w := s.world
	var all []transports.Listing
	for _, c := range w.ordered("") {
		if !w.sees(c) {
			continue
		}
		l := transports.Listing{Room: roomID(c.ID), Name: w.title(c), Topic: c.Topic, Parent: w.parentOf(c), Space: !c.joinable()}
		for id, m := range w.guilds[c.GuildID].members {
			if w.permissions(c, id, m.Roles)&viewChannel != 0 {
				l.Users++
			}
		}
		all = append(all, l)
		if c.isForum() { // a room for who follows it, and a space for who looks for its posts
			l.Space = true
			all = append(all, l)
		}
	}
	for _, g := range w.guilds {
		if g.group {
			continue
		}
		all = append(all, transports.Listing{Room: guildID(g.id), Name: g.name, Users: g.count, Space: true})
	}
	s.mu.Unlock()
	for _, l := range all {
		if !yield(l) {
			return nil
		}
	}
	for _, l := range s.archivedRooms(ctx) {
		if !yield(l) {
			break
		}
	}
	return nil
}

// OpenFile gives the content of a file. Its address is asked for anew each time, for it holds for a day only.
func (s *Session) OpenFile(ctx context.Context, f transports.File) (io.ReadCloser, error) {
	ids := strings.Split(string(f.ID), "/")
	if len(ids) != 3 || !isSnowflake(ids[0]) || !isSnowflake(ids[1]) {
		return nil, fault(transports.NotFound, "There is no file %s on Discord.", f.Name)
	}
	m, err := s.messageAt(ctx, ids[0], ids[1])
	if err != nil {
		return nil, err
	}
	all := slices.Clone(m.Attachments)
	for _, inner := range m.Snapshots {
		all = append(all, inner.Message.Attachments...)
	}
	for _, a := range all {
		if a.ID == ids[2] {
			return s.fetch(ctx, a.URL)
		}
	}
	return nil, fault(transports.NotFound, "The file %s is on Discord no more.", f.Name)
}

// fetch gets what is at an address of Discord's that needs no token.
func (s *Session) fetch(ctx context.Context, address string) (io.ReadCloser, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fault(transports.NotFound, "Discord gave no address for it.")
	}
	client := *s.env.HTTP
	client.Timeout = 0 // who reads it bounds the time: a file may be large
	a, err := client.Do(q)
	if err != nil {
		return nil, &transports.Fault{Kind: transports.Offline, Text: "Discord's files cannot be reached. Try again later.", Cause: err}
	}
	if a.StatusCode != http.StatusOK {
		a.Body.Close()
		return nil, fault(transports.NotFound, "Discord does not have it any more (status %d).", a.StatusCode)
	}
	return a.Body, nil
}

// Profile tells what is known of a user.
func (s *Session) Profile(ctx context.Context, id transports.UserID) (p transports.Profile, err error) {
	if !isSnowflake(string(id)) {
		return p, fault(transports.NotFound, "There is nobody %s on Discord.", id)
	}
	s.mu.Lock()
	known, there := s.world.person("", string(id))
	s.mu.Unlock()
	if s.asUser {
		return s.userProfile(ctx, string(id), known, there)
	}
	var u user
	if err := s.rest.do(ctx, request{method: http.MethodGet, path: pathUser, ids: []string{string(id)}}, &u); err != nil {
		return p, err
	}
	if !there {
		known = userOf(u)
	}
	return transports.Profile{User: known, FullName: u.name(), Nick: u.Username}, nil
}

// pictureTime is how long a picture may take.
const pictureTime = 30 * time.Second

// Picture reads a user's picture. A version with a colon is theirs in one guild (Image Formatting).
func (s *Session) Picture(ctx context.Context, of transports.Place, version string, limit int64) ([]byte, string, error) {
	path := "/avatars/" + string(of.User) + "/" + version
	if guild, hash, is := strings.Cut(version, ":"); is {
		path = "/guilds/" + guild + "/users/" + string(of.User) + "/avatars/" + hash
	}
	if id := strings.TrimPrefix(string(of.Room), "#"); isSnowflake(id) { // of a group
		path = "/channel-icons/" + id + "/" + version
	}
	if of == (transports.Place{}) || version == "" || strings.ContainsAny(version, "/?#") {
		return nil, "", fault(transports.NotFound, "There is no such picture.")
	}
	if strings.HasPrefix(string(of.User), "w") { // of a webhook
		id, _, _ := strings.Cut(string(of.User)[1:], "-")
		path = "/avatars/" + id + "/" + version
	}
	ctx, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	in, err := s.fetch(ctx, s.driver.config.CDN+path+".png?size=256")
	if err != nil {
		return nil, "", err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, "", &transports.Fault{Kind: transports.Offline, Text: "The picture could not be read. Try again later.", Cause: err}
	case int64(len(data)) > limit:
		return nil, "", fault(transports.TooLarge, "The picture has more than %d bytes.", limit)
	}
	return data, "image/png", nil
}

// Find finds people of the bot's guilds by the beginning of a name (Search Guild Members).
func (s *Session) Find(ctx context.Context, words string, limit int) (found []transports.User, err error) {
	if s.asUser {
		return s.findKnown(words, limit), nil
	}
	s.mu.Lock()
	var guilds []string
	for id := range s.world.guilds {
		guilds = append(guilds, id)
	}
	self := s.world.self.ID
	s.mu.Unlock()
	slices.Sort(guilds)
	seen := map[string]bool{self: true}
	for _, g := range guilds {
		var all []member
		query := url.Values{"query": {words}, "limit": {strconv.Itoa(min(max(limit, 1), 100))}}
		if err := s.rest.do(ctx, request{method: http.MethodGet, path: pathMembersSearch, ids: []string{g}, query: query}, &all); err != nil {
			return found, err
		}
		s.mu.Lock()
		for _, m := range all {
			if !seen[m.User.ID] && m.User.ID != "" && len(found) < limit {
				seen[m.User.ID] = true
				s.world.remember(m.User)
				found = append(found, s.world.userIn(g, &m))
			}
		}
		s.mu.Unlock()
	}
	return found, nil
}
