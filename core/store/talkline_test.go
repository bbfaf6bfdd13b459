package store

import "testing"

func TestOfTalksTheLastMessagesAreKnownWithTheReactionsOnThem(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		said := func(message string, at int64) TalkLine {
			return TalkLine{Account: 1, Place: "with bob", Message: message, Name: "bob", At: at}
		}
		reacted := func(message, who string, emoji ...string) TalkLine {
			return TalkLine{Account: 1, Place: "with bob", Message: message, Who: who, Name: "Bob", Emoji: emoji, At: 9}
		}
		elsewhere := said("m2", 5)
		elsewhere.Place = "with carol"
		commit(t, s, PutTalkLine{said("m1", 1)}, PutTalkLine{said("m2", 2)}, PutTalkLine{reacted("m2", "bob", "👍")}, PutTalkLine{said("m3", 3)}, PutTalkLine{elsewhere},
			PutTalkLine{reacted("m2", "bob", "👍", "🎉")}, PutTalkLine{said("m4", 4)}, PutTalkLine{reacted("m4", "alice", "👀")}, DropTalkLines{1, "with bob", "m4"})
		s = reopened(t, s, url)
		got, err := s.TalkLines(t.Context(), 1, "with bob", 2)
		same(t, "the last two", []TalkLine{said("m2", 2), reacted("m2", "bob", "👍", "🎉"), said("m3", 3)}, read(t, got, err))
		if _, err := s.Prune(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
		got, err = s.TalkLines(t.Context(), 1, "with bob", 10)
		same(t, "what is not old", []TalkLine{said("m3", 3)}, read(t, got, err))
	})
}
