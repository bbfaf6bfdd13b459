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
	rules := r.rules
	for _, change := range c.support.readModes(m.Params[1], m.Params[2:]) {
		bit := c.support.privilege(change.mode)
		if bit == 0 || change.parameter == "" || !legible(change.parameter) {
			if !note(&rules, change.mode, change.set) && change.mode == 'b' && change.set && change.parameter != "" {
				r.ban = ban{by: c.fold(m.Name), at: time.Now()}
			}
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
	c.rule(r, rules)
	if len(words) > 0 {
		c.tell(r, announcement(r, m.Name, words))
	}
}

// changed tells of a user's new standing. It is false where modes changed and the standing did not.
func (c *connection) changed(r *room, before privileges, folded, nick, by string) bool {
	now := c.member(r, folded, transports.User{ID: userID(nick), Name: nick})
	affiliation, role := c.support.standing(before, r.rules.Moderated)
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

// note takes a mode into the rules of a room, if it is one of them. RFC 2811 §4.2.
func note(rules *transports.Rules, mode byte, set bool) bool {
	switch mode {
	case 'm':
		rules.Moderated = set
	case 'i':
		rules.MembersOnly = set
	case 'k':
		rules.Locked = set
	case 's':
		rules.Hidden = set
	default:
		return false
	}
	return true
}

// rule has other rules hold in a room. Who has no standing in a moderated one is a visitor, so its members are asked for again.
func (c *connection) rule(r *room, rules transports.Rules) {
	was := r.rules
	r.rules = rules
	switch {
	case was.Moderated != rules.Moderated:
		c.refresh(r)
	case was != rules && r.shown:
		c.show(r, false)
	}
}

// onModeIs is the answer to MODE without changes: RPL_CHANNELMODEIS.
func (c *connection) onModeIs(m message) {
	r := c.rooms[c.fold(m.Param(1))]
	if r == nil {
		return
	}
	var rules transports.Rules
	for _, mode := range []byte(m.Param(2)) {
		note(&rules, mode, true)
	}
	c.rule(r, rules)
}
