package irc

import (
	"math/bits"
	"strings"

	"isthmus/transports"
)

// maxPrivileges is how many modes may give a standing.
const maxPrivileges = 32

// privileges are the modes that a user has in a room: bit i stands for prefixModes[i].
type privileges uint32

// privilege is the bit of a mode, 0 where the server has no such mode.
func (s *isupport) privilege(mode byte) privileges {
	if i := strings.IndexByte(s.prefixModes, mode); i >= 0 {
		return 1 << i
	}
	return 0
}

// cutSigns takes the signs before a name in a list of names; with multi-prefix there may be several.
func (s *isupport) cutSigns(name string) (privileges, string) {
	var has privileges
	for name != "" {
		i := strings.IndexByte(s.prefixSigns, name[0])
		if i < 0 {
			break
		}
		has |= 1 << i
		name = name[1:]
	}
	return has, name
}

// standing says in XMPP's words what modes mean: q and a are an owner's, o an admin's, h a member's who moderates, v a
// member's. Modes that only this server has count as the next known one below them, those over o as an owner's.
func (s *isupport) standing(has privileges, moderated bool) (transports.Affiliation, transports.Role) {
	switch s.level(has) {
	case 'q', 'a':
		return transports.Owner, transports.Moderator
	case 'o':
		return transports.Admin, transports.Moderator
	case 'h':
		return transports.AffiliatedMember, transports.Moderator
	case 'v':
		return transports.AffiliatedMember, transports.Participant
	}
	if moderated {
		return transports.NoAffiliation, transports.Visitor
	}
	return transports.NoAffiliation, transports.Participant
}

// level is the highest of someone's modes, as one of qaohv, or 0.
func (s *isupport) level(has privileges) byte {
	highest := bits.TrailingZeros32(uint32(has))
	if highest >= len(s.prefixModes) {
		return 0
	}
	mode := s.prefixModes[highest]
	switch {
	case strings.IndexByte("qaohv", mode) >= 0:
		return mode
	case highest < strings.IndexByte(s.prefixModes, 'o'):
		return 'q'
	case highest < strings.IndexByte(s.prefixModes, 'h'):
		return 'h'
	case highest < strings.IndexByte(s.prefixModes, 'v'):
		return 'v'
	}
	return 0
}

// change is modes to give and to take.
type change struct{ give, take string }

// The changes that give a user a role or an affiliation; each takes what would give them more.
var (
	becomeNobody      = change{"", "vhoaq"}
	becomeMember      = change{"v", "hoaq"}
	becomeModerator   = change{"h", "oaq"}
	becomeAdmin       = change{"o", "aq"}
	becomeOwner       = change{"a", "q"}
	becomeOnlyFounder = change{"q", ""} // where there is no a
)

// roleChange is the change of modes for a role other than NoRole.
func (s *isupport) roleChange(role transports.Role) change {
	switch {
	case role == transports.Visitor:
		return becomeNobody
	case role == transports.Participant:
		return becomeMember
	case s.privilege('h') == 0:
		return becomeAdmin
	}
	return becomeModerator
}

// affiliationChange is the change of modes for an affiliation other than Outcast. It is false where the server knows no
// such standing.
func (s *isupport) affiliationChange(affiliation transports.Affiliation) (change, bool) {
	switch affiliation {
	case transports.AffiliatedMember:
		return becomeMember, true
	case transports.Admin:
		return becomeAdmin, true
	case transports.Owner:
		if s.privilege('a') == 0 {
			return becomeOnlyFounder, s.privilege('q') != 0
		}
		return becomeOwner, true
	}
	return becomeNobody, true
}

// modeLines are the lines that carry out a change for a user who has some modes already, as many changes in each as the
// server takes (MODES). RFC 2812 §3.2.3.
func (s *isupport) modeLines(room, user string, has privileges, wanted change) []string {
	var changes []string
	for _, mode := range []byte(wanted.give) {
		if bit := s.privilege(mode); bit != 0 && has&bit == 0 {
			changes = append(changes, "+"+string(mode))
		}
	}
	for _, mode := range []byte(wanted.take) {
		if bit := s.privilege(mode); has&bit != 0 {
			changes = append(changes, "-"+string(mode))
		}
	}
	var lines []string
	for len(changes) > 0 {
		n := min(len(changes), s.modes)
		lines = append(lines, "MODE "+room+" "+strings.Join(changes[:n], "")+strings.Repeat(" "+user, n))
		changes = changes[n:]
	}
	return lines
}
