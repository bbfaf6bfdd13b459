package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// peopled fills a store with what it keeps of alice and bob; the second account of alice has so many rows.
func peopled(t *testing.T, s *Store, many int) {
	t.Helper()
	var changes []Change
	account := func(id int64, transport, owner string) {
		changes = append(changes, PutAccount{Account{ID: id, Transport: transport, Scope: "net", Owner: owner}})
	}
	account(1, "t", "alice@x")
	account(2, "t", "alice@x")
	account(3, "t", "bob@x")
	account(4, "u", "alice@x")
	account(5, "t", "alice@xx")
	for id := range int64(5) {
		changes = append(changes, Append{Row{Seq: NextID(), Account: id + 1, Transport: "t", Scope: "net", Place: "#a", ID: "m", Nick: "carol", At: 1767225600001, Content: []byte("<body>hi &amp; ho</body>")}})
	}
	for n := range many {
		changes = append(changes, Append{Row{Seq: NextID(), Account: 2, Transport: "t", Scope: "net", Place: fmt.Sprint("#", n%3), ID: fmt.Sprint("m", n)}})
	}
	for n := range walkRows + 50 { // of the scope: nobody's own, read by who has a span
		changes = append(changes, Append{Row{Seq: int64(n + 1), Transport: "t", Scope: "net", Place: "#s", ID: fmt.Sprint("s", n)}})
	}
	for _, who := range []string{"alice@x", "bob@x"} {
		changes = append(changes, OpenSpan{who, "t", "net", "#s", 2}, CloseSpan{who, "t", "net", "#s", 10}, OpenSpan{who, "t", "net", "#s", 20},
			OpenSpan{Reader(who, 1), "t", "net", "#s", 5}, CloseSpan{Reader(who, 1), "t", "net", "#s", 12},
			Enter{Occupant{"t", who, "phone", "#a%net", "nick"}},
			PutOptions{Options{"t", who, "", "", []byte(`{"open":1}`)}}, PutOptions{Options{"t", who, "net", "", []byte("secret")}})
	}
	for n, from := range []string{"alice@x/phone", "alice@x", "alice@xx/phone", "bob@x/phone"} {
		changes = append(changes, Begin{Command{ID: int64(n + 1), Transport: "t", From: from, To: "#a%net@t", Stanza: fmt.Sprint("id", n)}})
	}
	changes = append(changes, Begin{Command{ID: 9, Account: 1, Transport: "t", From: "relay@x"}})
	commit(t, s, changes...)
}

func TestAPersonIsForgottenAndNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		peopled(t, s, 2*walkRows+33)
		queued := Append{Row{Seq: NextID(), Account: 1, Transport: "t", Scope: "net", Place: "#a", ID: "queued"}}
		s.Write(nil, queued) // not yet on disk
		for range 2 {        // the second time there is nothing left to do
			if err := s.ForgetPerson(t.Context(), "t", "alice@x"); err != nil {
				t.Fatal(err)
			}
			accounts, err := s.Accounts(t.Context())
			var left []int64
			for _, a := range read(t, accounts, err) {
				left = append(left, a.ID)
			}
			same(t, "accounts", []int64{3, 4, 5}, left)
			count := func(condition string) (n int) {
				if err := s.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM "+condition).Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			same(t, "rows of others", []int{1, 1, 1, walkRows + 50, 0}, []int{count("archive WHERE account = 3"), count("archive WHERE account = 4"),
				count("archive WHERE account = 5"), count("archive WHERE account = 0"), count("archive WHERE account IN (1, 2)")})
			same(t, "spans", []int{0, 3}, []int{count("spans WHERE person LIKE 'alice@x%'"), count("spans WHERE person LIKE 'bob@x%'")})
			same(t, "occupants", []int{0, 1}, []int{count("occupants WHERE person = 'alice@x'"), count("occupants")})
			same(t, "options", []int{0, 2}, []int{count("options WHERE person = 'alice@x'"), count("options")})
			commands, err := s.Commands(t.Context(), "t")
			var from []string
			for _, c := range read(t, commands, err) {
				from = append(from, c.From)
			}
			same(t, "journal", []string{"alice@xx/phone", "bob@x/phone"}, from)
		}
	})
}

func TestOthersWriteWhileAPersonIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		peopled(t, s, 20*walkRows)
		stop, written := make(chan struct{}), make(chan int)
		go func() {
			n := 0
			for ; ; n++ {
				select {
				case <-stop:
					written <- n
					return
				default:
					if err := s.write(t.Context(), Append{Row{Seq: NextID(), Account: 3, Place: "p", ID: fmt.Sprint("m", n)}}); err != nil {
						t.Error(err)
					}
				}
			}
		}()
		err := s.ForgetPerson(t.Context(), "t", "alice@x")
		close(stop)
		if n := <-written; err != nil || n < 10 { // it is done in some twenty units, and each lets others pass
			t.Errorf("%d were written meanwhile: %v", n, err)
		}
	})
}

func TestAPersonGetsAllThatIsKeptOfThem(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		peopled(t, s, walkRows+7)
		commit(t, s, PutReaction{Reaction{Through: 3, Place: "#a", Message: "n1", Account: 1, Person: "alice", Emoji: []string{"👍"}, At: 1767225600000}},
			PutReaction{Reaction{Through: 3, Place: "#a", Message: "n2", Account: 1, Person: "alice", At: 1767225600000}},
			PutReaction{Reaction{Through: 3, Place: "#a", Message: "n1", Account: 3, Person: "bob", Emoji: []string{"🎉"}, At: 1767225600000}})
		var out bytes.Buffer
		err := s.Export(t.Context(), "t", "alice@x", &out, func(o Options) []byte {
			if string(o.Data) == "secret" {
				return nil
			}
			return o.Data
		})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		same(t, "first lines", []string{
			`{"kind":"options","options":{"open":1}}`,
			`{"kind":"joined","place":"#a%net","resource":"phone","nick":"nick"}`,
			`{"kind":"sending","to":"#a%net@t","id":"id0"}`,
			`{"kind":"sending","to":"#a%net@t","id":"id1"}`,
			`{"kind":"account","scope":"net"}`,
			`{"kind":"reaction","scope":"net","place":"#a","id":"n1","emoji":["👍"],"at":"2026-01-01T00:00:00Z"}`,
			`{"kind":"message","scope":"net","place":"#a","id":"m","nick":"carol","at":"2026-01-01T00:00:00.001Z","xml":"<body>hi &amp; ho</body>"}`,
			`{"kind":"account","scope":"net"}`,
		}, lines[:min(8, len(lines))])
		own, ofScope, next := 0, []string{}, map[string]int{}
		for _, line := range lines {
			var e Exported
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			switch {
			case e.Kind == "message" && e.Place == "#s":
				ofScope = append(ofScope, e.ID)
			case e.Kind == "message" && e.ID != "m":
				own++
				var n int
				fmt.Sscanf(e.ID, "m%d", &n)
				if n < next[e.Place] {
					t.Errorf("%s comes after its successors", e.ID)
				}
				next[e.Place] = n
			}
		}
		same(t, "own messages", walkRows+7, own)
		// They may read 2 to 10, by an account 5 to 12, and 20 to the last: s1 to s11, s19 to s549, each once.
		same(t, "messages of the scope", 11+walkRows+50-19, len(ofScope))
		if ofScope[0] != "s1" || ofScope[10] != "s11" || ofScope[11] != "s19" || ofScope[len(ofScope)-1] != fmt.Sprint("s", walkRows+49) {
			t.Errorf("the wrong messages: %v", ofScope)
		}
		if strings.Contains(out.String(), "secret") {
			t.Error("it has what was to stay secret")
		}
	})
}

func TestOneAccountIsForgottenAndTheOthersStay(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		peopled(t, s, walkRows+33)
		count := func(condition string) (n int) {
			if err := s.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM "+condition).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, c := range []struct {
			id    int64
			spans int
		}{{2, 3}, {1, 2}} {
			if err := s.ForgetAccount(t.Context(), Account{ID: c.id, Transport: "t", Scope: "net", Owner: "alice@x"}); err != nil {
				t.Fatal(err)
			}
			same(t, "the account", 0, count(fmt.Sprint("accounts WHERE id = ", c.id)))
			same(t, "its rows", 0, count(fmt.Sprint("archive WHERE account = ", c.id)))
			same(t, "its journal", 0, count(fmt.Sprint("commands WHERE account = ", c.id)))
			same(t, "spans", c.spans, count("spans WHERE person LIKE 'alice@x%'"))
		}
		same(t, "others", []int{3, 1, 3, 3}, []int{count("accounts"), count("archive WHERE account = 3"), count("spans WHERE person LIKE 'bob@x%'"), count("archive WHERE account NOT IN (0, 1, 2)")})
	})
}

func TestDataOfAnAccountIsReplacedOnlyWhereItIsStillWhatItWas(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		a := Account{ID: 1, Transport: "t", Scope: "net", Owner: "alice@x", Data: []byte("new")}
		commit(t, s, PutAccount{a})
		a.Data = []byte("late")
		commit(t, s, ReplaceAccount{Account: a, Was: []byte("old")})
		accounts, err := s.Accounts(t.Context())
		same(t, "data", "new", string(read(t, accounts, err)[0].Data))
		commit(t, s, ReplaceAccount{Account: a, Was: []byte("new")})
		accounts, err = s.Accounts(t.Context())
		same(t, "data", "late", string(read(t, accounts, err)[0].Data))
	})
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestAnExportThatCannotBeWrittenFails(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		peopled(t, s, 1)
		err := s.Export(t.Context(), "t", "bob@x", fullDisk{}, func(o Options) []byte { return nil })
		if err == nil || !strings.Contains(err.Error(), "no room") {
			t.Errorf("got %v", err)
		}
	})
}
