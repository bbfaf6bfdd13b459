package transports

import (
	"time"

	"isthmus/mapping/text"
)

// Event is something that happened on the network. The set is closed.
type Event interface{ event() }

// Online tells that the session is connected, as whom, and what it can do. It is the first event of a connection, after which
// the core enters its rooms again, and comes again when capabilities change.
type Online struct {
	Self User
	Can  Capabilities
	// Through says how it is connected, as words after the network's name: "on port 6697 using TLS".
	Through string
}

// Credentials carry data that the account must keep from now on, such as a refreshed token.
type Credentials struct{ Data []byte }

// Style tells how a message was said.
type Style uint8

// The styles of a message.
const (
	Says   Style = iota
	Does         // "/me waves"
	Notice       // said by a program; it is never answered by one
)

// Message is a new message.
type Message struct {
	Place Place
	// ID is empty where the network gives none.
	ID   MessageID
	From User
	// Own: the account itself wrote it, here or in another client of the network.
	Own bool
	// Nonce is that of the Send whose echo this is, 0 where it is none or the network does not tell.
	Nonce int64
	// At is when it was said, as far as the network tells, also of what is live; the zero time means now.
	At time.Time
	// Replayed: it was said before, and the network tells it unasked, whether or not it was told already: to who enters a room, or when it was not acknowledged.
	Replayed bool
	Style    Style
	Text     text.Text
	// ReplyTo is the message that it answers, nil for none; Thread the one whose thread it is in, or empty.
	ReplyTo *Reference
	Thread  MessageID
	// Forwarded is the message that it passes on, nil for none; Text is what is said about it.
	Forwarded *Reference
	Files     []File
}

// Reference is a message that another one refers to. The author and the text are known as far as the network tells.
type Reference struct {
	ID   MessageID
	From User
	Text text.Text
}

// Checkpoint comes after events of a place whose network waits to hear that they were taken, such as one that sends again what is not acknowledged.
type Checkpoint struct {
	Place Place
	// Kept is called once when all that came of the place before is in the store, so that a crash loses nothing of it. It is called from any goroutine, must not
	// wait for anything, and may never be called: where something cannot be kept, or the account ends before.
	Kept func()
}

// Edited tells that a message now says something else. What a program adds to it, such as the preview of a link, is no edit.
type Edited struct {
	Place Place
	ID    MessageID
	From  User
	At    time.Time
	Style Style
	Text  text.Text
}

// Deleted tells that a message is gone.
type Deleted struct {
	Place Place
	ID    MessageID
	// By is who did it; in a room, one who is not the author moderates.
	By     User
	At     time.Time
	Reason string
}

// Reacted tells all the reactions that a user now has on a message; none means that the last was taken back.
type Reacted struct {
	Place Place
	ID    MessageID
	From  User
	At    time.Time
	Emoji []string
}

// Read tells that a user has seen a message and all before it. Where it is the account itself, it did so in another client of the network.
type Read struct {
	Place Place
	Upto  MessageID
	By    User
}

// Typing tells that a user began or stopped to write.
type Typing struct {
	Place Place
	From  User
	On    bool
}

// Room tells the state of a room that the account is in: it confirms a Join. The core shows the difference to what it knew.
type Room struct {
	Room RoomID
	// Name is what people call it.
	Name string
	// Parent is the room or space that it belongs to, or empty.
	Parent RoomID
	// Thread is the message that it is the thread of, in Parent, or empty.
	Thread MessageID
	// Picture is the version of the room's picture, or empty.
	Picture string
	Topic   Topic
	// Members are those known; Complete tells that nobody else is there. The account itself is among them.
	Members  []Member
	Complete bool
	Rules
	// Lacks are the features of the account that it does not have in this room, such as for want of a permission.
	Lacks Feature
}

// Rules are what holds in a room for everyone.
type Rules struct {
	// Moderated: who has no standing may not speak. MembersOnly: nobody comes in uninvited. Locked: there is a password.
	// Hidden: the network does not list it.
	Moderated, MembersOnly, Locked, Hidden bool
}

// Memberships tells all the rooms that the account is in, where membership is durable: each connection begins with Online, a Room event for
// each of them, and this. Of a room that is missing it has become no member while it was away. A Room event that comes later is of a
// room that it has come into since, by a Join or by someone else's doing.
type Memberships struct{ Rooms []RoomID }

// RoomChanged tells the new name, parent, picture or features of a room that the account is in.
type RoomChanged struct {
	Room    RoomID
	Name    string
	Parent  RoomID
	Picture string
	Lacks   Feature
}

// Topic is what a room is about, who said so and when.
type Topic struct {
	Text string
	By   string
	At   time.Time
}

// TopicChanged tells the new topic of a room.
type TopicChanged struct {
	Room  RoomID
	Topic Topic
}

// MemberChanged tells that someone came into a room, or that their standing there is another now. Of who was there
// already, the identity may be missing: the first one told stands.
type MemberChanged struct {
	Room   RoomID
	Member Member
	// By is the name of who did it, empty for the user.
	By string
}

// Cause tells how someone left a room.
type Cause uint8

// The causes.
const (
	Left Cause = iota
	Kicked
	Banned
	Removed // by the network: the room is closed, an account ended
)

// MemberLeft tells that someone is no longer in a room; where it is the account itself, neither is the account.
type MemberLeft struct {
	Room   RoomID
	User   User
	Cause  Cause
	By     string // the name of who did it
	Reason string
}

// UserRenamed tells that a user has another id or name, or another identity only, wherever they are.
type UserRenamed struct {
	Was  UserID
	User User
}

// UserLeft tells that a user is gone from every room: they Left, or were Removed, as by a failure between the network's servers.
type UserLeft struct {
	User   User
	Cause  Cause
	Reason string
}

// Announced is what the network tells the account, or the people in a room, without being anyone's message.
type Announced struct {
	// Room is empty for what concerns the account.
	Room RoomID
	Text text.Text
}

// Invited tells that a user asks the account to come into a room.
type Invited struct {
	Room RoomID
	// Name is what people call the room.
	Name   string
	By     User
	Reason string
}

// Question is what one program asks another.
type Question uint8

// The questions.
const (
	AboutVersion Question = iota // which software is it? Answer with Text
	AboutPing                    // is it there?
)

// Asked tells that a user's program asks the person's; an Answer with the same ID goes back.
type Asked struct {
	ID       int64
	From     User
	Question Question
}

func (Read) event()          {}
func (Memberships) event()   {}
func (RoomChanged) event()   {}
func (Invited) event()       {}
func (Asked) event()         {}
func (Online) event()        {}
func (Credentials) event()   {}
func (Message) event()       {}
func (Checkpoint) event()    {}
func (Edited) event()        {}
func (Deleted) event()       {}
func (Reacted) event()       {}
func (Typing) event()        {}
func (Room) event()          {}
func (TopicChanged) event()  {}
func (MemberChanged) event() {}
func (MemberLeft) event()    {}
func (UserRenamed) event()   {}
func (UserLeft) event()      {}
func (Announced) event()     {}
