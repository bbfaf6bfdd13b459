package discord

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"isthmus/transports"
)

// maxAskedReactions is how many kinds of reactions it is asked for who has them, in one review.
const maxAskedReactions = 20

// Review tells what has become of messages of a place, and of its threads: those that are not where they were are gone.
func (s *Session) Review(ctx context.Context, place transports.Place, ids []transports.MessageID) (all []transports.Reviewed, err error) {
	channel, guild, err := s.channelOf(ctx, place, readHistory)
	if err != nil {
		return nil, err
	}
	var spots []spot
	in := map[spot][]transports.MessageID{}
	for _, id := range ids {
		thread, _, ok := splitID(id)
		at := spot{place, thread}
		if !ok || in[at] == nil && thread != "" && len(spots) > maxThreadsRead {
			continue
		}
		if in[at] == nil {
			spots = append(spots, at)
		}
		in[at] = append(in[at], id)
	}
	asked := 0
	for _, at := range spots {
		of := channel
		if at.thread != "" {
			of = at.thread
		}
		some, err := s.review(ctx, at, of, guild, in[at], &asked)
		all = append(all, some...)
		switch {
		case err == nil:
		case at.thread != "" && (status(err) == http.StatusNotFound || status(err) == http.StatusForbidden): // the thread is gone, and with it all that was said there
			if status(err) == http.StatusNotFound {
				for _, id := range in[at] {
					all = append(all, transports.Reviewed{ID: id, Gone: true})
				}
			}
		default:
			return all, err
		}
	}
	return all, nil
}

// review tells what has become of messages of one channel. asked counts the kinds of reactions that it was asked for who has them.
func (s *Session) review(ctx context.Context, at spot, channel, guild string, ids []transports.MessageID, asked *int) (all []transports.Reviewed, err error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		_, message, _ := splitID(id)
		wanted[message] = true
	}
	page, err := s.upTo(ctx, channel, newest(wanted), maxPage)
	if err != nil {
		return nil, err
	}
	there := map[string]*message{}
	for i := range page {
		there[page[i].ID] = &page[i]
	}
	for _, id := range ids {
		_, message, _ := splitID(id)
		m := there[message]
		switch {
		case m != nil:
			r := transports.Reviewed{ID: id}
			if *asked += len(m.Reactions); *asked <= maxAskedReactions {
				m.ChannelID, m.GuildID = channel, guild
				if r.Reactions, err = s.reactionsOn(ctx, at, m); err != nil && status(err) != http.StatusNotFound { // taken away meanwhile, which an event tells
					return all, err
				}
			}
			all = append(all, r)
		case len(page) < maxPage || older(page[0].ID, message): // else it is older than what was read
			all = append(all, transports.Reviewed{ID: id, Gone: true})
		}
	}
	return all, nil
}

func newest(ids map[string]bool) (last string) {
	for id := range ids {
		if last == "" || older(last, id) {
			last = id
		}
	}
	return last
}

// upTo reads the messages of a channel up to one, oldest first.
func (s *Session) upTo(ctx context.Context, channel, id string, limit int) (all []message, err error) {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return nil, noMessage(transports.MessageID(id))
	}
	query := url.Values{"limit": {strconv.Itoa(limit)}, "before": {strconv.FormatUint(n+1, 10)}}
	err = s.rest.do(ctx, request{method: http.MethodGet, path: pathMessages, ids: []string{channel}, query: query}, &all)
	all = slices.DeleteFunc(all, func(m message) bool { return !isSnowflake(m.ID) })
	slices.SortFunc(all, bySnowflake)
	return all, err
}

// reactionsOn are those that users have on a message, by who has them; nil where there are more than one request tells.
func (s *Session) reactionsOn(ctx context.Context, at spot, m *message) ([]transports.Reacted, error) {
	by := map[string]*transports.Reacted{}
	all := []transports.Reacted{}
	var order []string
	for _, r := range m.Reactions {
		if r.Count > maxPage {
			return nil, nil
		}
		var users []user
		if err := s.rest.do(ctx, request{method: http.MethodGet, path: pathReactions, ids: []string{m.ChannelID, m.ID, r.Emoji.path()}, query: url.Values{"limit": {strconv.Itoa(maxPage)}}}, &users); err != nil {
			return nil, err
		}
		for _, u := range users {
			if !isSnowflake(u.ID) {
				continue
			}
			if by[u.ID] == nil {
				s.mu.Lock()
				from, known := s.world.person(m.GuildID, u.ID)
				if !known {
					s.world.remember(u)
					from = userOf(u)
				}
				s.mu.Unlock()
				by[u.ID] = &transports.Reacted{Place: at.place, ID: at.id(m.ID), From: from}
				order = append(order, u.ID)
			}
			by[u.ID].Emoji = append(by[u.ID].Emoji, r.Emoji.shown())
		}
	}
	for _, id := range order {
		all = append(all, *by[id])
	}
	return all, nil
}

// maxEdited is of how many messages before those that came it is told whether they were edited.
const maxEdited = 50

// editedBefore are the edits of the last messages up to one; the core knows which of them are news.
func (s *Session) editedBefore(ctx context.Context, at spot, channel, guild, id string) (events []transports.Event) {
	s.mu.Lock()
	followed := s.read.values[channel] == id // the page before this one ended there
	s.mu.Unlock()
	if followed {
		return nil
	}
	page, err := s.upTo(ctx, channel, id, maxEdited)
	if err != nil {
		return nil // what was said is told all the same
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range page {
		if m := &page[i]; m.Edited != "" {
			m.GuildID = guild
			events = append(events, s.edited(at, m))
		}
	}
	return events
}
