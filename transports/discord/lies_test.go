package discord_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"isthmus/mapping/text"
	"isthmus/transports"
)

var inGeneral = transports.InRoom("#7")

func TestASessionIsTakenUpWhereTheGatewayAnswers(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]any{"no address": nil, "one of nobody": "ws://127.0.0.1:1", "none at all": "%%"} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			l.ready["resume_gateway_url"] = where
			v, s := l.atWork()
			s.Close()
			for tries := 0; ; {
				select {
				case again := <-l.sockets:
					if again.began["session_id"] != "s1" || again.began["seq"] != 2.0 {
						t.Errorf("it is taken up by %v", again.began)
					}
					return
				case <-v.ended:
					if tries++; tries > 3 {
						t.Fatal("it is never taken up")
					}
					v.start() // as the core tries again
				case <-time.After(patience):
					t.Fatal("nobody takes it up")
				}
			}
		})
	}
}

func within[T any](c chan T, wait time.Duration) (none T) {
	select {
	case v := <-c:
		return v
	case <-time.After(wait):
		return none
	}
}

func TestALostConnectionIsTakenUpWithoutAWord(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*liarSocket){
		"cut": func(s *liarSocket) { s.Close() },
		"closed (4000)": func(s *liarSocket) {
			_ = s.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(4000, ""))
		},
		"closed (1001)": func(s *liarSocket) {
			_ = s.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1001, ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			l.short = 0
			v, s := l.atWork()
			end(s)
			s = l.next()
			if s.began["session_id"] != "s1" {
				t.Fatalf("it is taken up by %v", s.began)
			}
			s.event(3, "MESSAGE_CREATE", object{"id": "100", "channel_id": "7", "content": "meanwhile", "author": object{"id": "9", "username": "ida"}})
			for heard := false; !heard; {
				select {
				case e := <-v.events:
					if _, is := e.(transports.Credentials); is { // nobody sees it
						continue
					}
					m, is := e.(transports.Message)
					if heard = true; !is || m.Text.String() != "meanwhile" {
						t.Errorf("a %T was heard", e)
					}
				case err := <-v.ended:
					t.Fatalf("Run ended with %v", err)
				case <-time.After(patience):
					t.Fatal("nothing is heard")
				}
			}
		})
	}
}

func TestWhatCannotBeReadDoesNotLoseTheSession(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	v, s := l.atWork()
	for _, nonsense := range []string{"", "nonsense", "[]", "7", `{"op":"x"}`, `{"op":0}`, `{"op":0,"s":null,"t":5,"d":[]}`, strings.Repeat(`{"d":`, 20_000), "\xff\xfe"} {
		_ = s.WriteMessage(websocket.TextMessage, []byte(nonsense))
	}
	s.event(3, "MESSAGE_CREATE", object{"id": "100", "channel_id": "7", "content": "after all that", "author": object{"id": "9", "username": "ida"}})
	v.said("after all that")
	s.tell(object{"op": 7})
	if again := l.next(); again.began["seq"] != 3.0 {
		t.Errorf("it is taken up by %v", again.began)
	}
}

func TestAGatewayThatAlwaysWantsAnotherConnectionIsLeftInPeace(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	v := l.visit()
	go func() {
		for s := range l.sockets {
			s.tell(object{"op": 7})
		}
	}()
	v.kind(v.over(), transports.Offline, "another connection")
}

func TestNoSecretGoesToAnotherHost(t *testing.T) {
	t.Parallel()
	var got []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.URL.String()) }))
	l := newLiar(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		l.lie("POST /channels/7/messages", func(w http.ResponseWriter) {
			w.Header().Set("Location", elsewhere.URL+"/take")
			w.WriteHeader(status)
		})
		v, _ := l.atWork()
		_, err := v.try(send(inGeneral, "secret"))
		v.kind(err, transports.Offline, "leads to another one")
		v.stop()
	}
	elsewhere.Close()
	if len(got) > 0 {
		t.Errorf("another host was asked %q", got)
	}
}

func TestAWebhookOfAnotherTokenEndsNoAccount(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.answers["GET /channels/7/webhooks"] = says([]object{{"id": "40", "token": "old", "type": 1, "application_id": "3"}})
	l.answers["POST /webhooks/40/old"] = func(w http.ResponseWriter) {
		w.WriteHeader(401)
		says(object{"message": "Invalid Webhook Token", "code": 50027})(w)
	}
	v, _ := l.atWork()
	c := send(inGeneral, "hello")
	c.As = as("Alice")
	if r := v.do(c); r.Parts[0] != "1001" || l.count("POST /webhooks/40/old") != 1 {
		t.Errorf("it came to %v", r)
	}
}

func TestWhatIsSaidBeforeTheGuildsAreToldWaits(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.late = true
	v := l.visit()
	s := l.next()
	next[transports.Online](v, nil)
	done := make(chan error, 1)
	go v.session.Do(t.Context(), send(inGeneral, "hello"), func(_ transports.Result, err error) { done <- err })
	time.Sleep(50 * time.Millisecond)
	s.event(2, "GUILD_CREATE", guild(4, 2))
	s.event(3, "MESSAGE_CREATE", object{"id": "1000", "channel_id": "7", "nonce": "7", "content": "hello", "author": object{"id": "3"}})
	if err := within(done, patience); err != nil {
		t.Error(err)
	}
}

func TestALargeFileMayTakeItsTime(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.within = time.Second
	slow := func(w http.ResponseWriter) {
		for range 5 {
			_, _ = w.Write([]byte("part "))
			w.(http.Flusher).Flush()
			time.Sleep(l.within * 3 / 10)
		}
	}
	l.answers["GET /file"] = slow
	l.answers["GET /channels/7/messages/5"] = says(object{"id": "5", "attachments": []object{{"id": "6", "url": l.URL + "/api/file"}}})
	v, _ := l.atWork()
	in, err := v.session.(transports.Files).OpenFile(t.Context(), transports.File{ID: "7/5/6"})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if data, err := io.ReadAll(in); err != nil || len(data) != 25 {
		t.Errorf("%q was read: %v", data, err)
	}
	l.lie("POST /channels/7/messages", func(w http.ResponseWriter) {
		time.Sleep(l.within * 3 / 2)
		says(object{"id": "1000"})(w)
	})
	c := transports.Send{Place: inGeneral, Files: []transports.Upload{{Name: "film", Size: 64 << 10, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Repeat("x", 64<<10))), nil
	}}}}
	if r := v.do(c); r.Parts[0] != "1000" {
		t.Errorf("it came to %v", r)
	}
}

func TestAThreadThatWasPutAwayIsStillJoined(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.joined = []string{"70", "71", "72"}
	l.answers["GET /channels/70"] = says(object{"id": "70", "guild_id": "4", "parent_id": "7", "type": 11, "name": "old times", "thread_metadata": object{"archived": true}})
	l.answers["GET /channels/71"] = func(w http.ResponseWriter) { w.WriteHeader(502) }
	v := l.visit()
	l.next()
	r := next(v, func(r transports.Room) bool { return r.Room == "#70" })
	if all := v.ready(); r.Thread != "70" || !slices.Equal(all.Rooms, []transports.RoomID{"#7", "#70", "#71"}) {
		t.Errorf("%+v is in %q", r, all.Rooms)
	}
}

func TestAChannelMadeAMomentAgoCanBeJoined(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.answers["GET /channels/8"] = says(object{"id": "8", "guild_id": "4", "type": 0, "name": "new"})
	v, _ := l.atWork()
	v.do(transports.Join{Room: "#8"}) // before it is told
	next(v, func(r transports.Room) bool { return r.Room == "#8" })
}

func TestGuildsThatAreToldAtOnceAreThere(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.late, l.ready["guilds"] = true, []object{guild(4, 1)}
	v := l.visit()
	if all := v.ready(); !slices.Equal(all.Rooms, []transports.RoomID{"#7"}) {
		t.Errorf("the account is in %q", all.Rooms)
	}
}

func TestInAChannelFullOfWebhooksTheBotSaysWhoSpeaks(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.answers["POST /channels/7/webhooks"] = func(w http.ResponseWriter) {
		w.WriteHeader(400)
		says(object{"message": "Maximum number of webhooks reached (15)", "code": 30007})(w)
	}
	v, _ := l.atWork()
	c := send(inGeneral, "hello")
	c.As = as("Alice")
	for range 2 {
		if r := v.do(c); r.Parts[0] != "1000" {
			t.Errorf("it came to %v", r)
		}
	}
	if n := l.count("POST /channels/7/webhooks"); n != 1 {
		t.Errorf("a webhook was tried to make %d times", n)
	}
}

func TestAnAnswerByNameIsHeardAsOne(t *testing.T) {
	t.Parallel()
	v, s := newLiar(t).atWork()
	s.event(3, "MESSAGE_CREATE", object{"id": "100", "channel_id": "7", "webhook_id": "50", "application_id": "3", "author": object{"id": "50", "username": "Alice"},
		"content": "-# [Ida \\[x\\]](https://discord.com/channels/4/7/99) what time is it?\nnoon"})
	if m := v.said("noon"); m.ReplyTo == nil || m.ReplyTo.ID != "99" {
		t.Errorf("it came as %+v", m)
	}
}

func TestAnAnswerWithoutAnIDIsNoSuccess(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"{}", "[]", `{"id":null}`, "<html>Welcome</html>", ""} {
		l := newLiar(t)
		l.answers["POST /channels/7/messages"] = func(w http.ResponseWriter) { _, _ = w.Write([]byte(answer)) }
		v, _ := l.atWork()
		_, err := v.try(transports.Send{Place: inGeneral, Text: text.Plain("hello")})
		v.kind(err, transports.UnknownOutcome, "did not say whether")
	}
}

func TestAHistoryThatNeverEndsEnds(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	var page []object
	for i := range 100 {
		page = append(page, object{"id": 200 + i, "content": "again", "author": object{"id": "9"}})
	}
	l.answers["GET /channels/7/messages"] = says(page)
	v, _ := l.atWork()
	events, more, err := v.session.(transports.History).After(t.Context(), inGeneral, "299", 100)
	if len(events) > 0 || more || err != nil {
		t.Errorf("%d events came, more %t, %v", len(events), more, err)
	}
}

func TestTheMembersOfManyGuildsAreAskedForOneByOne(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	_, s := l.atWork()
	for i := range 3 {
		s.event(3+i, "GUILD_CREATE", guild(100+10*i, 2))
	}
	began := time.Now()
	s.asksMembers("4")
	s.asksMembers("100")
	s.event(6, "RATE_LIMITED", object{"opcode": 8, "retry_after": 2.5, "meta": object{"guild_id": "4"}})
	s.asksMembers("110")
	s.asksMembers("120")
	s.asksMembers("4")
	if took := time.Since(began); took < 3*time.Second {
		t.Errorf("all were asked for in %v", took)
	}
}

func TestMembersWhoseTurnComesWhileTheConnectionIsMadeAgainAreAskedForAfterIt(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	_, s := l.atWork()
	s.event(3, "GUILD_CREATE", guild(100, 2)) // it has to wait for its turn
	s.tell(object{"op": 7})
	again := l.next()
	time.Sleep(1500 * time.Millisecond) // its turn comes
	again.event(4, "RESUMED", object{})
	first := struct{ Op int }{1}
	for first.Op == 1 { // heartbeats come at any time
		if err := again.ReadJSON(&first); err != nil {
			t.Fatal(err)
		}
	}
	if first.Op != 3 { // how the account is shown, which follows the resumption
		t.Errorf("the first payload, before the session is taken up, has the opcode %d", first.Op)
	}
	again.asksMembers("100")
}

func TestAMessageThatIsToldTwiceIsHeardOnce(t *testing.T) {
	t.Parallel()
	v, s := newLiar(t).atWork()
	for seq, words := range []string{"one", "one", "two"} {
		id := map[string]string{"one": "100", "two": "101"}[words]
		s.event(3+seq, "MESSAGE_CREATE", object{"id": id, "channel_id": "7", "content": words, "author": object{"id": "9", "username": "ida"}})
	}
	v.said("one")
	if m := next[transports.Message](v, nil); m.Text.String() != "two" {
		t.Errorf("%q was heard", m.Text)
	}
}

func TestAnOwnMessageIsKnownWithoutItsNonce(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	v, s := l.atWork()
	l.answers["POST /channels/7/messages"] = func(w http.ResponseWriter) {
		s.event(3, "MESSAGE_CREATE", object{"id": "1000", "channel_id": "7", "content": "hello", "author": object{"id": "3"}})
		time.Sleep(50 * time.Millisecond) // the event is there before the answer
		says(object{"id": "1000"})(w)
	}
	if r := v.do(send(inGeneral, "hello ")); r.Parts[0] != "1000" {
		t.Errorf("it came to %v", r)
	}
	if m := next[transports.Message](v, nil); m.Nonce != 7 || !m.Own {
		t.Errorf("the echo is %+v", m)
	}
}
