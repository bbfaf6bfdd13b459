package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"isthmus/transports"
)

// told is an event as the gateway writes it. testdata/events.jsonl has what a bot is told in a guild, from its coming to its going, as documented, user_events.jsonl what
// only people's own accounts are told, as far as it is known.
type told struct {
	Kind string `json:"t"`
	Data any    `json:"d"`
}

func allTold(t *testing.T, name string) (all []told) {
	t.Helper()
	file, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		var e told
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// listener is a session to which events are told without a gateway. What it tells the core is checked.
type listener struct {
	t      *testing.T
	socket *socket
	user   bool   // it is a person's own
	odd    string // what is odd about the events
}

func newListener(t *testing.T) *listener {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		for err == nil {
			_, _, err = conn.ReadMessage()
		}
	}))
	t.Cleanup(server.Close)
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &listener{t: t, socket: &socket{conn: conn}}
}

// hears tells a new session events.
func (l *listener) hears(all ...told) *Session {
	driver, _ := New(Config{})
	s := newSession(driver, credentials{Token: "token", User: l.user}, transports.Env{Log: slog.New(slog.DiscardHandler), HTTP: &http.Client{}})
	over, end := context.WithCancel(l.t.Context())
	end() // nothing is asked
	link := &link{ctx: over, queue: newQueue()}
	link.queue.close()
	sh := &shard{of: 1, socket: l.socket}
	s.shards = []*shard{sh}
	h := &handler{Session: s, link: link, out: l.check, ready: map[*shard]bool{}}
	for _, e := range all {
		data, _ := json.Marshal(e.Data)
		h.dispatch(sh, e.Kind, data)
	}
	h.connections.Wait()
	for _, timer := range s.typing {
		timer.Stop()
	}
	return s
}

// check finds what the core cannot take: a user or a message without an id, a room that cannot be addressed.
func (l *listener) check(e transports.Event) {
	ok := true
	room := func(id transports.RoomID) { ok = ok && isSnowflake(strings.TrimPrefix(string(id), "#")) }
	at := func(p transports.Place) {
		if p.User == "" {
			room(p.Room)
		}
	}
	switch e := e.(type) {
	case transports.Online:
		ok = e.Self.ID != ""
	case transports.Message:
		at(e.Place)
		ok = ok && e.ID != "" && e.From.ID != "" && (e.ReplyTo == nil || e.ReplyTo.ID != "")
	case transports.Edited:
		at(e.Place)
		ok = ok && e.ID != "" && e.From.ID != ""
	case transports.Deleted:
		at(e.Place)
		ok = ok && e.ID != ""
	case transports.Reacted:
		at(e.Place)
		ok = ok && e.ID != "" && e.From.ID != "" && !slices.Contains(e.Emoji, "")
	case transports.Typing:
		at(e.Place)
		ok = ok && e.From.ID != ""
	case transports.Room:
		room(e.Room)
		for _, m := range e.Members {
			ok = ok && m.User.ID != ""
		}
	case transports.MemberChanged:
		room(e.Room)
		ok = ok && e.Member.User.ID != ""
	case transports.MemberLeft:
		room(e.Room)
		ok = ok && e.User.ID != ""
	case transports.Read:
		at(e.Place)
		ok = ok && e.Upto != ""
	case transports.Contacts:
		for _, c := range e.Contacts {
			ok = ok && c.User.ID != ""
		}
	case transports.ContactChanged:
		ok = e.Contact.User.ID != ""
	case transports.ContactRemoved:
		ok = e.User != ""
	case transports.SubscriptionAsked:
		ok = e.From.ID != ""
	case transports.SubscriptionAnswered:
		ok = e.User.ID != ""
	case transports.PresenceChanged:
		ok = e.User.ID != ""
	case transports.Memberships:
		for _, id := range e.Rooms {
			room(id)
		}
	}
	if !ok {
		l.t.Errorf("%s: the core was told %#v", l.odd, e)
	}
}

// oddValues stand in for each value that is told. The ids are those of the guild, of a channel and of a thread.
var oddValues = []any{nil, 1e300, "", "x", []any{nil, 5.0, "x", []any{}}, map[string]any{"id": 5.0, "type": "x"}, "1004", "1007", "1017"}

// changed gives the value with each part of it in turn left out or replaced. The path says which; those that were tried are left out.
func changed(v any, path string, tried map[string]bool, yield func(path string, v any)) {
	if !tried[path] {
		tried[path] = true
		for _, odd := range oddValues {
			yield(path, odd)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for key, part := range v {
			without := map[string]any{}
			for k, other := range v {
				if k != key {
					without[k] = other
				}
			}
			if !tried[path+"."+key] {
				yield(path+"."+key+" left out", without)
			}
			changed(part, path+"."+key, tried, func(path string, part any) {
				with := map[string]any{key: part}
				for k, other := range without {
					with[k] = other
				}
				yield(path, with)
			})
		}
	case []any:
		for i, part := range v {
			changed(part, path+"[]", tried, func(path string, part any) {
				with := slices.Clone(v)
				with[i] = part
				yield(path, with)
			})
		}
	}
}

// toldTo runs a test with what bots are told, and with what people's own accounts are.
func toldTo(t *testing.T, test func(t *testing.T, all []told, l *listener)) {
	t.Parallel()
	for name, user := range map[string]bool{"events.jsonl": false, "user_events.jsonl": true} {
		t.Run(name, func(t *testing.T) {
			l := newListener(t)
			l.user = user
			test(t, allTold(t, name), l)
		})
	}
}

func TestNoFieldOfAnyKindBreaksTheSession(t *testing.T) {
	toldTo(t, func(t *testing.T, all []told, l *listener) {
		tried := map[string]bool{}
		for i, e := range all {
			changed(e.Data, e.Kind, tried, func(path string, data any) {
				l.odd = path
				l.hears(slices.Concat(all[:min(i, 2)], []told{{e.Kind, data}}, all[max(i+1, len(all)-3):])...)
			})
		}
	})
}

func TestNoOrderOfEventsBreaksTheSession(t *testing.T) {
	toldTo(t, func(t *testing.T, all []told, l *listener) {
		random := rand.New(rand.NewPCG(1, 2))
		for range 100 {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			l.odd = "in another order"
			l.hears(slices.Concat(all, all)...) // each comes twice
		}
	})
}
