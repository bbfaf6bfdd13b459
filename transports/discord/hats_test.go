package discord_test

import (
	"fmt"
	"slices"
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
)

// wears waits until Ida is told in the lobby with these hats.
func (v *visit) wears(want ...string) {
	v.t.Helper()
	next(v, func(e transports.Event) bool {
		var members []transports.Member
		switch e := e.(type) {
		case transports.Room:
			members = e.Members
		case transports.MemberChanged:
			members = []transports.Member{e.Member}
		}
		for _, m := range members {
			if string(m.User.ID) == v.ida {
				var worn []string
				for _, h := range m.Hats {
					worn = append(worn, fmt.Sprintf("%s %06x", h.Title, h.Colour))
				}
				return slices.Equal(worn, want)
			}
		}
		return false
	})
}

func TestRolesAreHatsAndChangeAsTheyDo(t *testing.T) {
	p := newPlace(t)
	p.JoinGuild(p.guild, p.ida)
	low := p.AddRole(p.guild, "Reader", nil)
	plain := p.AddRole(p.guild, "Ping me", nil)
	red := p.AddRole(p.guild, "Scribe", discordfake.Object{"color": 0x111111, "colors": discordfake.Object{"primary_color": 0xff0000, "secondary_color": nil}, "position": 10})
	head := p.AddRole(p.guild, "Board", discordfake.Object{"hoist": true, "position": 20})
	odd := p.AddRole(p.guild, "Odd", discordfake.Object{"color": -3, "colors": "many", "position": 0})
	p.ChangeMember(p.guild, p.ida, discordfake.Object{"roles": []string{low, plain, red, head, odd, "12345"}})
	v := p.visit(t)
	v.wears("Board 000000", "Scribe ff0000", "Ping me 000000", "Reader 000000", "Odd 000000")
	p.ChangeMember(p.guild, p.ida, discordfake.Object{"roles": []string{low, red}})
	v.wears("Scribe ff0000", "Reader 000000")
	p.ChangeRole(p.guild, low, discordfake.Object{"name": "Writer", "color": 0x00ff00})
	v.wears("Scribe ff0000", "Writer 00ff00")
	p.ChangeRole(p.guild, low, discordfake.Object{"position": 70})
	v.wears("Writer 00ff00", "Scribe ff0000")
	p.DeleteRole(p.guild, low)
	v.wears("Scribe ff0000")
	p.ChangeMember(p.guild, p.ida, discordfake.Object{"roles": []string{}})
	v.wears()
}
