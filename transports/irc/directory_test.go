package irc

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/transports"
)

// rooms asks for the directory, in a goroutine; result is complete after synctest.Wait.
func (s *script) rooms(most int) (got *[]string, err *error) {
	got, err = new([]string), new(error)
	*err = fmt.Errorf("it still waits")
	go func() {
		*err = s.session.(transports.Directory).Rooms(context.Background(), func(l transports.Listing) bool {
			*got = append(*got, fmt.Sprintf("%s %s %d %s", l.Room, l.Name, l.Users, l.Topic))
			return len(*got) < most
		})
	}()
	synctest.Wait()
	return got, err
}

func TestThoseWhoAskForTheRoomsShareOneList(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		first, firstErr := s.rooms(100)
		s.expect("LIST", "PING :confirm-1")
		s.says(":irc.srv PONG irc.srv :confirm-1", ":irc.srv 321 alice Channel :Users  Name", ":irc.srv 322 alice #Go 12 :[+nt] All \x02about\x02 Go")
		second, secondErr := s.rooms(1)
		s.says(":irc.srv 322 alice #b 1 :", ":irc.srv 323 alice :End of LIST")
		if got := strings.Join(*first, "|"); got != "#go #Go 12 All about Go|#b #b 1 " || *firstErr != nil {
			t.Errorf("the first got %q, %v", got, *firstErr)
		}
		if got := strings.Join(*second, "|"); got != "#go #Go 12 All about Go" || *secondErr != nil {
			t.Errorf("the second got %q, %v", got, *secondErr)
		}
		third, _ := s.rooms(100)
		if len(*third) != 2 {
			t.Errorf("soon after, there are %q", *third)
		}
		s.expect()
		if got := s.announcements(); got != "" {
			t.Errorf("announced %s", got)
		}
		time.Sleep(listKept)
		s.hears()
		s.rooms(100)
		s.expect("LIST", "PING :confirm-2")
	})
}

func TestAListThatDoesNotComeIsAFault(t *testing.T) {
	for line, kind := range map[string]transports.FaultKind{
		":irc.srv 263 alice LIST :Server load is temporarily too heavy": transports.RateLimited,
		":irc.srv 421 alice LIST :Unknown command":                      transports.Forbidden,
		":irc.srv 322 alice #a 1 :and no more":                          transports.RateLimited,
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			_, err := s.rooms(100)
			s.says(line)
			time.Sleep(listSilence + time.Second)
			synctest.Wait()
			wantFault(t, *err, kind)
			_, again := s.rooms(100)
			s.server.Close()
			s.fault(transports.Offline)
			synctest.Wait()
			wantFault(t, *again, transports.Offline)
		})
	}
}

func TestTheBannedAreListed(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "@alice +bob carol")
		registry := s.session.(transports.Registry)
		ask := func(affiliation transports.Affiliation) (names *[]string, err *error) {
			names, err = new([]string), new(error)
			go func() { *names, *err = registry.Affiliated(context.Background(), "#room", affiliation) }()
			synctest.Wait()
			return names, err
		}
		first, _ := ask(transports.Outcast)
		second, _ := ask(transports.Outcast)
		s.expect("MODE #room +b", "PING :confirm-1")
		s.says(":irc.srv 367 alice #Room *!*@evil.example bob 1700000000", ":irc.srv 367 alice #room x!*@*", ":irc.srv 368 alice #room :End", ":irc.srv PONG irc.srv :confirm-1")
		synctest.Wait()
		for _, got := range []*[]string{first, second} {
			if strings.Join(*got, " ") != "*!*@evil.example x!*@*" {
				t.Errorf("banned are %q", *got)
			}
		}
		if got := s.announcements(); got != "" {
			t.Errorf("announced %s", got)
		}
		if admins, _ := ask(transports.Admin); strings.Join(*admins, " ") != "alice" {
			t.Errorf("admins are %q", *admins)
		}
		if members, _ := ask(transports.AffiliatedMember); strings.Join(*members, " ") != "bob" {
			t.Errorf("members are %q", *members)
		}
		_, refused := ask(transports.Outcast)
		s.says(":irc.srv 482 alice #room :You're not channel operator", ":irc.srv PONG irc.srv :confirm-2")
		synctest.Wait()
		wantFault(t, *refused, transports.Forbidden)
	})
}
