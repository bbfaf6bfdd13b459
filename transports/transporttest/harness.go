// Package transporttest holds the laws that every driver keeps, as tests. A driver's own test gives it a network.
package transporttest

import (
	"testing"

	"isthmus/transports"
)

// Harness is a new driver and its network, made for one test. The fields without a function are required.
type Harness struct {
	// Driver is one whose Run is at work.
	Driver  transports.Driver
	Account transports.Account
	Env     transports.Env
	// Room and Other are two rooms that the account and the peer may enter. Neither is in them yet.
	Room, Other transports.RoomID
	// Peer is another user of the network.
	Peer Peer
	// Cut breaks the account's connection as the network would. The next one can be made at once. Nil where the test of
	// the driver cannot do it.
	Cut func()
	// Forgets: the network keeps no history of these rooms, though the session can ask for it.
	Forgets bool
	// Answer does the person's part in a login: it gives what a step asks for, or does elsewhere what it shows. Nil where
	// accounts come into being by their first use.
	Answer func(flow string, step transports.Step) transports.Options
}

// Peer acts as another user of the network. Each function returns when the network has taken what was done; those that
// are nil leave their laws untested.
type Peer struct {
	// Name is what is shown of the peer at the beginning.
	Name string
	// Join and Leave are required, as is Say. The peer's own rights suffice for all that follows when it was first in the room.
	Join, Leave func(transports.RoomID)
	Say         func(room transports.RoomID, text string)
	// Act says "/me text".
	Act func(room transports.RoomID, text string)
	// Tell says something to a user alone.
	Tell func(to transports.User, text string)
	// Hears waits until someone else has said the text where the peer is.
	Hears    func(text string)
	SetTopic func(room transports.RoomID, text string)
	Kick     func(room transports.RoomID, user transports.User, reason string)
	Rename   func(name string)
	// Sees waits until the peer has seen something, in the contract's words.
	Sees func(what string, fits func(transports.Event) bool)
	// These concern a message by its words, in a room where both are, whoever said it.
	Edit   func(room transports.RoomID, words, now string)
	Delete func(room transports.RoomID, words string)
	React  func(room transports.RoomID, words string, emoji ...string)
	Reply  func(room transports.RoomID, words, answer string)
	Read   func(room transports.RoomID, words string)
	Type   func(room transports.RoomID, on bool)
	Send   func(room transports.RoomID, name, content string)
	// These concern the account as a contact.
	Subscribe, Authorize func(user transports.User, yes bool)
	SetPresence          func(transports.Presence)
	Describe             func(transports.Profile)
	SetPicture           func(data []byte, mediaType string)
	// Wear has the peer wear hats with these titles in a room, and no others.
	Wear   func(room transports.RoomID, titles ...string)
	Invite func(room transports.RoomID, user transports.User, reason string)
	// Quit leaves the network; nothing else is asked of the peer after it.
	Quit func()
}

// Run tests a driver against the laws of the contract. setup is called anew for each of them, side by side.
func Run(t *testing.T, setup func(*testing.T) Harness) {
	for _, law := range []struct {
		name string
		test func(*testing.T, Harness)
	}{
		{"OnlineIsTheFirstEvent", onlineFirst},
		{"AJoinIsDoneWhenTheRoomWasTold", joinIsConfirmed},
		{"WhatIsSaidComesInOrder", inOrder},
		{"WhatIsSentArrivesInOrder", sendsInOrder},
		{"PeopleComeAndGo", comeAndGo},
		{"APersonIsTheSameEverywhere", sameIDs},
		{"ARenamedUserIsStillKnown", renamed},
		{"AGoneUserIsGone", gone},
		{"ATopicIsTold", topics},
		{"AKickedAccountIsOut", kicked},
		{"LeavingIsDone", leaving},
		{"EveryCommandIsDoneOnce", doneOnce},
		{"CapabilitiesAndCommandsAgree", capabilities},
		{"AnEndedContextEndsItsCommand", endedContext},
		{"TheEndOfASessionAnswersEverything", sessionEnd},
		{"ALostConnectionIsTakenUpAgain", lostConnection},
		{"ABusyCoreLosesNothing", busyCore},
		{"ASentMessageHasOneID", oneID},
		{"AnEditIsTold", edits},
		{"ADeletionIsTold", deletions},
		{"ReactionsAreToldWhole", reactions},
		{"AnAnswerSaysWhatItAnswers", replies},
		{"AThreadHasARoot", threads},
		{"TypingAndReadingAreTold", typingAndReading},
		{"WhatIsTooLongIsRefused", limits},
		{"WhatWasMissedIsRead", history},
		{"WhatAnEarlierRunSentIsFound", nonces},
		{"FilesGoBothWays", files},
		{"ContactsAskAndAnswer", contacts},
		{"APresenceIsTold", presences},
		{"AProfileIsRead", profiles},
		{"APersonIsFound", finding},
		{"HatsAreToldAndChange", hats},
		{"ADirectoryHasTheRooms", directory},
		{"ARoomIsMadeAndDestroyed", creation},
		{"AnInvitationIsTold", invitation},
		{"ADurableMembershipOutlivesAConnection", durable},
		{"EachWayToLogInLeadsIn", logins},
	} {
		t.Run(law.name, func(t *testing.T) {
			t.Parallel()
			law.test(t, setup(t))
		})
	}
}
