package loopback_test

import (
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

// lobby is a network with Ida, who owns the Lobby, and Max, who is in it.
type lobby struct {
	*loopback.Network
	t        *testing.T
	ida, max *loopback.Person
	room     transports.RoomID
}

func newLobby(t *testing.T, config loopback.Config) *lobby {
	t.Helper()
	l := &lobby{t: t, Network: start(t, config).Network(scope)}
	l.ida, l.max, l.room = l.AddPerson("Ida Lovelace"), l.AddPerson("Max Hopper"), l.AddRoom("Lobby", "")
	must(t, l.ida, transports.Join{Room: l.room})
	must(t, l.max, transports.Join{Room: l.room})
	return l
}

// refuses fails unless a command of a person is refused with the kind, in words that hold the text.
func (l *lobby) refuses(p *loopback.Person, c transports.Command, kind transports.FaultKind, says string) {
	l.t.Helper()
	_, err := p.Do(c)
	if err == nil {
		l.t.Errorf("%T was not refused", c)
	} else if f := transports.AsFault(err); f.Kind != kind || !strings.Contains(f.Text, says) {
		l.t.Errorf("%T was refused with kind %d, %q; want %d, %q", c, f.Kind, f.Text, kind, says)
	}
}

// says has a person say something and gives its id as they call it.
func (l *lobby) says(p *loopback.Person, in transports.Place, words string) transports.MessageID {
	l.t.Helper()
	return must(l.t, p, transports.Send{Place: in, Text: text.Plain(words)}).Parts[0]
}

func TestABannedUserIsOutUntilTheBanIsLifted(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	l.refuses(l.max, transports.SetAffiliation{Room: l.room, User: l.ida.ID, Affiliation: transports.Outcast}, transports.Forbidden, "moderator")
	must(t, l.ida, transports.SetAffiliation{Room: l.room, User: l.max.ID, Affiliation: transports.Outcast, Reason: "spam"})
	out := next[transports.MemberLeft](t, l.max, nil)
	if out.User.ID != l.max.ID || out.Cause != transports.Banned || out.By != "Ida Lovelace" || out.Reason != "spam" {
		t.Errorf("Max was banned as %+v", out)
	}
	l.refuses(l.max, transports.Join{Room: l.room}, transports.Forbidden, "banned")
	l.refuses(l.ida, transports.Invite{Room: l.room, User: l.max.ID}, transports.Forbidden, "banned")
	must(t, l.ida, transports.SetAffiliation{Room: l.room, User: l.max.ID})
	must(t, l.max, transports.Join{Room: l.room})
}

func TestAModeratedRoomHearsWhoHasAVoice(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	l.SetRules(l.room, loopback.Rules{Moderated: true})
	must(t, l.ida, transports.SetRole{Room: l.room, User: l.max.ID, Role: transports.Visitor})
	next(t, l.max, func(e transports.MemberChanged) bool {
		return e.Member.Role == transports.Visitor && e.By == "Ida Lovelace"
	})
	l.refuses(l.max, transports.SetTopic{Room: l.room, Text: "mine"}, transports.Forbidden, "voice")
	l.refuses(l.max, transports.Send{Place: transports.InRoom(l.room), Text: text.Plain("hello?")}, transports.Forbidden, "voice")
	l.refuses(l.max, transports.SetRole{Room: l.room, User: l.max.ID, Role: transports.Participant}, transports.Forbidden, "moderator")
	must(t, l.ida, transports.SetRole{Room: l.room, User: l.max.ID, Role: transports.Participant})
	l.says(l.max, transports.InRoom(l.room), "hello!")
	l.refuses(l.ida, transports.SetAffiliation{Room: l.room, User: l.ida.ID}, transports.Conflict, "last owner")
	l.SetRules(l.room, loopback.Rules{})
	next(t, l.max, func(e transports.Room) bool { return !e.Moderated })
	l.SetRules(l.room, loopback.Rules{Moderated: true})
	next(t, l.max, func(e transports.Room) bool { return e.Moderated && len(e.Members) == 1 })
	next(t, l.max, func(e transports.MemberChanged) bool {
		return e.Member.User.ID == l.max.ID && e.Member.Role == transports.Visitor
	})
}

func TestARoomIsFoundByItsNameAndHasOneAddress(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	_, err := l.max.Do(transports.Join{Room: "#lobby"})
	if f := transports.AsFault(err); f.Kind != transports.Moved || f.To != l.room {
		t.Errorf("the name of a room leads to %+v, want %s", f, l.room)
	}
	l.refuses(l.max, transports.Join{Room: "#nowhere"}, transports.NotFound, "#nowhere")
}

func TestAnOwnerChangesTheRules(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	rules := transports.Rules{MembersOnly: true, Locked: true}
	l.refuses(l.max, transports.SetRules{Room: l.room, Rules: rules, Password: "sesame"}, transports.Forbidden, "owner")
	l.refuses(l.ida, transports.SetRules{Room: l.room, Rules: rules}, transports.Invalid, "password")
	must(t, l.ida, transports.SetRules{Room: l.room, Rules: rules, Password: "sesame"})
	next(t, l.max, func(e transports.Room) bool { return e.Rules == rules })
	must(t, l.ida, transports.SetRules{Room: l.room, Rules: transports.Rules{Locked: true}})
	zoe := l.AddPerson("Zoe")
	l.refuses(zoe, transports.Join{Room: l.room}, transports.PasswordNeeded, "password")
	must(t, zoe, transports.Join{Room: l.room, Password: "sesame"})
	must(t, l.ida, transports.SetRules{Room: l.room})
	next(t, zoe, func(e transports.Room) bool { return e.Rules == transports.Rules{} })
}

func TestARoomIsClosedToStrangers(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	zoe := l.AddPerson("Zoe")
	l.SetRules(l.room, loopback.Rules{MembersOnly: true})
	l.refuses(zoe, transports.Join{Room: l.room}, transports.Forbidden, "members alone")
	l.refuses(l.max, transports.Invite{Room: l.room, User: zoe.ID}, transports.Forbidden, "moderator")
	must(t, l.ida, transports.Invite{Room: l.room, User: zoe.ID})
	must(t, zoe, transports.Join{Room: l.room})
	must(t, l.ida, transports.SetAffiliation{Room: l.room, User: zoe.ID})
	next(t, zoe, func(e transports.MemberLeft) bool { return e.User.ID == zoe.ID && e.Cause == transports.Removed })
	l.SetRules(l.room, loopback.Rules{Password: "sesame"})
	l.refuses(zoe, transports.Join{Room: l.room, Password: "barley"}, transports.PasswordNeeded, "password")
	must(t, zoe, transports.Join{Room: l.room, Password: "sesame"})
}

func TestARoomIsMadeFilledAndDestroyed(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	made := must(t, l.max, transports.Create{ID: "#reading", Name: "Reading club"}).Room
	state := next(t, l.max, func(e transports.Room) bool { return e.Room == made })
	if state.Name != "Reading club" || len(state.Members) != 1 || state.Members[0].Affiliation != transports.Owner {
		t.Errorf("the new room is %+v", state)
	}
	l.refuses(l.ida, transports.Create{ID: "#x", Name: "reading Club"}, transports.Conflict, "already")
	must(t, l.max, transports.Invite{Room: made, User: l.ida.ID, Reason: "come and read"})
	if e := next[transports.Invited](t, l.ida, nil); e.Room != made || e.Name != "Reading club" || e.By.ID != l.max.ID || e.Reason != "come and read" {
		t.Errorf("Ida was invited by %+v", e)
	}
	must(t, l.ida, transports.Join{Room: made})
	l.refuses(l.ida, transports.Destroy{Room: made}, transports.Forbidden, "owner")
	must(t, l.max, transports.SetRoomName{Room: made, Name: "Book club"})
	next(t, l.ida, func(e transports.RoomChanged) bool { return e.Room == made && e.Name == "Book club" })
	must(t, l.max, transports.Destroy{Room: made, Reason: "all read"})
	if e := next[transports.MemberLeft](t, l.ida, nil); e.Room != made || e.User.ID != l.ida.ID || e.Cause != transports.Removed || e.Reason != "all read" {
		t.Errorf("Ida left the destroyed room as %+v", e)
	}
	l.refuses(l.max, transports.Join{Room: made}, transports.NotFound, "no room")
}

func TestWhatWasSaidCanBeChangedByItsAuthor(t *testing.T) {
	for _, ids := range []string{"stable", "own"} {
		t.Run(ids, func(t *testing.T) {
			l := newLobby(t, loopback.Config{IDs: ids})
			for what, in := range map[string]transports.Place{"room": transports.InRoom(l.room), "talk": transports.TalkWith(l.max.ID)} {
				id := l.says(l.ida, in, "hi")
				heard := next[transports.Message](t, l.max, nil)
				if same := heard.ID == id; same != (ids == "stable") {
					t.Errorf("%s: Ida calls the message %s, Max %s", what, id, heard.ID)
				}
				must(t, l.ida, transports.Edit{Place: in, ID: id, Text: text.Plain("hello")})
				if e := next[transports.Edited](t, l.max, nil); e.ID != heard.ID || e.Place != heard.Place || e.Text.String() != "hello" || e.From.ID != l.ida.ID {
					t.Errorf("%s: edited as %+v, the message was %+v", what, e, heard)
				}
				must(t, l.max, transports.React{Place: heard.Place, ID: heard.ID, Emoji: []string{"👍", "🎉"}})
				if e := next[transports.Reacted](t, l.ida, nil); e.ID != id || e.From.ID != l.max.ID || len(e.Emoji) != 2 {
					t.Errorf("%s: reacted as %+v", what, e)
				}
				must(t, l.max, transports.Send{Place: heard.Place, Text: text.Plain("and you?"), ReplyTo: &transports.Reference{ID: heard.ID}})
				if e := next(t, l.ida, func(e transports.Message) bool { return !e.Own }); e.ReplyTo == nil || e.ReplyTo.ID != id ||
					e.ReplyTo.From.ID != l.ida.ID || e.ReplyTo.Text.String() != "hello" {
					t.Errorf("%s: the answer was %+v", what, e)
				}
				l.refuses(l.max, transports.Edit{Place: heard.Place, ID: heard.ID, Text: text.Plain("no")}, transports.Forbidden, "Ida Lovelace")
				l.refuses(l.max, transports.Delete{Place: heard.Place, ID: heard.ID}, transports.Forbidden, "Ida Lovelace")
				must(t, l.ida, transports.Delete{Place: in, ID: id})
				if e := next[transports.Deleted](t, l.max, nil); e.ID != heard.ID || e.By.ID != l.ida.ID {
					t.Errorf("%s: deleted as %+v", what, e)
				}
				l.refuses(l.ida, transports.Edit{Place: in, ID: id, Text: text.Plain("no")}, transports.Gone, "deleted")
			}
		})
	}
}

func TestAModeratorDeletesWhatOthersSaid(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	id := l.says(l.max, transports.InRoom(l.room), "spam")
	must(t, l.ida, transports.Delete{Place: transports.InRoom(l.room), ID: id, Reason: "spam"})
	if e := next[transports.Deleted](t, l.max, nil); e.ID != id || e.By.ID != l.ida.ID || e.Reason != "spam" {
		t.Errorf("deleted as %+v", e)
	}
}

func TestTypingAndReadingAreSeen(t *testing.T) {
	l := newLobby(t, loopback.Config{})
	id := l.says(l.ida, transports.TalkWith(l.max.ID), "hi")
	must(t, l.max, transports.SetTyping{Place: transports.TalkWith(l.ida.ID), On: true})
	if e := next[transports.Typing](t, l.ida, nil); !e.On || e.From.ID != l.max.ID || e.Place != transports.TalkWith(l.max.ID) {
		t.Errorf("typing as %+v", e)
	}
	must(t, l.max, transports.MarkRead{Place: transports.TalkWith(l.ida.ID), Upto: id})
	if e := next[transports.Read](t, l.ida, nil); e.Upto != id || e.By.ID != l.max.ID {
		t.Errorf("read as %+v", e)
	}
}

func TestALongTextBecomesSeveralMessages(t *testing.T) {
	l := newLobby(t, loopback.Config{Split: 4, MaxText: 10})
	parts := must(t, l.ida, transports.Send{Place: transports.InRoom(l.room), Text: text.Plain("überlang!")}).Parts
	var heard strings.Builder
	for _, id := range parts {
		m := next[transports.Message](t, l.max, nil)
		if m.ID != id {
			t.Errorf("part %s came as %s", id, m.ID)
		}
		heard.WriteString(m.Text.String())
	}
	if len(parts) != 3 || heard.String() != "überlang!" {
		t.Errorf("%d parts say %q", len(parts), heard.String())
	}
	l.refuses(l.ida, transports.Send{Place: transports.InRoom(l.room), Text: text.Plain("more than ten")}, transports.TooLarge, "13 characters")
}

func TestAWrongConfigurationIsExplained(t *testing.T) {
	for says, config := range map[string]loopback.Config{
		`no feature "edit"`: {Only: []string{"edit"}},
		"scopes[0]":         {Scopes: []string{"No Good"}},
		"twice":             {Scopes: []string{"a", "a"}},
		"ids":               {IDs: "some"},
		"max_text":          {MaxText: -1},
	} {
		if _, err := loopback.New(config); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v gave %v, want an error about %q", config, err, says)
		}
	}
}
