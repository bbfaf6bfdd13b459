package irc

import (
	"sync/atomic"

	"isthmus/transports"
)

// The phases of a request, in order.
const (
	waiting int32 = iota // nothing of it has been handed to the network
	handed               // some of it has
	settled              // done has been called
)

// request is a command and the promise to call done exactly once. The phase is shared by the connection, which carries it
// out, and the end of its context, which may come at any time.
type request struct {
	command transports.Command
	done    func(transports.Result, error)
	// confirmed is what follows from success, in the connection's turn, or nil.
	confirmed func()
	forget    func() bool // stops waiting for the end of the context
	phase     atomic.Int32
	free      atomic.Bool
	// When the next command of the place may follow, freed is closed, or ahead is counted down: of those that Do does not wait for.
	freed chan struct{}
	ahead *atomic.Int32
}

func newRequest(command transports.Command, done func(transports.Result, error)) *request {
	return &request{command: command, done: done, forget: func() bool { return true }}
}

// hand tells whether the command is still wanted, and that it is on its way from now on.
func (r *request) hand() bool {
	return r.phase.CompareAndSwap(waiting, handed) || r.phase.Load() == handed
}

func (r *request) isSettled() bool { return r.phase.Load() == settled }

// settle tells the outcome: nil when the network has confirmed the command.
func (r *request) settle(fault *transports.Fault) {
	if r.phase.Swap(settled) == settled {
		return
	}
	r.forget()
	r.finish(transports.Result{}, fault)
}

// succeed tells the outcome where the network had something to say.
func (r *request) succeed(result transports.Result) {
	if r.phase.Swap(settled) == settled {
		return
	}
	r.forget()
	r.finish(result, nil)
}

// abandon is called when the context has ended.
func (r *request) abandon() {
	switch {
	case r.phase.CompareAndSwap(waiting, settled):
		r.finish(transports.Result{}, notSent())
	case r.phase.CompareAndSwap(handed, settled):
		r.finish(transports.Result{}, unknownOutcome())
	}
}

func (r *request) finish(result transports.Result, fault *transports.Fault) {
	if fault == nil {
		if r.confirmed != nil {
			r.confirmed()
		}
		r.done(result, nil)
	} else {
		r.done(result, fault)
	}
	r.release()
}

// release lets Do return.
func (r *request) release() {
	switch {
	case !r.free.CompareAndSwap(false, true):
	case r.ahead != nil:
		r.ahead.Add(-1)
	case r.freed != nil:
		close(r.freed)
	}
}

// lost settles a request whose connection is gone.
func (r *request) lost() {
	switch _, joining := r.command.(transports.Join); {
	case joining, r.command == nil: // whatever became of it, the account is in no room now; a question leaves no doubt
		r.settle(offline("The connection to the server was lost."))
	case r.phase.Load() == handed:
		r.settle(unknownOutcome())
	default:
		r.settle(offline("It was not sent: the connection to the server was lost."))
	}
}

func offline(text string) *transports.Fault {
	return &transports.Fault{Kind: transports.Offline, Text: text}
}

func notSent() *transports.Fault {
	return offline("It was not sent: the gateway gave it up before its turn came.")
}

func unknownOutcome() *transports.Fault {
	return &transports.Fault{Kind: transports.UnknownOutcome, Text: "It was sent, but the connection ended before the server had confirmed it."}
}
