package shared

import (
	"context"
	"io"
	"time"

	"isthmus/transports"
)

// remembering is the session of a person on a network that knows what was said before.
type remembering struct {
	*attached
	history transports.History
}

// After reads what was said in a room; private talks through a shared account have no history.
func (a *remembering) After(ctx context.Context, place transports.Place, id transports.MessageID, limit int) ([]transports.Event, bool, error) {
	if place.Room == "" && !a.person.Owner {
		return nil, false, nil
	}
	if place.Room != "" && a.group.May(a.person.ID, place.Room) == NoAccess {
		return nil, false, nil
	}
	return a.history.After(ctx, place, id, limit)
}

// Talks are those of the account's owner: others have none through it.
func (a *remembering) Talks(ctx context.Context, since time.Time) ([]transports.UserID, error) {
	correspondence, ok := a.history.(transports.Correspondence)
	if !ok || !a.person.Owner {
		return nil, nil
	}
	return correspondence.Talks(ctx, since)
}

// Review tells which messages of a room are gone, and who has which reactions on the others: of those who share the account, each their own.
func (a *remembering) Review(ctx context.Context, place transports.Place, ids []transports.MessageID) ([]transports.Reviewed, error) {
	reviewer, ok := a.history.(transports.Reviewer)
	if !ok || place.Room == "" || a.group.May(a.person.ID, place.Room) == NoAccess {
		return nil, nil
	}
	all, err := reviewer.Review(ctx, place, ids)
	for i, r := range all {
		all[i].Reactions = a.group.apart(ctx, place, r)
	}
	return all, err
}

// Rooms lists those rooms of the network that are open to the person.
func (a *attached) Rooms(ctx context.Context, yield func(transports.Listing) bool) error {
	directory, ok := a.group.session.(transports.Directory)
	if !ok {
		return nil
	}
	return directory.Rooms(ctx, func(l transports.Listing) bool {
		return !l.Space && a.group.May(a.person.ID, l.Room) == NoAccess || yield(l)
	})
}

// OpenFile opens a file of a message.
func (a *attached) OpenFile(ctx context.Context, file transports.File) (io.ReadCloser, error) {
	files, ok := a.group.session.(transports.Files)
	if !ok {
		return nil, transports.ErrUnsupported
	}
	return files.OpenFile(ctx, file)
}

// Profile is what a user of the network tells of themselves.
func (a *attached) Profile(ctx context.Context, user transports.UserID) (transports.Profile, error) {
	profiles, ok := a.group.session.(transports.Profiles)
	if !ok {
		return transports.Profile{}, transports.ErrUnsupported
	}
	return profiles.Profile(ctx, user)
}

// Picture reads a picture of a user or a room of the network.
func (a *attached) Picture(ctx context.Context, of transports.Place, version string, limit int64) ([]byte, string, error) {
	profiles, ok := a.group.session.(transports.Profiles)
	if !ok {
		return nil, "", transports.ErrUnsupported
	}
	return profiles.Picture(ctx, of, version, limit)
}
