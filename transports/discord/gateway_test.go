package discord_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
)

// kept waits for data that is to be kept, and gives the account as another process has it then.
func (v *visit) kept() transports.Account {
	v.t.Helper()
	a := v.account()
	a.Data = next(v, func(e transports.Credentials) bool { return json.Valid(e.Data) }).Data
	return a
}

// successor is a session of another process with an account.
func (v *visit) successor(a transports.Account) *visit {
	v.t.Helper()
	session, err := v.another().Open(a, env())
	if err != nil {
		v.t.Fatal(err)
	}
	next := &visit{place: v.place, t: v.t, session: session}
	next.start()
	return next
}

func TestASessionIsTakenUpAgainByTheNextProcess(t *testing.T) {
	v := settled(t)
	thread := v.AddThread(v.guild, v.lobby, "old times", false)
	account := v.kept()
	v.stop()
	v.over()
	said := v.Say(v.lobby, v.ida, "between two processes", nil)
	v.Server.Edit(v.lobby, said, "between two lives")
	v.ChangeChannel(v.attic, discordfake.Object{"topic": "dust"})
	after := v.successor(account)
	if m := after.said("between two processes"); !m.Replayed {
		t.Error("what may have been told before is told as new")
	}
	next(after, func(e transports.Edited) bool { return e.ID == transports.MessageID(said) })
	after.do(send(inLobby(after), "here again"))
	after.do(transports.Join{Room: room(thread)})
	if r := next(after, func(r transports.Room) bool { return r.Room == room(v.attic) }); r.Topic.Text != "dust" {
		t.Errorf("the room is %+v", r)
	}
	v.Say(v.lobby, v.ida, "now", nil)
	if m := after.said("now"); m.Replayed {
		t.Error("what is new is told as old")
	}
	if identified, resumed := v.Sessions(); identified != 1 || resumed != 1 {
		t.Errorf("%d sessions were begun and %d taken up again", identified, resumed)
	}
}

func TestTheSessionOfABotInManyServersIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for i := range 60 {
		guild := p.AddGuild(fmt.Sprint("branch ", i), p.owner, everything)
		p.AddChannel(guild, "lobby", 0, nil)
		p.JoinGuild(guild, p.bot.ID)
	}
	v := p.visit(t)
	v.ready()
	account := v.kept()
	v.stop()
	v.over()
	if all := v.successor(account).ready(); len(all.Rooms) != 62 {
		t.Errorf("the account is in %d rooms", len(all.Rooms))
	}
	if identified, resumed := v.Sessions(); identified != 1 || resumed != 1 {
		t.Errorf("%d sessions were begun and %d taken up again", identified, resumed)
	}
}

func TestTheRoomsOfASessionThatIsTakenUpAreThoseOfNow(t *testing.T) {
	v := settled(t)
	account := v.kept()
	v.stop()
	v.over()
	v.DeleteChannel(v.attic)
	cellar := v.AddChannel(v.guild, "cellar", 0, nil)
	all := v.successor(account).ready()
	slices.Sort(all.Rooms)
	if want := []transports.RoomID{room(v.lobby), room(cellar)}; !slices.Equal(all.Rooms, want) {
		t.Errorf("the rooms are %q, want %q", all.Rooms, want)
	}
}

func TestASessionThatIsForgottenIsBegunAnewByTheNextProcess(t *testing.T) {
	v := settled(t)
	account := v.kept()
	v.stop()
	v.over()
	v.Forget()
	after := v.successor(account)
	after.ready() // without a fault in between
	after.do(send(inLobby(after), "here again"))
	if identified, resumed := v.Sessions(); identified != 2 || resumed != 0 {
		t.Errorf("%d sessions were begun and %d taken up again", identified, resumed)
	}
}

func TestAConnectionThatAnswersNoMoreIsReplaced(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.Heartbeat = 2 * time.Second
	v := p.visit(t)
	v.ready()
	v.Mute(true)
	v.kind(v.over(), transports.Offline, "does not answer")
	v.Mute(false)
	v.start()
	v.ready()
	if identified, resumed := v.Sessions(); identified != 1 || resumed != 1 {
		t.Errorf("%d sessions were begun and %d taken up again", identified, resumed)
	}
}

func TestALargeBotHasSeveralConnections(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.Shard(3)
	var channels []string
	for range 7 {
		time.Sleep(time.Millisecond) // the shard of a guild goes by when it was made
		guild := p.AddGuild("Another", p.owner, everything)
		p.JoinGuild(guild, p.owner)
		p.JoinGuild(guild, p.bot.ID)
		channels = append(channels, p.AddChannel(guild, "hall", 0, nil))
	}
	v := p.visit(t)
	if all := v.ready(); len(all.Rooms) != 9 {
		t.Errorf("the rooms are %q", all.Rooms)
	}
	if identified, _ := v.Sessions(); identified != 3 {
		t.Errorf("%d sessions were begun", identified)
	}
	for _, c := range channels {
		v.do(send(transports.InRoom(room(c)), "hello"))
		v.Say(c, v.owner, "hello in "+c, nil)
		v.said("hello in " + c)
	}
	v.Tell(v.owner, v.bot.ID, "psst")
	v.said("psst")
	v.Cut()
	v.over()
	v.Say(channels[0], v.owner, "missed", nil)
	v.start()
	v.said("missed")
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if identified, resumed := v.Sessions(); identified == 3 && resumed == 3 {
			break
		} else if time.Now().After(end) {
			t.Fatalf("%d sessions were begun and %d taken up again", identified, resumed)
		}
	}
	v.Shard(5)
	v.Close(4011)
	v.kind(v.over(), transports.Offline, "closed")
	v.start()
	v.ready()
	if identified, _ := v.Sessions(); identified != 8 {
		t.Errorf("%d sessions were begun", identified)
	}
}
