package loopback_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

// words are what events of a history say, one for each.
func words(events []transports.Event) []string {
	var all []string
	for _, e := range events {
		switch e := e.(type) {
		case transports.Message:
			all = append(all, e.Text.String())
		case transports.Edited:
			all = append(all, "now "+e.Text.String())
		case transports.Deleted:
			all = append(all, "deleted")
		case transports.Reacted:
			all = append(all, strings.Join(e.Emoji, ""))
		}
	}
	return all
}

func TestAPlaceIsReadFromWhereOneLeftIt(t *testing.T) {
	for _, ids := range []string{"stable", "own"} {
		t.Run(ids, func(t *testing.T) {
			d := start(t, loopback.Config{IDs: ids})
			n := d.Network(scope)
			ida, room := n.AddPerson("Ida Lovelace"), n.AddRoom("Lobby", "")
			must(t, ida, transports.Join{Room: room})
			alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
			alice.must(transports.Join{Room: room})
			in := transports.InRoom(room)
			say := func(words string) transports.MessageID {
				return must(t, ida, transports.Send{Place: in, Text: text.Plain(words)}).Parts[0]
			}
			one := say("one")
			last := expect[transports.Message](alice, nil).ID
			two := say("two")
			must(t, ida, transports.Edit{Place: in, ID: one, Text: text.Plain("uno")})
			say("three")
			must(t, ida, transports.React{Place: in, ID: one, Emoji: []string{"👍"}})
			must(t, ida, transports.Delete{Place: in, ID: two})

			history := alice.session.(transports.History)
			read := func(after transports.MessageID, limit int, want []string, wantMore bool) []transports.Event {
				t.Helper()
				events, more, err := history.After(t.Context(), in, after, limit)
				if got := words(events); err != nil || !slices.Equal(got, want) || more != wantMore {
					t.Errorf("after %q came %q, more %v, %v; want %q, %v", after, got, more, err, want, wantMore)
				}
				return events
			}
			page := read(last, 2, []string{"now uno", "three"}, true)
			read(page[1].(transports.Message).ID, 10, []string{"👍", "deleted"}, false)
			read("", 2, []string{"👍", "deleted"}, false)
			_, _, err := history.After(t.Context(), in, "nonsense", 10)
			wantFault(t, err, transports.NotFound)
			_, _, err = history.After(t.Context(), transports.InRoom("#nowhere"), "", 10)
			wantFault(t, err, transports.NotFound)
		})
	}
}

func TestTheDirectoryIsATree(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	space := n.AddSpace("The club")
	room := n.AddRoom("Reading", space)
	n.SetRules(n.AddRoom("Board", space), loopback.Rules{Hidden: true, MembersOnly: true})
	ida := n.AddPerson("Ida Lovelace")
	must(t, ida, transports.Join{Room: room})
	must(t, ida, transports.SetTopic{Room: room, Text: "Notes"})
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	found := map[transports.RoomID]transports.Listing{}
	if err := alice.session.(transports.Directory).Rooms(t.Context(), func(l transports.Listing) bool { found[l.Room] = l; return true }); err != nil {
		t.Fatal(err)
	}
	if want := (transports.Listing{Room: room, Name: "Reading", Users: 1, Topic: "Notes", Parent: space}); found[room] != want {
		t.Errorf("listed as %+v", found[room])
	}
	if len(found) != 2 || !found[space].Space {
		t.Errorf("the directory is %+v", found)
	}
	_, err := alice.do(transports.Join{Room: space})
	wantFault(t, err, transports.Invalid)
}

func TestWhoIsBannedIsListedToModerators(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	room, max := n.AddRoom("Lobby", ""), n.AddPerson("Max Hopper")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	bob := visit(t, d, transports.Account{Person: "bob", Name: "Bob"})
	alice.must(transports.Join{Room: room})
	bob.must(transports.Join{Room: room})
	alice.must(transports.SetAffiliation{Room: room, User: max.ID, Affiliation: transports.Outcast})
	banned, err := alice.session.(transports.Registry).Affiliated(t.Context(), room, transports.Outcast)
	if err != nil || !slices.Equal(banned, []string{string(max.ID)}) {
		t.Errorf("banned are %q, %v", banned, err)
	}
	_, err = bob.session.(transports.Registry).Affiliated(t.Context(), room, transports.Outcast)
	wantFault(t, err, transports.Forbidden)
}

func TestAProfileAndAPictureAreToldAndRead(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	room, ida := n.AddRoom("Lobby", ""), n.AddPerson("Ida")
	must(t, ida, transports.Join{Room: room})
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	alice.must(transports.Join{Room: room})
	ida.Describe(transports.Profile{FullName: "Ida Lovelace", Email: "ida@loopback.example", URLs: []string{"https://ida.example"}})
	expect[transports.ProfileChanged](alice, nil)
	version := ida.SetPicture([]byte("picture"), "image/png")
	if e := expect[transports.ProfileChanged](alice, nil); e.User.Picture != version || version == "" {
		t.Errorf("the new picture is told as %+v", e)
	}
	profiles := alice.session.(transports.Profiles)
	profile, err := profiles.Profile(t.Context(), ida.ID)
	if err != nil || profile.FullName != "Ida Lovelace" || profile.User.Picture != version || profile.User.Name != "Ida" {
		t.Errorf("the profile is %+v, %v", profile, err)
	}
	data, mediaType, err := profiles.Picture(t.Context(), transports.TalkWith(ida.ID), version, 100)
	if string(data) != "picture" || mediaType != "image/png" || err != nil {
		t.Errorf("the picture is %q, %s, %v", data, mediaType, err)
	}
	_, _, err = profiles.Picture(t.Context(), transports.TalkWith(ida.ID), version, 3)
	wantFault(t, err, transports.TooLarge)
	_, _, err = profiles.Picture(t.Context(), transports.TalkWith(ida.ID), "another", 100)
	wantFault(t, err, transports.NotFound)
	_, err = profiles.Profile(t.Context(), "nobody")
	wantFault(t, err, transports.NotFound)

	n.SetRoomPicture(room, []byte("room"), "image/png")
	expect(alice, func(e transports.RoomChanged) bool { return e.Room == room && e.Picture != "" })

	for _, words := range []string{"lovelace", "IDA@loopback.example", string(ida.ID)} {
		found, err := alice.session.(transports.Finder).Find(t.Context(), words, 10)
		if err != nil || len(found) != 1 || found[0].ID != ida.ID {
			t.Errorf("%q finds %+v, %v", words, found, err)
		}
	}
	if found, err := alice.session.(transports.Finder).Find(t.Context(), " ", 10); err != nil || len(found) != 0 {
		t.Errorf("nothing finds %+v, %v", found, err)
	}
}

func upload(name, content string) transports.Upload {
	return transports.Upload{Name: name, Type: "text/plain", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func TestAFileGoesWithAMessage(t *testing.T) {
	d := start(t, loopback.Config{MaxFile: 10})
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	bob := visit(t, d, transports.Account{Person: "bob", Name: "Bob"})
	to := transports.TalkWith(bob.self.ID)
	alice.must(transports.Send{Place: to, Text: text.Plain("look"), Files: []transports.Upload{upload("a.txt", "content")}})
	m := expect[transports.Message](bob, nil)
	if len(m.Files) != 1 || m.Files[0].Name != "a.txt" || m.Files[0].Size != 7 || m.Files[0].Type != "text/plain" || m.Text.String() != "look" {
		t.Fatalf("the message is %+v", m)
	}
	in, err := bob.session.(transports.Files).OpenFile(t.Context(), m.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if data, err := io.ReadAll(in); string(data) != "content" || err != nil {
		t.Errorf("the file holds %q, %v", data, err)
	}
	_, err = bob.session.(transports.Files).OpenFile(t.Context(), transports.File{ID: "f0"})
	wantFault(t, err, transports.NotFound)

	_, err = alice.do(transports.Send{Place: to, Files: []transports.Upload{upload("big.txt", "far too much")}})
	wantFault(t, err, transports.TooLarge)
	liar := upload("liar.txt", "far too much")
	liar.Size = 1
	_, err = alice.do(transports.Send{Place: to, Files: []transports.Upload{liar}})
	wantFault(t, err, transports.TooLarge)
	broken := upload("broken.txt", "")
	broken.Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("broken") }
	_, err = alice.do(transports.Send{Place: to, Files: []transports.Upload{broken}})
	wantFault(t, err, transports.Offline)
}

func TestAPersonPostsWhatASendHasNoWordsFor(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	sticker := transports.File{Name: "wave.webp", Type: "image/webp", URL: "https://stickers.example/wave.webp", Sticker: true}
	id, err := l.ida.Post(transports.InRoom(l.room), transports.Message{Files: []transports.File{sticker},
		Forwarded: &transports.Reference{From: transports.User{ID: "u-elsewhere", Name: "Zoe"}, Text: text.Plain("from afar")}})
	if err != nil {
		t.Fatal(err)
	}
	m := next[transports.Message](t, l.max, nil)
	if m.ID != id || m.From.ID != l.ida.ID || m.Files[0] != sticker || m.Forwarded.From.Name != "Zoe" {
		t.Errorf("posted as %+v", m)
	}
	thread, err := l.ida.AddThread(l.room, id, "On stickers")
	if err != nil {
		t.Fatal(err)
	}
	if e := next(t, l.max, func(e transports.Room) bool { return e.Room == thread }); e.Parent != l.room || e.Thread != id || e.Name != "On stickers" {
		t.Errorf("the thread is %+v", e)
	}
}
