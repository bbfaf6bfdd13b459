package relay

import (
	"context"
	"log/slog"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// Stream is a component's stream, as a relay needs it.
type Stream interface {
	// Pass sends a stanza once, or tells that it did not; it blocks while too much waits.
	Pass(*stanza.Stanza) bool
	// Request asks, and answer is called with what came back, or nil.
	Request(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza))
}

// Config says what is joined.
type Config struct {
	MUC stanza.JID
	// Nick is what the relay's own occupant, the bot, is called; JID is its address and Stream that of its component.
	Nick   string
	JID    stanza.JID
	Stream Stream
	// Puppets is how many there may be at most; with 0, the bot says everything.
	Puppets int
	Policy
	Limits Limits
	// Face is an address of the picture of somebody of the MUC, who is there at that address with a photo of that hash, which is empty where they have told none; empty
	// where there is none yet. It does not block, and may be nil.
	Face  func(who Speaker, at stanza.JID, photo string) string
	Rooms []Room
	// Memory keeps what must outlive the process; nil for nothing. Secret is what ids are made of that are the same after a restart.
	Memory Memory
	Secret []byte
	// Password opens the MUC where it needs one.
	Password string
	// Asked takes what people of the MUC ask the bot, and is false for what it does not understand; nil where nobody may ask. It must not block.
	Asked func(Asked) bool
	Log   *slog.Logger
}

// Room is a room of a network.
type Room struct {
	// Name is what people call it in notices, Suffix what ends the nicks of its puppets.
	Name, Suffix string
	// Key names the room among those of the relay, also after a restart.
	Key string
	// Home is a word for the network, such as its kind, where names tell where somebody is from.
	Home string
	ID   transports.RoomID
	// Where names the room so that another gateway would name it so too; nil or empty where that is not known.
	Where func() string
	// Password opens the room where it needs one.
	Password string
	// Welcome is said in the MUC and in the room when the relay is in both for the first time; empty for nothing.
	Welcome string
	// Paused: nothing passes to or from it; the relay is there to hear orders.
	Paused bool
	// Ordered takes what somebody who runs the room tells the relay there, by that name; nil where nobody may. It must not block.
	Ordered func(order Order, by string)
	// Domain is the transport's.
	Domain string
	// Session is the relay's own; Alone tells that nobody else uses the account.
	Alone   bool
	Session transports.Session
	// Stream is that of the transport's component, and Puppet the address of a user's puppet there.
	Stream Stream
	Puppet func(transports.UserID) (stanza.JID, error)
	// Own is the account of somebody of the MUC through which they want to be heard, where they have one; it does not block. It may be nil.
	Own func(Speaker) (Own, bool)
	// Doubles says whether people of the MUC are users of the network themselves.
	Doubles Doubles
	// Picture reads a user's picture: its SHA-1 as XEP-0153 has it, and the vCard that it is in. Face is an address of it that anybody may fetch, empty where there is
	// none yet; it does not block. Both may be nil.
	Picture func(context.Context, transports.User) (hash string, card *stanza.Element, err error)
	Face    func(transports.User) string
	// Share finds where a file of the network can be fetched by clients.
	Share func(context.Context, transports.File) (xep.File, error)
	// Fetch gets a file of the MUC, at most limit bytes of it, until release is called; nil where files are links.
	Fetch func(ctx context.Context, file xep.File, limit int64) (up transports.Upload, release func(), err error)
}
