package loopback

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"isthmus/transports"
)

// picture is a picture of a user or a room.
type picture struct {
	Data []byte
	Type string
}

// addPicture keeps a picture and gives its version; no data is no picture.
func (n *network) addPicture(data []byte, mediaType string) string {
	if len(data) == 0 {
		return ""
	}
	sum := sha256.Sum256(data)
	version := hex.EncodeToString(sum[:8])
	n.Pictures[version] = picture{data, mediaType}
	return version
}

// profileChanged tells who knows a user that they are described in another way.
func (n *network) profileChanged(u *user) {
	for other := range n.acquainted(u) {
		other.tell(transports.ProfileChanged{User: u.User})
	}
}

// Profile tells what a user tells of themselves.
func (s *Session) Profile(ctx context.Context, id transports.UserID) (profile transports.Profile, err error) {
	asked := s.query(ctx, func(n *network, _ *user) {
		var u *user
		if u, err = n.find(id); err == nil {
			profile = u.Profile
			profile.User = u.User
			profile.URLs = slices.Clone(profile.URLs)
		}
	})
	if asked != nil {
		return profile, asked
	}
	return profile, err
}

// Picture reads a picture of a user or a room.
func (s *Session) Picture(ctx context.Context, of transports.Place, version string, limit int64) (data []byte, mediaType string, err error) {
	if isPersona(of.User) {
		return personaPicture(ctx, s.http, version, limit)
	}
	var found picture
	if err := s.query(ctx, func(n *network, _ *user) { found = n.Pictures[version] }); err != nil {
		return nil, "", err
	}
	switch {
	case found.Data == nil:
		return nil, "", fault(transports.NotFound, "%s has no such picture any more.", of.ID())
	case int64(len(found.Data)) > limit:
		return nil, "", fault(transports.TooLarge, "The picture has %d bytes, and %d are taken.", len(found.Data), limit)
	}
	return slices.Clone(found.Data), found.Type, nil
}

// Find finds users by a part of their name, by their address or by their id.
func (s *Session) Find(ctx context.Context, words string, limit int) (found []transports.User, err error) {
	words = strings.ToLower(oneLine(words))
	err = s.query(ctx, func(n *network, self *user) {
		for _, id := range slices.Sorted(maps.Keys(n.Users)) {
			u := n.Users[id]
			fits := strings.EqualFold(string(id), words) || strings.EqualFold(u.Profile.Email, words)
			for _, name := range []string{u.Name, u.Profile.FullName, u.Profile.Nick} {
				fits = fits || strings.Contains(strings.ToLower(name), words)
			}
			if fits && words != "" && u != self && !u.blocks(self) && len(found) < limit {
				found = append(found, u.User)
			}
		}
	})
	return found, err
}
