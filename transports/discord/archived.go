package discord

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"isthmus/transports"
)

// Threads without messages of late are archived: no event tells them, and each channel is asked for its own. That is done only for who asks for the list of
// rooms, and what was read serves for a while.

const (
	archivedPage = 100 // what one request reads (List Public Archived Threads)
	// maxArchived is of how many threads of a channel the list tells, the latest ones. Others are joined by their addresses.
	maxArchived = 500
	// archivedKept is how long what was read of a channel serves.
	archivedKept = 10 * time.Minute
	// archivedWithin is how long a list waits. Channels that were not read by then are in the next one.
	archivedWithin = 3 * time.Second
	archivedBeside = 8 // channels that are read side by side
)

// archives are the archived threads of channels.
type archives struct {
	mu   sync.Mutex
	read map[string]archive
}

type archive struct {
	threads []channel
	at      time.Time
}

// archived are the archived threads of the channels that the account sees, as far as they can be read in time.
func (s *Session) archived(ctx context.Context) (all []channel) {
	ctx, cancel := context.WithTimeout(ctx, archivedWithin)
	defer cancel()
	s.mu.Lock()
	var parents []*channel
	for _, c := range s.world.ordered("") {
		if (c.Type == guildText || c.Type == guildAnnouncement || c.isForum()) && s.world.sees(c) && s.world.mine(c)&readHistory != 0 && !s.world.guilds[c.GuildID].unavailable {
			parents = append(parents, c)
		}
	}
	s.mu.Unlock()
	var reading sync.WaitGroup
	places := make(chan struct{}, archivedBeside)
	for _, c := range parents {
		places <- struct{}{}
		reading.Go(func() {
			defer func() { <-places }()
			s.readArchive(ctx, c)
		})
	}
	reading.Wait()
	s.archives.mu.Lock()
	defer s.archives.mu.Unlock()
	kept := make(map[string]archive, len(parents))
	for _, c := range parents {
		if of, there := s.archives.read[c.ID]; there {
			kept[c.ID] = of
			all = append(all, of.threads...)
		}
	}
	s.archives.read = kept
	return all
}

// readArchive reads the archived threads of a channel, unless it was read lately.
func (s *Session) readArchive(ctx context.Context, c *channel) {
	s.archives.mu.Lock()
	known, there := s.archives.read[c.ID]
	s.archives.mu.Unlock()
	if there && time.Since(known.at) < archivedKept {
		return
	}
	s.mu.Lock()
	manages := s.world.mine(c)&manageThreads != 0
	s.mu.Unlock()
	paths := []string{pathPublicArchive}
	switch {
	case c.Type != guildText: // only there threads can be private
	case manages:
		paths = append(paths, pathPrivateArchive)
	default:
		paths = append(paths, pathJoinedArchive)
	}
	found := archive{at: time.Now()}
	for _, path := range paths {
		threads, err := s.archivePages(ctx, c, path)
		if err != nil && status(err) != http.StatusForbidden && status(err) != http.StatusNotFound {
			s.env.Log.Debug("The archived threads of a channel on Discord cannot be read now.", "channel", c.ID, "error", err)
			return
		}
		found.threads = append(found.threads, threads...)
	}
	s.archives.mu.Lock()
	defer s.archives.mu.Unlock()
	if s.archives.read == nil {
		s.archives.read = map[string]archive{}
	}
	s.archives.read[c.ID] = found
}

// archivePages reads one list of archived threads, the latest first.
func (s *Session) archivePages(ctx context.Context, c *channel, path string) (all []channel, err error) {
	query := url.Values{"limit": {strconv.Itoa(archivedPage)}}
	for len(all) < maxArchived {
		var page struct {
			Threads []channel `json:"threads"`
			More    bool      `json:"has_more"`
		}
		if err := s.rest.do(ctx, request{method: http.MethodGet, path: path, ids: []string{c.ID}, query: query}, &page); err != nil {
			return all, err
		}
		page.Threads = slices.DeleteFunc(page.Threads, func(t channel) bool { return !isSnowflake(t.ID) || !t.isThread() || t.Thread == nil })
		for _, t := range page.Threads {
			t.GuildID, t.ParentID = c.GuildID, c.ID
			all = append(all, t)
		}
		if !page.More || len(page.Threads) == 0 {
			break
		}
		last := page.Threads[len(page.Threads)-1]
		before := last.Thread.ArchivedAt
		if path == pathJoinedArchive {
			before = last.ID
		}
		if before == "" || before == query.Get("before") {
			break
		}
		query.Set("before", before)
	}
	return all, nil
}

// archivedRooms are listings of the archived threads that are not known otherwise.
func (s *Session) archivedRooms(ctx context.Context) (listings []transports.Listing) {
	threads := s.archived(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range threads {
		if t := &threads[i]; s.world.channels[t.ID] == nil {
			listings = append(listings, transports.Listing{Room: roomID(t.ID), Name: s.world.title(t), Parent: s.world.parentOf(t)})
		}
	}
	return listings
}
