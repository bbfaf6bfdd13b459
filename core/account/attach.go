package account

import (
	"context"
	"slices"
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// attachments are the files of a message that go to the network as files: they are fetched when its turn has come, so that a slow upload
// holds up its own conversation only.
type attachments []xep.File

// uploads tells whether files can go to the network as files; else they stay links.
func (a *Account) uploads(place transports.Place) bool {
	return a.Media != nil && a.offers(transports.Uploads, place)
}

// attach gets the files for a message. One that is too large for the network goes as a link.
func (a *Account) attach(s *stanza.Stanza, send transports.Send, files attachments) preparing {
	limit, singleLine := a.can.MaxFile, a.can.SingleLine
	if a.uploading == nil {
		a.uploading = make(chan struct{}, maxUploading)
	}
	turns := a.uploading
	return func(ctx context.Context) (transports.Command, func(), error) {
		ready := send
		var releases []func()
		release := func() {
			for _, r := range releases {
				r()
			}
		}
		select { // nobody can take up all the turns with servers that never end
		case turns <- struct{}{}:
			defer func() { <-turns }()
		case <-ctx.Done():
			return nil, nil, &transports.Fault{Kind: transports.Offline, Text: "The connection was lost before this could be sent.", Cause: ctx.Err()}
		}
		for _, file := range files {
			upload, done, err := a.get(ctx, s, file, limit)
			switch {
			case err == nil:
				releases = append(releases, done)
				ready.Files = append(ready.Files, upload)
			case transports.AsFault(err).Kind == transports.TooLarge:
				ready.Text = withLink(ready.Text, file.URL, singleLine)
			default:
				a.log.Warn("A file that a person sends could not be fetched.", "error", err)
				release()
				return nil, nil, err
			}
		}
		return ready, release, nil
	}
}

// get gets a file of a message from where it is.
func (a *Account) get(ctx context.Context, s *stanza.Stanza, file xep.File, limit int64) (transports.Upload, func(), error) {
	if file.Bit == "" {
		return a.Media.Fetch(ctx, file, limit)
	}
	upload, err := a.fetchBit(ctx, s, file.Bit)
	return upload, func() {}, err
}

// maxUploading bounds the files that are fetched for an account at a time; those of other places wait.
const maxUploading = 3

// withLink adds an address to a text.
func withLink(t text.Text, address string, singleLine bool) text.Text {
	link := text.Plain(address)
	if singleLine && len(t) > 0 {
		last := t[len(t)-1]
		last.Spans = append(append(last.Spans[:len(last.Spans):len(last.Spans)], text.Span{Text: " "}), link[0].Spans...)
		return append(t[:len(t)-1:len(t)-1], last)
	}
	return append(t[:len(t):len(t)], link...)
}

// names tells whether a body stands for one of the files, or has its address in it.
func (f attachments) in(body string) bool {
	for _, file := range f {
		if slices.ContainsFunc(file.Addresses(), func(address string) bool { return strings.Contains(body, address) }) {
			return true
		}
	}
	return false
}
