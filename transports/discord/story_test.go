package discord_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/discordfake"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// patience bounds every wait. Only a defect waits that long.
const patience = 60 * time.Second

// visit is a session at work in a place.
type visit struct {
	*place
	t       *testing.T
	session transports.Session
	events  chan transports.Event
	ended   chan error
	stop    context.CancelFunc
}

func (p *place) visit(t *testing.T) *visit {
	t.Helper()
	session, err := p.driver.Open(p.account(), env())
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{place: p, t: t, session: session}
	v.start()
	return v
}

// start runs the session until the test ends or it ends by itself.
func (v *visit) start() {
	ctx, stop := context.WithCancel(context.Background())
	v.events, v.ended, v.stop = make(chan transports.Event, 1000), make(chan error, 1), stop
	events, ended, over := v.events, v.ended, make(chan struct{})
	go func() {
		defer close(over)
		ended <- v.session.Run(ctx, func(e transports.Event) {
			select {
			case events <- e:
			case <-ctx.Done():
			}
		})
	}()
	v.t.Cleanup(func() { stop(); <-over })
}

// next waits for an event of a type that fits; others before it are passed over.
func next[E transports.Event](v *visit, fits func(E) bool) E {
	v.t.Helper()
	var none E
	for {
		select {
		case e := <-v.events:
			if is, ok := e.(E); ok && (fits == nil || fits(is)) {
				return is
			}
		case err := <-v.ended:
			v.t.Fatalf("Run ended with %v while a %T was awaited", err, none)
		case <-time.After(patience):
			v.t.Fatalf("no %T came", none)
		}
	}
}

// ready waits until the account is in its rooms.
func (v *visit) ready() transports.Memberships {
	v.t.Helper()
	return next[transports.Memberships](v, nil)
}

// over waits for the end of Run.
func (v *visit) over() error {
	v.t.Helper()
	select {
	case err := <-v.ended:
		return err
	case <-time.After(patience):
		v.t.Fatal("Run did not end")
		return nil
	}
}

func (v *visit) try(c transports.Command) (transports.Result, error) {
	type outcome struct {
		transports.Result
		error
	}
	done := make(chan outcome, 1)
	v.session.Do(context.Background(), c, func(r transports.Result, err error) { done <- outcome{r, err} })
	select {
	case o := <-done:
		return o.Result, o.error
	case <-time.After(patience):
		v.t.Fatalf("%T was never done", c)
		return transports.Result{}, nil
	}
}

func (v *visit) do(c transports.Command) transports.Result {
	v.t.Helper()
	r, err := v.try(c)
	if err != nil {
		v.t.Fatalf("%T: %v", c, err)
	}
	return r
}

// said waits for a message of someone else's.
func (v *visit) said(words string) transports.Message {
	v.t.Helper()
	return next(v, func(m transports.Message) bool { return m.Text.String() == words })
}

func (v *visit) kind(err error, want transports.FaultKind, words string) {
	v.t.Helper()
	if f := transports.AsFault(err); err == nil || f.Kind != want || !strings.Contains(f.Text, words) {
		v.t.Errorf("got %v, want kind %d with %q", err, want, words)
	}
}

func inLobby(v *visit) transports.Place { return transports.InRoom(room(v.lobby)) }

func send(in transports.Place, words string) transports.Send {
	return transports.Send{Place: in, Text: text.ParseStyling(words), Nonce: 7}
}

func as(name string) *transports.Persona {
	return &transports.Persona{Name: name, Picture: "https://example.org/me.png"}
}

// settled is a place with Ida in the guild and the session at work.
func settled(t *testing.T) *visit {
	t.Helper()
	t.Parallel()
	p := newPlace(t)
	p.JoinGuild(p.guild, p.ida)
	v := p.visit(t)
	v.ready()
	return v
}

func TestAMessageWithUnknownPartsIsReadAllTheSame(t *testing.T) {
	v := settled(t)
	v.Say(v.lobby, v.ida, "hello", discordfake.Object{
		"components": []any{discordfake.Object{"type": 9999, "what": 1}, discordfake.Object{"type": 1, "components": []any{discordfake.Object{"type": 2, "label": "Press", "url": "https://x.example"}}}, 17},
		"embeds":     []any{"no embed", discordfake.Object{"type": "rich", "title": "News", "description": 5}}, "mentions": "nobody", "flags": "many", "type": 0})
	m := next(v, func(m transports.Message) bool { return !m.Own })
	if got := m.Text.String(); !strings.Contains(got, "hello") || !strings.Contains(got, "News") || !strings.Contains(got, "[Press] https://x.example") {
		t.Errorf("the message reads %q", got)
	}
}

func TestAnEmbedThatArrivesIsNoCorrection(t *testing.T) {
	v := settled(t)
	id := v.Say(v.lobby, v.ida, "https://x.example", nil)
	v.said("https://x.example")
	v.Dispatch("MESSAGE_UPDATE", discordfake.Object{"id": id, "channel_id": v.lobby, "guild_id": v.guild, "embeds": []any{discordfake.Object{"type": "link"}}})
	v.Server.Edit(v.lobby, id, "https://y.example")
	if e := next[transports.Edited](v, nil); e.Text.String() != "https://y.example" {
		t.Errorf("the first correction is %+v", e)
	}
}

func TestASessionIsTakenUpAgainAfterOp7(t *testing.T) {
	v := settled(t)
	v.Send(discordfake.Object{"op": 7})
	v.Say(v.lobby, v.ida, "meanwhile", nil)
	v.said("meanwhile")
	if identified, resumed := v.Sessions(); identified != 1 || resumed != 1 {
		t.Errorf("%d sessions were begun and %d taken up again", identified, resumed)
	}
}

func TestWhatWasSaidWhileTheConnectionWasLostComes(t *testing.T) {
	v := settled(t)
	v.Cut()
	v.kind(v.over(), transports.Offline, "lost")
	v.Say(v.lobby, v.ida, "missed", nil)
	v.start()
	if next[transports.Online](v, nil).Self.Name != "Tess" {
		t.Error("the account is another")
	}
	v.said("missed")
	if identified, resumed := v.Sessions(); identified != 1 || resumed != 1 {
		t.Errorf("%d sessions were begun and %d taken up again", identified, resumed)
	}
}

func TestALostSessionIsBegunAnew(t *testing.T) {
	v := settled(t)
	v.Cut()
	v.over()
	v.Forget()
	v.start()
	v.ready() // within the seconds that Discord asks for, and not at the core's next try
	if identified, _ := v.Sessions(); identified != 2 {
		t.Errorf("%d sessions were begun", identified)
	}
}

func TestEveryCloseCodeIsHonoured(t *testing.T) {
	for code, want := range map[int]transports.FaultKind{4000: transports.Offline, 4004: transports.BadCredentials, 4007: transports.Offline, 4009: transports.Offline,
		4010: transports.Gone, 4011: transports.Offline, 4012: transports.Gone, 4013: transports.Gone, 4014: transports.BadCredentials} {
		t.Run(time.Duration(code).String(), func(t *testing.T) {
			v := settled(t)
			v.Close(code)
			v.kind(v.over(), want, "")
			if want == transports.Offline {
				v.start()
				v.ready()
				if identified, _ := v.Sessions(); (identified == 1) != (code == 4000) {
					t.Errorf("%d sessions were begun", identified)
				}
			}
		})
	}
}

func TestABotWithoutIntentsIsToldWhichSwitch(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.bot.Flags = 0
	login, err := p.driver.Login("bot", "tester", env())
	if err != nil {
		t.Fatal(err)
	}
	step, err := login.Answer(t.Context(), transports.Options{"token": {p.bot.Token}})
	if err != nil || step.Form == nil || !strings.Contains(step.Form.Problem, "Message Content Intent") || !strings.Contains(step.Form.Problem, "Server Members Intent") {
		t.Errorf("the step is %+v, %v", step, err)
	}
	if step, err = login.Answer(t.Context(), transports.Options{"token": {"nonsense"}}); err != nil || step.Form == nil || !strings.Contains(step.Form.Problem, "does not take this token") {
		t.Errorf("the step is %+v, %v", step, err)
	}
}

func TestABotWithoutAServerGetsItsInvitation(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.LeaveGuild(p.guild, p.bot.ID)
	login, _ := p.driver.Login("bot", "tester", env())
	step, err := login.Answer(t.Context(), transports.Options{"token": {p.bot.Token}})
	// With exactly these permissions all that a bot does here was tried, but for what it governs.
	if err != nil || step.Show == nil || !strings.HasSuffix(step.Show.URL, "client_id="+p.bot.ID+"&scope=bot&permissions="+strconv.FormatUint(everything, 10)) {
		t.Fatalf("the step is %+v, %v", step, err)
	}
	p.JoinGuild(p.guild, p.bot.ID)
	if step, err = login.Wait(t.Context()); err != nil || step.Done == nil {
		t.Errorf("the step is %+v, %v", step, err)
	}
}

func TestATokenThatWasResetStopsTheAccount(t *testing.T) {
	v := settled(t)
	v.Fail(discordfake.Fault{Method: "POST", Path: "/channels/", Status: 401, Body: `{"message": "401: Unauthorized", "code": 0}`})
	_, err := v.try(send(inLobby(v), "hello"))
	v.kind(err, transports.BadCredentials, "token")
	v.kind(v.over(), transports.BadCredentials, "token")
}

func TestALostAnswerDoublesNothing(t *testing.T) {
	v := settled(t)
	v.Fail(discordfake.Fault{Method: "POST", Path: "/channels/", Times: 1, Done: true})
	v.do(send(inLobby(v), "once"))
	v.Fail(discordfake.Fault{Method: "POST", Path: "/webhooks/", Times: 1, Done: true})
	c := send(inLobby(v), "by name once")
	c.As = as("Alice")
	if r := v.do(c); len(r.Parts) != 1 {
		t.Errorf("the parts are %q", r.Parts)
	}
	var posts int
	for _, r := range v.Requests() {
		if strings.HasPrefix(r, "POST /webhooks/") {
			posts++
		}
	}
	if posts != 1 {
		t.Errorf("the webhook was used %d times", posts)
	}
}

func TestEachKindOfRateLimitIsWaitedFor(t *testing.T) {
	for name, f := range map[string]discordfake.Fault{
		"of a bucket": {Status: 429, Header: map[string]string{"X-RateLimit-Bucket": "b", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "0.05", "X-RateLimit-Scope": "user"}, Body: `{"retry_after": 0.05, "global": false}`},
		"global":      {Status: 429, Header: map[string]string{"X-RateLimit-Global": "true", "Retry-After": "0.05", "X-RateLimit-Scope": "global"}, Body: `{"retry_after": 0.05, "global": true}`},
		"as a page":   {Status: 429, Header: map[string]string{"Retry-After": "0.05"}, Body: `<html>slow down</html>`},
	} {
		t.Run(name, func(t *testing.T) {
			v := settled(t)
			f.Method, f.Path, f.Times = "POST", "/channels/", 2
			v.Fail(f)
			v.do(send(inLobby(v), "patience"))
		})
	}
	t.Run("a long one", func(t *testing.T) {
		v := settled(t)
		v.Fail(discordfake.Fault{Method: "POST", Path: "/channels/", Status: 429, Body: `{"retry_after": 77.5, "global": false, "code": 20016}`})
		_, err := v.try(send(inLobby(v), "hello"))
		v.kind(err, transports.RateLimited, "slow mode")
		if wait := transports.AsFault(err).Wait; wait != 77500*time.Millisecond {
			t.Errorf("the wait is %v", wait)
		}
		_, err = v.try(send(inLobby(v), "hello again"))
		v.kind(err, transports.RateLimited, "slow mode")
	})
}

func TestPeopleSpeakUnderTheirNames(t *testing.T) {
	v := settled(t)
	c := send(inLobby(v), "*hi* @everyone")
	c.As = as("Discord Clyde")
	id := v.do(c).Parts[0]
	m := v.Await("message", func(m discordfake.Object) bool { return m["id"] == string(id) })
	if m["author"].(discordfake.Object)["username"] != "Disc0rd C1yde" || m["content"] != "**hi** @everyone" || m["avatar_url"] != c.As.Picture {
		t.Errorf("the message is %v", m)
	}
	if e := next(v, func(m transports.Message) bool { return m.Own }); e.ID != id || e.Nonce != 7 {
		t.Errorf("the echo is %+v", e)
	}
	v.do(transports.Edit{Place: inLobby(v), ID: id, Text: text.Plain("hello"), As: c.As})
	v.Find("hello")
	v.do(transports.Delete{Place: inLobby(v), ID: id})
	next(v, func(e transports.Deleted) bool { return e.ID == id && e.By.ID == transports.UserID(v.bot.ID) })
	if hooks := v.Webhooks(v.lobby); len(hooks) != 1 {
		t.Errorf("the webhooks are %q", hooks)
	}
}

func TestADeletedWebhookIsReplacedAndNeverUsedAgain(t *testing.T) {
	v := settled(t)
	c := send(inLobby(v), "one")
	c.As = as("Alice")
	first := v.do(c).Parts[0]
	gone := v.Webhooks(v.lobby)[0]
	v.DeleteWebhook(gone)
	c.Text = text.Plain("two")
	v.do(c)
	v.Find("two")
	before := len(v.Requests())
	_, err := v.try(transports.Edit{Place: inLobby(v), ID: first, Text: text.Plain("changed"), As: c.As})
	v.kind(err, transports.NotFound, "webhook")
	for _, r := range v.Requests()[before:] {
		if strings.Contains(r, gone) {
			t.Errorf("the deleted webhook was used: %s", r)
		}
	}
}

func TestAnAnswerByNameQuotes(t *testing.T) {
	v := settled(t)
	v.Say(v.lobby, v.ida, "what time is it?", nil)
	of := v.said("what time is it?")
	c := send(inLobby(v), "noon")
	c.As, c.ReplyTo = as("Alice"), &transports.Reference{ID: of.ID, From: of.From, Text: of.Text}
	v.do(c)
	m := v.Await("answer", func(m discordfake.Object) bool { s, _ := m["content"].(string); return strings.HasSuffix(s, "\nnoon") })
	answer := transports.MessageID(m["id"].(string))
	defer func() {
		v.do(transports.Edit{Place: inLobby(v), ID: answer, Text: text.Plain("midnight"), As: c.As})
		if now := v.Await("edit", func(m discordfake.Object) bool { return m["id"] == string(answer) })["content"].(string); !strings.HasPrefix(now, "-# [Ida Lovelace]") || !strings.HasSuffix(now, "\nmidnight") {
			t.Errorf("the edited answer is %q", now)
		}
	}()
	if !strings.HasPrefix(m["content"].(string), "-# [Ida Lovelace](https://discord.com/channels/"+v.guild+"/"+v.lobby+"/"+string(of.ID)+") what time is it?") {
		t.Errorf("the answer is %q", m["content"])
	}
}

func TestAThreadIsStartedAndFollowed(t *testing.T) {
	v := settled(t)
	v.Say(v.lobby, v.ida, "a long story", nil)
	root := v.said("a long story").ID
	c := send(inLobby(v), "go on")
	c.Thread = root
	mine := v.do(c).Parts[0]
	if in, _ := v.Find("go on"); in != string(root) {
		t.Errorf("it was said in %s", in)
	}
	id := v.Say(string(root), v.ida, "once upon a time", nil)
	if m := v.said("once upon a time"); m.Thread != root || m.Place != inLobby(v) || m.ID != transports.MessageID(string(root)+"-"+id) {
		t.Errorf("it came as %+v", m)
	}
	c.Text, c.As = text.Plain("by name"), as("Alice")
	byName := v.do(c).Parts[0]
	v.do(transports.Edit{Place: inLobby(v), ID: byName, Text: text.Plain("by another name"), As: c.As})
	v.Find("by another name")
	v.do(transports.Edit{Place: inLobby(v), ID: mine, Text: text.Plain("go on, go on")})
	v.Find("go on, go on")
	v.do(transports.Join{Room: room(string(root))})
	if r := next[transports.Room](v, nil); r.Thread != root || r.Parent != room(v.lobby) {
		t.Errorf("the thread is %+v", r)
	}
	v.Say(string(root), v.ida, "the end", nil)
	if m := v.said("the end"); m.Place != transports.InRoom(room(string(root))) || m.Thread != "" {
		t.Errorf("it came as %+v", m)
	}
}

func TestAThreadThatWasPutAwayIsFound(t *testing.T) {
	v := settled(t)
	old := v.AddThread(v.guild, v.lobby, "old times", true)
	v.do(transports.Join{Room: room(old)})
	v.do(send(transports.InRoom(room(old)), "anybody there?"))
	v.Find("anybody there?")
}

func TestWhatOneMayNotReadIsNotThere(t *testing.T) {
	v := settled(t)
	deny := []discordfake.Object{{"id": v.guild, "type": 0, "allow": "0", "deny": "1024"}}
	v.ChangeChannel(v.attic, discordfake.Object{"permission_overwrites": deny})
	next(v, func(e transports.MemberLeft) bool { return e.Room == room(v.attic) && e.Cause == transports.Removed })
	_, err := v.try(transports.Join{Room: room(v.attic)})
	v.kind(err, transports.NotFound, "given access")
	v.ChangeChannel(v.lobby, discordfake.Object{"permission_overwrites": []discordfake.Object{{"id": v.guild, "type": 0, "allow": "0", "deny": "2048"}}})
	next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) })
	before := len(v.Requests())
	_, err = v.try(send(inLobby(v), "hello"))
	v.kind(err, transports.Forbidden, "Send Messages")
	if made := v.Requests()[before:]; len(made) != 0 {
		t.Errorf("it was tried all the same: %q", made)
	}
	v.ChangeChannel(v.attic, discordfake.Object{"permission_overwrites": []discordfake.Object{}})
	next(v, func(r transports.Room) bool { return r.Room == room(v.attic) })
}

func TestAnOutageOfAServerLosesNoRoom(t *testing.T) {
	v := settled(t)
	v.Outage(v.guild, true)
	next(v, func(e transports.Announced) bool { return strings.Contains(e.Text.String(), "outage") })
	_, err := v.try(send(inLobby(v), "hello"))
	v.kind(err, transports.Offline, "outage")
	v.Cut()
	v.over()
	v.Forget()
	v.start() // the session is none any more
	if all := v.ready(); !slices.Contains(all.Rooms, room(v.lobby)) {
		t.Errorf("during the outage the account is in %q", all.Rooms)
	}
	v.Outage(v.guild, false)
	next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) })
	next(v, func(a transports.Announced) bool { return strings.Contains(a.Text.String(), "is back") })
	v.do(send(inLobby(v), "back"))
}

func TestAFileIsOpenedByAFreshAddress(t *testing.T) {
	v := settled(t)
	v.Upload(v.lobby, v.ida, "notes.txt", "text/plain", "the notes")
	m := next(v, func(m transports.Message) bool { return len(m.Files) == 1 })
	v.ExpireFiles()
	in, err := v.session.(transports.Files).OpenFile(t.Context(), m.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
}

func TestAForwardSaysSo(t *testing.T) {
	v := settled(t)
	v.Say(v.lobby, v.ida, "", discordfake.Object{"message_reference": discordfake.Object{"type": 1, "message_id": "5", "channel_id": "6"},
		"message_snapshots": []any{discordfake.Object{"message": discordfake.Object{"content": "**news**", "embeds": []any{}}}}})
	if m := next(v, func(m transports.Message) bool { return !m.Own }); m.Forwarded == nil || m.Forwarded.Text.String() != "news" {
		t.Errorf("the forward is %+v", m)
	}
}

func TestATextThatGrowsBecomesSeveralMessages(t *testing.T) {
	v := settled(t)
	c := transports.Send{Place: inLobby(v), Text: text.Plain(strings.Repeat("*", 1500)), Nonce: 9}
	if parts := v.do(c).Parts; len(parts) != 2 {
		t.Errorf("the parts are %q", parts)
	}
}

func TestManyFilesBecomeSeveralMessages(t *testing.T) {
	v := settled(t)
	c := transports.Send{Place: inLobby(v), Text: text.Plain("look"), Nonce: 9}
	for i := range 12 {
		c.Files = append(c.Files, transports.Upload{Name: fmt.Sprint(i, ".txt"), Size: 1, Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }})
	}
	if parts := v.do(c).Parts; len(parts) != 2 {
		t.Errorf("the parts are %q", parts)
	}
	all := v.Messages(v.lobby)
	for i, want := range []int{10, 2} {
		if got := len(all[i]["attachments"].([]discordfake.Object)); got != want {
			t.Errorf("message %d has %d files", i, got)
		}
	}
}

func TestTheFirstReactionOfAKindNeedsAPermission(t *testing.T) {
	v := settled(t)
	id := v.Say(v.lobby, v.ida, "what a day", nil)
	v.said("what a day")
	v.React(v.lobby, id, v.ida, "🍰", true)
	next[transports.Reacted](v, nil)
	v.Allow(v.guild, everything&^(1<<6))
	next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) })
	of := transports.React{Place: inLobby(v), ID: transports.MessageID(id), Emoji: []string{"🍰"}}
	v.do(of)
	of.Emoji = append(of.Emoji, "👍")
	before := len(v.Requests())
	_, err := v.try(of)
	v.kind(err, transports.Forbidden, "Add Reactions")
	for _, r := range v.Requests()[before:] {
		if strings.HasPrefix(r, "PUT ") {
			t.Errorf("it was tried all the same: %s", r)
		}
	}
}

func TestOnlyAcquaintancesAreWrittenTo(t *testing.T) {
	v := settled(t)
	v.do(send(transports.TalkWith(transports.UserID(v.ida)), "psst"))
	v.Find("psst")
	_, err := v.try(send(transports.TalkWith(transports.UserID(v.AddUser("Stranger"))), "psst"))
	v.kind(err, transports.Forbidden, "met in one of its servers")
}

func TestAMessageWithNothingInItSaysSo(t *testing.T) {
	v := settled(t)
	v.Say(v.lobby, v.ida, "", discordfake.Object{"type": 21})
	v.Say(v.lobby, v.ida, "", discordfake.Object{"flags": 1 << 20})
	if m := next(v, func(m transports.Message) bool { return !m.Own }); !strings.Contains(m.Text.String(), "nothing that can be shown") {
		t.Errorf("it came as %+v", m)
	}
	v.Say(v.lobby, v.ida, "after", nil)
	if m := next(v, func(m transports.Message) bool { return !m.Own }); m.Text.String() != "after" {
		t.Errorf("the starter of a thread came as %+v", m)
	}
}

func TestADeletedChannelIsLeft(t *testing.T) {
	v := settled(t)
	v.DeleteChannel(v.attic)
	if e := next(v, func(e transports.MemberLeft) bool { return e.Room == room(v.attic) }); e.Cause != transports.Removed {
		t.Errorf("the room was left with %+v", e)
	}
	_, err := v.try(transports.Join{Room: room(v.attic)})
	v.kind(err, transports.NotFound, "")
}

func TestWhoWritesIsSeen(t *testing.T) {
	v := settled(t)
	v.Type(v.lobby, v.ida)
	if e := next[transports.Typing](v, nil); !e.On || e.Place != inLobby(v) || string(e.From.ID) != v.ida {
		t.Errorf("writing is told as %+v", e)
	}
}
