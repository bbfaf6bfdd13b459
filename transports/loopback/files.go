package loopback

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"isthmus/transports"
)

// maxFiles is how many bytes of files a network keeps; the oldest go first.
const maxFiles = 200_000_000

// file is a file that somebody has sent.
type file struct {
	ID   transports.FileID
	data []byte
	kept bool // by the Keeper
}

// content is an upload that has been read.
type content struct {
	upload transports.Upload
	data   []byte
}

// readFilesOf reads what goes with a message, before the owner of the networks gets it.
func (n *network) readFilesOf(ctx context.Context, command transports.Command) ([]content, error) {
	send, is := command.(transports.Send)
	if !is || n.can.Features&transports.Uploads == 0 {
		return nil, nil
	}
	limit := n.can.MaxFile
	var all []content
	for _, upload := range send.Files {
		if upload.Size > limit {
			return nil, tooLarge(upload.Name, limit)
		}
		in, err := upload.Open(ctx)
		if err != nil {
			return nil, notRead(upload.Name, err)
		}
		data, err := io.ReadAll(io.LimitReader(in, limit+1))
		if closing := in.Close(); err == nil {
			err = closing
		}
		switch {
		case err != nil:
			return nil, notRead(upload.Name, err)
		case int64(len(data)) > limit:
			return nil, tooLarge(upload.Name, limit)
		}
		all = append(all, content{upload, data})
	}
	return all, nil
}

func tooLarge(name string, limit int64) error {
	return fault(transports.TooLarge, "The file %s is too large: this network takes at most %d bytes.", name, limit)
}

func notRead(name string, cause error) error {
	return &transports.Fault{Kind: transports.Offline, Text: fmt.Sprintf("The file %s could not be read. Try to send it again.", name), Cause: cause}
}

// addFile keeps a file.
func (n *network) addFile(c content) transports.File {
	f := file{ID: transports.FileID(fmt.Sprintf("f%d", n.number())), data: c.data}
	n.Files = append(n.Files, f)
	total := 0
	for i := len(n.Files) - 1; i >= 0; i-- {
		if total += len(n.Files[i].data); total > maxFiles {
			n.dropped, n.Files = append(n.dropped, n.Files[:i+1]...), slices.Clone(n.Files[i+1:])
			break
		}
	}
	return transports.File{ID: f.ID, Name: oneLine(c.upload.Name), Type: c.upload.Type, Size: int64(len(c.data)), Width: c.upload.Width, Height: c.upload.Height,
		Description: oneLine(c.upload.Description)}
}

// OpenFile gives the content of a file.
func (s *Session) OpenFile(ctx context.Context, of transports.File) (io.ReadCloser, error) {
	var data []byte
	found := false
	err := s.query(ctx, func(n *network, _ *user) {
		if i := slices.IndexFunc(n.Files, func(f file) bool { return f.ID == of.ID }); i >= 0 {
			data, found = n.Files[i].data, n.Files[i].data != nil
		}
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fault(transports.NotFound, "The file %s is on the network no more.", of.Name)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}
