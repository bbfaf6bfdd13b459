package account

import (
	"strings"
	"testing"

	"isthmus/core/options"
	"isthmus/core/stanza"
	"isthmus/transports"
)

func TestWhatIsTakenBackIsQuotedNowhereInTheArchive(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		answer := said("b2", "zoe", "no, it is safe")
		answer.ReplyTo = &transports.Reference{ID: "b1"}
		other := said("b4", "zoe", "indeed")
		other.ReplyTo = &transports.Reference{ID: "b3"}
		for _, e := range []transports.Event{said("b1", "bob", "my PIN is 1234"), answer, said("b3", "bob", "nice weather"), other,
			transports.Reacted{Place: inGo, ID: "b1", From: user("zoe"), Emoji: []string{"👍"}}} {
			w.emits(e)
			w.settle()
		}
		archive := func() string {
			q := w.account.archive("#go")
			q.Max = 10
			page, err := w.store.Page(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, r := range page.Rows {
				all = append(all, (&stanza.Stanza{Payload: stanza.Parse(r.Content)}).ChildText("", "body"))
			}
			return strings.Join(all, "\n")
		}
		if got := archive(); strings.Count(got, "1234") != 3 {
			t.Errorf("the archive has\n%s", got)
		}
		w.emits(transports.Deleted{Place: inGo, ID: "b1", By: user("bob")})
		w.settle()
		got := archive()
		for _, want := range []string{"> ·· ··· ·· ····\nno, it is safe", "> nice weather\nindeed", "> ·· ··· ·· ····\n👍"} {
			if !strings.Contains(got, want) {
				t.Errorf("the archive has\n%s\nwithout\n%s", got, want)
			}
		}
		if strings.Contains(got, "1234") {
			t.Errorf("it is still there:\n%s", got)
		}
	})
}

func TestAnAnswerThatIsTakenBackJustBeforeWhatItAnswersStaysGone(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		answer := said("b2", "zoe", "mine is 5678")
		answer.ReplyTo = &transports.Reference{ID: "b1"}
		w.emits(said("b1", "bob", "my PIN is 1234"))
		w.settle()
		w.emits(answer)
		w.settle()
		w.emits(transports.Deleted{Place: inGo, ID: "b2", By: user("zoe")}, transports.Deleted{Place: inGo, ID: "b1", By: user("bob")})
		w.settle()
		q := w.account.archive("#go")
		q.Max = 10
		page, err := w.store.Page(t.Context(), q)
		if err != nil || len(page.Rows) < 2 {
			t.Fatalf("%d rows, %v", len(page.Rows), err)
		}
		for _, r := range page.Rows {
			if text := string(r.Content); strings.Contains(text, "1234") || strings.Contains(text, "5678") {
				t.Errorf("it is still there: %s", text)
			}
		}
	})
}

func TestAnAnswerInTheSameInstantAsADeletionRepeatsNothing(t *testing.T) {
	for _, first := range []bool{true, false} {
		richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
			w.emits(said("b1", "bob", "my PIN is 1234"))
			answer := said("b2", "zoe", "no, it is safe")
			answer.ReplyTo = &transports.Reference{ID: "b1"}
			all := []transports.Event{answer, transports.Reacted{Place: inGo, ID: "b1", From: user("zoe"), Emoji: []string{"👍"}}, transports.Deleted{Place: inGo, ID: "b1", By: user("bob")}}
			if !first {
				all[0], all[2] = all[2], all[0]
			}
			w.account.mail.put(func() { // at once
				for _, e := range all {
					w.account.event(e)
				}
			})
			w.settle()
			q := w.account.archive("#go")
			q.Max = 10
			page, err := w.store.Page(t.Context(), q)
			if err != nil || len(page.Rows) < 4 {
				t.Fatalf("%d rows, %v", len(page.Rows), err)
			}
			for _, r := range page.Rows {
				if text := string(r.Content); strings.Contains(text, "1234") {
					t.Errorf("it is still there: %s", text)
				}
			}
		})
	}
}

func TestWithoutAnArchiveItIsKnownWhoTakesTheirOwnWordsBack(t *testing.T) {
	const gone = "A message was deleted, but your client cannot show it."
	story(t, func(t *testing.T, w *world) {
		w.shared.Options.Mark(w.account.where("#go"), options.RecordHistory, "false", nil)
		w.rich(transports.Capabilities{})
		moderator := transports.Member{User: user("op"), Role: transports.Moderator}
		w.emits(transports.MemberChanged{Room: "#go", Member: moderator})
		w.sends(about("m1", `<body>mine</body>`))
		w.emits(said("b1", "bob", "his"), said("b2", "op", "hers"), said("b3", "bob", "an insult"))
		w.forget()
		w.emits(transports.Deleted{Place: inGo, ID: "n1", By: user("alice")}, transports.Deleted{Place: inGo, ID: "b1", By: user("bob")},
			transports.Deleted{Place: inGo, ID: "b2", By: user("op")}, transports.Deleted{Place: inGo, ID: "b3", By: user("op")},
			transports.Deleted{Place: inGo, ID: "b0", By: user("bob")}) // of long ago: nobody knows whose it was
		w.expect("phone: <alice> "+gone+" (retracts n1)", "phone: <bob> "+gone+" (retracts b1)", "phone: <op> "+gone+" (retracts b2)",
			"phone: <#go> A message was deleted by a moderator, but your client cannot show it. (retracts b3) (moderated by op)", "phone: <#go> A message was deleted by a moderator, but your client cannot show it. (retracts b0) (moderated by bob)")
	})
}

func TestOnlySoManyAuthorsAreRemembered(t *testing.T) {
	var k authors
	for i := range maxAuthors + 1 {
		k.note("#go", transports.MessageID(rune('A'+i)), "bob")
		k.note("#go", transports.MessageID(rune('A'+i)), "zoe")
	}
	if len(k.of) != maxAuthors || k.of[authored{"#go", "B"}] != "bob" || k.of[authored{"#go", "A"}] != "" {
		t.Errorf("%d are remembered", len(k.of))
	}
}
