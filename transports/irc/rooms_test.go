package irc

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

// standings are the members of a room, as "id affiliation role".
func standings(members []transports.Member) map[string]string {
	all := map[string]string{}
	for _, m := range members {
		all[string(m.User.ID)] = fmt.Sprint(m.Affiliation, " ", m.Role)
	}
	return all
}

func standing(affiliation transports.Affiliation, role transports.Role) string {
	return fmt.Sprint(affiliation, " ", role)
}

func TestAJoinIsDoneWhenTheServerHasListedEveryone(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome("PREFIX=(qaohv)~&@%+", "CHANMODES=b,k,l,imnpst")
		joined := s.do(transports.Join{Room: "#room", Password: "key"})
		if !joined.hasReturned() {
			t.Error("Do waits, so that other rooms cannot share the line")
		}
		time.Sleep(joinGather)
		s.expect("JOIN #room key")
		s.says(":alice!ali@host.example JOIN #Room", ":irc.srv 332 alice #Room :about \x02this\x02", ":irc.srv 333 alice #Room dave!d@e 1700000000",
			":irc.srv 353 alice = #Room :~@Founder!f@h &Admin @Op %Half", ":irc.srv 353 alice = #Room :+Voice alice ")
		joined.pending()
		s.says(":bob!b@h PRIVMSG #room :too early", ":irc.srv 366 alice #ROOM :End of /NAMES list.")
		events := s.told()
		if len(events) != 2 {
			t.Fatalf("the events are %+v, want the room and then the message", events)
		}
		room := events[0].(transports.Room)
		if room.Room != "#room" || room.Name != "#Room" || !room.Complete || room.Topic.Text != "about this" || room.Topic.By != "dave" || room.Topic.At.Unix() != 1700000000 {
			t.Errorf("the room is %+v", room)
		}
		want := map[string]string{
			"founder": standing(transports.Owner, transports.Moderator), "admin": standing(transports.Owner, transports.Moderator),
			"op": standing(transports.Admin, transports.Moderator), "half": standing(transports.AffiliatedMember, transports.Moderator),
			"voice": standing(transports.AffiliatedMember, transports.Participant), "alice": standing(transports.NoAffiliation, transports.Participant),
		}
		if got := standings(room.Members); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("members %v, want %v", got, want)
		}
		for _, m := range room.Members {
			if m.User.ID == "founder" && m.User.Identity != "mask:founder!f@h" {
				t.Errorf("the founder is %+v", m.User)
			}
		}
		if m := events[1].(transports.Message); m.Place.Room != "#room" || m.Text.String() != "too early" {
			t.Errorf("the message is %+v", m)
		}
		if err := joined.err(); err != nil {
			t.Error(err)
		}
		s.expect("MODE #Room")
	})
}

func TestAHundredRoomsAreEnteredByFewLines(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		for i := range 100 {
			s.do(transports.Join{Room: transports.RoomID(fmt.Sprintf("#a-room-with-a-name-%03d", i))})
		}
		time.Sleep(joinGather)
		lines := s.hears()
		rooms := 0
		for _, line := range lines {
			if len(line) > 510 || !strings.HasPrefix(line, "JOIN #") {
				t.Errorf("%d bytes: %q", len(line), line)
			}
			rooms += 1 + strings.Count(line, ",")
		}
		if rooms != 100 || len(lines) > 6 {
			t.Errorf("%d rooms in %d lines", rooms, len(lines))
		}
	})
}

func TestTheServersBoundOnRoomsInALineIsKept(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome("TARGMAX=PRIVMSG:4,JOIN:2,KICK:")
		for _, join := range []transports.Join{{Room: "#a", Password: "k"}, {Room: "#b"}, {Room: "#c"}, {Room: "#d", Password: "l"}} {
			s.do(join)
		}
		time.Sleep(joinGather)
		s.expect("JOIN #a,#b k", "JOIN #c", "JOIN #d l")
	})
}

func TestARoomUnderAnotherSpellingIsMoved(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome("CASEMAPPING=rfc1459")
		s.enter("#room[]", "alice")
		if f := wantFault(t, s.do(transports.Join{Room: "#room{}"}).err(), transports.Moved); f.To != "#room[]" {
			t.Errorf("moved to %s", f.To)
		}
		if f := wantFault(t, s.do(transports.Join{Room: "#Other"}).err(), transports.Moved); f.To != "#other" {
			t.Errorf("moved to %s", f.To)
		}
		s.says(":bob!b@h JOIN #ROOM{}")
		if e := one[transports.MemberChanged](s); e.Room != "#room[]" {
			t.Errorf("bob came into %s", e.Room)
		}
	})
}

func TestForwardingNamesTheOtherRoom(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		joined := s.do(transports.Join{Room: "#linux"})
		time.Sleep(joinGather)
		s.hears()
		s.says(":irc.srv 470 alice #linux ##Linux :Forwarding to another channel", ":alice!a@b JOIN ##Linux", ":irc.srv 353 alice = ##Linux :alice", ":irc.srv 366 alice ##Linux :End")
		if f := wantFault(t, joined.err(), transports.Moved); f.To != "##linux" {
			t.Errorf("moved to %s", f.To)
		}
		if room := one[transports.Room](s); room.Room != "##linux" {
			t.Errorf("the room is %+v", room)
		}
		s.hears()
		again := s.do(transports.Join{Room: "##linux"}) // what the core does then: it is there already
		s.expect("NAMES ##Linux")
		s.says(":irc.srv 353 alice = ##Linux :@alice", ":irc.srv 366 alice ##Linux :End")
		if err := again.err(); err != nil {
			t.Error(err)
		}
		if room := one[transports.Room](s); !room.Complete || standings(room.Members)["alice"] != standing(transports.Admin, transports.Moderator) {
			t.Errorf("the room is %+v", room)
		}
	})
}

func TestARoomThatCannotBeEnteredSaysWhy(t *testing.T) {
	for numeric, kind := range map[string]transports.FaultKind{
		"403": transports.NotFound, "405": transports.Forbidden, "471": transports.Forbidden, "473": transports.Forbidden, "474": transports.ShutOut,
		"475": transports.PasswordNeeded, "476": transports.Invalid, "477": transports.Forbidden, "489": transports.Forbidden, "520": transports.Forbidden,
		"437": transports.Offline, "480": transports.RateLimited, "599": transports.Forbidden, "926": transports.Forbidden,
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			joined := s.do(transports.Join{Room: "#room"})
			time.Sleep(joinGather)
			s.says(":irc.srv " + numeric + " alice #Room :The server's own words")
			wantFault(t, joined.err(), kind, "The server's own words")
			if events := s.told(); len(events) != 0 {
				t.Errorf("events: %+v", events)
			}
		})
	}
}

func TestANameThatIsNoRoomIsNotSent(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome("CHANTYPES=#")
		for _, name := range []transports.RoomID{"room", "#a b", "#a,#b", "&local", "", "#a\r\nQUIT", "0"} {
			wantFault(t, s.do(transports.Join{Room: name}).err(), transports.Invalid)
			wantFault(t, s.do(transports.Send{Place: transports.Place{Room: name, User: "x y"}, Text: inRoom1("x").Text}).err(), transports.Invalid)
		}
		wantFault(t, s.do(transports.Join{Room: "#room", Password: "two words"}).err(), transports.PasswordNeeded)
		s.expect()
	})
}

func TestAJoinWithoutAnAnswerIsGivenUp(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		joined := s.do(transports.Join{Room: "#room"})
		time.Sleep(joinGather + joinWithin - time.Second)
		joined.pending()
		time.Sleep(2 * time.Second)
		wantFault(t, joined.err(), transports.UnknownOutcome)
	})
}

func TestANetsplitTakesPeopleAwayAndBringsThemBack(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "alice @bob carol")
		s.says(":bob!b@h QUIT :a.example b.example", ":carol!c@h QUIT :a.example b.example")
		events := s.told()
		for i, id := range []transports.UserID{"bob", "carol"} {
			if e, is := events[i].(transports.UserLeft); !is || e.User.ID != id || e.Reason != "a.example b.example" {
				t.Errorf("event %d is %+v", i, events[i])
			}
		}
		s.says(":bob!b@h JOIN #room")
		if e := one[transports.MemberChanged](s); e.Member.Affiliation != transports.NoAffiliation {
			t.Errorf("bob came back as %+v: he is no operator until the server says so", e.Member)
		}
		s.says(":b.example MODE #room +o bob")
		if e := one[transports.MemberChanged](s); e.Member.Affiliation != transports.Admin || e.By != "b.example" {
			t.Errorf("bob is %+v by %s", e.Member, e.By)
		}
	})
}

func TestBeingRemovedIsOurOwnLeaving(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "alice @bob")
		s.says(":bob!b@h KICK #room ALICE :out!")
		if e := one[transports.MemberLeft](s); e.User.ID != "alice" || e.Cause != transports.Kicked || e.By != "bob" || e.Reason != "out!" {
			t.Errorf("left as %+v", e)
		}
		s.says(":bob!b@h PRIVMSG #room :not for us any more")
		if events := s.told(); len(events) != 0 {
			t.Errorf("events of a room that we are not in: %+v", events)
		}
		s.enter("#room", "alice @bob")
		s.says(":bob!b@h MODE #room +b *!*@host.example", ":bob!b@h KICK #room alice")
		events := s.told()
		if e := events[len(events)-1].(transports.MemberLeft); e.Cause != transports.Banned {
			t.Errorf("left as %+v", e)
		}
	})
}

func TestComingBackWhileTheLeavingIsUnderWayIsAJoin(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "alice")
		s.do(transports.Leave{Room: "#room"})
		s.expect("PART #room", "PING :confirm-1")
		again := s.do(transports.Join{Room: "#room"})
		time.Sleep(joinGather)
		s.expect("JOIN #room")
		s.says(":alice!a@h PART #room")
		again.pending()
		s.says(":alice!a@h JOIN #room", ":irc.srv 353 alice = #room :alice bob", ":irc.srv 366 alice #room :End")
		if err := again.err(); err != nil {
			t.Errorf("coming back failed: %v", err)
		}
	})
}

func TestAFloodOfNamesHasABound(t *testing.T) {
	c := newConnection(&Session{network: &network{burst: 1, rate: 1}, env: transports.Env{Log: quiet}, nick: "alice"}, nil, endpoint{plain: true}, func(transports.Event) {})
	r := &room{id: "#room", list: map[string]transports.User{}}
	c.kept = maxKept
	c.came(r, "bob", transports.User{ID: "bob"})
	c.allow(r, "bob", 1)
	if len(r.list)+len(r.standings) != 0 || !r.partial {
		t.Errorf("over the bound: %+v", r)
	}
}
