package relay

import (
	"strconv"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// occupant is somebody in the MUC who is none of ours.
type occupant struct {
	// key stays the same for as long as the MUC says that it is one person.
	key string
	// moderator tells whether they may moderate, rules whether they own the MUC or administer it.
	moderator, rules bool
	// seen: the MUC has told the bot of them since the bot asked to be let in.
	seen bool
	// jid is their address, zero where the MUC hides it.
	jid stanza.JID
	// joins are the rooms that it says to join with the MUC, as a relay that was there before the bot.
	joins []string
	// photo is the hash of their picture (XEP-0153), empty where they have not told; faceless: they have told that they have none.
	photo    string
	faceless bool
	// face is an address of their picture, as they looked last.
	face string
}

// stanza takes what the MUC sends to one of ours.
func (r *Relay) stanza(s *stanza.Stanza) {
	toBot := s.To == r.JID
	var p *puppet
	if !toBot {
		if p = r.puppetOf(s.To.WithResource(Resource)); p == nil { // servers ask bare JIDs for vCards
			return
		}
	}
	r.bot.heard = time.Now()
	switch s.Kind {
	case stanza.Presence:
		o, _ := xep.ParseOccupancy(s)
		switch {
		case p != nil:
			r.puppetPresence(p, s, o)
		case s.Type == "error" || o.Has(xep.StatusSelf):
			r.botPresence(s, o)
		default:
			r.otherPresence(s, o)
		}
	case stanza.Message:
		query, archived, isArchived := xep.ParseArchived(s)
		switch {
		case isArchived:
			if toBot && s.From == r.MUC {
				r.fromArchive(query, archived)
			}
		case s.Type == "error":
			r.notSaid(s)
		case s.Type == "groupchat":
			if toBot {
				r.groupchat(s)
			}
		case s.ChildText("", "body") != "" && toBot && r.Asked != nil && r.question(s, s.From.Resource, s.ChildText("", "body"), false):
		case s.ChildText("", "body") != "" && s.From.Resource != "":
			r.answer(p, s.Refuse(r.noTalks(p)))
		}
	case stanza.IQ:
		if s.Request() {
			r.asked(p, s)
		}
	}
}

// answer sends something for the bot, or for a puppet.
func (r *Relay) answer(p *puppet, answer *stanza.Stanza) {
	if p == nil {
		r.Stream.Pass(answer)
		return
	}
	p.room.Stream.Pass(answer)
}

// noTalks says where to write instead.
func (r *Relay) noTalks(p *puppet) *stanza.Error {
	e := &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable, Text: "I only join rooms with each other. Write to the room."}
	if p != nil {
		e.Text = p.name + " is on another network, and private messages are not passed on from here. Write to " + p.jid.Bare().String() + " instead, or to the room."
	}
	return e
}

// asked answers what people ask occupants.
func (r *Relay) asked(p *puppet, s *stanza.Stanza) {
	_, info := xep.IsInfo(s)
	switch {
	case xep.IsPing(s): // also by the room itself, for ours have to answer for themselves
		r.answer(p, s.Result())
	case xep.IsVCard(s) && p != nil:
		r.card(p, s)
	case info:
		i := xep.Info{Category: "client", Type: "bot", Name: r.Nick}
		if p != nil {
			i.Name = p.name
		}
		r.answer(p, s.Result(i.Query("")))
	default:
		r.answer(p, s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable}))
	}
}

// otherPresence notes who is in the MUC.
func (r *Relay) otherPresence(s *stanza.Stanza, o xep.Occupancy) {
	nick := s.From.Resource
	if nick == "" { // some rooms show their own picture so (XEP-0486 §1)
		return
	}
	if p, ours := r.voices[nick]; ours {
		if p != nil && s.Type == "" {
			p.seen = true
		}
		return
	}
	if r.coming(nick) {
		return
	}
	was := r.others[nick]
	if was != nil && s.Type == "" && r.another(was, s, o) {
		delete(r.others, nick)
		r.occupantLeft(was.key)
		was = nil
	}
	if was != nil || s.Type == "" { // none of ours, who has left
		r.reserve(nick)
	}
	if s.Type == "unavailable" {
		delete(r.others, nick)
		if o.Has(xep.StatusRenamed) {
			r.otherRelayRenamed(nick, o.Nick)
		} else {
			r.takeBack(nick, nick+" has left")
		}
		if was != nil && o.Has(xep.StatusRenamed) && o.Nick != "" {
			r.others[o.Nick] = was
			r.occupantRenamed(was.key, o.Nick)
		} else if was != nil {
			r.occupantLeft(was.key)
			r.occupantWent(nick)
		}
		return
	}
	if was == nil {
		was = &occupant{key: r.keyOf(s, o)}
		r.others[nick] = was
		r.occupantCame(nick)
		if r.bot.standing == asked || r.bot.standing == outside { // they were there before us
			was.joins = claimed(s)
		}
	}
	if !o.JID.IsZero() {
		was.jid = o.JID.Bare()
	}
	if hash, told := xep.ParsePictureUpdate(s); told {
		was.photo, was.faceless = hash, hash == ""
	}
	was.seen, was.moderator, was.rules = true, o.Role == "moderator", o.Affiliation == "owner" || o.Affiliation == "admin"
	if was.joins != nil {
		r.otherRelay(was, nick)
	}
}

// numbered begins the keys of those of whom the MUC tells no more than that they are there.
const numbered = "nr "

// keyOf tells people apart: by their occupant-id (XEP-0421) where the room gives one, else by their address where it shows it, else from their coming to their going.
func (r *Relay) keyOf(s *stanza.Stanza, o xep.Occupancy) string {
	if key := r.shownKey(s, o); key != "" {
		return key
	}
	if key := r.keysBefore[s.From.Resource]; key != "" && r.bot.standing == asked { // who was there before a restart and still is, as far as can be seen
		return key
	}
	r.serial++
	return numbered + r.unique + strconv.Itoa(r.serial)
}

// shownKey is the key of whom the room shows, empty where it tells no more than that they are there.
func (r *Relay) shownKey(s *stanza.Stanza, o xep.Occupancy) string {
	switch id := xep.OccupantIDOf(s); {
	case r.bot.can.OccupantIDs && id != "":
		return "id " + id
	case !o.JID.IsZero():
		return "jid " + o.JID.Bare().String()
	}
	return ""
}

// another tells whether who has a nick now, as the room tells it anew, cannot be seen to be who had it before.
func (r *Relay) another(was *occupant, s *stanza.Stanza, o xep.Occupancy) bool {
	key := r.shownKey(s, o)
	return !was.seen && key != was.key && (key != "" || !strings.HasPrefix(was.key, numbered))
}

// known is who an occupant is, the zero JID where the MUC does not show it, or is none that could know.
func (r *Relay) known(o *occupant) stanza.JID {
	if !r.bot.can.Room {
		return stanza.JID{}
	}
	return o.jid
}

// speaker is an author as somebody of the MUC. It is nil where something was said before and only the nick tells by whom, for that may be somebody else's now.
func (r *Relay) speaker(key, nick string) *Speaker {
	if r.replaying && !strings.HasPrefix(key, "id ") {
		return nil
	}
	s := &Speaker{Key: key, Nick: nick}
	if o := r.others[nick]; o != nil && o.key == key {
		s.JID = r.known(o)
	}
	return s
}

// author is who says something in the MUC.
func (r *Relay) author(s *stanza.Stanza) string {
	if id := xep.OccupantIDOf(s); r.bot.can.OccupantIDs && id != "" {
		return "id " + id
	}
	if o := r.others[s.From.Resource]; o != nil {
		return o.key
	}
	return "nick " + s.From.Resource
}
