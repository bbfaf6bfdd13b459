package slack_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack"
	"isthmus/transports/slack/slacktest"
)

// story is Tess's account in a workspace in which Ida is as well.
type story struct {
	*testing.T
	w         *slacktest.Workspace
	tess, ida *slacktest.User
	token     string
	app       string
	driver    *slack.Driver
	account   transports.Account
	session   transports.Session
	events    chan transports.Event
	ended     chan error
	stop      context.CancelFunc
	lobby     string
	// keep takes what is to be told when it is on disk; nil for at once.
	keep func(transports.Checkpoint)
	// quiet has the events of the beginning left to the test.
	quiet bool
	// mayCall: people may call everyone.
	mayCall bool
	// tokenEvery is how often it is asked whether the token is good.
	tokenEvery    time.Duration
	presenceEvery time.Duration
}

// newStory has Tess and Ida in the channel lobby; how changes the workspace before the account connects.
func newStory(t *testing.T, how ...func(*story)) *story {
	t.Helper()
	s := &story{T: t, w: newWorkspace(t)}
	s.tess, s.ida = s.w.AddUser("Tess"), s.w.AddUser("Ida Lovelace")
	s.token, s.app = install(t, s.w, s.tess)
	s.lobby = s.w.AddChannel("lobby", false, s.ida, s.tess)
	for _, h := range how {
		h(s)
	}
	s.driver = start(t, s.config())
	s.account = logIn(t, s.driver, s.token, s.app)
	s.session = s.open(s.account)
	s.run()
	if !s.quiet {
		s.online()
	}
	return s
}

func (s *story) config() slack.Config {
	return slack.Config{API: s.w.API(), ReadEvery: time.Second, TokenEvery: s.tokenEvery, PresenceEvery: s.presenceEvery, CallEveryone: s.mayCall}
}

func (s *story) open(account transports.Account) transports.Session {
	s.Helper()
	session, err := s.driver.Open(account, transports.Env{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.Fatal(err)
	}
	return session
}

// run runs the session until it ends, or the test.
func (s *story) run() {
	ctx, stop := context.WithCancel(context.Background())
	s.events, s.ended, s.stop = make(chan transports.Event, 1<<12), make(chan error, 1), stop
	events, ended, finished := s.events, s.ended, make(chan struct{})
	go func() {
		defer close(finished)
		ended <- s.session.Run(ctx, func(e transports.Event) {
			switch c, is := e.(transports.Checkpoint); {
			case !is:
				events <- e
			case s.keep == nil:
				c.Kept()
			default:
				s.keep(c)
			}
		})
	}()
	s.Cleanup(func() { stop(); <-finished })
}

// online waits until the rooms were told.
func (s *story) online() (e transports.Online) {
	s.Helper()
	e = expect[transports.Online](s, nil)
	expect[transports.Memberships](s, nil)
	return e
}

// expect is the next event of a type that fits; others before it are passed over.
func expect[E transports.Event](s *story, fits func(E) bool) E {
	s.Helper()
	for {
		select {
		case e := <-s.events:
			if e, is := e.(E); is && (fits == nil || fits(e)) {
				return e
			}
		case err := <-s.ended:
			s.Fatalf("Run ended with %v while an event was awaited", err)
		case <-time.After(longest):
			var none E
			s.Fatalf("no %T came", none)
		}
	}
}

// fault is what Run ended with.
func (s *story) fault() *transports.Fault {
	s.Helper()
	for {
		select {
		case <-s.events:
		case err := <-s.ended:
			if err == nil {
				s.Fatal("Run ended without a reason")
			}
			return transports.AsFault(err)
		case <-time.After(longest):
			s.Fatal("Run goes on")
		}
	}
}

// only fails unless the next message is this one: nothing may come before it. It shows that what came before gave no events.
func (s *story) only(what string) {
	s.Helper()
	s.w.Post(s.ida, s.lobby, what, nil)
	e := expect(s, func(e transports.Event) bool { _, is := e.(transports.MemberChanged); return !is })
	if m, is := e.(transports.Message); !is || m.Text.String() != what {
		s.Fatalf("%#v came", e)
	}
}

func (s *story) do(command transports.Command) (transports.Result, error) {
	s.Helper()
	type outcome struct {
		result transports.Result
		err    error
	}
	done := make(chan outcome, 1)
	s.session.Do(s.Context(), command, func(r transports.Result, err error) { done <- outcome{r, err} })
	select {
	case o := <-done:
		return o.result, o.err
	case <-time.After(longest):
		s.Fatalf("%T was never done", command)
		return transports.Result{}, nil
	}
}

func (s *story) must(command transports.Command) transports.Result {
	s.Helper()
	result, err := s.do(command)
	if err != nil {
		s.Fatalf("%T: %v", command, err)
	}
	return result
}

// refused carries out a command that fails with a fault of the kind, which says something to people.
func (s *story) refused(command transports.Command, kind transports.FaultKind, words string) *transports.Fault {
	s.Helper()
	_, err := s.do(command)
	f := transports.AsFault(err)
	if err == nil || f.Kind != kind || !strings.Contains(f.Text, words) {
		s.Errorf("%T gave %d, %v; want %d, %q", command, f.Kind, err, kind, words)
	}
	return f
}

func (s *story) room() transports.RoomID { return transports.RoomID("#" + strings.ToLower(s.lobby)) }

func (s *story) place() transports.Place { return transports.InRoom(s.room()) }

func (s *story) say(words string) transports.Send {
	return transports.Send{Place: s.place(), Text: text.Plain(words)}
}
