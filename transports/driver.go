// Package transports is the contract between the core and the drivers: values only. Events come up in the past tense,
// commands go down in the imperative; what a network can do, and whom it knows, is data.
package transports

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Driver is the code for one kind of network. An instance serves one component domain and holds what its accounts share.
type Driver interface {
	// About describes the driver; it never changes.
	About() About
	// Run does what the accounts share (an app's socket, a directory) until ctx ends. It is called once, before Open.
	Run(ctx context.Context) error
	// Scope finds the scope that a key of an address stands for, or says in a Fault why it cannot be used: malformed,
	// unknown, or not allowed by the operator. It does no I/O. It is not asked for the accounts of logins, which the core knows.
	Scope(key string) (Scope, error)
	// Check says in a Fault what is wrong with options that a person has set; the fields are those of About.
	Check(fields []Field, options Options) error
	// Open makes a session for an account. It does no I/O.
	Open(account Account, env Env) (Session, error)
}

// Reloader is a Driver whose options the operator can change while it runs.
type Reloader interface {
	// Reload takes over the options of fresh, a driver of the same kind that was made of the new options and is used for nothing
	// else. Connections that there are already stay as they are. It gives the names of changed options that need a restart.
	Reload(fresh Driver) (restart []string)
}

// Adviser is a Driver where not all that a person can set has an effect for every scope.
type Adviser interface {
	// Advice is what a person should know who sets the AccountFields of a scope, in a sentence or two; empty for nothing.
	Advice(scope Scope) string
}

// About describes a driver.
type About struct {
	// Kind is the type of gateway in XEP-0030's registry, such as "irc".
	Kind string
	// Name is what people call the network.
	Name string
	// Sigils are the characters that begin a room's name in an address; empty where ids tell rooms and users apart by themselves.
	Sigils string
	// Fixed is the one scope that the whole domain stands for: addresses then name rooms and users only. Empty where they name their scope as well.
	Fixed Scope
	// Open tells that an account comes into being by its first use, without registration.
	Open bool
	// StableIDs: the id of a message is the same for every account of the scope.
	StableIDs bool
	// NickIDs: the id of a user is their nick, so that anyone can be written to who is only known by it.
	NickIDs bool
	// Slashes are the words after a slash that the network's people know as commands in a room ("mode"): a message that begins with one
	// is an Instruct, all others are text.
	Slashes []string
	// Nodes are the names under which people's scripts know commands of the core and their fields (XEP-0050), by the core's own names. The
	// first of a command's is shown.
	Nodes map[string][]string
	// Flows are the ways to log in; none where accounts come into being by their first use.
	Flows []Flow
	// NameField is the one of AccountFields that holds the name to connect with, where a person may set it.
	NameField string
	// AccountFields and RoomFields are what a person may set for an account and for a room of it.
	AccountFields, RoomFields []Field
}

// Account is what a driver is told of a login.
type Account struct {
	Scope Scope
	// Person is a name for whom the account belongs to, as an ASCII word without spaces.
	Person string
	// Name is the display name that the person asked for, empty for an account of a login, which has one.
	Name string
	// Options are what the person has set, by the names of AccountFields; what is missing has its default.
	Options Options
	// Data is what the driver itself handed out in a Credentials event or a finished login; opaque to everyone else.
	Data []byte
}

// Env is the outside world as a driver may touch it.
type Env struct {
	Log *slog.Logger
	// Dial connects to an address that a person or the operator named; it refuses what the operator does not allow.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// HTTP is a client with the same guard.
	HTTP *http.Client
}

// Session is an account in use.
type Session interface {
	// Run connects and emits what happens, one event after another in network order, until the connection is lost, when it
	// says why in a Fault, or ctx ends, when it says goodbye to the network and returns nil. The first event is Online. emit blocks when the core is
	// busy; the session stops reading then. The core goes on taking events until Run has returned. Run is called again to reconnect; the session keeps the name in use.
	Run(ctx context.Context, emit func(Event)) error
	// Do carries out a command. It returns when the next command for the same place may follow, so that they stay in
	// order, and done is called exactly once, before or after that, when the network has confirmed the command or it has
	// failed; the error is a Fault. Do is called side by side for different places. When ctx ends before the command has
	// been handed to the network, done gets the kind Offline; when its outcome can no longer be known, Unknown.
	Do(ctx context.Context, command Command, done func(Result, error))
}

// Result is what the network said of a command.
type Result struct {
	// Parts are the ids of the messages that a Send became, in order; empty where the network gives none.
	Parts []MessageID
	// Text is the answer to an Ask.
	Text string
	// Room is what a Create has made.
	Room RoomID
}

// Directory is a Session that can list the rooms of its network.
type Directory interface {
	// Rooms calls yield for each room that the network lists, until it returns false.
	Rooms(ctx context.Context, yield func(Listing) bool) error
}

// Listing is a room in a directory.
type Listing struct {
	Room  RoomID
	Name  string
	Users int
	Topic string
	// Parent is the room or space that it belongs to, or empty; Space tells that it holds rooms and is none itself.
	Parent RoomID
	Space  bool
}

// Registry is a Session that can list who may not enter a room, and others with a lasting standing there.
type Registry interface {
	// Affiliated lists those with an affiliation, as the network names them: a user or a mask.
	Affiliated(ctx context.Context, room RoomID, affiliation Affiliation) ([]string, error)
}

// History is a Session that can read what was said in a place before, also while the account was away.
type History interface {
	// After reads what came after a message, oldest first and at most limit events: each a Message, or an Edited, Deleted or Reacted of one.
	// With an empty id it reads the last ones. It is a pure query: nothing of it is emitted. more tells that there is more to read.
	After(ctx context.Context, place Place, id MessageID, limit int) (events []Event, more bool, err error)
}

// Correspondence is a History that tells with whom the account has talks, such as with those who wrote for the first time while it was away.
type Correspondence interface {
	// Talks are the users with whom something was said since then, as far as the network tells: at least those with whom a talk has begun. It is a pure query.
	Talks(ctx context.Context, since time.Time) ([]UserID, error)
}

// Reviewer is a History that can tell what has become of messages, such as of those that were taken before the account was away.
type Reviewer interface {
	// Review looks at messages of a place, and tells of those that the network knows something of, and of those that are gone. It is a pure query.
	Review(ctx context.Context, place Place, ids []MessageID) ([]Reviewed, error)
}

// Reviewed is what has become of a message.
type Reviewed struct {
	ID MessageID
	// Gone: it was deleted.
	Gone bool
	// Reactions are all that users have on it, each with who has them; nil where that is not known.
	Reactions []Reacted
}
