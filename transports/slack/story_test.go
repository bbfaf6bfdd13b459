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
	return slack.Config{API: s.w.API(), ReadEvery: time.Second, CallEveryone: s.mayCall}
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

func TestWhatIsSaidHereComesOnceAndWhatIsSaidElsewhereIsOnesOwn(t *testing.T) {
	s := newStory(t)
	for range 5 { // each event comes before the answer to what it is of
		s.must(s.say("from here"))
	}
	s.w.Post(s.tess, s.lobby, "from the phone", nil)
	m := expect[transports.Message](s, nil)
	if m.Text.String() != "from the phone" || !m.Own || m.From.ID != "u0000001" || m.Place != s.place() {
		t.Errorf("the first message is %+v", m)
	}
	s.only("done")
}

func TestChangesMadeHereAreNotToldAndOthersAre(t *testing.T) {
	s := newStory(t)
	id := s.must(s.say("a draft")).Parts[0]
	s.must(transports.Edit{Place: s.place(), ID: id, Text: text.Plain("a text & more")})
	s.must(transports.React{Place: s.place(), ID: id, Emoji: []string{"👍"}})
	s.must(transports.Delete{Place: s.place(), ID: id})
	s.must(transports.Delete{Place: s.place(), ID: id}) // it is gone already
	s.only("nothing yet")
	ts := s.w.Post(s.tess, s.lobby, "another", nil)
	expect[transports.Message](s, nil)
	s.w.Act(s.tess, "chat.update", slacktest.Object{"channel": s.lobby, "ts": ts, "text": "*better*"})
	if e := expect[transports.Edited](s, nil); e.Text.Styling() != "*better*" || e.ID != transports.MessageID(ts) {
		t.Errorf("the edit elsewhere is %+v", e)
	}
	s.w.Act(s.tess, "reactions.add", slacktest.Object{"channel": s.lobby, "timestamp": ts, "name": "+1"})
	if e := expect[transports.Reacted](s, nil); e.From.ID != "u0000001" || len(e.Emoji) != 1 || e.Emoji[0] != "👍" {
		t.Errorf("the reaction elsewhere is %+v", e)
	}
	s.w.Act(s.tess, "chat.delete", slacktest.Object{"channel": s.lobby, "ts": ts})
	if e := expect[transports.Deleted](s, nil); e.ID != transports.MessageID(ts) {
		t.Errorf("the deletion elsewhere is %+v", e)
	}
}

func TestAStormOfReactionsHoldsNothingUp(t *testing.T) {
	var old []string
	s := newStory(t, func(s *story) {
		for range 80 { // more than may be asked about in a minute
			old = append(old, s.w.Post(s.ida, s.lobby, "old", nil))
		}
	})
	began := time.Now()
	for _, ts := range old {
		s.w.Act(s.ida, "reactions.add", slacktest.Object{"channel": s.lobby, "timestamp": ts, "name": "+1"})
	}
	for _, ts := range old {
		if e := expect[transports.Reacted](s, nil); e.ID != transports.MessageID(ts) || len(e.Emoji) != 1 || e.Emoji[0] != "👍" {
			t.Fatalf("the reaction is told as %+v", e)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestWhatComesAgainIsToldOnce(t *testing.T) {
	s := newStory(t)
	s.w.Post(s.ida, s.lobby, "once", nil)
	s.w.Redeliver()
	expect[transports.Message](s, nil)
	s.w.Redeliver()
	s.only("twice")
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "acknowledged" && e["left"] == 0 }, longest) == nil {
		t.Error("not everything was acknowledged")
	}
}

func TestPreviewsAndCountsOfAnswersAreNoEdits(t *testing.T) {
	s := newStory(t)
	ts := s.w.Post(s.ida, s.lobby, "<https://x.example>", nil)
	m := expect[transports.Message](s, nil)
	if m.Text.String() != "https://x.example" {
		t.Errorf("the link reads %q", m.Text)
	}
	s.w.Unfurl(s.lobby, ts)
	s.w.Post(s.ida, s.lobby, "an answer", slacktest.Object{"thread_ts": ts})
	if m := expect[transports.Message](s, nil); m.Thread != transports.MessageID(ts) {
		t.Errorf("the answer is %+v", m)
	}
	s.only("no edits")
}

func TestThreads(t *testing.T) {
	s := newStory(t)
	root := s.w.Post(s.ida, s.lobby, "a story", nil)
	expect[transports.Message](s, nil)
	send := s.say("in the thread")
	send.Thread = transports.MessageID(root)
	s.must(send)
	s.w.Act(s.ida, "chat.postMessage", slacktest.Object{"channel": s.lobby, "text": "for all", "thread_ts": root, "reply_broadcast": true})
	if m := expect[transports.Message](s, nil); m.Text.String() != "for all" || m.Thread != transports.MessageID(root) {
		t.Errorf("what was also sent to the channel is %+v", m)
	}
	s.w.Act(s.ida, "chat.delete", slacktest.Object{"channel": s.lobby, "ts": root})
	if e := expect[transports.Deleted](s, nil); e.ID != transports.MessageID(root) {
		t.Errorf("the deleted root is told as %+v", e)
	}
	send.Thread = "1.000000"
	s.refused(send, transports.NotFound, "thread")
}

func TestTheNextSocketIsThereBeforeTheOldOneGoes(t *testing.T) {
	s := newStory(t)
	s.w.Disconnect("warning")
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "socket_opened" && e["sockets"] == 2 }, longest) == nil {
		t.Fatal("no second socket")
	}
	for range 4 { // over either of them
		s.only("still here")
	}
	s.w.Disconnect("refresh_requested")
	for range 4 {
		s.only("and here")
	}
}

func TestAnAnswerIsInTheThreadOfWhatItAnswersAndInTheChannel(t *testing.T) {
	var news string
	s := newStory(t, func(s *story) {
		news = s.w.AddChannel("news", false, s.ida, s.tess)
		s.w.Restrict(news, false, true)
	})
	last := func(channel string) slacktest.Object {
		all := s.w.Messages(channel)
		return all[len(all)-1]
	}
	question := s.w.Post(s.ida, s.lobby, "what time is it?", nil)
	answer := func(to, words string) transports.Send {
		send := s.say(words)
		send.ReplyTo = &transports.Reference{ID: transports.MessageID(to), Text: text.Plain("what time is it?")}
		return send
	}
	s.must(answer(question, "noon"))
	noon := last(s.lobby)
	if noon["thread_ts"] != question || noon["subtype"] != "thread_broadcast" {
		t.Errorf("the answer is %v", noon)
	}
	s.must(answer(noon["ts"].(string), "thanks")) // in the same thread, and not in front of everyone
	if m := last(s.lobby); m["thread_ts"] != question || m["subtype"] != nil {
		t.Errorf("the answer to the answer is %v", m)
	}
	lonely := s.w.Post(s.ida, news, "what time is it?", nil)
	send := answer(lonely, "midnight")
	send.Place = transports.InRoom(transports.RoomID("#" + strings.ToLower(news)))
	s.must(send) // where there are no threads
	if m := last(news); m["text"] != "&gt; what time is it?\nmidnight" && m["text"] != "> what time is it?\nmidnight" {
		t.Errorf("the answer is %v", m)
	}
}

func TestAChannelSaysWhatItLacks(t *testing.T) {
	var news transports.RoomID
	s := newStory(t, func(s *story) {
		id := s.w.AddChannel("news", false, s.ida, s.tess)
		s.w.Restrict(id, true, true)
		news = transports.RoomID("#" + strings.ToLower(id))
		s.quiet = true
	})
	r := expect(s, func(r transports.Room) bool { return r.Room == news })
	if r.Lacks != transports.Threads|transports.Replies || !r.Moderated || r.Parent != "#t0acme" || len(r.Members) != 1 || r.Members[0].Role != transports.Visitor {
		t.Errorf("the room is %+v", r)
	}
	s.refused(transports.Send{Place: transports.InRoom(news), Text: text.Plain("hello?")}, transports.Forbidden, "Only some people")
}

func TestWhoIsAwayIsSoOnSlackAndSaysWhatTheySay(t *testing.T) {
	s := newStory(t)
	set := func(p transports.Presence, presence string, status ...string) {
		t.Helper()
		s.must(transports.SetPresence{Presence: p})
		if presence != "" && s.w.Await(func(e slacktest.Object) bool { return e["type"] == "presence_set" && e["presence"] == presence }, longest) == nil {
			t.Errorf("%+v: the presence is not %s", p, presence)
		}
		if len(status) > 0 && s.w.Await(func(e slacktest.Object) bool {
			return e["type"] == "status_set" && e["text"] == status[0] && e["emoji"] == status[1]
		}, longest) == nil {
			t.Errorf("%+v: the status is not %q", p, status)
		}
	}
	set(transports.Presence{Show: transports.Present}, "") // nothing that Slack does not know
	if n := s.w.Calls("users.setPresence"); n != 0 {
		t.Errorf("Slack was told %d times", n)
	}
	set(transports.Presence{Show: transports.Away, Status: "🍝 lunch & more"}, "away", "lunch &amp; more", ":spaghetti:")
	set(transports.Presence{Show: transports.LongAway, Status: "🍝 lunch & more"}, "") // it is so already
	set(transports.Presence{Show: transports.Busy, Status: strings.Repeat("x", 200)}, "auto", strings.Repeat("x", 99)+"…", "")
	set(transports.Presence{Show: transports.Absent}, "", "", "")
	if n := s.w.Calls("users.setPresence"); n != 2 {
		t.Errorf("Slack was told %d times", n)
	}
	poor := newStory(t, func(s *story) { s.token = s.w.Token(s.tess, scopes) })
	if _, err := poor.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Away}}); err != transports.ErrUnsupported {
		t.Errorf("without the permission it gives %v", err)
	}
}

func TestWhatIsReadInAnotherClientIsRead(t *testing.T) {
	s := newStory(t)
	ts := s.w.Post(s.ida, s.lobby, "read me", nil)
	direct := s.w.Direct(s.tess, s.ida)
	whisper := s.w.Post(s.ida, direct, "and me", nil)
	s.w.Read(s.tess, s.lobby, ts)
	s.w.Read(s.tess, direct, whisper)
	for range 2 {
		e := expect[transports.Read](s, nil)
		if e.By.ID != "u0000001" || e.Place == s.place() && e.Upto != transports.MessageID(ts) || e.Place.Room == "" && e.Upto != transports.MessageID(whisper) {
			t.Errorf("read is %+v", e)
		}
	}
	s.w.Post(s.ida, s.lobby, "and this", nil)
	m := expect[transports.Message](s, nil)
	s.must(transports.MarkRead{Place: s.place(), Upto: m.ID}) // here: that is no news
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "marked" && e["ts"] == string(m.ID) }, longest) == nil {
		t.Fatal("Slack was not told what was read")
	}
	s.only("nothing else was read")
}

func TestSocketsEndForReasons(t *testing.T) {
	for reason, want := range map[string]struct {
		kind  transports.FaultKind
		words string
	}{
		"link_disabled":       {transports.BadCredentials, "Socket Mode is turned off"},
		"too_many_websockets": {transports.Offline, "as many connections"},
	} {
		s := newStory(t)
		s.w.Disconnect(reason)
		if f := s.fault(); f.Kind != want.kind || !strings.Contains(f.Text, want.words) {
			t.Errorf("%s: the session ended with %d, %v", reason, f.Kind, f)
		}
	}
}

func TestWhatSlackRefusesWhileConnectingIsTriedAgain(t *testing.T) {
	for code, words := range map[string]string{"too_many_websockets": "as many connections", "request_timeout": "request timeout", "some_new_error": "some new error"} {
		s := newStory(t)
		s.w.Fail("apps.connections.open", code, 1)
		s.w.Cut()
		s.fault()
		s.run()
		if f := s.fault(); f.Kind != transports.Offline || !strings.Contains(f.Text, words) {
			t.Errorf("%s: the session ended with %d, %v", code, f.Kind, f)
		}
	}
}

func TestATokenDiesInTheMiddle(t *testing.T) {
	for _, why := range []string{"token_revoked", "account_inactive", "invalid_auth"} {
		s := newStory(t)
		for s.w.Calls("users.list") == 0 { // or that call finds out first
			time.Sleep(time.Millisecond)
		}
		s.w.Revoke(s.token, why)
		s.refused(s.say("hello?"), transports.BadCredentials, "")
		if f := s.fault(); f.Kind != transports.BadCredentials {
			t.Errorf("%s: the session ended with %d, %v", why, f.Kind, f)
		}
		s.run()
		if f := s.fault(); f.Kind != transports.BadCredentials {
			t.Errorf("%s: it connects again: %v", why, f)
		}
	}
	s := newStory(t)
	s.w.TellRevoked(s.tess)
	if f := s.fault(); f.Kind != transports.BadCredentials {
		t.Errorf("the session ended with %d, %v", f.Kind, f)
	}
	s = newStory(t)
	s.w.Revoke(s.app, "invalid_auth")
	s.w.Cut()
	s.fault()
	s.run()
	if f := s.fault(); f.Kind != transports.BadCredentials {
		t.Errorf("with a bad app token the session ended with %d, %v", f.Kind, f)
	}
}

func TestWhoIsTooFastIsToldHowLongToWait(t *testing.T) {
	s := newStory(t)
	s.w.RateLimit("chat.postMessage", "17", false, 1)
	if f := s.refused(s.say("hello"), transports.RateLimited, "Wait"); f.Wait < 15*time.Second || f.Wait > 17*time.Second {
		t.Errorf("the wait is %v", f.Wait)
	}
	s.refused(s.say("hello"), transports.RateLimited, "Wait")
	if n := s.w.Calls("chat.postMessage"); n != 1 {
		t.Errorf("Slack was asked %d times while it wanted to rest", n)
	}
	s.w.RateLimit("chat.update", "3", true, 1)
	if f := s.refused(transports.Edit{Place: transports.InRoom(s.room()), ID: "1.000001", Text: text.Plain("x")}, transports.RateLimited, "Wait"); f.Wait > 3*time.Second {
		t.Errorf("the wait is %v", f.Wait)
	}
	s.w.RateLimit("conversations.setTopic", "", true, 1)
	if f := s.refused(transports.SetTopic{Room: s.room(), Text: "x"}, transports.RateLimited, "Wait"); f.Wait <= 0 {
		t.Errorf("the wait is %v", f.Wait)
	}
}

func TestAnAnswerThatIsLostLeavesTheOutcomeUnknown(t *testing.T) {
	s := newStory(t)
	s.w.LoseAnswer("chat.postMessage")
	s.refused(s.say("did it arrive?"), transports.UnknownOutcome, "nobody knows")
	if m := expect[transports.Message](s, nil); !m.Own || m.Text.String() != "did it arrive?" { // it did, and is seen
		t.Errorf("what came is %+v", m)
	}
}

func TestEveryoneIsCalledOnlyWhereTheOperatorLetsPeopleDoThat(t *testing.T) {
	for mayCall, want := range map[bool]string{false: "@here, lunch", true: "<!here>, lunch"} {
		s := newStory(t, func(s *story) { s.mayCall = mayCall })
		s.must(s.say("@here, lunch"))
		others := s.say("@here, lunch")
		others.As = &transports.Persona{Name: "Bob"}
		s.must(others)
		if all := s.w.Messages(s.lobby); len(all) != 2 || all[0]["text"] != want || all[1]["text"] != "*Bob*: @here, lunch" {
			t.Errorf("where people may call everyone (%t), the channel has %v", mayCall, all)
		}
	}
}

func TestTalks(t *testing.T) {
	s := newStory(t)
	s.must(transports.Send{Place: transports.TalkWith("u0000002"), Text: text.Plain("hi <there>")})
	direct := s.w.Direct(s.tess, s.ida)
	if all := s.w.Messages(direct); len(all) != 1 || all[0]["text"] != "hi &lt;there&gt;" {
		t.Errorf("the talk is %v", all)
	}
	s.w.Post(s.ida, direct, "hello <@U0000001>, see <#"+s.lobby+">", nil)
	m := expect[transports.Message](s, nil)
	if m.Place != transports.TalkWith("u0000002") || m.Text.String() != "hello @Tess, see #lobby" || m.From.Name != "Ida Lovelace" {
		t.Errorf("the answer is %+v", m)
	}
	max := s.w.AddUser("Max")
	s.w.Post(max, s.w.Direct(max, s.tess), "we have not met", nil)
	if m := expect[transports.Message](s, nil); m.Place != transports.TalkWith(transports.UserID(strings.ToLower(max.ID))) {
		t.Errorf("the stranger's message is %+v", m)
	}
	s.w.Post(max, s.w.Direct(max, s.ida), "between others", nil)
	s.only("nobody else's talks")
	s.refused(transports.Send{Place: transports.TalkWith("u9999999"), Text: text.Plain("x")}, transports.NotFound, "no such person")
}

func TestRoomsThatComeAndGo(t *testing.T) {
	s := newStory(t)
	secret := s.w.AddChannel("secret", true, s.ida)
	s.w.Post(s.ida, secret, "not for Tess", nil)
	s.w.Act(s.ida, "conversations.invite", slacktest.Object{"channel": secret, "users": s.tess.ID})
	r := expect[transports.Room](s, nil)
	if r.Name != "secret" || !r.Hidden || !r.MembersOnly {
		t.Errorf("the room is %+v", r)
	}
	s.w.Act(s.ida, "conversations.rename", slacktest.Object{"channel": secret, "name": "open-secret"})
	if e := expect[transports.RoomChanged](s, nil); e.Room != r.Room || e.Name != "open-secret" {
		t.Errorf("the new name is told as %+v", e)
	}
	s.w.Act(s.ida, "conversations.kick", slacktest.Object{"channel": secret, "user": s.tess.ID})
	if e := expect[transports.MemberLeft](s, nil); e.Room != r.Room || e.User.ID != "u0000001" {
		t.Errorf("the removal is told as %+v", e)
	}
	s.w.Post(s.ida, secret, "not for Tess", nil)
	s.refused(transports.Join{Room: r.Room}, transports.NotFound, "no such channel")
	s.w.Act(s.ida, "conversations.archive", slacktest.Object{"channel": s.lobby})
	if e := expect[transports.MemberLeft](s, nil); e.Room != s.room() || e.Cause != transports.Removed {
		t.Errorf("the archived channel is left as %+v", e)
	}
	s.refused(s.say("hello?"), transports.Forbidden, "archived")
}

func TestAnAppIsToldThatAnotherOfItsAccountsLeft(t *testing.T) {
	s := newStory(t)
	s.w.Act(s.ida, "conversations.leave", slacktest.Object{"channel": s.lobby}) // it is told of both: that Ida left, and that somebody did
	max := s.w.AddUser("Max")
	s.w.Act(max, "conversations.join", slacktest.Object{"channel": s.lobby})
	if e := expect[transports.MemberChanged](s, nil); e.Member.User.Name != "Max" {
		t.Errorf("what came is %+v", e)
	}
	s.must(s.say("I am still here"))
}

func TestAChannelIsFoundByItsName(t *testing.T) {
	s := newStory(t)
	attic := s.w.AddChannel("attic", false, s.ida)
	for name, id := range map[string]string{"#lobby": s.lobby, "#attic": attic} {
		if f := s.refused(transports.Join{Room: transports.RoomID(name)}, transports.Moved, "address"); f.To != transports.RoomID("#"+strings.ToLower(id)) {
			t.Errorf("%s leads to %s", name, f.To)
		}
	}
	s.refused(transports.Join{Room: "#nothing-like-it"}, transports.NotFound, "no such channel")
}

func TestAChannelGetsAnotherID(t *testing.T) {
	s := newStory(t)
	now := s.w.AddChannel("lobby", false, s.ida, s.tess)
	s.w.Tell(s.lobby, slacktest.Object{"type": "channel_id_changed", "old_channel_id": s.lobby, "new_channel_id": now, "event_ts": "1.000001"})
	if e := expect[transports.MemberLeft](s, nil); e.Room != s.room() {
		t.Errorf("left is %+v", e)
	}
	if r := expect[transports.Room](s, nil); r.Room != transports.RoomID("#"+strings.ToLower(now)) {
		t.Errorf("the new room is %+v", r)
	}
}

func TestGroupsAreRooms(t *testing.T) {
	var group string
	s := newStory(t, func(s *story) { group = s.w.AddGroup(s.ida, s.tess) })
	s.w.Post(s.ida, group, "just us", nil)
	if m := expect[transports.Message](s, nil); m.Place != transports.InRoom(transports.RoomID("#"+strings.ToLower(group))) {
		t.Errorf("the message is %+v", m)
	}
	s.refused(transports.Leave{Room: transports.RoomID("#" + strings.ToLower(group))}, transports.Forbidden, "leave a group")
}

func TestBotsSpeakUnderTheirNames(t *testing.T) {
	s := newStory(t)
	s.w.Post(&slacktest.User{}, s.lobby, "build failed", slacktest.Object{"subtype": "bot_message", "user": nil, "bot_id": "B77", "username": "Jenkins"})
	m := expect[transports.Message](s, nil)
	if m.From.Name != "Jenkins" || m.Own || !strings.HasPrefix(string(m.From.ID), "b77") {
		t.Errorf("the bot's message is %+v", m)
	}
	s.w.Post(&slacktest.User{}, s.lobby, "built", slacktest.Object{"subtype": "bot_message", "user": nil, "bot_id": "B77", "username": "Travis"})
	if other := expect[transports.Message](s, nil); other.From.ID == m.From.ID || other.From.Name != "Travis" {
		t.Errorf("another name of the bot is %+v", other.From)
	}
	s.refused(transports.Send{Place: transports.TalkWith(m.From.ID), Text: text.Plain("hi")}, transports.Forbidden, "bot")
}

func TestPeopleOfOtherWorkspacesHaveTheNamesThatTheirWordsBring(t *testing.T) {
	s := newStory(t)
	s.w.Post(&slacktest.User{ID: "U0STRANGER"}, s.lobby, "hello from elsewhere", slacktest.Object{"user_profile": slacktest.Object{"display_name": "", "real_name": "Ada King"}})
	if m := expect[transports.Message](s, nil); m.From.Name != "Ada King" {
		t.Errorf("it is from %+v", m.From)
	}
}

func TestNoticesAreSaidByTheRoom(t *testing.T) {
	s := newStory(t)
	s.w.Post(s.ida, s.lobby, "", slacktest.Object{"subtype": "huddle_thread"})
	if e := expect[transports.Announced](s, nil); e.Room != s.room() || !strings.Contains(e.Text.String(), "Ida Lovelace started a huddle") {
		t.Errorf("the huddle is told as %+v", e)
	}
	rule := s.w.Post(s.ida, s.lobby, "be kind", nil)
	expect[transports.Message](s, nil)
	s.w.Pin(s.ida, s.lobby, rule)
	if e := expect[transports.Announced](s, nil); e.Text.Styling() != "Ida Lovelace pinned a message here.\n> be kind" {
		t.Errorf("the pin is told as %q", e.Text.Styling())
	}
	s.w.Post(s.ida, s.lobby, "", slacktest.Object{"blocks": []any{slacktest.Object{"type": "call", "call_id": "R1", "call": slacktest.Object{"v1": slacktest.Object{"name": "standup", "join_url": "https://call.example/1"}}}}})
	if m := expect[transports.Message](s, nil); m.Text.Styling() != "A call: standup <https://call.example/1>" {
		t.Errorf("the call is told as %q", m.Text.Styling())
	}
	s.w.Post(s.ida, s.lobby, "something new", slacktest.Object{"subtype": "to_be_invented"})
	if m := expect[transports.Message](s, nil); m.Text.String() != "something new" {
		t.Errorf("an unknown subtype is %+v", m)
	}
	s.w.Post(s.ida, s.lobby, "hidden", slacktest.Object{"subtype": "to_be_invented", "hidden": true})
	s.only("nothing hidden")
}

func TestFilesThatNeedToBeAskedFor(t *testing.T) {
	s := newStory(t)
	s.w.SendUnknownFile(s.ida, s.lobby, "plan.txt", "the plan")
	m := expect[transports.Message](s, nil)
	if len(m.Files) != 1 || m.Files[0].Name != "plan.txt" {
		t.Fatalf("the file is %+v", m)
	}
	s.w.Post(s.ida, s.lobby, "", slacktest.Object{"subtype": "file_share", "files": []any{slacktest.Object{"id": "F1", "mode": "tombstone"},
		slacktest.Object{"id": "F2", "name": "far.pdf", "is_external": true, "external_url": "https://drive.example/far.pdf"}}})
	m = expect[transports.Message](s, nil)
	if len(m.Files) != 1 || m.Files[0].URL != "https://drive.example/far.pdf" || m.Text.String() != "(a file that was deleted)" {
		t.Errorf("the deleted and the external file are %+v", m)
	}
}

func TestWhatWasMissedIsReadWithItsThreads(t *testing.T) {
	s := newStory(t, func(s *story) { s.w.PageSize = 2 })
	old := s.w.Post(s.ida, s.lobby, "an old question", nil)
	seen := s.w.Post(s.ida, s.lobby, "seen", nil)
	s.w.Post(s.ida, s.lobby, "answered late", slacktest.Object{"thread_ts": old})
	root := s.w.Post(s.ida, s.lobby, "a new question", nil)
	s.w.Act(s.ida, "conversations.setTopic", slacktest.Object{"channel": s.lobby, "topic": "x"})
	s.w.Post(s.tess, s.lobby, "answered at once", slacktest.Object{"thread_ts": root})
	s.w.Post(s.ida, s.lobby, "last", nil)
	var got []string
	for after, more := transports.MessageID(seen), true; more; {
		var events []transports.Event
		var err error
		if events, more, err = s.session.(transports.History).After(t.Context(), s.place(), after, 3); err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			m := e.(transports.Message)
			after = m.ID
			got = append(got, m.Text.String())
		}
	}
	if want := "answered late, a new question, answered at once, last"; strings.Join(got, ", ") != want {
		t.Errorf("read %q, want %s", got, want)
	}
}

func TestABotSpeaksForPeople(t *testing.T) {
	s := newStory(t, func(s *story) {
		bot := s.w.AddUser("Isthmus")
		bot.Bot = true
		s.w.Act(s.ida, "conversations.invite", slacktest.Object{"channel": s.lobby, "users": bot.ID})
		s.token, s.app = install(t, s.w, bot)
	})
	send := s.say("hello from Jabber")
	send.As = &transports.Persona{Name: "romeo", Picture: "https://x.example/romeo.png"}
	id := s.must(send).Parts[0]
	all := s.w.Messages(s.lobby)
	if last := all[len(all)-1]; last["username"] != "romeo" || last["ts"] != string(id) {
		t.Errorf("the message is %v", last)
	}
	s.must(transports.Edit{Place: s.place(), ID: id, Text: text.Plain("hello again"), As: send.As})
	s.must(transports.Delete{Place: s.place(), ID: id})
	s.only("no echoes")
}

func TestAPersonsAccountSpeaksForOthersByNamingThem(t *testing.T) {
	s := newStory(t)
	send := s.say("hello")
	send.As = &transports.Persona{Name: "romeo <r>"}
	s.must(send)
	all := s.w.Messages(s.lobby)
	if last := all[len(all)-1]; last["text"] != "*romeo &lt;r&gt;*: hello" {
		t.Errorf("the message is %v", last)
	}
}

func TestReadingIsToldOnceForMany(t *testing.T) {
	s := newStory(t)
	var last string
	for range 3 {
		last = s.w.Post(s.ida, s.lobby, "read me", nil)
		s.must(transports.MarkRead{Place: s.place(), Upto: expect[transports.Message](s, nil).ID})
	}
	s.must(transports.MarkRead{Place: s.place(), Upto: "1.000000"}) // an older one changes nothing
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "marked" && e["ts"] == last }, longest) == nil {
		t.Error("Slack was not told what was read")
	}
	if n := s.w.Calls("conversations.mark"); n != 1 {
		t.Errorf("Slack was told %d times", n)
	}
}
