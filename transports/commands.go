package transports

import "isthmus/mapping/text"

// Command is something that the core wants done. The set is closed. In says which place it concerns: commands of one
// place are done in order.
type Command interface {
	In() Place
	needs() Feature
}

// Join enters a room. It is done when the Room event has been emitted; the Fault Moved names the room to ask for instead.
type Join struct {
	Room RoomID
	// Password opens the room where it needs one.
	Password string
	// Options are what the person has set for the room, by the names of RoomFields.
	Options Options
}

// Leave leaves a room.
type Leave struct {
	Room   RoomID
	Reason string
}

// Send says something.
type Send struct {
	Place Place
	// Nonce is unique; the echo of the message carries it where the network can, and a command that is sent again after a
	// crash has the same.
	Nonce int64
	Style Style
	Text  text.Text
	// ReplyTo is the message that it answers, nil for none; Thread the one whose thread it is in, or empty.
	ReplyTo *Reference
	Thread  MessageID
	// Files go with the text, or alone.
	Files []Upload
	// As is who speaks through a shared account, nil for the account itself.
	As *Persona
}

// Edit replaces the text of an own message.
type Edit struct {
	Place Place
	ID    MessageID
	Style Style
	Text  text.Text
	As    *Persona
}

// Delete takes a message back: an own one, or as a moderator anyone's.
type Delete struct {
	Place  Place
	ID     MessageID
	Reason string
}

// React makes these the account's reactions on a message, all others are taken back.
type React struct {
	Place Place
	ID    MessageID
	Emoji []string
}

// MarkRead tells that the person has seen a message and all before it.
type MarkRead struct {
	Place Place
	Upto  MessageID
}

// SetTyping tells that the person began or stopped to write.
type SetTyping struct {
	Place Place
	On    bool
}

// SetTopic changes what a room is about.
type SetTopic struct {
	Room RoomID
	Text string
}

// SetName changes the account's display name everywhere in its scope.
type SetName struct{ Name string }

// SetRole changes what a user may do in a room; NoRole removes them from it (XEP-0045 §8).
type SetRole struct {
	Room   RoomID
	User   UserID
	Role   Role
	Reason string
}

// SetAffiliation changes a user's standing in a room; Outcast bans them (XEP-0045 §9-10).
type SetAffiliation struct {
	Room        RoomID
	User        UserID
	Affiliation Affiliation
	Reason      string
}

// Invite asks a user to come into a room.
type Invite struct {
	Room   RoomID
	User   UserID
	Reason string
}

// Create makes a room and enters it: Room and the other events come as after a Join. Result.Room is the new room.
type Create struct {
	// ID is what the person would like it to be called in its address; the network may choose another.
	ID     RoomID
	Name   string
	Parent RoomID
}

// Destroy ends a room for everyone.
type Destroy struct {
	Room   RoomID
	Reason string
}

// SetRoomName changes what people call a room.
type SetRoomName struct {
	Room RoomID
	Name string
}

// SetRules changes what holds in a room for everyone. Password is what a Locked one wants, empty for the one that it has.
type SetRules struct {
	Room     RoomID
	Rules    Rules
	Password string
}

// Instruct is a line that the network itself is to read: in a room what a person wrote after a slash, else a line of the network's own protocol. What the
// network says to it comes as Announced.
type Instruct struct {
	// Place is the room, or nothing for the account.
	Place Place
	Line  string
}

// Ask puts a question to a user's program; Result.Text is its answer.
type Ask struct {
	Place    Place // the talk with the user
	Question Question
}

// Answer answers an Asked.
type Answer struct {
	Place Place // the talk with the user
	ID    int64
	Text  string
}

// In is the place that the command concerns.
func (c Join) In() Place           { return InRoom(c.Room) }
func (c Leave) In() Place          { return InRoom(c.Room) } // In is the room.
func (c Send) In() Place           { return c.Place }        // In is the place.
func (c Edit) In() Place           { return c.Place }        // In is the place.
func (c Delete) In() Place         { return c.Place }        // In is the place.
func (c React) In() Place          { return c.Place }        // In is the place.
func (c MarkRead) In() Place       { return c.Place }        // In is the place.
func (c SetTyping) In() Place      { return c.Place }        // In is the place.
func (c SetTopic) In() Place       { return InRoom(c.Room) } // In is the room.
func (c SetName) In() Place        { return Place{} }        // In is no place: it concerns the account.
func (c SetRole) In() Place        { return InRoom(c.Room) } // In is the room.
func (c SetAffiliation) In() Place { return InRoom(c.Room) } // In is the room.
func (c Invite) In() Place         { return InRoom(c.Room) } // In is the room.
func (c Create) In() Place         { return InRoom(c.ID) }   // In is the room.
func (c Destroy) In() Place        { return InRoom(c.Room) } // In is the room.
func (c SetRoomName) In() Place    { return InRoom(c.Room) } // In is the room.
func (c SetRules) In() Place       { return InRoom(c.Room) } // In is the room.
func (c Instruct) In() Place       { return c.Place }        // In is the room or nothing.
func (c Ask) In() Place            { return c.Place }        // In is the talk.
func (c Answer) In() Place         { return c.Place }        // In is the talk.

func (Join) needs() Feature  { return 0 }
func (Leave) needs() Feature { return 0 }
func (c Send) needs() Feature {
	var need Feature
	if c.ReplyTo != nil {
		need |= Replies
	}
	if c.Thread != "" {
		need |= Threads
	}
	if len(c.Files) > 0 {
		need |= Uploads
	}
	return need
}
func (Edit) needs() Feature           { return Edits }
func (Delete) needs() Feature         { return Deletions }
func (React) needs() Feature          { return Reactions }
func (MarkRead) needs() Feature       { return Reading }
func (SetTyping) needs() Feature      { return TypingShown }
func (SetTopic) needs() Feature       { return Topics }
func (SetName) needs() Feature        { return Names }
func (SetRole) needs() Feature        { return Roles }
func (SetAffiliation) needs() Feature { return Affiliations }
func (Invite) needs() Feature         { return Invitations }
func (Create) needs() Feature         { return Creation }
func (Destroy) needs() Feature        { return Destruction }
func (SetRoomName) needs() Feature    { return RoomNames }
func (SetRules) needs() Feature       { return RoomRules }
func (Instruct) needs() Feature       { return Instructions }
func (Ask) needs() Feature            { return Questions }
func (Answer) needs() Feature         { return Questions }
