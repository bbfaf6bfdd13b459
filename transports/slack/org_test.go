package slack_test

import (
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack"
	"isthmus/transports/slack/slacktest"
)

// roomOf is the room of a channel.
func roomOf(channel string) transports.RoomID {
	return transports.RoomID("#" + strings.ToLower(channel))
}

// anywhere says something in a channel as the account.
func (s *story) anywhere(channel, words string) {
	s.Helper()
	s.must(transports.Send{Place: transports.InRoom(roomOf(channel)), Text: text.Plain(words)})
}

func TestAnAppOfAWholeOrganisationIsInAllItsWorkspaces(t *testing.T) {
	var sales *slacktest.Workspace
	var eve *slacktest.User
	var common, deals string
	s := newStory(t, func(s *story) {
		s.quiet = true
		s.w.Join("E0ORG")
		s.tess = s.w.AddUserAs("W0TESS", "Tess")
		sales = s.w.Another("T0SALES", "Sales")
		sales.Join("E0ORG")
		sales.AddUserAs("W0TESS", "Tess")
		eve = sales.AddUserAs("W0EVE", "Eve")
		s.w.Act(s.ida, "conversations.invite", slacktest.Object{"channel": s.lobby, "users": "W0TESS"})
		for range 20 {
			deals = sales.AddChannel("deals", false, eve, s.tess)
		}
		common = s.w.AddChannel("common", false, s.ida, s.tess, eve)
		s.w.Share(common, sales)
		s.token, s.app = s.w.OrgToken(s.tess, scopes), s.w.AppToken()
	})
	if s.account.Scope != "e0org" {
		t.Errorf("the account is of %s", s.account.Scope)
	}
	rooms := map[transports.RoomID]int{}
	for len(rooms) < 22 {
		r := expect[transports.Room](s, nil)
		if rooms[r.Room]++; rooms[r.Room] > 1 || r.Parent != "#e0org" {
			t.Errorf("told is %+v", r)
		}
	}
	expect[transports.Memberships](s, nil)
	if rooms[roomOf(deals)]*rooms[roomOf(common)]*rooms[s.room()] != 1 {
		t.Errorf("it is in %v", rooms)
	}
	sales.Post(eve, deals, "sold", nil)
	if m := expect[transports.Message](s, nil); m.Place != transports.InRoom(roomOf(deals)) || m.From.ID != "w0eve" || m.From.Name != "Eve" {
		t.Errorf("the message of one workspace is %+v", m)
	}
	sales.Post(eve, common, "to both", nil)
	if m := expect[transports.Message](s, nil); m.Place != transports.InRoom(roomOf(common)) || m.Text.String() != "to both" {
		t.Errorf("the message in what they share is %+v", m)
	}
	s.anywhere(deals, "well done, everyone")
	if all := sales.Messages(deals); len(all) != 2 || all[1]["user"] != "W0TESS" {
		t.Errorf("the answer is %v", all)
	}
	s.must(transports.Send{Place: transports.InRoom(roomOf(deals)), Text: text.Text{{Spans: []text.Span{{Text: "@Eve", Ref: text.Ref{Kind: text.MentionUser, ID: "w0eve"}}}}}})
	if all := sales.Messages(deals); all[len(all)-1]["text"] != "<@W0EVE>" {
		t.Errorf("the mention is %v", all[len(all)-1]["text"])
	}
	found, err := s.session.(transports.Finder).Find(t.Context(), "eve", 10)
	if err != nil || len(found) != 1 || found[0].ID != "w0eve" {
		t.Errorf("found is %v, %v", found, err)
	}
	listed := map[string]int{}
	if err := s.session.(transports.Directory).Rooms(t.Context(), func(l transports.Listing) bool { listed[l.Name]++; return true }); err != nil {
		t.Fatal(err)
	}
	if listed["common"] != 1 || listed["deals"] != 20 || listed["lobby"] != 1 || listed["The organisation"] != 1 {
		t.Errorf("listed is %v", listed)
	}
	s.only("and the first workspace goes on")
}

// Of a channel that workspaces share, an app gets one event, whichever of them its accounts are of.
func TestWhatIsSaidInAChannelThatIsSharedEveryAccountOfTheAppHears(t *testing.T) {
	w := newWorkspace(t)
	other := w.Another("T0OTHER", "Other")
	tess, eve := w.AddUser("Tess"), other.AddUserAs("U0EVE", "Eve")
	app := w.AppToken()
	channel := w.AddChannel("partners", false, tess, eve)
	w.Share(channel, other)
	secret := other.AddChannel("secret", false, eve)
	driver := start(t, slack.Config{API: w.API(), TokenEvery: time.Minute})
	var all []*story
	for _, token := range []string{w.Token(tess, scopes), other.Token(eve, scopes)} {
		s := &story{T: t, w: w, driver: driver}
		s.session = s.open(logIn(t, driver, token, app))
		s.run()
		s.online()
		all = append(all, s)
	}
	if n := w.Sockets(app); n != 1 {
		t.Errorf("there are %d sockets", n)
	}
	other.Post(eve, secret, "not for Tess", nil)
	w.Post(tess, channel, "hello", nil)
	other.Post(eve, channel, "hi", nil)
	for i, s := range all {
		if i == 1 {
			expect(s, func(m transports.Message) bool { return m.Text.String() == "not for Tess" })
		}
		for _, want := range []string{"hello", "hi"} {
			if m := expect[transports.Message](s, nil); m.Text.String() != want || m.Own != ((want == "hello") == (i == 0)) {
				t.Errorf("account %d hears %+v", i, m)
			}
		}
	}
	all[0].must(transports.Join{Room: roomOf(channel)})
	r := expect[transports.Room](all[0], nil)
	for _, m := range r.Members {
		if wants := map[transports.UserID]transports.Affiliation{"u0eve": transports.NoAffiliation, "u0000001": transports.AffiliatedMember}[m.User.ID]; m.Affiliation != wants {
			t.Errorf("%s is %d", m.User.Name, m.Affiliation)
		}
	}
	if len(r.Members) != 2 {
		t.Errorf("the members are %+v", r.Members)
	}
}

func TestAChannelThatGetsAnotherIDIsAnotherRoom(t *testing.T) {
	s := newStory(t)
	was := s.room()
	s.w.Rekey(s.lobby, "C0SHARED")
	if e := expect[transports.MemberLeft](s, nil); e.Room != was || e.Cause != transports.Removed {
		t.Errorf("left is %+v", e)
	}
	if r := expect[transports.Room](s, nil); r.Room != "#c0shared" || r.Name != "lobby" {
		t.Errorf("the new room is %+v", r)
	}
	s.lobby = "C0SHARED"
	s.only("it goes on here")
	s.must(s.say("indeed"))
}

func TestPresenceIsAskedOfThoseWhoAreWatchedAndOfNobodyElse(t *testing.T) {
	s := newStory(t, func(s *story) { s.presenceEvery = time.Second })
	max := s.w.AddUser("Max")
	s.w.Post(max, s.w.Direct(max, s.tess), "hello", nil) // who merely writes is not watched
	expect[transports.Message](s, nil)
	s.must(transports.Subscribe{User: "u0000002", On: true})
	if e := expect[transports.PresenceChanged](s, nil); e.User.ID != "u0000002" || e.Presence.Show != transports.Present {
		t.Errorf("the presence is %+v", e)
	}
	for show, how := range map[transports.Show]func(*slacktest.User){
		transports.Busy: func(u *slacktest.User) {
			u.Away, u.Snoozing, u.StatusText, u.StatusEmoji = false, true, "do not &amp; disturb", ":no_bell:"
		},
		transports.Away: func(u *slacktest.User) { u.Away, u.Snoozing, u.StatusText, u.StatusEmoji = true, false, "at lunch", "" },
	} {
		s.w.Quietly(s.ida, how) // no event tells
		e := expect(s, func(e transports.PresenceChanged) bool { return e.Presence.Show == show })
		if want := map[transports.Show]string{transports.Busy: "🔕 do not & disturb", transports.Away: "at lunch"}[show]; e.Presence.Status != want {
			t.Errorf("%d has the status %q", show, e.Presence.Status)
		}
	}
	asked := s.w.Await(func(e slacktest.Object) bool { return e["type"] == "presence_asked" && e["user"] != s.ida.ID }, 0)
	if asked != nil {
		t.Errorf("asked was how %v is", asked["user"])
	}
	s.must(transports.Subscribe{User: "u0000002"})
	n := s.w.Calls("users.getPresence")
	time.Sleep(3 * time.Second / 2)
	if now := s.w.Calls("users.getPresence"); now > n+1 { // one may be under way
		t.Errorf("it is asked %d times how somebody is whom nobody watches", now-n)
	}
}
