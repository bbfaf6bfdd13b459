package discord_test

import (
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
)

func TestWhatBecameOfMessagesMeanwhileIsFound(t *testing.T) {
	v := settled(t)
	var ids []transports.MessageID
	for _, words := range []string{"stays", "changes", "goes", "pleases"} {
		ids = append(ids, transports.MessageID(v.Say(v.lobby, v.ida, words, nil)))
		v.said(words)
	}
	v.Cut()
	v.over()
	v.Forget()
	v.Server.Edit(v.lobby, string(ids[1]), "has changed")
	v.Delete(v.lobby, string(ids[2]))
	v.React(v.lobby, string(ids[3]), v.owner, "👍", true)
	v.React(v.lobby, string(ids[3]), v.owner, "🍰", true)
	v.Say(v.lobby, v.ida, "missed", nil)
	v.start()
	v.ready()
	events, _, err := v.session.(transports.History).After(t.Context(), inLobby(v), ids[3], 100)
	if err != nil || len(events) != 2 {
		t.Fatalf("the history is %+v, %v", events, err)
	}
	if e, is := events[0].(transports.Edited); !is || e.ID != ids[1] || e.Text.String() != "has changed" || e.At.IsZero() {
		t.Errorf("the edit is %+v", events[0])
	}
	if m, is := events[1].(transports.Message); !is || m.Text.String() != "missed" {
		t.Errorf("the message is %+v", events[1])
	}
	all, err := v.session.(transports.Reviewer).Review(t.Context(), inLobby(v), ids)
	if err != nil || len(all) != 4 {
		t.Fatalf("the review is %+v, %v", all, err)
	}
	for i, r := range all {
		if r.ID != ids[i] || r.Gone != (i == 2) || len(r.Reactions) > 0 != (i == 3) {
			t.Errorf("of message %d it says %+v", i, r)
		}
	}
	if r := all[3].Reactions[0]; string(r.From.ID) != v.owner || len(r.Emoji) != 2 {
		t.Errorf("the reactions are %+v", r)
	}
}

func TestWhatBecameOfMessagesInThreadsIsFound(t *testing.T) {
	v := settled(t)
	thread, gone := v.AddThread(v.guild, v.lobby, "plans", false), v.AddThread(v.guild, v.lobby, "doubts", false)
	var ids []transports.MessageID
	say := func(in, words string) {
		ids = append(ids, transports.MessageID(in+"-"+v.Say(in, v.ida, words, nil)))
		v.said(words)
	}
	say(thread, "goes")
	say(thread, "pleases")
	say(gone, "with the thread")
	message := func(i int) string { return string(ids[i][len(thread)+1:]) }
	v.Delete(thread, message(0))
	v.React(thread, message(1), v.owner, "👍", true)
	v.DeleteChannel(gone)
	all, err := v.session.(transports.Reviewer).Review(t.Context(), inLobby(v), ids)
	if err != nil || len(all) != 3 {
		t.Fatalf("the review is %+v, %v", all, err)
	}
	for i, r := range all {
		if r.ID != ids[i] || r.Gone != (i != 1) || len(r.Reactions) > 0 != (i == 1) {
			t.Errorf("of message %d it says %+v", i, r)
		}
	}
	if r := all[1].Reactions[0]; r.ID != ids[1] || r.Place != inLobby(v) || r.Emoji[0] != "👍" {
		t.Errorf("the reaction is %+v", r)
	}
}

func TestAReactionThatIsTakenAwayDuringAReviewHasNoMessageOfTheThreadTakenForGone(t *testing.T) {
	v := settled(t)
	thread := v.AddThread(v.guild, v.lobby, "plans", false)
	message := v.Say(thread, v.ida, "stays", nil)
	v.said("stays")
	v.React(thread, message, v.owner, "👍", true)
	v.Fail(discordfake.Fault{Method: "GET", Path: "/channels/" + thread + "/messages/" + message + "/reactions", Times: 1, Status: 404, Body: `{"message": "Unknown Emoji", "code": 10014}`})
	all, err := v.session.(transports.Reviewer).Review(t.Context(), inLobby(v), []transports.MessageID{transports.MessageID(thread + "-" + message)})
	if err != nil || len(all) != 1 || all[0].Gone || all[0].Reactions != nil {
		t.Errorf("the review is %+v, %v", all, err)
	}
}
