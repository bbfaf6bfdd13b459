package discord_test

import (
	"testing"
	"time"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
)

func TestATimeoutEndsByItself(t *testing.T) {
	v := settled(t)
	until := func(d time.Duration) discordfake.Object {
		return discordfake.Object{"communication_disabled_until": time.Now().Add(d).UTC().Format(time.RFC3339Nano)}
	}
	role := func(want transports.Role) {
		t.Helper()
		next(v, func(e transports.MemberChanged) bool {
			return string(e.Member.User.ID) == v.ida && e.Room == room(v.lobby) && e.Member.Role == want
		})
	}
	v.ChangeMember(v.guild, v.ida, until(300*time.Millisecond))
	role(transports.Visitor)
	role(transports.Participant)
	v.ChangeMember(v.guild, v.ida, until(time.Second))
	role(transports.Visitor)
	v.Cut()
	v.over()
	v.start() // and so after the connection was lost
	next[transports.Online](v, nil)
	role(transports.Participant)
}

func TestABotThatIsTimedOutIsToldSo(t *testing.T) {
	v := settled(t)
	v.ChangeMember(v.guild, v.bot.ID, discordfake.Object{"communication_disabled_until": time.Now().Add(500 * time.Millisecond).UTC().Format(time.RFC3339Nano)})
	next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) && r.Lacks&transports.Uploads != 0 })
	_, err := v.try(send(inLobby(v), "hello"))
	v.kind(err, transports.Forbidden, "Send Messages")
	next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) && r.Lacks&transports.Uploads == 0 })
	v.do(send(inLobby(v), "at last"))
}
