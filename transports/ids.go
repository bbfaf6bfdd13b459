package transports

type (
	// Scope is the network that ids live in: an IRC network, a Slack team, a Discord guild.
	Scope string
	// RoomID names a room within a scope. It is canonical: one room has one, and it may stand in an address.
	RoomID string
	// UserID names a user within a scope, now: it may change (an IRC nick does), which UserRenamed tells.
	UserID string
	// MessageID names a message within its place.
	MessageID string
	// FileID names a file that somebody has sent, within the scope.
	FileID string
)

// Place is one conversation: a room, or the talk with one user. Exactly one of the fields is set.
type Place struct {
	Room RoomID
	User UserID
}

// InRoom is the place of a room.
func InRoom(id RoomID) Place { return Place{Room: id} }

// TalkWith is the place of the talk with a user.
func TalkWith(id UserID) Place { return Place{User: id} }

// ID is the id of the room or user.
func (p Place) ID() string {
	if p.Room != "" {
		return string(p.Room)
	}
	return string(p.User)
}

// User is someone on the network, as known now.
type User struct {
	ID UserID
	// Name is what is shown.
	Name string
	// Identity is what stays the same for one human over time, as far as the network tells: an account's name or id; it is never shown.
	Identity string
	// Origin is where they connect from, as the network shows it to all: "user@host"; empty where it does not.
	Origin string
	// Picture is the version of their picture (Profiles.Picture), empty where they have none or the network has not told.
	Picture string
}

// Persona is the name and picture under which a shared account speaks for someone.
type Persona struct {
	Name string
	// Picture is the URL of an image, or empty.
	Picture string
	// Home is a word for the network that they are on ("xmpp"), for networks where names tell that; empty where it is not known.
	Home string
}

// Affiliation is a long-lived standing in a room (XEP-0045 §5.2).
type Affiliation uint8

// The affiliations.
const (
	NoAffiliation Affiliation = iota
	Outcast
	AffiliatedMember
	Admin
	Owner
)

// Role is what someone may do in a room while there (XEP-0045 §5.1).
type Role uint8

// The roles.
const (
	NoRole Role = iota
	Visitor
	Participant
	Moderator
)

// Member is a user in a room.
type Member struct {
	User        User
	Affiliation Affiliation
	Role        Role
	// Hats are what they wear there, the weightiest first. Members may share the list, so nobody changes it. There are none without Capabilities.Hats.
	Hats []Hat
}

// Hat marks a member of a room besides their standing, such as a title that the network's people have given them (XEP-0317).
type Hat struct {
	// ID is the same for all who wear it, and no other hat of the network has it.
	ID string
	// Title is what people read.
	Title string
	// Colour is 0xRRGGBB, 0 for none.
	Colour uint32
}
