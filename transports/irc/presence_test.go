package irc

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

const (
	presenceCaps = "away-notify extended-monitor setname"
	patient      = presenceGather + watchGather + 50*time.Millisecond
)

// presences are the only events since the last call, as words.
func (s *script) presences() string {
	s.t.Helper()
	time.Sleep(patient)
	var all []string
	for _, e := range s.told() {
		switch e := e.(type) {
		case transports.PresenceChanged:
			all = append(all, strings.TrimSpace(fmt.Sprint(e.User.ID, " ", []string{"absent", "present", "chatty", "away", "xa", "dnd"}[e.Presence.Show], " ", e.Presence.Status)))
		case transports.SubscriptionAnswered:
			if !e.Granted {
				s.t.Errorf("refused: %+v", e)
			}
		default:
			all = append(all, fmt.Sprintf("%T", e))
		}
	}
	return strings.Join(all, ", ")
}

func (s *script) expectPresences(want string) {
	s.t.Helper()
	if got := s.presences(); got != want {
		s.t.Errorf("told %q, want %q", got, want)
	}
}

func (s *script) watch(nicks ...transports.UserID) {
	s.t.Helper()
	for _, nick := range nicks {
		if err := s.do(transports.Subscribe{User: nick, On: true}).err(); err != nil {
			s.t.Errorf("%s: %v", nick, err)
		}
	}
	time.Sleep(patient)
}

func TestMembersGoAwayAndComeBack(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(presenceCaps, "WHOX")
		for _, c := range []struct {
			lines string
			want  string
		}{
			{":bob!b@h AWAY :at \x02lunch", "bob away at lunch"},
			{":bob!b@h AWAY :at lunch", ""},
			{":bob!b@h AWAY :*", "bob away"},
			{":bob!b@h AWAY", "bob present"},
			{":bob!b@h AWAY :x|:bob!b@h AWAY", ""},
			{":alice!a@h AWAY :me", ""},
			{":bob!b@h AWAY :x", "bob away x"},
			{":bob!b@h NICK Robert", "transports.UserRenamed, robert away x"},
			{":Robert!b@h JOIN #room", "transports.MemberChanged, robert present"},
			{":Robert!b@h AWAY :x", "robert away x"},
			{":Robert!b@h JOIN #room|:Robert!b@h AWAY :x", "transports.MemberChanged"},
			{":Robert!b@h QUIT", "transports.UserLeft"},
			{":Robert!b@h JOIN #room", "transports.MemberChanged"},
			{":Robert!b@h SETNAME :The bruce", "transports.ProfileChanged"},
		} {
			s.says(strings.Split(c.lines, "|")...)
			if got := s.presences(); got != c.want {
				t.Errorf("%s is told as %q, want %q", c.lines, got, c.want)
			}
		}
	})
}

func TestTheServerIsAskedWhoOfARoomIsAway(t *testing.T) {
	for support, want := range map[string]string{"WHOX": "WHO #other %tnf,152", "X": "WHO #other"} {
		play(t, Network{Burst: 100}, func(s *script) {
			s.rich(presenceCaps, support)
			s.do(transports.Join{Room: "#other"})
			time.Sleep(joinGather)
			s.hears()
			s.says(":alice!a@h JOIN #other", ":irc.srv 353 alice = #other :alice bob Carol", ":irc.srv 366 alice #other :End")
			if heard := s.hears(); len(heard) != 2 || heard[1] != want {
				t.Errorf("asked %q", heard)
			}
			if support == "WHOX" {
				s.says(":irc.srv 354 alice 152 alice G", ":irc.srv 354 alice 152 bob H@", ":irc.srv 354 alice 152 Carol G*", ":irc.srv 354 alice 7 dave G")
			} else {
				s.says(":irc.srv 352 alice #other u h irc.srv bob H@ :0 Bob", ":irc.srv 352 alice #other u h irc.srv Carol G :0 Carol")
			}
			s.says(":irc.srv 315 alice #other :End")
			s.expectPresences("transports.Room, carol away")
			s.says(":irc.srv 301 alice Carol :at lunch")
			if got := s.presences(); got != "transports.Announced, carol away at lunch" {
				t.Errorf("told %s", got)
			}
		})
	}
	play(t, Network{Burst: 100}, func(s *script) { // who is back would not be told
		s.rich("setname", "WHOX")
		s.says(":irc.srv 354 alice 152 bob G")
		s.expectPresences("")
	})
}

func TestTheServerWatchesPeople(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(presenceCaps, "MONITOR=3")
		s.watch("bob", "dave", "bob")
		s.expect("MONITOR + bob,dave")
		s.says(":irc.srv 730 alice :Bob!b@h", ":irc.srv 731 * :dave")
		s.expectPresences("bob present, dave absent")
		s.expect("USERHOST bob")
		s.says(":irc.srv 302 alice :Bob=-b@h")
		s.expectPresences("bob away")
		s.says(":Bob!b@h AWAY :at lunch", ":irc.srv 730 alice :dave!d@h")
		s.expectPresences("bob away at lunch, dave present")
		s.says(":irc.srv 302 alice :dave=+d@h", ":irc.srv 731 alice :Bob,dave")
		s.expectPresences("bob absent, dave absent")
		s.expect("USERHOST dave")
		// The list has three places; the fourth is asked for, and who does not fit after all.
		s.watch("erin", "frank")
		s.expect("MONITOR + erin", "ISON frank")
		s.says(":irc.srv 734 alice 2 erin :Monitor list is full.", ":irc.srv 303 alice :")
		s.expect("ISON erin frank")
		s.says(":irc.srv 303 alice :Erin")
		s.expectPresences("frank absent, erin present")
		if err := s.do(transports.Subscribe{User: "bob"}).err(); err != nil {
			t.Error(err)
		}
		if heard := strings.Join(s.hears(), "|"); heard != "MONITOR - bob|USERHOST erin" && heard != "USERHOST erin|MONITOR - bob" {
			t.Errorf("heard %s", heard)
		}
		s.says(":irc.srv 730 alice :Bob!b@h")
		s.expectPresences("")
		wantFault(t, s.do(transports.Subscribe{User: "no nick", On: true}).err(), transports.Invalid)
	})
}

func TestPeopleAreAskedForWhereTheServerWatchesNobody(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich("away-notify")
		s.watch("bob", "carol")
		s.expect("ISON bob carol")
		s.says(":irc.srv 303 alice :Bob")
		s.expectPresences("bob present, carol absent")
		s.expect("USERHOST bob")
		s.says(":irc.srv 302 alice :Bob=-b@h")
		s.expectPresences("bob away")
		s.says(":irc.srv 301 alice Bob :at lunch")
		s.expectPresences("transports.Announced, bob away at lunch")
		time.Sleep(pollEvery)
		s.expect("ISON bob carol")
		s.says(":irc.srv 302 alice :Bob=+b@h", ":irc.srv 303 alice :carol")
		s.expectPresences("bob absent, carol present")
		s.says(":carol!c@h NICK bob")
		s.expectPresences("transports.UserRenamed, carol absent, bob present")
		s.says(":bob!c@h QUIT")
		s.expectPresences("transports.UserLeft, bob absent")
	})
}

func TestHowThePersonIsIsTold(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(presenceCaps, "AWAYLEN=20")
		for _, c := range []struct {
			show   transports.Show
			status string
			want   []string
		}{
			{transports.Present, "", nil},
			{transports.Away, "at\nlunch", []string{"AWAY :at lunch"}},
			{transports.Away, "at lunch", nil},
			{transports.LongAway, "", []string{"AWAY :Away for a longer ti"}},
			{transports.Busy, "déjà vu déjà vu déjà vu", []string{"AWAY :déjà vu déjà vu"}},
			{transports.Chatty, "hello", []string{"AWAY"}},
			{transports.Absent, "", []string{"AWAY :Not connected"}},
		} {
			o := s.do(transports.SetPresence{Presence: transports.Presence{Show: c.show, Status: c.status}})
			var got []string
			for _, line := range s.hears() {
				if token, ping := strings.CutPrefix(line, "PING :"); ping {
					s.says(":irc.srv 306 alice :You have been marked as being away", ":irc.srv PONG irc.srv :"+token)
				} else {
					got = append(got, line)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) || o.err() != nil {
				t.Errorf("%d %q is sent as %q, want %q", c.show, c.status, got, c.want)
			}
		}
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
	})
}

func TestWhoSaysThatTheyAreAwayIsBackWithTheirPresence(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(presenceCaps)
		s.do(transports.Instruct{Place: transports.InRoom("#room"), Line: "away at lunch"})
		s.says(":irc.srv 306 alice :You have been marked as being away", ":irc.srv PONG irc.srv :confirm-1")
		if got := s.announcements(); got != "#room<You have been marked as being away>" {
			t.Errorf("announced %s", got)
		}
		s.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Present}})
		s.expect("AWAY :at lunch", "PING :confirm-1", "AWAY", "PING :confirm-2")
	})
}

func TestWhoIsBackBeforeTheServerHasConfirmedIsBack(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(presenceCaps)
		s.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Away}})
		s.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Present}})
		s.expect("AWAY :Away", "PING :confirm-1", "AWAY")
	})
}

func TestOnlyTheLastPresenceIsSent(t *testing.T) {
	play(t, Network{Burst: 1, Rate: 1}, func(s *script) {
		s.rich(presenceCaps)
		time.Sleep(5 * time.Second)
		s.do(inRoom1("uses up the token"))
		s.hears()
		first := s.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Away}})
		second := s.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Busy}})
		if err := first.err(); err != nil {
			t.Error(err)
		}
		second.pending()
		time.Sleep(5 * time.Second)
		if heard := strings.Join(s.hears(), "|"); !strings.Contains(heard, "AWAY :Busy") || strings.Contains(heard, "AWAY :Away") {
			t.Errorf("heard %s", heard)
		}
	})
}

func TestWhoIsAwayIsSoFromTheBeginning(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(preAwayCap)
		absent := transports.SetPresence{Presence: transports.Presence{Show: transports.Absent}}
		s.do(absent)
		s.expect("AWAY :*", "PING :confirm-1")
		s.server.Close()
		s.finish()
		s.run()
		s.hears()
		s.says(":irc.srv CAP * LS :" + preAwayCap)
		s.hears()
		s.says(":irc.srv CAP * ACK :" + preAwayCap)
		s.expect("AWAY :*", "CAP END")
		s.greets()
		if err := s.do(absent).err(); err != nil {
			t.Error(err)
		}
		s.expect()
	})
}

// describe asks for a profile.
func (s *script) describe(id transports.UserID) func() (transports.Profile, error) {
	type answer struct {
		profile transports.Profile
		err     error
	}
	done := make(chan answer, 1)
	go func() {
		profile, err := s.session.(transports.Profiles).Profile(s.t.Context(), id)
		done <- answer{profile, err}
	}()
	return func() (transports.Profile, error) {
		a := <-done
		return a.profile, a.err
	}
}

func TestAProfileIsWhatTheServerTells(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(richCaps)
		first, second := s.describe("bob"), s.describe("bob")
		s.expect("WHOIS bob", "PING :confirm-1")
		s.says(":irc.srv PONG irc.srv :confirm-1", ":irc.srv 311 alice Bob bobby host.example * :Robert \x02Roberts", ":irc.srv 319 alice Bob :@#room #other",
			":irc.srv 312 alice Bob irc.srv :A server", ":irc.srv 330 alice Bob Robert :is logged in as", ":irc.srv 671 alice Bob :is using a secure connection",
			":irc.srv 317 alice Bob 90 1577934245 :seconds idle, signon time", ":irc.srv 301 alice Bob :at lunch", ":irc.srv 318 alice bob :End")
		for _, asked := range []func() (transports.Profile, error){first, second} {
			p, err := asked()
			if err != nil || p.User != (transports.User{ID: "bob", Name: "Bob", Identity: "account:robert", Origin: "bobby@host.example"}) || p.Nick != "Bob" || p.FullName != "Robert Roberts" {
				t.Errorf("the profile is %+v, %v", p, err)
			}
			if want := "Address: bobby@host.example\nRooms: @#room #other\nServer: irc.srv\nAccount: Robert\nConnection: encrypted\nIdle for: 1m30s\nConnected since: 2020-01-02 03:04 UTC\nAway: at lunch"; p.Note != want {
				t.Errorf("the note is %q", p.Note)
			}
		}
		gone := s.describe("carol")
		s.hears()
		s.says(":irc.srv 401 alice carol :No such nick", ":irc.srv 318 alice carol :End")
		_, err := gone()
		wantFault(t, err, transports.NotFound)
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
		silent := s.describe("dave")
		_, err = silent()
		wantFault(t, err, transports.Offline)
	})
}

func TestPeopleAreFoundByWhatIsRemembered(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(richCaps)
		find := func(words string, limit int) func() ([]transports.User, error) {
			done := make(chan []transports.User, 1)
			failed := make(chan error, 1)
			go func() {
				users, err := s.session.(transports.Finder).Find(s.t.Context(), words, limit)
				failed <- err
				done <- users
			}()
			return func() ([]transports.User, error) { err := <-failed; return <-done, err }
		}
		asked := find("rob  erts", 2)
		s.expect("WHO *rob*erts*", "PING :confirm-1")
		for _, nick := range []string{"Bob", "Rob", "Robin"} {
			s.says(":irc.srv 352 alice * u h irc.srv " + nick + " H :0 Robert Roberts")
		}
		s.says(":irc.srv PONG irc.srv :confirm-1", ":irc.srv 315 alice *rob*erts* :End")
		if users, err := asked(); err != nil || len(users) != 2 || users[0] != (transports.User{ID: "bob", Name: "Bob", Identity: "mask:bob!u@h", Origin: "u@h"}) {
			t.Errorf("found %+v, %v", users, err)
		}
		for _, words := range []string{"", " * ", "#room", "a\rQUIT"} {
			if _, err := find(words, 1)(); transports.AsFault(err).Kind != transports.Invalid {
				t.Errorf("%q gave %v", words, err)
			}
		}
		asked = find("*@example.org", 0)
		s.expect("WHO *@example.org", "PING :confirm-2")
		s.says(":irc.srv 263 alice WHO :Try again later")
		_, err := asked()
		wantFault(t, err, transports.RateLimited)
	})
}
