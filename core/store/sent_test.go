package store

import "testing"

func TestTheIdsThatAClientGaveLeadToTheNetworksAndBack(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		first := Sent{Account: 1, Place: "#a", Stanza: "c1", Message: "n1", Thread: "t", Sender: "alice@example.org", At: 1000}
		second := first
		second.Part, second.Message = 1, "n2"
		other := Sent{Account: 2, Place: "#a", Stanza: "c1", Message: "x1", Sender: "bob@example.org", At: 2000}
		elsewhere := Sent{Account: 1, Place: "#b", Stanza: "c2", Message: "n1", Sender: "alice@example.org", At: 3000}
		commit(t, s, PutSent{first}, PutSent{second}, PutSent{other}, PutSent{elsewhere},
			PutCursor{Cursor{1, "#a", "n1", 1, ""}}, PutCursor{Cursor{1, "#b", "x", 3, ""}}, PutCursor{Cursor{1, "#a", "n2", 2, ""}})
		s = reopened(t, s, url)
		got, err := s.SentAs(t.Context(), 1, "#a", "c1")
		same(t, "by the client's id", []Sent{first, second}, read(t, got, err))
		got, err = s.SentOf(t.Context(), 1, "#a", "n2")
		same(t, "by the network's id of a part", []Sent{first, second}, read(t, got, err))
		got, err = s.SentIn(t.Context(), 1, "#a", "t")
		same(t, "by the thread", []Sent{first}, read(t, got, err))
		got, err = s.SentIn(t.Context(), 1, "#b", "")
		same(t, "by no thread", []Sent(nil), read(t, got, err))
		cursors, err := s.Cursors(t.Context(), 1, 2)
		same(t, "cursors", []Cursor{{1, "#b", "x", 3, ""}, {1, "#a", "n2", 2, ""}}, read(t, cursors, err))
		last, err := s.Cursor(t.Context(), 1, "#a")
		same(t, "cursor", "n2", read(t, last, err))
		commit(t, s, PutChanged{1, "#a", 50}, PutChanged{1, "#a", 40}, PutChanged{1, "#c", 7})
		changed, err := s.Changed(t.Context(), 1, "#a")
		same(t, "the last change", int64(50), read(t, changed, err))
		last, err = s.Cursor(t.Context(), 1, "#a")
		same(t, "cursor after a change", "n2", read(t, last, err))
		last, err = s.Cursor(t.Context(), 1, "#c")
		same(t, "cursor where only a change is known", "", read(t, last, err))
		begin := func(place, with string) { commit(t, s, BeginCursor{Cursor{1, place, "", 9, with}}) }
		begun := func(place string) string {
			t.Helper()
			all, err := s.Cursors(t.Context(), 1, 10)
			for _, c := range read(t, all, err) {
				if c.Place == place {
					return c.Begun
				}
			}
			return "none"
		}
		begin("#a", "hello")
		same(t, "a place that has begun long ago", "", begun("#a"))
		begin("#c", "hello")
		begin("#c", "hello again")
		same(t, "a place of which only a change is known", "hello", begun("#c"))
		commit(t, s, PutCursor{Cursor{Account: 1, Place: "#c", Message: "n1"}})
		same(t, "when a message was taken", "", begun("#c"))
		first.Message = "n9" // the id is used again
		commit(t, s, PutSent{first})
		got, err = s.SentAs(t.Context(), 1, "#a", "c1")
		same(t, "used again", []Sent{first, second}, read(t, got, err))
		if _, err = s.Prune(t.Context(), 2500); err != nil {
			t.Fatal(err)
		}
		got, err = s.SentAs(t.Context(), 1, "#a", "c1")
		same(t, "after the old ones are pruned", []Sent(nil), read(t, got, err))
		got, err = s.SentAs(t.Context(), 1, "#b", "c2")
		same(t, "the younger one", []Sent{elsewhere}, read(t, got, err))
	})
}

func TestWhatIsTakenBackIsGoneFromTheArchive(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		row := func(account int64, id, replaces string) Row {
			return Row{Seq: NextID(), Account: account, Transport: "t", Scope: "s", Place: "p", ID: id, Content: []byte("secret"), Replaces: replaces}
		}
		for _, account := range []int64{0, 1} {
			commit(t, s, Append{row(account, "m", "")}, Append{row(account, "edit", "m")}, Append{row(account, "other", "")},
				Retract{Account: account, Transport: "t", Scope: "s", Place: "p", ID: "m", Content: []byte("gone")})
			commit(t, s, OpenSpan{"alice", "t", "s", "p", 1})
			page, err := s.Page(t.Context(), Query{Account: account, Transport: "t", Scope: "s", Person: "alice", Place: "p", Max: 10})
			var got []string
			for _, r := range read(t, page, err).Rows {
				got = append(got, r.ID+" "+string(r.Content))
			}
			same(t, "rows", []string{"m gone", "other secret"}, got)
		}
	})
}

func TestARowIsRewrittenOnlyWhileItIsWhatItWas(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		for _, account := range []int64{0, 1} {
			of := func(id, content string) Retract {
				return Retract{Account: account, Transport: "t", Scope: "s", Place: "p", ID: id, Content: []byte(content)}
			}
			for _, id := range []string{"there", "gone"} {
				commit(t, s, Append{Row{Seq: NextID(), Account: account, Transport: "t", Scope: "s", Place: "p", ID: id, Content: []byte("secret")}})
			}
			commit(t, s, of("gone", "tombstone"), Rewrite{of("gone", "s·····"), []byte("secret")}, Rewrite{of("there", "s·····"), []byte("secret")})
			commit(t, s, OpenSpan{"alice", "t", "s", "p", 1})
			page, err := s.Page(t.Context(), Query{Account: account, Transport: "t", Scope: "s", Person: "alice", Place: "p", Max: 10})
			var got []string
			for _, r := range read(t, page, err).Rows {
				got = append(got, r.ID+" "+string(r.Content))
			}
			same(t, "rows", []string{"there s·····", "gone tombstone"}, got)
		}
	})
}
