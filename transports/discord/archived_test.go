package discord_test

import (
	"fmt"
	"testing"
	"time"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
)

func TestArchivedThreadsAreListedAndJoined(t *testing.T) {
	v := settled(t)
	forum := v.AddForum(v.guild, "bakery")
	archived := func(in, name string, kind int, at time.Time) string {
		return v.AddChannel(v.guild, name, kind, discordfake.Object{"parent_id": in,
			"thread_metadata": discordfake.Object{"archived": true, "locked": false, "archive_timestamp": at.UTC().Format("2006-01-02T15:04:05.000000+00:00")}})
	}
	now := time.Now()
	for i := range 250 {
		archived(forum, fmt.Sprint("post ", i), 11, now.Add(-time.Duration(i)*time.Hour))
	}
	old := archived(v.lobby, "old times", 11, now)
	archived(v.lobby, "behind closed doors", 12, now)
	v.Say(v.lobby, v.ida, "look", nil)
	v.said("look")
	in := map[transports.RoomID]int{}
	for _, l := range listed(v) {
		in[l.Parent]++
	}
	if in[room(forum)] != 250 || in[room(v.lobby)] != 1 {
		t.Errorf("%d threads are listed of the forum, %d of the lobby", in[room(forum)], in[room(v.lobby)])
	}
	asked := len(v.Requests())
	listed(v)
	if again := v.Requests()[asked:]; len(again) != 0 {
		t.Errorf("for the next list Discord was asked %q", again)
	}
	v.do(transports.Join{Room: room(old)})
	v.do(send(transports.InRoom(room(old)), "anybody there?"))
	v.Find("anybody there?")
}

func TestAListDoesNotWaitForArchivesThatCannotBeRead(t *testing.T) {
	v := settled(t)
	v.Fail(discordfake.Fault{Method: "GET", Path: "/channels/" + v.lobby + "/threads/archived", Hang: true})
	archive := v.AddThread(v.guild, v.attic, "old times", true)
	began := time.Now()
	found := false
	for _, l := range listed(v) {
		found = found || l.Room == room(archive)
	}
	if took := time.Since(began); !found || took > 15*time.Second {
		t.Errorf("the list came after %v, with the other archive: %v", took, found)
	}
}
