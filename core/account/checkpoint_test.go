package account

import (
	"slices"
	"testing"
	"time"

	"isthmus/transports"
)

// keeps is a checkpoint of a place that notes its name when it is kept.
func keeps(place transports.Place, name string, kept *[]string) transports.Checkpoint {
	return transports.Checkpoint{Place: place, Kept: func() { *kept = append(*kept, name) }}
}

func TestANetworkHearsThatWhatItToldIsOnDisk(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		var kept []string
		room, talk := transports.InRoom("#go"), transports.TalkWith("bob")
		w.emits(transports.Message{Place: room, ID: "1.1", From: user("bob"), Text: plain("helo")}, keeps(room, "said", &kept))
		w.emits(transports.Edited{Place: room, ID: "1.1", From: user("bob"), At: time.Now(), Text: plain("hello")}, keeps(room, "edited", &kept))
		w.emits(transports.Message{Place: talk, ID: "2.1", From: user("bob"), Text: plain("psst")}, keeps(talk, "whispered", &kept))
		w.emits(keeps(transports.InRoom("#elsewhere"), "nothing", &kept))
		if want := []string{"said", "edited", "whispered", "nothing"}; !slices.Equal(kept, want) {
			t.Errorf("kept is %q, want %q", kept, want)
		}
		if rows := w.rows(); len(rows) != 2 {
			t.Errorf("the archive has %d rows", len(rows))
		}
	})
}

func TestWhatWaitsForAGapIsKeptAfterIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		room := transports.InRoom("#go")
		w.network.past, w.network.recalls = map[transports.Place][]transports.Event{}, make(chan struct{})
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.emits(state("alice", "bob"))
		var kept []string
		w.emits(transports.Message{Place: room, ID: "1.1", From: user("bob"), Text: plain("hello")}, keeps(room, "said", &kept))
		if len(kept) > 0 {
			t.Error("what is not on disk is said to be kept")
		}
		close(w.network.recalls)
		w.settle()
		if len(kept) != 1 || len(w.rows()) != 1 {
			t.Errorf("kept is %q, the archive has %d rows", kept, len(w.rows()))
		}
	})
}

func TestWhatIsToldAgainAfterACrashIsShownOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.StableIDs = true
		talk := transports.TalkWith("bob")
		said := func(id, words string) transports.Message {
			return transports.Message{Place: talk, ID: transports.MessageID(id), From: user("bob"), Text: plain(words)}
		}
		w.network.past = map[transports.Place][]transports.Event{talk: {said("1.1", "one"), said("1.2", "two"), said("1.3", "three")}}
		w.inside("bob")
		w.emits(said("1.1", "one"), said("1.2", "two"))
		w.forget()
		for _, id := range []string{"1.1", "1.2", "1.3"} {
			again := said(id, "again "+id)
			again.Replayed = true
			w.emits(again)
		}
		w.expect("alice@example.org: chat from bob%irc.net@gw.example: again 1.3")
	})
}
