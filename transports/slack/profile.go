package slack

import (
	"context"
	"io"
	"net/http"

	"isthmus/transports"
)

// Profile tells what a user tells of themselves.
func (s *Session) Profile(ctx context.Context, user transports.UserID) (transports.Profile, error) {
	c := s.live.Load()
	if c == nil {
		return transports.Profile{}, disconnected()
	}
	ctx, cancel := c.joined(ctx)
	defer cancel()
	who, err := s.people.find(ctx, s.client, slackUser(user))
	if err != nil {
		return transports.Profile{}, asFault(err, false)
	}
	return transports.Profile{User: who.user(), FullName: who.realName, Nick: who.name, Title: who.title, Email: who.email, Phone: who.phone, TimeZone: who.zone}, nil
}

// Picture reads a user's picture. Channels have none.
func (s *Session) Picture(ctx context.Context, of transports.Place, version string, limit int64) (data []byte, mediaType string, err error) {
	c := s.live.Load()
	if c == nil {
		return nil, "", disconnected()
	}
	ctx, cancel := c.joined(ctx)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, callTimeout)
	defer stop()
	who, err := s.people.find(ctx, s.client, slackUser(of.User))
	switch {
	case of.User == "" || err == nil && (who.image == "" || who.picture != version):
		return nil, "", fault(transports.NotFound, "There is no such picture.")
	case err != nil:
		return nil, "", asFault(err, false)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, who.image, nil) // anybody may read it: the token stays here
	if err != nil {
		return nil, "", fault(transports.NotFound, "The picture has no address that can be used.")
	}
	resp, err := s.client.files.Do(req)
	if err != nil {
		return nil, "", asFault(err, false)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", fault(transports.NotFound, "The picture is not there any more.")
	}
	data, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, "", asFault(err, false)
	case int64(len(data)) > limit:
		return nil, "", fault(transports.TooLarge, "The picture is too large.")
	}
	return data, resp.Header.Get("Content-Type"), nil
}

// Find finds people by their names or addresses.
func (s *Session) Find(ctx context.Context, words string, limit int) ([]transports.User, error) {
	c := s.live.Load()
	if c == nil {
		return nil, disconnected()
	}
	ctx, cancel := c.joined(ctx)
	defer cancel()
	found, err := s.people.search(ctx, s.client, s.teams(), words, limit)
	return found, asFault(err, false)
}
