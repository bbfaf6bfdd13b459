package account

import (
	"context"
	"sync/atomic"

	"isthmus/transports"
)

// InRelays is the name of the field by which a person is heard through the account where a relay takes what they say.
const InRelays = "in_relays"

var unanswered = &transports.Fault{Kind: transports.UnknownOutcome, Text: "The account did not say in time whether it was done. Look there before you do it again."}

// Carry carries out a command of the owner's that comes another way than through a room of the gateway, and returns when the network has said what came of it.
// When ctx ends before that, nothing was asked of the network (Offline), or nobody knows what came of it (UnknownOutcome).
func (a *Account) Carry(ctx context.Context, c transports.Command) (transports.Result, error) {
	type outcome struct {
		result transports.Result
		err    error
	}
	var claimed atomic.Bool // by the account that begins it, or by who waits for it no longer
	o, err := await(ctx, a, func(answer func(outcome)) {
		if claimed.CompareAndSwap(false, true) {
			a.command(c, func(result transports.Result, err error) { answer(outcome{result, err}) })
		}
	})
	switch {
	case err == nil:
		return o.result, o.err
	case claimed.Swap(true):
		return o.result, unanswered
	}
	return o.result, err
}
