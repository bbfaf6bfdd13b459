package transports

import (
	"context"
	"io"
)

// File is a file that somebody has sent.
type File struct {
	ID FileID
	// Name and Type are what the sender called it and its media type, as far as known.
	Name, Type string
	// Size is in bytes, 0 where it is not known; Width and Height in pixels.
	Size          int64
	Width, Height int
	// Description says in words what it shows, for those who cannot see it; empty where its sender has not.
	Description string
	// URL is where anybody may fetch it for good without a secret; empty for all others, which Files opens.
	URL string
	// Sticker tells that it is a picture that stands for a word.
	Sticker bool
}

// Upload is a file on its way to the network.
type Upload struct {
	Name, Type string
	// Size is in bytes.
	Size          int64
	Width, Height int
	// Description says in words what it shows, for those who cannot see it; empty where its sender has not.
	Description string
	// Open gives the content, each time from its beginning.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Files is a Session that can open the files that came in messages.
type Files interface {
	// OpenFile gives the content of a file.
	OpenFile(ctx context.Context, file File) (io.ReadCloser, error)
}
