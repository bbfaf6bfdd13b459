package irc

import (
	"strings"
	"time"

	"isthmus/transports"
)

// modeChange is one letter of a MODE.
type modeChange struct {
	set       bool
	mode      byte
	parameter string
}

// readModes takes the changes apart: letters with their sign, then the parameters of those that have one. RFC 2812 §3.2.3,
// and which have one by RPL_ISUPPORT CHANMODES and PREFIX.
func (s *isupport) readModes(letters string, parameters []string) []modeChange {
	var changes []modeChange
	set := true
	for i := range len(letters) {
		switch letter := letters[i]; letter {
		case '+', '-':
			set = letter == '+'
		default:
			change := modeChange{set: set, mode: letter}
			if s.takesParameter(letter, set) && len(parameters) > 0 {
				change.parameter, parameters = parameters[0], parameters[1:]
			}
			changes = append(changes, change)
		}
	}
	return changes
}

// onMode is a change of a room's modes. What gives someone another standing is told as that, everything else in words.
func (c *connection) onMode(m message) {
	r := c.rooms[c.fold(m.Param(0))]
	if r == nil || len(m.Params) < 2 {
		return // our own modes as a user concern nobody
	}
	before := map[string]privileges{}
	nicks := map[string]string{}
	var affected, words []modeChange
	for _, change := range c.support.readModes(m.Params[1], m.Params[2:]) {
		bit := c.support.privilege(change.mode)
		if bit == 0 || change.parameter == "" || !legible(change.parameter) {
			c.noteMode(r, change, m.Name)
			words = append(words, change)
			continue
		}
		folded := c.fold(change.parameter)
		if _, seen := nicks[folded]; !seen {
			before[folded], nicks[folded] = r.standings[folded], change.parameter
		}
		if change.set {
			c.allow(r, folded, r.standings[folded]|bit)
		} else {
			c.allow(r, folded, r.standings[folded]&^bit)
		}
		affected = append(affected, change)
	}
	for _, change := range affected {
		folded := c.fold(change.parameter)
		nick, first := nicks[folded]
		if !first {
			continue
		}
		delete(nicks, folded)
		if !c.changed(r, before[folded], folded, nick, m.Name) {
			words = append(words, change)
		}
	}
	if len(words) > 0 {
		c.tell(r, announcement(r, m.Name, words))
	}
}

// noteMode keeps what the driver must know of a mode that gives nobody a standing.
func (c *connection) noteMode(r *room, change modeChange, by string) {
	switch {
	case change.mode == 'm' && r.moderated != change.set:
		r.moderated = change.set
		c.refresh(r)
	case change.mode == 'b' && change.set && change.parameter != "":
		r.ban = ban{by: c.fold(by), at: time.Now()}
	}
}

// changed tells of a user's new standing. It is false where modes changed and the standing did not.
func (c *connection) changed(r *room, before privileges, folded, nick, by string) bool {
	now := c.member(r, folded, transports.User{ID: userID(nick), Name: nick})
	affiliation, role := c.support.standing(before, r.moderated)
	if now.Affiliation == affiliation && now.Role == role {
		return false
	}
	if r.shown {
		c.emit(transports.MemberChanged{Room: r.id, Member: now, By: by})
	}
	return true
}

// announcement says changes in words: "Mode #room [+b-l *!*@example.org] by alice".
func announcement(r *room, by string, changes []modeChange) transports.Event {
	var letters, parameters strings.Builder
	sign := byte(0)
	for _, change := range changes {
		next := byte('-')
		if change.set {
			next = '+'
		}
		if next != sign {
			letters.WriteByte(next)
			sign = next
		}
		letters.WriteByte(change.mode)
		if change.parameter != "" {
			parameters.WriteByte(' ')
			parameters.WriteString(change.parameter)
		}
	}
	return announced(r.id, "Mode "+r.name+" ["+letters.String()+parameters.String()+"] by "+by)
}

// onModeIs is the answer to MODE without changes: RPL_CHANNELMODEIS. Who has no standing in a moderated room is a visitor.
func (c *connection) onModeIs(m message) {
	r := c.rooms[c.fold(m.Param(1))]
	if r == nil {
		return
	}
	moderated := strings.Contains(m.Param(2), "m")
	if r.moderated != moderated {
		r.moderated = moderated
		c.refresh(r)
	}
}
