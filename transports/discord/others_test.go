package discord_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// Servers that speak Discord's interface, but not all of it.

func TestAServerThatDoesNotKnowWhatBotsAskIsUsed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			l := newLiar(t)
			for _, what := range []string{"GET /applications/@me", "GET /gateway/bot"} {
				l.lie(what, func(w http.ResponseWriter) { http.Error(w, "not here", status) })
			}
			l.lie("GET /gateway", says(object{"url": l.gateway()}))
			l.atWork()
			if n := l.count("GET /applications/@me"); n != 1 {
				t.Errorf("it was asked %d times", n)
			}
		})
	}
}

func TestASessionIsTakenUpWhereTheOperatorSaysThatTheGatewayIs(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.configured = l.gateway()
	l.ready["resume_gateway_url"] = "ws://127.0.0.1:1"
	v, s := l.atWork()
	v.stop()
	<-v.ended
	s.Close()
	v.start()
	if again := l.next(); again.began["session_id"] != "s1" {
		t.Errorf("it is taken up by %v", again.began)
	}
}

func TestTheSessionOfAnEarlierProcessIsTakenUpWhereTheGatewayAnswers(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.session = object{"id": "s0", "url": "ws://127.0.0.1:1", "gateway": l.gateway(), "seq": 5, "at": time.Now().Unix()}
	v := l.visit()
	<-v.ended
	v.start() // as the core tries again
	if s := l.next(); s.began["session_id"] != "s0" || s.began["seq"] != 5.0 {
		t.Errorf("it is taken up by %v", s.began)
	}
}

func TestAServerThatAnswersAResumptionWithAnotherSessionIsUsed(t *testing.T) {
	t.Parallel()
	for name, ready := range map[string]any{
		"one that it tells":          object{"user": object{"id": "3", "username": "Tess"}, "session_id": "s9", "guilds": []object{guild(4, 2)}},
		"one that it says naught of": nil,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			l.session = object{"id": "s0", "url": l.gateway(), "seq": 5, "at": time.Now().Unix()}
			v := l.visit()
			l.next().event(6, "READY", ready)
			if ready == nil {
				<-v.ended
				v.start()
				if s := l.next(); s.began["session_id"] != nil {
					t.Errorf("a session that is none is taken up: %v", s.began)
				}
			}
			v.ready()
		})
	}
}

func TestAnEditThatBeginsWithANameIsHeardWithoutIt(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	l.lie("PATCH /channels/7/messages/1000", says(object{"id": "1000"}))
	l.lie("GET /channels/7/messages/1000", says(object{"id": "1000", "content": "**Alice**: helo", "author": object{"id": "3"}}))
	v, s := l.atWork()
	v.do(transports.Edit{Place: inGeneral, ID: "1000", Text: text.Plain("hello"), As: as("Alice")})
	s.event(3, "MESSAGE_UPDATE", object{"id": "1000", "channel_id": "7", "author": object{"id": "3"}, "content": "**Alice**: hello", "edited_timestamp": "2026-01-02T03:04:05Z"})
	if e := next[transports.Edited](v, nil); e.Text.String() != "hello" {
		t.Errorf("it is heard as %q", e.Text)
	}
}

func TestAGatewayThatSaysNothingOfTheSessionIsLeft(t *testing.T) {
	t.Parallel()
	for name, session := range map[string]object{"of a new one": nil, "of one that it had": {"id": "s0", "seq": 5, "at": time.Now().Unix()}} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			l.begin, l.silent = 2*time.Second, 1
			if l.session = session; session != nil {
				session["url"] = l.gateway()
			}
			v := l.visit()
			l.next()
			if session == nil {
				if f := transports.AsFault(<-v.ended); f.Kind != transports.Offline {
					t.Errorf("it ends with %v", f)
				}
				v.start() // as the core tries again
			}
			if s := l.next(); s.began["session_id"] != nil {
				t.Errorf("the session is wanted once more: %v", s.began)
			}
			v.ready()
		})
	}
}

func TestWhoLeftOrWasRenamedWhileTheSessionWasLostIsSeen(t *testing.T) {
	t.Parallel()
	tess := object{"user": object{"id": "3", "username": "Tess"}}
	ida := func(nick string) object {
		return object{"user": object{"id": "9", "username": "ida"}, "nick": nick}
	}
	bob, eve := object{"user": object{"id": "10", "username": "bob"}}, object{"user": object{"id": "11", "username": "eve"}}
	chunk := func(s *liarSocket, members ...object) {
		s.asksMembers("4")
		s.event(3, "GUILD_MEMBERS_CHUNK", object{"guild_id": "4", "members": members, "chunk_index": 0, "chunk_count": 1})
	}
	inline := func(s *liarSocket, members ...object) {
		g := guild(4, 3)
		g["members"] = members
		s.event(2, "GUILD_CREATE", g)
	}
	for name, tell := range map[string]func(*liarSocket, ...object){
		"asked for":     func(s *liarSocket, members ...object) { inline(s, tess); chunk(s, members...) },
		"told at once":  inline,
		"told by parts": func(s *liarSocket, members ...object) { inline(s, members[:2]...); chunk(s, members...) },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			l.late = true
			v := l.visit()
			s := l.next()
			tell(s, tess, ida("Countess"), bob)
			next(v, func(r transports.Room) bool { return r.Complete && len(r.Members) == 3 })
			_ = s.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4009, ""), time.Now().Add(patience))
			<-v.ended
			v.start()
			tell(l.next(), tess, ida("Duchess"), eve)
			if e := next[transports.UserRenamed](v, nil); e.Was != "9" || e.User.Name != "Duchess" {
				t.Errorf("renamed was %+v", e)
			}
			there := next(v, func(r transports.Room) bool { return r.Complete }).Members
			if len(there) != 3 || slices.ContainsFunc(there, func(m transports.Member) bool { return m.User.ID == "10" }) {
				t.Errorf("there are %+v", there)
			}
		})
	}
}
