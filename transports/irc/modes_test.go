package irc

import (
	"strings"
	"testing"

	"isthmus/transports"
)

func TestModesWithAMeaningAreStandingsOthersAreToldInWords(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome("PREFIX=(qaohv)~&@%+", "CHANMODES=beI,k,l,imnpst")
		s.enter("#room", "@alice bob +Carol")
		s.says(":alice!a@h MODE #room +v-v+b bob carol *!*@bad.example")
		events := s.told()
		if len(events) != 3 {
			t.Fatalf("the events are %+v", events)
		}
		if e := events[0].(transports.MemberChanged); e.Member.User.ID != "bob" || e.Member.Affiliation != transports.AffiliatedMember || e.By != "alice" {
			t.Errorf("bob is %+v", e)
		}
		if e := events[1].(transports.MemberChanged); e.Member.User.ID != "carol" || e.Member.Affiliation != transports.NoAffiliation {
			t.Errorf("carol is %+v", e)
		}
		if e := events[2].(transports.Announced); e.Room != "#room" || e.Text.String() != "Mode #room [+b *!*@bad.example] by alice" {
			t.Errorf("announced %q", e.Text)
		}
		s.says(":alice!a@h MODE #room -l+k-i key") // -l takes no parameter, +k does
		if events := s.told(); len(events) != 2 || !events[0].(transports.Room).Locked || events[0].(transports.Room).Complete {
			t.Errorf("the events are %+v", events)
		} else if e := events[1].(transports.Announced); e.Text.String() != "Mode #room [-l+k-i key] by alice" {
			t.Errorf("announced %q", e.Text)
		}
		s.says(":alice!a@h MODE #room +o bob", ":alice!a@h MODE #room -v bob") // the second changes no standing
		events = s.told()
		if _, is := events[1].(transports.Announced); len(events) != 2 || !is {
			t.Errorf("the events are %+v", events)
		}
	})
}

func TestInAModeratedRoomThoseWithoutAVoiceAreVisitors(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "@alice bob +carol")
		s.says(":irc.srv 324 alice #room +mnt")
		s.expect("NAMES #room")
		s.says(":irc.srv 353 alice = #room :@alice bob +carol", ":irc.srv 366 alice #room :End")
		room := one[transports.Room](s)
		if got := standings(room.Members); !room.Moderated || got["bob"] != standing(transports.NoAffiliation, transports.Visitor) || got["carol"] != standing(transports.AffiliatedMember, transports.Participant) {
			t.Errorf("the room is %+v", room)
		}
		s.says(":dave!d@h JOIN #room")
		if e := one[transports.MemberChanged](s); e.Member.Role != transports.Visitor {
			t.Errorf("dave came as %+v", e.Member)
		}
		s.says(":alice!a@h MODE #room -m")
		if e := one[transports.Announced](s); e.Text.String() != "Mode #room [-m] by alice" {
			t.Errorf("announced %q", e.Text)
		}
		s.expect("NAMES #room")
	})
}

func TestTheRulesOfARoomAreToldAndWhenTheyChange(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "@alice bob")
		s.says(":irc.srv 324 alice #room +nist")
		room := one[transports.Room](s)
		if room.Rules != (transports.Rules{MembersOnly: true, Hidden: true}) || room.Complete || len(room.Members) != 1 {
			t.Errorf("the room is %+v", room)
		}
		s.says(":irc.srv 324 alice #room +nist") // nothing new
		s.says(":alice!a@h MODE #room -is")
		if events := s.told(); len(events) != 2 || events[0].(transports.Room).Rules != (transports.Rules{}) {
			t.Errorf("the events are %+v", events)
		}
	})
}

func TestWhoIsLostIsToldFromWhoLeaves(t *testing.T) {
	for reason, want := range map[string]transports.Cause{
		"hub.example.net leaf.example.net": transports.Removed, "*.net *.split": transports.Removed, "Ping timeout: 121 seconds": transports.Removed,
		"bye": transports.Left, "Quit: hub.example.net leaf.example.net": transports.Left, "see you. later.": transports.Left, "": transports.Left, "e.g. this.": transports.Left,
	} {
		if got := quitCause(reason); got != want {
			t.Errorf("%q: %v", reason, got)
		}
	}
}

func TestRolesAndAffiliationsBecomeModes(t *testing.T) {
	for _, c := range []struct {
		command transports.Command
		want    string
	}{
		{transports.SetRole{User: "bob", Role: transports.NoRole, Reason: "bye\nnow"}, "KICK #room bob :bye now"},
		{transports.SetRole{User: "bob", Role: transports.Moderator}, "MODE #room +h bob"},
		{transports.SetRole{User: "bob", Role: transports.Participant}, "MODE #room +v bob"},
		{transports.SetRole{User: "carol", Role: transports.Visitor}, "MODE #room -v carol"},
		{transports.SetAffiliation{User: "op", Affiliation: transports.NoAffiliation}, "MODE #room -v-o op op"},
		{transports.SetAffiliation{User: "op", Affiliation: transports.AffiliatedMember}, "MODE #room -o op"},
		{transports.SetAffiliation{User: "carol", Affiliation: transports.Admin}, "MODE #room +o carol"},
		{transports.SetAffiliation{User: "bob", Affiliation: transports.Owner}, "MODE #room +a bob"},
		{transports.SetAffiliation{User: "*!*@evil.example", Affiliation: transports.Outcast}, "MODE #room +b *!*@evil.example"},
		{transports.SetAffiliation{User: "*!*@evil.example", Affiliation: transports.NoAffiliation}, "MODE #room -b *!*@evil.example"},
		{transports.SetAffiliation{User: "bob", Affiliation: transports.NoAffiliation}, "MODE #room -b bob!*@*"},
		{transports.SetAffiliation{User: "op", Affiliation: transports.Admin}, ""}, // it is so already
	} {
		play(t, Network{}, func(s *script) {
			s.welcome("PREFIX=(qaohv)~&@%+", "CHANMODES=beI,k,l,imnpst", "MODES=4")
			s.enter("#room", "~alice bob +carol @+op")
			switch command := c.command.(type) {
			case transports.SetRole:
				command.Room = "#room"
				c.command = command
			case transports.SetAffiliation:
				command.Room = "#room"
				c.command = command
			}
			set := s.do(c.command)
			want := []string{}
			if c.want != "" {
				want = append(strings.Split(c.want, "|"), "PING :confirm-1")
			}
			s.expect(want...)
			s.says(":irc.srv PONG irc.srv :confirm-1")
			if err := set.err(); err != nil {
				t.Errorf("%+v: %v", c.command, err)
			}
		})
	}
}

func TestAServerWithoutOwnersSaysSo(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome("PREFIX=(ov)@+")
		s.enter("#room", "@alice bob")
		wantFault(t, s.do(transports.SetAffiliation{Room: "#room", User: "bob", Affiliation: transports.Owner}).err(), transports.Unsupported)
		s.do(transports.SetRole{Room: "#room", User: "bob", Role: transports.Moderator})
		s.expect("MODE #room +o bob", "PING :confirm-1")
		wantFault(t, s.do(transports.SetAffiliation{Room: "#room", User: "*", Affiliation: transports.Outcast}).err(), transports.Invalid)
	})
}

func TestABanIsOfTheHost(t *testing.T) {
	for answer, mask := range map[string]string{
		":irc.srv 302 alice :Bob*=+~b@evil.example": "*!*@evil.example", ":irc.srv 302 alice :bob=-~b@host.example": "*!*b@host.example", // our own host
		":irc.srv 302 alice :": "bob!*@*",
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			s.enter("#room", "@alice bob")
			banned := s.do(transports.SetAffiliation{Room: "#room", User: "bob", Affiliation: transports.Outcast, Reason: "spam"})
			s.expect("USERHOST bob", "PING :confirm-1")
			s.says(answer, ":irc.srv PONG irc.srv :confirm-1")
			s.expect("MODE #room +b "+mask, "KICK #room bob :spam", "PING :confirm-2")
			banned.pending()
			s.says(":irc.srv PONG irc.srv :confirm-2")
			if err := banned.err(); err != nil {
				t.Error(err)
			}
			s.do(transports.SetAffiliation{Room: "#room", User: "bob", Affiliation: transports.NoAffiliation})
			want := []string{"MODE #room -b bob!*@*"}
			if mask != "bob!*@*" {
				want = append(want, "MODE #room -b "+mask)
			}
			s.expect(append(want, "PING :confirm-3")...)
		})
	}
}

func TestABanThatCannotBeFinishedIsAFault(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "@alice bob")
		banned := s.do(transports.SetAffiliation{Room: "#room", User: "bob", Affiliation: transports.Outcast})
		s.server.Close()
		s.fault(transports.Offline)
		wantFault(t, banned.err(), transports.Offline)
	})
}
