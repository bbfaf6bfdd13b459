package component

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	xmpp "mellium.im/xmpp/stanza"

	"isthmus/core/stanza"
)

const spaceStreamError = "urn:ietf:params:xml:ns:xmpp-streams"

// StreamError is why the server ended the stream (RFC 6120 §4.9).
type StreamError struct {
	Condition string // RFC 6120 §4.9.3, such as conflict or not-authorized
	Text      string // the server's own words, often empty
}

// Error is the condition with what the server says and what can be done.
func (e *StreamError) Error() string {
	s := "the server ended the stream: " + e.Condition
	if e.Text != "" {
		s += fmt.Sprintf(" (%q)", e.Text)
	}
	return s + ": " + e.advice()
}

func (e *StreamError) advice() string {
	switch e.Condition {
	case "not-authorized":
		return "give the component the same secret here and in the server's configuration; ejabberd says the same of a domain that it does not know"
	case "host-unknown", "host-gone", "improper-addressing":
		return "add the component's domain to the server's configuration, or correct it or the server's port here"
	case "conflict":
		return "another program is connected as this component: stop it, or let the newer connection win (Prosody: component_conflict_resolve = \"kick_old\")"
	case "invalid-namespace":
		return "correct the server's address to its port for components (XEP-0114)"
	case "system-shutdown", "reset":
		return "wait until the server is back"
	case "invalid-from", "invalid-xml", "not-well-formed", "policy-violation", "restricted-xml", "bad-format":
		return "the server did not like a stanza of ours: report it as a bug"
	}
	return "look at the server's log"
}

func (r *root) isError() bool { return r.space == spaceStream && r.name == "error" }

// streamError reads a stream error (RFC 6120 §4.9.2).
func (r *root) streamError() *StreamError {
	e := &StreamError{Condition: "undefined-condition"}
	for _, n := range r.nodes {
		switch {
		case n.Element == nil || n.Element.Space != spaceStreamError:
		case n.Element.Name == "text":
			e.Text = n.Element.Text()
		default:
			e.Condition = n.Element.Name
		}
	}
	return e
}

// What ends a stream besides the server's word.
var (
	errSilent  = errors.New("the server has not answered for a minute")
	errUnwell  = errors.New("the server has left our own address unanswered for minutes")
	errStalled = errors.New("the server has taken nothing for half a minute")
)

// advice is what to do about a loss, for the log; most errors bring their own.
func advice(err error) string {
	switch {
	case errors.Is(err, errSilent), errors.Is(err, errStalled):
		return "If this repeats, look whether the server is overloaded, and at the network between."
	case errors.Is(err, errUnwell):
		return "If this repeats, look whether the server routes stanzas from the component to itself."
	case errors.Is(err, errFraming):
		return "Report it as a bug, with the server's name and version."
	case closed(err):
		return "It will be tried again; nothing needs to be done if the server was restarted."
	}
	return "It will be tried again; the cause says what to do."
}

// closed tells whether the server ended the connection without a word.
func closed(err error) bool {
	return errors.Is(err, errStreamEnd) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// slow tells whether it is no use to try again at once.
func slow(err error) bool {
	var e *StreamError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Condition {
	case "conflict", "not-authorized", "host-unknown", "host-gone", "improper-addressing", "invalid-namespace":
		return true
	}
	return false
}

// blames tells whether the server may have ended the stream for what we wrote.
func blames(err error) bool {
	var e *StreamError
	if errors.As(err, &e) {
		return !slow(err) && e.Condition != "system-shutdown" && e.Condition != "reset"
	}
	return closed(err)
}

// refusal is the answer to a stanza that could not be taken (RFC 6120 §8.3.3).
func refusal(reason error) *stanza.Error {
	e := &stanza.Error{Type: xmpp.Modify, Condition: xmpp.BadRequest, Text: reason.Error()}
	if errors.Is(reason, errTooLarge) || errors.Is(reason, errTooDeep) || errors.Is(reason, errTooMany) {
		e.Condition = xmpp.PolicyViolation
	}
	return e
}
