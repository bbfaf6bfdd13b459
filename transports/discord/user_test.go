package discord_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
	"isthmus/transports/discord"
	"isthmus/transports/transporttest"
)

// person is Mia, who is logged in as herself; Ida is her friend and in the guild, as Olga is.
type person struct {
	*visit
	me *discordfake.Bot
}

func newPerson(t testing.TB) (*place, *discordfake.Bot) {
	p := newPlace(t)
	p.driver = p.forPeople(true)
	me := p.AddAccount("Mia")
	p.JoinGuild(p.guild, p.ida)
	p.JoinGuild(p.guild, me.ID)
	p.Relate(me, p.ida, discordfake.Friend)
	return p, me
}

// forPeople is the driver of an operator who lets people log in as themselves, or not.
func (p *place) forPeople(on bool) *discord.Driver {
	driver, err := discord.New(discord.Config{API: p.API(), CDN: p.CDN(), UserAccounts: on})
	if err != nil {
		panic(err)
	}
	driver.Hurry()
	return driver
}

func own(me *discordfake.Bot, joined ...string) transports.Account {
	data, _ := json.Marshal(map[string]any{"token": me.Token, "user": true, "joined": joined})
	return transports.Account{Scope: transports.Scope(me.ID), Person: "tester", Data: data}
}

// asThemselves is Mia at work, when all was said of where she is; before, which may be nil, prepares Discord.
func asThemselves(t *testing.T, before func(*place, *discordfake.Bot)) *person {
	t.Helper()
	t.Parallel()
	p, me := newPerson(t)
	if before != nil {
		before(p, me)
	}
	session, err := p.driver.Open(own(me, p.lobby), env())
	if err != nil {
		t.Fatal(err)
	}
	v := &person{&visit{place: p, t: t, session: session}, me}
	v.start()
	return v
}

func TestAPersonLogsInWhereTheOperatorHasItAndTheyAgree(t *testing.T) {
	t.Parallel()
	p, me := newPerson(t)
	off := p.forPeople(false)
	if slices.ContainsFunc(off.About().Flows, func(f transports.Flow) bool { return f.Name == "user" }) {
		t.Error("it is offered although the operator does not have it")
	}
	if _, err := off.Login("user", "tester", env()); err == nil {
		t.Error("it can be had although the operator does not have it")
	}
	login, err := p.driver.Login("user", "tester", env())
	if err != nil {
		t.Fatal(err)
	}
	step, _ := login.Begin(context.Background())
	if said := step.Form.Text; !strings.Contains(said, "Discord forbids") || !strings.Contains(said, "end your account") {
		t.Errorf("the warning is %q", said)
	}
	before := len(p.Requests())
	for _, agree := range [][]string{nil, {}, {"false"}, {"yes"}} {
		step, err = login.Answer(context.Background(), transports.Options{"token": {me.Token}, "agree": agree})
		if err != nil || step.Form == nil || !strings.Contains(step.Form.Problem, "not agreed") {
			t.Errorf("without agreement (%v) it goes on with %+v, %v", agree, step, err)
		}
	}
	if asked := p.Requests()[before:]; len(asked) != 0 {
		t.Errorf("Discord was asked all the same: %q", asked)
	}
	for token, problem := range map[string]string{"": "missing", "two words": "missing", "nonsense": "does not take", p.bot.Token: "token of a bot", "Bot " + p.bot.Token: "token of a bot"} {
		step, err = login.Answer(context.Background(), transports.Options{"token": {token}, "agree": {"true"}})
		if err != nil || step.Form == nil || !strings.Contains(step.Form.Problem, problem) {
			t.Errorf("%q goes on with %+v, %v", token, step, err)
		}
	}
	step, err = login.Answer(context.Background(), transports.Options{"token": {` "` + me.Token + `" `}, "agree": {"true"}})
	if err != nil || step.Done == nil || step.Done.Name != "Mia" || string(step.Done.Self) != me.ID {
		t.Fatalf("the login goes on with %+v, %v", step, err)
	}
	if _, err := off.Open(transports.Account{Data: step.Done.Data}, env()); err == nil || !strings.Contains(transports.AsFault(err).Text, "operator") {
		t.Errorf("where the operator has it no more, the account opens with %v", err)
	}
}

func TestATokenOfTheOtherKindIsKnownForWhatItIs(t *testing.T) {
	t.Parallel()
	p, me := newPerson(t)
	for driver, want := range map[*discord.Driver]string{p.driver: "as yourself", p.forPeople(false): "logs in no persons"} {
		login, _ := driver.Login("bot", "tester", env())
		step, err := login.Answer(context.Background(), transports.Options{"token": {me.Token}})
		if err != nil || step.Form == nil || !strings.Contains(step.Form.Problem, want) {
			t.Errorf("the login goes on with %+v, %v, want %q", step, err, want)
		}
	}
}

func TestInWhateverFormReadyComesAPersonIsWhereTheyAre(t *testing.T) {
	for name, form := range map[string]discordfake.Form{"as asked for": discordfake.AsAsked, "older": discordfake.Older, "newer": discordfake.Newer} {
		t.Run(name, func(t *testing.T) {
			var group string
			v := asThemselves(t, func(p *place, me *discordfake.Bot) {
				p.TellReadyIn(form)
				group = p.AddGroup("", p.owner, me.ID, p.ida)
				p.Tell(p.ida, me.ID, "psst")
			})
			e := next[transports.Online](v.visit, nil)
			if e.Self.Name != "Mia" || e.Through != "as Mia" {
				t.Errorf("she is connected %+v", e)
			}
			if c := next[transports.Contacts](v.visit, nil).Contacts; len(c) != 1 || c[0].User.Name != "Ida Lovelace" || c[0].Subscription != transports.Both {
				t.Errorf("her contacts are %+v", c)
			}
			rooms := map[transports.RoomID]transports.Room{}
			for {
				switch e := (<-v.events).(type) {
				case transports.Room:
					rooms[e.Room] = e
					continue
				case transports.Memberships:
					if !slices.Contains(e.Rooms, room(v.lobby)) || !slices.Contains(e.Rooms, room(group)) || len(e.Rooms) != 2 {
						t.Errorf("she is in %q", e.Rooms)
					}
				default:
					continue
				}
				break
			}
			if r := rooms[room(v.lobby)]; r.Name != "#lobby (Analysts)" {
				t.Errorf("the lobby is %+v", r)
			}
			if r := rooms[room(group)]; r.Name != "Ida Lovelace, Olga" || len(r.Members) != 3 || !r.Complete || r.Parent != "" {
				t.Errorf("the group is %+v", r)
			}
			v.Subscribed(v.me, v.guild)
			if r := next(v.visit, func(r transports.Room) bool { return r.Complete && r.Room == room(v.lobby) }); len(r.Members) != 4 {
				t.Errorf("the lobby's members are %+v", r.Members)
			}
			v.Say(v.Talk(v.me, v.ida), v.ida, "are you there?", nil)
			if m := v.said("are you there?"); m.Place.User != transports.UserID(v.ida) {
				t.Errorf("it was said in %v", m.Place)
			}
		})
	}
}

func TestWhatAPersonSaysElsewhereIsTheirOwn(t *testing.T) {
	v := asThemselves(t, nil)
	v.ready()
	for _, in := range []string{v.Talk(v.me, v.ida), v.lobby} {
		v.Say(in, v.me.ID, "said on the phone", nil)
		if m := v.said("said on the phone"); !m.Own || m.Nonce != 0 {
			t.Errorf("it came as %+v", m)
		}
	}
}

func TestAPersonWritesEditsReactsAndTakesBack(t *testing.T) {
	v := asThemselves(t, nil)
	v.ready()
	talk := transports.TalkWith(transports.UserID(v.ida))
	r := v.do(send(talk, "hello"))
	if m := v.said("hello"); !m.Own || m.Nonce != 7 || m.Place != talk {
		t.Errorf("the echo is %+v", m)
	}
	v.do(transports.React{Place: talk, ID: r.Parts[0], Emoji: []string{"👍"}})
	v.do(transports.Edit{Place: talk, ID: r.Parts[0], Text: send(talk, "good day").Text})
	next[transports.Edited](v.visit, nil)
	v.do(transports.SetTyping{Place: talk, On: true})
	v.do(transports.Delete{Place: talk, ID: r.Parts[0]})
	next[transports.Deleted](v.visit, nil)
	if _, err := v.try(send(transports.TalkWith("4711000000000000000"), "hello")); err == nil || !strings.Contains(err.Error(), "friends") {
		t.Errorf("a stranger was written to with %v", err)
	}
	as := send(inLobby(v.visit), "said for somebody")
	as.As = &transports.Persona{Name: "Otto"}
	v.do(as)
	v.said("Otto: said for somebody")
	for _, asked := range v.Requests() {
		if strings.Contains(asked, "webhooks") {
			t.Errorf("a person's account asked for %s", asked)
		}
	}
}

func TestWhereDiscordWantsACaptchaThePersonHearsWhatToDo(t *testing.T) {
	v := asThemselves(t, nil)
	v.ready()
	v.Fail(discordfake.Fault{Method: "POST", Path: "/channels", Times: 1, Status: 400, Body: `{"captcha_key":["captcha-required"],"captcha_sitekey":"x","captcha_service":"hcaptcha"}`})
	_, err := v.try(send(inLobby(v.visit), "hello"))
	v.kind(err, transports.Forbidden, "Open Discord's own client once")
}

func TestTheEndOfAPersonsTokenIsToldWithWhatToDo(t *testing.T) {
	for name, end := range map[string]func(*person){
		"the gateway closes": func(v *person) { v.Revoke(v.me) },
		"a request is refused": func(v *person) {
			v.Fail(discordfake.Fault{Method: "POST", Path: "/channels", Times: 1, Status: 401, Body: `{"message":"401: Unauthorized","code":0}`})
			_, err := v.try(send(inLobby(v.visit), "hello"))
			v.kind(err, transports.BadCredentials, "your token")
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := asThemselves(t, nil)
			v.ready()
			end(v)
			v.kind(v.over(), transports.BadCredentials, "changed your password")
		})
	}
}

func TestWhatIsReadIsReadOnBothSides(t *testing.T) {
	var first string
	v := asThemselves(t, func(p *place, me *discordfake.Bot) {
		first = p.Tell(p.ida, me.ID, "one")
		p.Tell(p.ida, me.ID, "two")
		p.Read(me, p.Talk(me, p.ida), first)
	})
	talk := transports.TalkWith(transports.UserID(v.ida))
	if e := next[transports.Read](v.visit, nil); e.Place != talk || string(e.Upto) != first {
		t.Errorf("what was read meanwhile is told as %+v", e)
	}
	if m := v.said("two"); !m.Replayed {
		t.Errorf("what is unread comes as %+v", m)
	}
	third := v.Tell(v.ida, v.me.ID, "three")
	v.said("three")
	v.do(transports.MarkRead{Place: talk, Upto: transports.MessageID(third)})
	v.HasRead(v.me, v.Talk(v.me, v.ida), third)
	fourth := v.Say(v.lobby, v.ida, "four", nil)
	v.said("four")
	v.Server.Read(v.me, v.lobby, fourth)
	if e := next[transports.Read](v.visit, nil); e.Place != inLobby(v.visit) || string(e.Upto) != fourth || string(e.By.ID) != v.me.ID {
		t.Errorf("what was read elsewhere is told as %+v", e)
	}
}

func TestAGroupIsARoomForAsLongAsThePersonIsInIt(t *testing.T) {
	var group string
	v := asThemselves(t, func(p *place, me *discordfake.Bot) { group = p.AddGroup("Tea", me.ID, p.ida) })
	v.ready()
	in := transports.InRoom(room(group))
	v.Say(group, v.ida, "hello all", nil)
	if m := v.said("hello all"); m.Place != in || m.From.Name != "Ida Lovelace" {
		t.Errorf("it came as %+v", m)
	}
	v.do(send(in, "hello Ida"))
	v.said("hello Ida")
	v.do(transports.Invite{Room: in.Room, User: transports.UserID(v.owner)})
	if e := next(v.visit, func(e transports.MemberChanged) bool { return e.Room == in.Room }); e.Member.User.Name != "Olga" {
		t.Errorf("%+v came", e.Member)
	}
	v.do(transports.SetRole{Room: in.Room, User: transports.UserID(v.owner)})
	if e := next(v.visit, func(e transports.MemberLeft) bool { return e.Room == in.Room }); e.User.Name != "Olga" || e.Cause != transports.Kicked {
		t.Errorf("%+v went", e)
	}
	v.do(transports.SetRoomName{Room: in.Room, Name: "Coffee"})
	next(v.visit, func(e transports.Room) bool { return e.Room == in.Room && e.Name == "Coffee" })
	v.Picture(group, "abc", []byte("a cup"))
	next(v.visit, func(e transports.Room) bool { return e.Room == in.Room && e.Picture == "abc" })
	if data, _, err := v.session.(transports.Profiles).Picture(context.Background(), in, "abc", 100); err != nil || string(data) != "a cup" {
		t.Errorf("the group's picture is %q, %v", data, err)
	}
	if r := v.do(transports.Create{Name: "Cake"}); r.Room == "" {
		t.Error("nothing was made")
	} else if e := next(v.visit, func(e transports.Room) bool { return e.Room == r.Room && e.Name == "Cake" }); len(e.Members) != 1 {
		t.Errorf("the new group is %+v", e)
	}
	later := v.AddGroup("", v.ida, v.me.ID)
	if e := next(v.visit, func(e transports.Room) bool { return e.Room == room(later) }); e.Name != "Ida Lovelace" || e.Lacks&transports.Roles == 0 {
		t.Errorf("the new group is %+v", e)
	}
}

func TestLeavingAGroupIsForGood(t *testing.T) {
	var group string
	v := asThemselves(t, func(p *place, me *discordfake.Bot) { group = p.AddGroup("Tea", p.ida, me.ID) })
	v.ready()
	v.do(transports.Leave{Room: room(group)})
	if e := next(v.visit, func(e transports.MemberLeft) bool { return e.Room == room(group) }); string(e.User.ID) != v.me.ID {
		t.Errorf("%+v left", e)
	}
	if in := v.Channel(group)["recipients"].([]discordfake.Object); len(in) != 1 {
		t.Errorf("in the group are %v", in)
	}
	_, err := v.try(transports.Join{Room: room(group)})
	v.kind(err, transports.NotFound, "No channel")
}

func TestFriendsAskAnswerAndGo(t *testing.T) {
	v := asThemselves(t, func(p *place, me *discordfake.Bot) { p.Relate(me, p.owner, discordfake.Incoming) })
	olga, otto := transports.UserID(v.owner), transports.UserID(v.AddUser("Otto"))
	if e := next[transports.SubscriptionAsked](v.visit, nil); e.From.ID != olga || e.From.Name != "Olga" {
		t.Errorf("%+v asks", e.From)
	}
	v.ready()
	v.do(transports.Authorize{User: olga, Allow: true})
	if e := next[transports.ContactChanged](v.visit, nil); e.Contact.User.ID != olga || e.Contact.Subscription != transports.Both {
		t.Errorf("the new contact is %+v", e.Contact)
	}
	for range 2 { // asked once, however often
		v.do(transports.Subscribe{User: otto, On: true})
		v.Related(v.me, string(otto), discordfake.Outgoing)
	}
	v.Relate(v.me, string(otto), 0)
	if e := next[transports.SubscriptionAnswered](v.visit, nil); e.User.ID != otto || e.Granted {
		t.Errorf("the answer is %+v", e)
	}
	ida := transports.UserID(v.ida)
	v.do(transports.Subscribe{User: ida, On: true})
	if e := next[transports.SubscriptionAnswered](v.visit, nil); e.User.ID != ida || !e.Granted {
		t.Errorf("the answer of a friend is %+v", e)
	}
	v.do(transports.SetContact{User: ida, Name: "Countess", Groups: []string{"Poets"}})
	if e := next(v.visit, func(e transports.ContactChanged) bool { return len(e.Contact.Groups) > 0 }); e.Contact.User.Name != "Countess" || e.Contact.Groups[0] != "Poets" {
		t.Errorf("the contact is %+v", e.Contact)
	}
	v.Dispatch("PRESENCE_UPDATE", discordfake.Object{"user": discordfake.Object{"id": v.ida}, "status": "dnd", "activities": []any{}})
	next(v.visit, func(e transports.PresenceChanged) bool { return e.User.ID == ida && e.Presence.Show == transports.Busy })
	v.do(transports.Subscribe{User: ida}) // a list of contacts ends no friendship
	v.do(transports.Block{User: olga, On: true})
	if e := next(v.visit, func(e transports.ContactChanged) bool { return e.Contact.User.ID == olga }); !e.Contact.Blocked {
		t.Errorf("the blocked contact is %+v", e.Contact)
	}
	v.Related(v.me, v.ida, discordfake.Friend)
	v.Relate(v.me, v.ida, 0)
	if e := next[transports.ContactRemoved](v.visit, nil); e.User != ida {
		t.Errorf("%s was removed", e.User)
	}
}

func TestAPersonIsInTheChannelsThatTheyJoinOrAreCalledInto(t *testing.T) {
	v := asThemselves(t, nil)
	if all := v.ready(); !slices.Equal(all.Rooms, []transports.RoomID{room(v.lobby)}) {
		t.Errorf("she is in %q", all.Rooms)
	}
	v.Say(v.attic, v.ida, "nobody is meant", nil)
	v.Say(v.attic, v.ida, "<@"+v.me.ID+"> come here", discordfake.Object{"mentions": []any{discordfake.Object{"id": v.me.ID, "username": "Mia"}}})
	next(v.visit, func(r transports.Room) bool { return r.Room == room(v.attic) })
	if m := next[transports.Message](v.visit, nil); !strings.Contains(m.Text.String(), "come here") {
		t.Errorf("there was said %q", m.Text.String())
	}
	v.do(transports.Leave{Room: room(v.attic)})
	v.Say(v.attic, v.ida, "<@"+v.me.ID+"> come back", discordfake.Object{"mentions": []any{discordfake.Object{"id": v.me.ID, "username": "Mia"}}})
	v.Say(v.lobby, v.ida, "hello", nil)
	if m := next[transports.Message](v.visit, nil); m.Place != inLobby(v.visit) {
		t.Errorf("who has left was called into %v", m.Place)
	}
}

func TestAGatewayWithoutSubscriptionsIsLeftAlone(t *testing.T) {
	v := asThemselves(t, nil)
	v.ready()
	v.Subscribed(v.me, v.guild)
	v.Close(4001)
	v.kind(v.over(), transports.Offline, "closed")
	v.start()
	v.ready()
	v.Say(v.lobby, v.ida, "hello", nil)
	v.said("hello")
}

func TestWhatWasMissedInAGuildThatNobodyLooksAtIsRead(t *testing.T) {
	v := asThemselves(t, func(p *place, me *discordfake.Bot) { p.Say(p.lobby, p.ida, "before", nil) })
	v.ready()
	for kind, of := range map[string]string{"PASSIVE_UPDATE_V2": "updated_channels", "PASSIVE_UPDATE_V1": "channels", "CHANNEL_UNREAD_UPDATE": "channel_unread_updates"} {
		id := v.Whisper(v.lobby, v.ida, "missed "+kind)
		v.Dispatch(kind, discordfake.Object{"guild_id": v.guild, of: []any{discordfake.Object{"id": v.lobby, "last_message_id": id}}})
		if m := v.said("missed " + kind); !m.Replayed {
			t.Errorf("it came as %+v", m)
		}
	}
}

func TestAMessageInATalkThatNobodyToldOfIsPutWhereItBelongs(t *testing.T) {
	v := asThemselves(t, nil)
	v.ready()
	group := v.AddGroupInSilence(v.ida, v.me.ID, v.owner)
	v.Say(group, v.ida, "first", nil)
	v.Say(group, v.owner, "second", nil)
	for _, words := range []string{"first", "second"} {
		if m := next[transports.Message](v.visit, nil); m.Place.Room != room(group) || m.Text.String() != words {
			t.Errorf("%q came in %v, want %q", m.Text.String(), m.Place, words)
		}
	}
}

func personHarness(t *testing.T) transporttest.Harness {
	p, me := newPerson(t)
	p.LeaveGuild(p.guild, p.ida)
	h := p.harness(t)
	h.Account = own(me)
	bot := h.Answer
	h.Answer = func(flow string, step transports.Step) transports.Options {
		if flow == "bot" {
			return bot(flow, step)
		}
		return transports.Options{"token": {me.Token}, "agree": {"true"}}
	}
	return h
}

func TestTheLawsHoldForAPerson(t *testing.T) { transporttest.Run(t, personHarness) }
