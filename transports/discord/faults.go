package discord

import (
	"fmt"

	"isthmus/transports"
)

func fault(kind transports.FaultKind, format string, values ...any) *transports.Fault {
	return &transports.Fault{Kind: kind, Text: fmt.Sprintf(format, values...)}
}

func offline() *transports.Fault {
	return fault(transports.Offline, "There is no connection to Discord.")
}

func notSent() *transports.Fault {
	return fault(transports.Offline, "It was not sent: the gateway gave it up before its turn came.")
}

func noMessage(id transports.MessageID) *transports.Fault {
	return fault(transports.NotFound, "There is no message %s here: it may have been deleted.", id)
}

func badToken() *transports.Fault {
	return fault(transports.BadCredentials, "Discord does not take the token. Reset it on the page of the application (Bot, Reset Token), and log in again with the new one.")
}

// tooManyHooks is the error that a channel has as many webhooks as it may have.
const tooManyHooks = 30007

// slowMode is the error that an account has written in a channel in slow mode a short time ago.
const slowMode = 20016

// webhookToken is the error that a webhook has another token, which says nothing about that of the account.
const webhookToken = 50027

// Some of Discord's error codes (Opcodes and Status Codes, JSON) and what they mean to a person.
var errorCodes = map[int]struct {
	kind transports.FaultKind
	text string
}{
	10003:        {transports.NotFound, "The channel is not there any more."},
	10004:        {transports.NotFound, "The server is not there any more."},
	10008:        {transports.NotFound, "The message is not there any more: it was deleted."},
	10013:        {transports.NotFound, "Discord knows no such user."},
	10014:        {transports.Invalid, "Discord has no such emoji, or the account cannot use it."},
	10015:        {transports.NotFound, "The webhook is not there any more."},
	20009:        {transports.Forbidden, "Discord does not let this be sent: it was found to be explicit."},
	slowMode:     {transports.RateLimited, "The channel is in slow mode. Wait before you write again."},
	20028:        {transports.RateLimited, "Too much is being written in this channel. Try again in a while."},
	tooManyHooks: {transports.Forbidden, "The channel has as many webhooks as it may have. Delete one in its settings (Integrations)."},
	30002:        {transports.Forbidden, "Discord takes no more friends of this account: it has as many as it may have."},
	30010:        {transports.Forbidden, "The message has twenty reactions already, and Discord takes no more kinds."},
	30046:        {transports.RateLimited, "Messages older than an hour can only be edited so often. Try again later."},
	40002:        {transports.Forbidden, "The account must be verified with Discord before it can do this."},
	40003:        {transports.RateLimited, "Discord finds that the account opens talks too fast. Wait some minutes, and open fewer at a time."},
	40005:        {transports.TooLarge, "The file is too large for Discord here."},
	40060:        {transports.Invalid, "That was answered before."},
	50001:        {transports.Forbidden, "The account may not see this channel. Ask a moderator for access."},
	50005:        {transports.Forbidden, "Only who wrote a message can edit it."},
	50006:        {transports.Invalid, "An empty message cannot be sent."},
	50007:        {transports.Forbidden, "The person takes no direct messages from this account."},
	50008:        {transports.Forbidden, "Nothing can be written in this kind of channel."},
	50009:        {transports.Forbidden, "The server wants accounts to be verified, or to be older, before they write here. Discord's own client says what is missing."},
	50013:        {transports.Forbidden, "The account lacks the permission for this. Ask a moderator of the server for it."},
	50021:        {transports.Forbidden, "This cannot be done to a message of Discord itself."},
	50024:        {transports.Forbidden, "This cannot be done in this kind of channel."},
	webhookToken: {transports.NotFound, "The webhook is not there any more."},
	50035:        {transports.Invalid, "Discord does not take it as it is."},
	50083:        {transports.Forbidden, "The thread is archived. Somebody on Discord must open it again first."},
	50278:        {transports.Forbidden, "You can write only to people with whom the account shares a server."},
	80000:        {transports.Forbidden, "The person takes no friend requests from this account."},
	80001:        {transports.Forbidden, "The person has blocked the account, or is blocked by it."},
	80002:        {transports.Forbidden, "A bot can be nobody's friend. Write to it in a server that it is in."},
	80003:        {transports.Invalid, "Nobody can be their own friend."},
	80007:        {transports.Conflict, "The person is a friend of the account already."},
	90001:        {transports.Forbidden, "The person who wrote the message has blocked the account."},
	160004:       {transports.Conflict, "The message has a thread already."},
	160005:       {transports.Forbidden, "The thread is locked."},
	200000:       {transports.Forbidden, "The server's rules (AutoMod) do not let this message through."},
}
