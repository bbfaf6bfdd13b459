package irc

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// known is what the core knows from the events: who may be told about what.
type known struct {
	t      *testing.T
	online bool
	rooms  map[transports.RoomID]bool
}

func (k *known) take(e transports.Event) {
	if online, is := e.(transports.Online); is {
		if online.Self.ID == "" {
			k.t.Errorf("online as nobody: %+v", online)
		}
		k.online = true
		return
	}
	if !k.online {
		k.t.Errorf("%T before Online", e)
	}
	switch e := e.(type) {
	case transports.Room:
		k.rooms[e.Room] = true
		seen := map[transports.UserID]bool{}
		for _, m := range e.Members {
			if m.User.ID == "" || !legible(m.User.Name) || m.Role == transports.NoRole {
				k.t.Errorf("a member %+v", m)
			}
			seen[m.User.ID] = true
		}
		if len(seen) == 0 {
			k.t.Errorf("nobody is in %s, not even the account", e.Room)
		}
	case transports.MemberChanged:
		k.in(e.Room, e)
	case transports.MemberLeft:
		k.in(e.Room, e)
	case transports.TopicChanged:
		k.in(e.Room, e)
	case transports.Message:
		if e.Place.Room != "" {
			k.in(e.Place.Room, e)
		}
		if e.From.ID == "" || (e.Place.Room == "") == (e.Place.User == "") {
			k.t.Errorf("a message of nobody or nowhere: %+v", e)
		}
	case transports.Announced:
		if e.Room != "" {
			k.in(e.Room, e)
		}
	case transports.UserRenamed:
		if e.Was == "" || e.User.ID == "" {
			k.t.Errorf("renamed: %+v", e)
		}
	case transports.Invited:
		if e.Room == "" || e.By.ID == "" {
			k.t.Errorf("invited by nobody or nowhere: %+v", e)
		}
	case transports.Asked:
		if e.From.ID == "" || e.ID == 0 {
			k.t.Errorf("asked by nobody: %+v", e)
		}
	case transports.UserLeft:
		if e.User.ID == "" {
			k.t.Errorf("nobody left")
		}
	case transports.Reacted:
		k.about(e.Place, e.From, e)
		if e.ID == "" {
			k.t.Errorf("reacted to nothing: %+v", e)
		}
	case transports.Deleted:
		k.about(e.Place, e.By, e)
		if e.ID == "" {
			k.t.Errorf("deleted nothing: %+v", e)
		}
	case transports.Typing:
		k.about(e.Place, e.From, e)
	case transports.Read:
		k.about(e.Place, e.By, e)
	case transports.PresenceChanged:
		if e.User.ID == "" || !legible(e.User.Name) {
			k.t.Errorf("the presence of nobody: %+v", e)
		}
	}
}

// about is something that a user does in a place.
func (k *known) about(place transports.Place, who transports.User, e transports.Event) {
	if place.Room != "" {
		k.in(place.Room, e)
	}
	if who.ID == "" || (place.Room == "") == (place.User == "") {
		k.t.Errorf("%T of nobody or nowhere: %+v", e, e)
	}
}

func (k *known) in(room transports.RoomID, e transports.Event) {
	if !k.rooms[room] {
		k.t.Errorf("%T in %q, which was never told", e, room)
	}
}

func FuzzAServerCanSayAnything(f *testing.F) {
	welcome := ":s 001 alice :hi\n:s 005 alice PREFIX=(ov)@+ CASEMAPPING=rfc1459 :x\n:s 422 alice :no\n"
	f.Add(welcome + ":alice!a@b JOIN #a\n:s 353 alice = #a :@alice +bob!b@h\n:s 366 alice #a :End\n:bob!b@h PRIVMSG #a :hi\n:bob!b@h NICK robert\n:robert QUIT :x")
	f.Add(welcome + ":s 324 alice #asked +m\n:alice JOIN #asked,x\n:alice JOIN #asked\n:x MODE #asked +ovb-o+m a b\n:s 366 alice #ASKED :x\n:x MODE #asked +ovb-o+m a b c\n:y KICK #asked alice :z")
	f.Add(welcome + ":s 470 alice #asked #b :x\n:s 471 alice #asked :x\n:s PONG s :confirm-1\n:s 401 alice bob :x\n:s 332 alice #asked :t\n:s 333 alice #asked x 99999999999999999999")
	f.Add("CAP\nCAP * LS\nCAP * LS * :a\nNICK\n:alice NICK :\n433\nERROR\n@\n: \nPRIVMSG\n:x PRIVMSG a :\x01\n:x PRIVMSG alice :\x01ACTION")
	f.Add(welcome + ":alice!a@b JOIN #as\n:alice PART #as\n:b KICK #as\nTOPIC #as\nMODE #as\n:s 353 a #as\n:s 353 alice = #as :@+ ++ !@ x!y@z")
	f.Add(welcome + ":alice JOIN #a\n:s 366 alice #a :x\n:!u@h PRIVMSG #a :nobody's")
	f.Add(welcome + ":bob!b@h INVITE alice #a\n:bob!b@h PRIVMSG alice :\x01VERSION\x01\n:bob!b@h NOTICE alice :\x01PING ask-1\x01\n:s 311 alice bob b h * :Bob\n:s 421 alice FOO :x")
	rich := "CAP * LS :" + pastCaps + " " + presenceCaps + " " + redactionCap + " " + readMarkerCap + " " + multilineCap + "=max-bytes=900\nCAP * ACK :" + pastCaps + " " + presenceCaps + " " + redactionCap + " " +
		readMarkerCap + " " + multilineCap + "\n" + welcome + ":s 005 alice MONITOR=1 WHOX CHATHISTORY=2 :x\n:alice JOIN #a\n:s 366 alice #a :x\n"
	f.Add(rich + "@msgid=1;time=2020-01-02T03:04:05Z :b!b@h PRIVMSG #a :x\n@+draft/react=x;+draft/reply=1;msgid=2 :b!b@h TAGMSG #a\n:b REDACT #a 2\n:b REDACT #a 1 :y\n@+typing=active :b TAGMSG alice\n:s MARKREAD #a timestamp=2021-01-02T03:04:05Z")
	f.Add(rich + ":b!b@h BATCH +1 draft/multiline #a\n@batch=1 :b!b@h PRIVMSG #a :x\n@batch=1;draft/multiline-concat :b!b@h PRIVMSG #a :y\n:b!b@h BATCH -1\n@label=1 :s BATCH +2 chathistory #a\n@batch=2 :b!b@h BATCH +3 draft/multiline #a\n@batch=3 :b PRIVMSG #a\n@batch=2 :b BATCH -3\n:s BATCH -2\n@batch=9 :b!b@h PRIVMSG #a :x")
	f.Add(rich + ":b!b@h AWAY :x\n:b AWAY\n:s 730 alice :b!b@h,,c\n:s 731 * :b\n:s 734 alice 1 b :x\n:s 303 alice :b\n:s 302 alice :b*=-b@h\n:s 354 alice 152 b G\n:s 352 alice #a u h s b G :0 x\n:s 315 alice #a :x\n:s 318 alice bob :x\n:s CAP alice DEL :message-tags batch")
	f.Fuzz(func(t *testing.T, script string) {
		k := &known{t: t, rooms: map[transports.RoomID]bool{}}
		s := &Session{network: &network{host: host, burst: 5, rate: 1}, driver: &Driver{}, env: transports.Env{Log: quiet}, nick: "alice", ids: map[string]transports.RoomID{}, encodings: map[string]encodings{}}
		c := newConnection(s, nil, endpoint{plain: true}, k.take)
		c.register()
		var calls []*int
		asked := false
		for line := range strings.SplitSeq(script, "\n") {
			if c.fault != nil {
				break
			}
			if k.online && !asked {
				asked = true
				for _, command := range []transports.Command{
					transports.Join{Room: "#asked"}, transports.Leave{Room: "#a"}, transports.SetTopic{Room: "#asked", Text: "x"}, transports.SetName{Name: "other"},
					transports.SetRole{Room: "#asked", User: "bob", Role: transports.Moderator},
					transports.Invite{Room: "#a", User: "bob"}, transports.Instruct{Line: "WHOIS bob"}, transports.Instruct{Place: transports.InRoom("#a"), Line: "mode +m"},
					transports.Ask{Place: transports.TalkWith("bob"), Question: transports.AboutPing}, transports.Answer{Place: transports.TalkWith("bob"), ID: 1, Text: "x"},
					transports.Send{Place: transports.InRoom("#a"), Text: text.Plain("one\n\ntwo"), ReplyTo: &transports.Reference{ID: "1", From: transports.User{Name: "bob"}}},
					transports.React{Place: transports.InRoom("#a"), ID: "1", Emoji: []string{"x"}}, transports.SetTyping{Place: transports.InRoom("#a"), On: true},
					transports.Delete{Place: transports.InRoom("#a"), ID: "1"}, transports.MarkRead{Place: transports.InRoom("#a"), Upto: "1"},
					transports.SetPresence{Presence: transports.Presence{Show: transports.Away, Status: "x\r\ny"}}, transports.Subscribe{User: "bob", On: true}, transports.Subscribe{User: "b", On: true},
				} {
					done := new(int)
					calls = append(calls, done)
					r := newRequest(command, func(transports.Result, error) { *done++ })
					r.forget = func() bool { return true }
					c.accept(r)
				}
				c.out.joinsAt = c.began
			}
			if m, ok := parse([]byte(line), charmap.ISO8859_1); ok {
				c.handle(m)
			}
			later := time.Now().Add(time.Minute)
			c.tellPresences(later)
			c.watchOverdue(later)
			c.typingOverdue(later)
			c.forgetJoins()
			batch := c.out.take(nil, c.began, c.support, c)
			batch = append(batch, c.confirm.ask(false)...)
			for sent := range strings.SplitSeq(strings.TrimSuffix(string(batch), "\r\n"), "\r\n") {
				if strings.ContainsAny(sent, "\r\n\x00") {
					t.Errorf("two lines in one: %q", sent)
				}
			}
		}
		if s.live.Load() == nil && k.online {
			t.Error("online, but no command would be taken")
		}
		c.settleAll()
		for i, n := range calls {
			if *n != 1 {
				t.Errorf("command %d was done %d times", i, *n)
			}
		}
		kept := 0
		for _, r := range c.rooms {
			kept += len(r.list) + len(r.standings)
		}
		if kept != c.kept {
			t.Errorf("%d members are kept, %d are counted", kept, c.kept)
		}
	})
}

func FuzzALineIsReadOrDropped(f *testing.F) {
	for _, seed := range []string{"@a ", "@a=b;c :n!u@h PRIVMSG #a :x", ":x", "\x00", "\xff\xfe", "@ :", " @ ", "@a @b ", "::  :: :"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		m, ok := parse(line, charmap.ISO8859_1)
		if !ok {
			return
		}
		if m.Command == "" || !legible(m.Name) {
			t.Errorf("%q is read as %+v", line, m)
		}
		m.tag("account")
		m.at()
	})
}
