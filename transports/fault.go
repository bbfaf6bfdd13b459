package transports

import (
	"errors"
	"time"
)

// FaultKind sorts faults by what can be done about them.
type FaultKind uint8

// The kinds of fault.
const (
	Internal       FaultKind = iota // ours: a defect
	BadCredentials                  // the person must give others; no reconnection before
	Forbidden                       // the network or the operator does not allow it
	NotFound                        // no such room, user, message or host
	Conflict                        // the name is taken
	Invalid                         // what was asked for is malformed
	Unsupported                     // outside the capabilities
	TooLarge                        // text, file or list over the limit
	RateLimited                     // too fast; see Wait
	Offline                         // not connected, try again later
	Untrusted                       // the certificate of the other side cannot be verified
	Gone                            // for good: the account or network exists no more; no reconnection
	Moved                           // under another id; see To
	UnknownOutcome                  // handed to the network, which never said whether it did it
	PasswordNeeded                  // the room wants a password, or another one
	ShutOut                         // the room has banned the user
)

// Fault is why something failed.
type Fault struct {
	Kind FaultKind
	// Text says it to a person, with what to do next.
	Text string
	// Wait is how long to wait before the next try, 0 where the network did not say.
	Wait time.Duration
	// To is the room to ask for instead, with Moved.
	To    RoomID
	Cause error
}

// ErrUnsupported answers a command that is outside the capabilities.
var ErrUnsupported = &Fault{Kind: Unsupported, Text: "The network cannot do this."}

// Error is the text, and the cause where there is one.
func (f *Fault) Error() string {
	if f.Cause != nil {
		return f.Text + " (" + f.Cause.Error() + ")"
	}
	return f.Text
}

// Unwrap is the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// AsFault finds the Fault in an error; any other error is Internal.
func AsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Kind: Internal, Text: "Something went wrong inside the gateway. The operator's log says what.", Cause: err}
}
