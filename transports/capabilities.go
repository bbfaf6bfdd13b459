package transports

import "time"

// Feature is one thing that a network may be able to do; features are a set of bits.
type Feature uint32

// The features. Each belongs to the command that needs it.
const (
	Topics        Feature = 1 << iota // SetTopic
	Names                             // SetName
	Roles                             // SetRole
	Affiliations                      // SetAffiliation
	Edits                             // Edit
	Deletions                         // Delete
	Reactions                         // React
	TypingShown                       // SetTyping
	Invitations                       // Invite
	Instructions                      // Instruct
	Questions                         // Ask, Answer
	Replies                           // Send with ReplyTo
	Threads                           // Send with Thread
	Uploads                           // Send with Files
	Reading                           // MarkRead
	Presences                         // SetPresence
	Subscriptions                     // Subscribe, Authorize
	ContactLists                      // SetContact
	Blocking                          // Block
	Creation                          // Create
	Destruction                       // Destroy
	RoomNames                         // SetRoomName
	RoomRules                         // SetRules
	Mentions                          // Text with mentions (text.Ref) tells those whom it names
)

// Capabilities say what an account can do now, as data. They come with Online, which comes again when they change.
type Capabilities struct {
	Features Feature
	// Durable: membership outlives a connection; closing a client does not leave a room.
	Durable bool
	// SingleLine: a message is one line; the core sends each line of a longer one by itself.
	SingleLine bool
	// MaxText is the longest text of one message in characters, 0 where the driver itself splits.
	MaxText int
	// MaxFile is the largest file in bytes, 0 where nothing is known.
	MaxFile int64
	// Emoji are the only reactions that the network has, nil where it has all; MaxReactions is how many a user may have on one
	// message, 0 for any number.
	Emoji        []string
	MaxReactions int
	// Hats: members of rooms may wear some.
	Hats bool
	// Nonces: History tells the Nonce of the account's own messages, also of those that an earlier run sent, so that the core finds out after a
	// crash what became of them. Those with files, in threads, or of another Style than Says may lack it.
	Nonces bool
	// Recalled: History has the account's own messages, so that after a crash the core knows by their texts those that were sent; where there are Nonces it
	// says nothing more.
	Recalled bool
	// Idempotent is for how long after the making of a Nonce another Send with it makes no second message, its Result being that of the first;
	// 0 for never.
	Idempotent time.Duration
}

// Allows tells whether a command is within the capabilities; Do answers ErrUnsupported to others.
func (c Capabilities) Allows(command Command) bool {
	need := command.needs()
	return c.Features&need == need
}
