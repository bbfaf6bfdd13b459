package account

import (
	"context"

	"isthmus/transports"
)

// InRelays is the name of the field by which a person is heard through the account where a relay takes what they say.
const InRelays = "in_relays"

// Carry carries out a command of the owner's that comes another way than through a room of the gateway, and returns when the network has said what came of it.
func (a *Account) Carry(ctx context.Context, c transports.Command) (transports.Result, error) {
	type outcome struct {
		result transports.Result
		err    error
	}
	o, err := await(ctx, a, func(answer func(outcome)) {
		a.command(c, func(result transports.Result, err error) { answer(outcome{result, err}) })
	})
	if err != nil {
		return o.result, err
	}
	return o.result, o.err
}
