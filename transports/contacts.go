package transports

import (
	"context"
	"time"
)

// Show is how available someone is (RFC 6121 §4.7.2.1).
type Show uint8

// The shows.
const (
	Absent   Show = iota // not on the network, or nobody may know
	Present              // there
	Chatty               // there, and wants to talk
	Away                 // not there for a while
	LongAway             // not there for longer
	Busy                 // does not want to be disturbed
)

// Presence is how someone is.
type Presence struct {
	Show Show
	// Status is what they say of it, or empty.
	Status string
	// Since is when they were last active, the zero time where the network does not tell.
	Since time.Time
}

// Subscription tells who sees whose presence, as a set.
type Subscription uint8

// The parts of a subscription (RFC 6121 §2.1.2.5).
const (
	To   Subscription = 1 << iota // the account sees the contact's
	From                          // the contact sees the account's
	Both = To | From
)

// Contact is someone on the account's list at the network.
type Contact struct {
	User         User
	Groups       []string
	Subscription Subscription
	Blocked      bool
}

// Contacts tells the whole list of the account's contacts: those who are not among them are contacts no longer.
type Contacts struct{ Contacts []Contact }

// ContactChanged tells of a new contact, or of another state of one.
type ContactChanged struct{ Contact Contact }

// ContactRemoved tells that a user is a contact no longer.
type ContactRemoved struct{ User UserID }

// PresenceChanged tells how a user is now: a contact, or one whom the account watches.
type PresenceChanged struct {
	User     User
	Presence Presence
}

// ProfileChanged tells that what is known of a user is to be read again (Profiles). Their name and picture are the new ones.
type ProfileChanged struct{ User User }

// SubscriptionAsked tells that a user wants to be a contact, or to see the account's presence.
type SubscriptionAsked struct {
	From User
	Text string
}

// SubscriptionAnswered tells what became of the account's own wish to see a user's presence.
type SubscriptionAnswered struct {
	User    User
	Granted bool
}

func (Contacts) event()             {}
func (ContactChanged) event()       {}
func (ContactRemoved) event()       {}
func (PresenceChanged) event()      {}
func (ProfileChanged) event()       {}
func (SubscriptionAsked) event()    {}
func (SubscriptionAnswered) event() {}

// SetPresence tells the network how the person is.
type SetPresence struct{ Presence Presence }

// Subscribe asks for, or gives up, the presence of a user. What becomes of it comes as SubscriptionAnswered, and the presence as PresenceChanged. Where a network
// keeps no list, it holds for the connection: the core asks again after Online.
type Subscribe struct {
	User UserID
	On   bool
	// Text goes with the request, where the network can.
	Text string
}

// Authorize lets a user see the account's presence, or no longer; it answers a SubscriptionAsked.
type Authorize struct {
	User  UserID
	Allow bool
}

// SetContact names and groups a contact on the network's list.
type SetContact struct {
	User   UserID
	Name   string
	Groups []string
}

// Block shuts a user out, or lets them in again.
type Block struct {
	User UserID
	On   bool
}

// In is the talk with the user, or no place.
func (SetPresence) In() Place  { return Place{} }
func (c Subscribe) In() Place  { return TalkWith(c.User) } // In is the talk.
func (c Authorize) In() Place  { return TalkWith(c.User) } // In is the talk.
func (c SetContact) In() Place { return TalkWith(c.User) } // In is the talk.
func (c Block) In() Place      { return TalkWith(c.User) } // In is the talk.

func (SetPresence) needs() Feature { return Presences }
func (Subscribe) needs() Feature   { return Subscriptions }
func (Authorize) needs() Feature   { return Subscriptions }
func (SetContact) needs() Feature  { return ContactLists }
func (Block) needs() Feature       { return Blocking }

// Profile is what a user tells of themselves. Each part may be empty.
type Profile struct {
	User                                   User
	FullName, Nick, Title, Note, TimeZone  string
	Email, Phone, Organisation, Department string
	URLs                                   []string
}

// Profiles is a Session that knows more of users than their names.
type Profiles interface {
	Profile(ctx context.Context, user UserID) (Profile, error)
	// Picture reads a picture of at most limit bytes, of a user or a room by its version, and its media type.
	Picture(ctx context.Context, of Place, version string, limit int64) (data []byte, mediaType string, err error)
}

// Finder is a Session that finds users by what a person remembers of them: a name, a part of one, an address.
type Finder interface {
	Find(ctx context.Context, words string, limit int) ([]User, error)
}
