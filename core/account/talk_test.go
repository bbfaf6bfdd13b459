package account

import (
	"testing"
	"time"

	"isthmus/transports"
)

// whispers is a message of a user to alice alone.
func whispers(name, body string) transports.Message {
	return transports.Message{Place: transports.TalkWith(user(name).ID), From: user(name), Text: plain(body)}
}

func TestAnswersComeFromWhereThePersonWrote(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(chat("phone", "p1", "#go%irc.net@gw.example/bob", "psst"))
		w.expectCommands("send bob psst")
		w.expect()
		w.emits(whispers("bob", "what?"))
		w.expect("phone: chat from #go%irc.net@gw.example/bob: what? (privately)")

		w.sends(chat("laptop", "p2", "bob%irc.net@gw.example", "here too"))
		w.expectCommands("send bob here too")
		w.emits(whispers("bob", "and here"))
		w.expect("alice@example.org: chat from bob%irc.net@gw.example: and here")
	})
}

func TestATalkInARoomFollowsARenameAndEndsWithTheRoom(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(chat("phone", "p1", "#go%irc.net@gw.example/bob", "psst"))
		w.emits(transports.UserRenamed{Was: "bob", User: user("Rob")})
		w.forget()
		w.emits(whispers("Rob", "it is me"))
		w.expect("phone: chat from #go%irc.net@gw.example/Rob: it is me (privately)")
		w.emits(transports.MemberLeft{Room: "#go", User: user("Rob")})
		w.forget()
		w.emits(whispers("Rob", "from outside"))
		w.expect("alice@example.org: chat from rob%irc.net@gw.example: from outside")
	})
}

func TestAMessageFromAStrangerComesFromTheirAddress(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		late := whispers("zoe", "hi")
		late.At = time.Now().Add(-time.Hour)
		w.emits(late)
		w.expect("alice@example.org: chat from zoe%irc.net@gw.example: hi (earlier)")
	})
}

func TestAReceiptSaysThatTheNetworkHasAcceptedIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.holds()
		const wants = `<request xmlns='urn:xmpp:receipts'/></message>`
		w.sends(`<message type='chat' id='p1'` + from("phone") + `to='bob%irc.net@gw.example'><body>one` + "\n" + `two</body>` + wants)
		w.decides(nil)
		w.expect()
		w.decides(nil)
		w.expect("phone: chat from bob%irc.net@gw.example: receipt of p1")

		w.sends(`<message type='chat' id='p2'` + from("phone") + `to='bob%irc.net@gw.example'><body>one` + "\n" + `two</body>` + wants)
		w.decides(&transports.Fault{Kind: transports.NotFound, Text: "Bob is not there."})
		w.decides(nil)
		w.expect("phone: p2 refused: item-not-found: Bob is not there.")

		w.sends(chat("phone", "p3", "bob%irc.net@gw.example", "no receipt"))
		w.decides(nil)
		w.expect()
		if n := w.journal(); n != 0 {
			t.Errorf("%d commands left in the journal", n)
		}
	})
}

func TestATalkNeedsAConnection(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(chat("phone", "p1", "bob%irc.net@gw.example", "hi"))
		w.expect("phone: p1 refused: remote-server-timeout: You are not connected to irc.net. Join one of its rooms first.")
	})
}

func TestUsersWhoCannotStandInAnAddressAreReachedByTheirNick(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(chat("phone", "p1", "%irc.net@gw.example/Odd[nick]", "hi"))
		w.expectCommands("send odd[nick] hi")
	})
}

func TestWhatTheNetworkAnnounces(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(transports.Announced{Text: plain("We restart at noon.")}, transports.Announced{Room: "#go", Text: plain("+m")})
		w.expect("alice@example.org: chat from irc.net@gw.example: We restart at noon.", "phone: <#go> +m")
	})
}

func TestAllOfThePersonsClientsInTheRoomSeeTheAnswerToOne(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("laptop", "alice"))
		w.sends(chat("phone", "p1", "#go%irc.net@gw.example/bob", "psst"))
		w.forget()
		w.emits(whispers("bob", "what?"))
		w.expect("phone: chat from #go%irc.net@gw.example/bob: what? (privately)", "laptop: chat from #go%irc.net@gw.example/bob: what? (privately)")
	})
}

func TestByNickAnyoneIsReachedThroughAnyRoom(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(chat("phone", "p1", "#go%irc.net@gw.example/Carol", "psst"))
		w.expect("phone: p1 refused: item-not-found: Nobody of that nick is in the room.")
		w.shared.About.NickIDs = true
		w.sends(chat("phone", "p2", "#go%irc.net@gw.example/Carol", "psst"))
		w.sends(chat("phone", "p3", "#rust%irc.net@gw.example/Dave", "psst"))
		w.expectCommands("send carol psst", "send dave psst")
		w.emits(whispers("carol", "yes?"))
		w.expect("alice@example.org: chat from carol%irc.net@gw.example: yes?")
	})
}

func TestARequestForAttentionGoesOutInWords(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		const buzz = `<attention xmlns='urn:xmpp:attention:0'/></message>`
		w.sends(`<message type='headline' id='a1'` + from("phone") + `to='bob%irc.net@gw.example'>` + buzz)
		w.expectCommands("send bob /me asks for your attention.")
		w.expect()
		w.sends(`<message type='groupchat' id='a2'` + from("phone") + `to='#go%irc.net@gw.example'>` + buzz)
		w.expectCommands()
		w.expect("phone: a2 refused: feature-not-implemented: The gateway cannot pass this on; only text and uploaded files can be sent.")
	})
}
