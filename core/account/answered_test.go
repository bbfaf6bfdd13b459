package account

import (
	"testing"

	"isthmus/core/stanza"
	"isthmus/transports"
)

// kept are the answers that the journal has.
func (w *world) kept() (answers []*stanza.Stanza) {
	w.t.Helper()
	w.settle()
	all, err := w.store.Commands(w.t.Context(), "gw.example")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range all {
		if answer, there := Answered(c); there {
			answers = append(answers, answer)
		}
	}
	return answers
}

func TestTheJournalHasAnAnswerUntilTheServerHasIt(t *testing.T) {
	for name, refuse := range map[string]bool{"a receipt": false, "an error": true} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.inside("bob")
				w.stream.leavesOpen(true)
				if refuse {
					w.denies(transports.Forbidden, "Bob has blocked you.")
				}
				w.sends(with("m1", `<body>hi</body><request xmlns='urn:xmpp:receipts'/>`))
				got, kept := w.stream.raw(), w.kept()
				if len(got) != 1 || len(kept) != 1 || brief(got[0]) != brief(kept[0]) || got[0].ID != kept[0].ID || got[0].To != kept[0].To {
					t.Fatalf("alice gets %v, and the journal has %v", got, kept)
				}
				w.stream.confirms()
				if n := w.journal(); n != 0 {
					t.Errorf("the journal has %d entries", n)
				}
			})
		})
	}
}
