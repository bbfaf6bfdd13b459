package discord

import (
	"strings"
	"testing"
	"time"
)

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"id":"1","content":"x","author":{"id":2}}`, `{"id":1,"embeds":[1,{"title":[]}],"components":"x"}`, `[]`, `null`, `{"message_snapshots":[{"message":null}]}`,
		`{"referenced_message":{"referenced_message":{"id":"3"}}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m message
		decode(data, &m)
		w := newWorld("https://cdn.example")
		w.told(spot{}, &m) // whatever came, it is a message
		var g guild
		decode(data, &g)
		w.take(g)
	})
}

func TestAFieldOfAnotherKindLosesNothingElse(t *testing.T) {
	var m message
	decode([]byte(`{"id": 5, "content": "kept", "author": "nobody", "mentions": {"a": 1}, "embeds": [7, {"title": "T", "url": []}], "nonce": 12, "message_reference": []}`), &m)
	if m.ID != "5" || m.Content != "kept" || m.Nonce != "12" || len(m.Embeds) != 1 || m.Embeds[0].Title != "T" || m.Reference != nil {
		t.Errorf("read as %+v", m)
	}
}

func TestMessagesWithinMessagesTakeNoTime(t *testing.T) {
	const depth = 9_000
	var m message
	began := time.Now()
	decode([]byte(strings.Repeat(`{"id":"1","type":19,"message_reference":{"message_id":"2"},"referenced_message":`, depth)+"null"+strings.Repeat("}", depth)), &m)
	if told := newWorld("").told(spot{}, &m); told.ReplyTo == nil || told.ReplyTo.ID != "2" {
		t.Errorf("it is %+v", told)
	}
	if took := time.Since(began); took > 10*time.Second { // it took half a minute where each was read again in the one around it
		t.Errorf("it took %v", took)
	}
}

func TestAPollSaysHowItEnded(t *testing.T) {
	for data, want := range map[string]string{
		`[{"name":"poll_question_text","value":"Tea?"},{"name":"victor_answer_text","value":"Yes"},{"name":"victor_answer_votes","value":"3"},{"name":"total_votes","value":"4"}]`: "The poll of Ida has ended. Tea?\nYes: 3 of 4 votes.",
		`[{"name":"poll_question_text","value":"Tea?"},{"name":"total_votes","value":"0"}]`:                                                                                        "The poll of Ida has ended. Tea?\nNo answer has won.",
		`7`: "The poll of Ida has ended.\nNo answer has won.",
	} {
		var m message
		decode([]byte(`{"id":"1","type":46,"author":{"id":"2","username":"Ida"},"embeds":[{"type":"poll_result","fields":`+data+`}]}`), &m)
		if got := newWorld("").told(spot{}, &m).Text.String(); got != want {
			t.Errorf("%q is said, want %q", got, want)
		}
	}
}

func TestNamesOfWebhooks(t *testing.T) {
	for name, want := range map[string]string{"Alice": "Alice", "": "somebody", "everyone": "everyone_", "a@b#c": "a_b_c", "DISCORD": "DISC0RD", " x  y ": "x y"} {
		if got := hookUser(name); got != want {
			t.Errorf("%q is written %q, want %q", name, got, want)
		}
	}
}
