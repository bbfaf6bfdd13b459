package account

import (
	"errors"
	"fmt"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// The refusals that do not come from the network. Each says what to do.
var (
	notJoined       = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "You are not in this room. Join it first."}
	nickMissing     = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.JIDMalformed, Text: "Join with a nick: room@gateway/nick."}
	noOccupant      = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "Nobody of that nick is in the room."}
	noSuchMessage   = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "The gateway does not know the message that this is about."}
	noSuchPage      = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "There is no such page of the list (any more)."}
	noNode          = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "There is no such node here."}
	unknownRequest  = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable}
	shuttingDown    = &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ServiceUnavailable, Text: "The gateway is shutting down. Try again in a moment."}
	encrypted       = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "This message is encrypted, and nobody on the other side could read it. Switch encryption off for this chat and send it again."}
	sealedFile      = &stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: "This file is encrypted, and nobody on the other side could open it. Switch encryption off for this chat and send it again."}
	unreachableFile = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "This file can be had from your own client only. Send it by your server's upload service (HTTP upload)."}
	onlyGroupchat   = badRequest("A message to a room must be of the type groupchat.")
	emptyMessage    = badRequest("The message has no text.")
	onlyChat        = badRequest("A message to one person must not be of the type groupchat.")
	badPage         = badRequest("The page asked for cannot be understood.")
	nobodyNamed     = badRequest("This address is of nobody. Write the nick as its resource: %network@gateway/nick.")
	noSuchFilter    = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "The archive of a room has no such filter, and cannot be read from a numbered position."}
	noExceptions    = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "A room is archived as a whole or not at all. Leave the lists of exceptions empty."}
	noRosterArchive = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "Rooms are in no contact list. Choose always or never."}
	noRegister      = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "Rooms here keep no register of nicks. The network may have a service that reserves them."}
	noVoiceRequest  = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "The network has no requests for a voice. Write to one of the room's moderators."}
	noDecline       = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "The network has no answer to an invitation, so who invited you was not told."}
	noDestruction   = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "The room belongs to its network and cannot be destroyed from here. Leave it."}
	notCarried      = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "The gateway cannot pass this on; only text and uploaded files can be sent."}
)

func badRequest(text string) *stanza.Error {
	return &stanza.Error{Type: xmpp.Modify, Condition: xmpp.BadRequest, Text: text}
}

// answers is the one table from the faults of networks to the conditions of XMPP (RFC 6120 §8.3.3). Clients show some
// conditions in their own words, so each is chosen for what a person reads then.
var answers = map[transports.FaultKind]stanza.Error{
	transports.Internal:       {Type: xmpp.Cancel, Condition: xmpp.InternalServerError},
	transports.BadCredentials: {Type: xmpp.Auth, Condition: xmpp.NotAuthorized},
	transports.Forbidden:      {Type: xmpp.Auth, Condition: xmpp.Forbidden},
	transports.NotFound:       {Type: xmpp.Cancel, Condition: xmpp.ItemNotFound},
	transports.Conflict:       {Type: xmpp.Cancel, Condition: xmpp.Conflict},
	transports.Invalid:        {Type: xmpp.Modify, Condition: xmpp.NotAcceptable},
	transports.Unsupported:    {Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented},
	transports.TooLarge:       {Type: xmpp.Modify, Condition: xmpp.PolicyViolation},
	transports.RateLimited:    {Type: xmpp.Wait, Condition: xmpp.ResourceConstraint},
	transports.Offline:        {Type: xmpp.Wait, Condition: xmpp.RemoteServerTimeout},
	transports.Untrusted:      {Type: xmpp.Cancel, Condition: xmpp.RemoteServerNotFound},
	transports.Gone:           {Type: xmpp.Cancel, Condition: xmpp.ItemNotFound},
	transports.Moved:          {Type: xmpp.Cancel, Condition: xmpp.Gone},
	transports.UnknownOutcome: {Type: xmpp.Wait, Condition: xmpp.UndefinedCondition},
	transports.ShutOut:        {Type: xmpp.Auth, Condition: xmpp.Forbidden},
	transports.PasswordNeeded: {Type: xmpp.Auth, Condition: xmpp.NotAuthorized},
}

// Refusal says a failure to a client.
func Refusal(err error) *stanza.Error {
	if e, ok := err.(*stanza.Error); ok { // it is one already
		return e
	}
	fault := transports.AsFault(err)
	e := answers[fault.Kind]
	e.Text = fault.Text
	return &e
}

// stanzaError says a failure of this account's to a client.
func (a *Account) stanzaError(err error) *stanza.Error {
	e, fault := Refusal(err), transports.AsFault(err)
	switch fault.Kind {
	case transports.Internal:
		a.log.Error("A command failed inside the gateway.", "error", err)
	case transports.Moved: // RFC 6120 §8.3.3.5: the new address, as a URI that joins (XEP-0147)
		e.URI = "xmpp:" + a.place(address.Room, string(fault.To)).String() + "?join"
	}
	return e
}

func archiveError(err error) *stanza.Error {
	if errors.Is(err, store.ErrNotFound) { // XEP-0059 §2.2, XEP-0313 §4.2
		return &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "The archive has no message with that id."}
	}
	return &stanza.Error{Type: xmpp.Wait, Condition: xmpp.InternalServerError, Text: "The archive cannot be read now. Try again later."}
}

func tooManyRooms(most int) *stanza.Error {
	return &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint,
		Text: fmt.Sprintf("You are in too many rooms: one person may be in %d on a network. Leave one first.", most)}
}
