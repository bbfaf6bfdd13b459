package account

import (
	"testing"

	"isthmus/transports"
)

func TestAnEchoDoesNotShowAMessageTwice(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.network.answer = func(c transports.Command) (transports.Result, error, bool) {
			if send, ok := c.(transports.Send); ok { // the echo comes before the answer, as it may
				go w.network.current(t).emit(transports.Message{Place: send.Place, From: user("alice"), Own: true, Nonce: send.Nonce, Text: send.Text})
			}
			_, held := c.(transports.Send)
			return transports.Result{}, nil, held
		}
		w.sends(groupchat("phone", "m1", "hello"))
		w.expect()
		w.decides(nil)
		w.expect("phone: <alice> hello")
		if rows := w.rows(); len(rows) != 1 {
			t.Errorf("the archive has it %d times", len(rows))
		}
	})
}

func TestWhatAPersonWritesInAnotherClientOfTheNetworkIsNotTakenForTheOthersWords(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(transports.Message{Place: transports.TalkWith("bob"), From: user("alice"), Own: true, Text: plain("from my other client")})
		w.expect("alice@example.org: chat from irc.net@gw.example: To bob: from my other client")
	})
}

func TestWhereIdsAreStableTheArchiveIsReadByWhoWasThere(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.StableIDs = true
		w.inside("bob")
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "1700000000.000100", From: user("bob"), Text: plain("hello")})
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "1700000000.000100", From: user("bob"), Text: plain("hello")})
		w.forget()
		got := w.asks("", "")
		w.expectPage(got, true, 1, 0, "bob hello")
		if got.ids[0] != "1700000000.000100" {
			t.Errorf("the stanza-id is %s, not the network's", got.ids[0])
		}
		w.sends(leave("phone"))
		w.settle()
		w.forget()
		w.expectPage(w.asks("", ""), true, 1, 0, "bob hello")
	})
}
