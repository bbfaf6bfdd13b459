package component

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"isthmus/core/stanza"
)

const (
	handshakeTime = 30 * time.Second
	partingTime   = time.Second
	streamEnd     = "</stream:stream>"
)

// input is the stream's way in, past the handshake.
type input struct {
	framer *framer
	parser *parser
}

// shakeHands opens the stream and proves the secret (XEP-0114 §3).
func shakeHands(ctx context.Context, conn net.Conn, config Config) (*input, error) {
	conn.SetDeadline(time.Now().Add(handshakeTime))
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	in := &input{newFramer(conn, config.limits()), newParser(config.limits())}
	err := in.prove(conn, config)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return in, conn.SetDeadline(time.Time{})
}

func (in *input) prove(conn io.Writer, config Config) error {
	open := stanza.New(stanza.Namespace, "stream:stream", "xmlns:stream", spaceStream, "to", config.Domain).Append([]byte("<?xml version='1.0'?>"))
	open = append(open[:len(open)-len("/>")], '>')
	if _, err := conn.Write(open); err != nil {
		return lost(err)
	}
	f, err := in.framer.header()
	if err != nil {
		return lost(err)
	}
	header, err := in.parser.header(f)
	if err != nil || header.space != spaceStream || header.name != "stream" {
		return errNoStream
	}
	id := ""
	for _, a := range header.attrs {
		if a.Space == "" && a.Name == "id" {
			id = a.Value
		}
	}
	proof := sha1.Sum([]byte(id + config.Secret))
	answer := stanza.Text("", "handshake", hex.EncodeToString(proof[:])).Append(nil)
	if _, err := conn.Write(answer); err != nil {
		// The server may have closed behind an error that says why: read on.
		config.Log.Debug("The handshake could not be written; reading why.", "cause", err)
	}
	f, err = in.framer.next()
	if err != nil {
		return lost(err)
	}
	r, err := in.parser.parse(f)
	switch {
	case f.refused != nil || err != nil:
		return errNoStream
	case r.isError():
		return r.streamError()
	case r.space == "" && r.name == "handshake":
		return nil
	}
	return fmt.Errorf("the server answered the handshake with <%s/>: is this its component port (XEP-0114)?", r.name)
}

// lost says what the end of a connection, or silence, means while hands are shaken.
func lost(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, errStreamEnd) || errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("the server gives no answer: is this its component port (XEP-0114)?")
	}
	return fmt.Errorf("the connection failed while hands were shaken: %w", err)
}

var errNoStream = errors.New("what answers there speaks no XMPP: correct the server's address to its component port (XEP-0114)")
