package slack

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"isthmus/transports"
)

const (
	// maxMembers is how many members of a room are read; of larger rooms those are shown who act.
	maxMembers = 500
	// membersPage is how many are asked for at once.
	membersPage = "200"
	// namesTime bounds how long it may take to find out who the members are; the rest come when they act.
	namesTime = 8 * time.Second
)

// readMembers reads who is in a room, with their names as far as they can be had in time. complete tells that these are all.
func (s *Session) readMembers(ctx context.Context, channel string) (members []person, complete bool, err error) {
	var ids []string
	whole, err := s.client.pages(ctx, "conversations.members", url.Values{"channel": {channel}, "limit": {membersPage}}, maxPages, func(raw json.RawMessage) (bool, error) {
		var page struct {
			Members []string `json:"members"`
		}
		err := lenient(raw, &page)
		ids = append(ids, page.Members...)
		return len(ids) < maxMembers, err
	})
	if err != nil {
		return nil, false, err
	}
	complete = whole
	s.people.begin(ctx, s.client, s.teams())
	named, cancel := context.WithTimeout(ctx, namesTime)
	defer cancel()
	for _, id := range ids {
		who, known := s.people.get(id)
		if !known && named.Err() == nil {
			if who, err = s.people.find(patient(named, time.Second), s.client, id); err != nil {
				s.log.Debug("Slack does not tell who a member is.", "user", id, "error", err)
			} else {
				known = true
			}
		}
		if !known {
			complete = false
			continue
		}
		if !who.deleted {
			members = append(members, who)
		}
	}
	return members, complete, nil
}

// loadMembers tells the core who is in a room that somebody opens, if it does not know yet.
func (s *Session) loadMembers(ctx context.Context, c *connection, channel string) {
	r := s.room(channel)
	if r == nil {
		return
	}
	s.mu.Lock()
	loaded := r.loaded
	r.loaded = true
	s.mu.Unlock()
	if loaded {
		return
	}
	members, complete, err := s.readMembers(ctx, channel)
	if err != nil {
		s.log.Info("The members of a channel could not be read.", "channel", channel, "error", err)
		s.mu.Lock()
		r.loaded = false
		s.mu.Unlock()
		return
	}
	c.task(ctx, func(emit func(transports.Event)) {
		if s.room(channel) == r {
			emit(s.roomEventOfLoaded(r, members, complete))
		}
	})
}

// roomEventOfLoaded tells of a room anew, with who spoke meanwhile.
func (s *Session) roomEventOfLoaded(r *room, members []person, complete bool) transports.Event {
	for id := range r.told {
		if who, known := s.people.get(id); known && !slices.ContainsFunc(members, func(p person) bool { return p.id == id }) && !complete {
			members = append(members, who)
		}
	}
	return s.roomEvent(r, members, complete)
}

// show tells the core of a user who does something in a room, before what they do.
func (s *Session) show(emit func(transports.Event), place transports.Place, who person, by string) {
	r := s.room(channelOf(place.Room))
	s.mu.Lock()
	was, known := s.shown[who.id]
	s.shown[who.id] = who.user()
	news := place.Room != "" && r != nil && !r.told[who.id]
	if news {
		r.told[who.id] = true
	}
	s.mu.Unlock()
	if known && was.Name != who.name { // it was not to be had before
		emit(transports.UserRenamed{Was: was.ID, User: who.user()})
	}
	if news {
		emit(transports.MemberChanged{Room: place.Room, Member: who.member(), By: by})
	}
}
