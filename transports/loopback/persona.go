package loopback

import (
	"context"
	"io"
	"net/http"
	"strings"

	"isthmus/transports"
)

// personaMark stands between the id of a user and the name under which they speak for someone.
const personaMark = "~"

// speaker is who is seen to speak: a user, or the one for whom they do.
func speaker(u *user, as *transports.Persona) transports.User {
	if as == nil {
		return u.User
	}
	return transports.User{ID: u.ID + personaMark + transports.UserID(as.Name), Name: as.Name, Picture: as.Picture}
}

// authorOf is the user who speaks, under whatever name.
func authorOf(from transports.User) transports.UserID {
	id, _, _ := strings.Cut(string(from.ID), personaMark)
	return transports.UserID(id)
}

// isPersona tells whether a user is one for whom somebody speaks. The version of their picture is its address.
func isPersona(id transports.UserID) bool { return strings.Contains(string(id), personaMark) }

// personaPicture fetches the picture of one for whom somebody speaks.
func personaPicture(ctx context.Context, guarded *http.Client, address string, limit int64) ([]byte, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", fault(transports.Invalid, "%q is no address of a picture.", address)
	}
	response, err := guarded.Do(request)
	if err != nil {
		return nil, "", &transports.Fault{Kind: transports.Offline, Text: "The picture cannot be fetched.", Cause: err}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, "", fault(transports.NotFound, "The picture is not there any more.")
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return nil, "", &transports.Fault{Kind: transports.Offline, Text: "The picture cannot be fetched.", Cause: err}
	case int64(len(data)) > limit:
		return nil, "", fault(transports.TooLarge, "The picture has more than the %d bytes that are taken.", limit)
	}
	return data, response.Header.Get("Content-Type"), nil
}
