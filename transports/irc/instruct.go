package irc

import (
	"slices"
	"strings"

	"isthmus/transports"
)

// slashes are the words that people on IRC write after a slash in a room, as far as they mean something through a gateway.
var slashes = []string{"away", "ban", "deop", "devoice", "invite", "kick", "mode", "motd", "names", "nick", "notice", "op", "topic", "unban", "voice", "whois"}

// aboutSomeone are those that need a name after them.
var aboutSomeone = []string{"ban", "deop", "devoice", "invite", "kick", "nick", "notice", "op", "unban", "voice", "whois"}

// instruct sends what a person wrote for the server: in a room the words after a slash, else a line of the protocol.
func (c *connection) instruct(r *request, command transports.Instruct) {
	line := strings.TrimSpace(command.Line)
	if line == "" || badLine(line) || len(line) > usualLineLen-len("\r\n") {
		r.settle(&transports.Fault{Kind: transports.Invalid, Text: "This is not one line that an IRC server reads."})
		return
	}
	if command.Place.Room == "" {
		verb, _, _ := strings.Cut(line, " ")
		if strings.EqualFold(verb, "QUIT") {
			c.depart(r, line)
			return
		}
		c.order(r, "", strings.ToUpper(verb), line)
		return
	}
	word, rest, _ := strings.Cut(line, " ")
	c.slash(r, string(command.Place.Room), strings.ToLower(word), strings.TrimSpace(rest))
}

// depart ends the connection as the person wishes, so that it is not made again.
func (c *connection) depart(r *request, line string) {
	c.departed = &transports.Fault{Kind: transports.Gone, Text: "You have disconnected from " + c.network.host + "."}
	c.out.now(c.encode(line, ""))
	r.settle(nil)
}

// slash carries out what a person wrote after a slash in a room.
func (c *connection) slash(r *request, room, word, rest string) {
	first, more, _ := strings.Cut(rest, " ")
	more = strings.TrimSpace(more)
	if slices.Contains(aboutSomeone, word) && first == "" {
		r.settle(&transports.Fault{Kind: transports.Invalid, Text: "Say whom: /" + word + " nickname."})
		return
	}
	switch word {
	case "mode":
		c.order(r, room, "MODE", strings.TrimSpace("MODE "+room+" "+rest))
	case "motd":
		c.order(r, room, "MOTD", "MOTD")
	case "away":
		c.order(r, room, "AWAY", awayLine(rest))
	case "names":
		c.order(r, room, "NAMES", "NAMES "+room)
	case "whois":
		c.order(r, room, "WHOIS", "WHOIS "+rest)
	case "ban":
		c.setAffiliation(r, transports.SetAffiliation{Room: transports.RoomID(room), User: transports.UserID(first), Affiliation: transports.Outcast, Reason: more})
	case "unban":
		c.setAffiliation(r, transports.SetAffiliation{Room: transports.RoomID(room), User: transports.UserID(first), Affiliation: transports.NoAffiliation})
	case "op":
		c.order(r, room, "MODE", "MODE "+room+" +o "+first)
	case "deop":
		c.order(r, room, "MODE", "MODE "+room+" -o "+first)
	case "voice":
		c.order(r, room, "MODE", "MODE "+room+" +v "+first)
	case "devoice":
		c.order(r, room, "MODE", "MODE "+room+" -v "+first)
	case "notice":
		c.order(r, room, "NOTICE", "NOTICE "+first+" :"+more)
	case "topic":
		if rest == "" {
			c.order(r, room, "TOPIC", "TOPIC "+room)
		} else {
			c.order(r, room, "TOPIC", c.cut("TOPIC "+room+" :", rest))
		}
	case "kick":
		c.order(r, room, "KICK", c.kick(room, first, more))
	case "invite":
		c.order(r, room, "INVITE", "INVITE "+first+" "+room)
	case "nick":
		c.order(r, room, "NICK", "NICK "+first)
	default:
		r.settle(&transports.Fault{Kind: transports.Invalid, Text: "There is no command /" + word + " here. There are: /" + strings.Join(slashes, ", /") + "."})
	}
}

// order queues a line whose answers are told: in a room, or to the account where it is empty.
func (c *connection) order(r *request, room, verb, line string) {
	if room != "" && !c.support.isRoom(room) {
		r.settle(notRoom(room))
		return
	}
	if verb == "AWAY" {
		c.presences.own = unknownAway
	}
	c.out.hold(&job{request: r, verb: instructing, names: []string{c.fold(room)}, lines: []string{c.encode(line, c.fold(room))}, order: verb})
}

// ownAnswers are numerics that come without an order too, by the order for which they are told.
var ownAnswers = map[string]string{
	"005": "VERSION", "250": "LUSERS", "251": "LUSERS", "252": "LUSERS", "253": "LUSERS", "254": "LUSERS", "255": "LUSERS", "265": "LUSERS", "266": "LUSERS",
	"302": "USERHOST", "303": "ISON", "305": "AWAY", "306": "AWAY", "730": "MONITOR", "731": "MONITOR", "732": "MONITOR", "733": "MONITOR", "734": "MONITOR", "315": "WHO", "318": "", "321": "LIST", "322": "LIST", "323": "LIST", "324": "MODE", "325": "MODE", "329": "MODE", "331": "TOPIC", "332": "TOPIC", "333": "TOPIC",
	"341": "", "346": "MODE", "347": "MODE", "348": "MODE", "349": "MODE", "352": "WHO", "353": "NAMES", "354": "WHO", "366": "NAMES", "367": "MODE", "368": "MODE",
	"372": "MOTD", "375": "MOTD", "376": "MOTD", "386": "MODE", "387": "MODE", "388": "MODE", "389": "MODE", "369": "", "396": "",
}

// onReply tells what the server answers: to an order in the room that it was given in, all else where it belongs.
func (c *connection) onReply(m message) {
	if !isNumeric(m.Command) || len(m.Params) < 2 {
		return
	}
	order := c.confirm.oldest(func(j *job) bool { return j.verb == instructing })
	if verb, own := ownAnswers[m.Command]; own && (order == nil || verb == "" || order.order != verb) {
		return
	}
	words := joinWords(m.Params[1:])
	if m.Command == "301" && order == nil && !c.isNewAway(m) {
		return
	}
	if order != nil {
		if r := c.rooms[order.names[0]]; r != nil {
			c.tell(r, announced(r.id, words))
			return
		}
	} else if r := c.rooms[c.fold(m.Param(1))]; r != nil {
		c.tell(r, announced(r.id, joinWords(m.Params[2:])))
		return
	}
	c.announce("", words)
}

// orderOf tells whether an order of a person waits for its answer.
func (c *connection) orderOf(verb string) bool {
	return c.confirm.oldest(func(j *job) bool { return j.verb == instructing && j.order == verb }) != nil
}

// maxAways bounds how many people's absence is remembered.
const maxAways = 1000

// isNewAway tells whether someone's words of absence (RPL_AWAY) have not been told yet: they come after every message.
func (c *connection) isNewAway(m message) bool {
	folded := c.fold(m.Param(1))
	if c.aways[folded] == m.Trailing() {
		return false
	}
	if c.aways == nil || len(c.aways) >= maxAways {
		c.aways = map[string]string{}
	}
	c.aways[folded] = m.Trailing()
	return true
}

func isNumeric(command string) bool {
	return len(command) == 3 && command[0] >= '0' && command[0] <= '9'
}

// orderKinds sort the errors that an order may meet; the others are Forbidden.
var orderKinds = map[string]transports.FaultKind{
	"401": transports.NotFound, "402": transports.NotFound, "403": transports.NotFound, "406": transports.NotFound, "441": transports.NotFound, "442": transports.NotFound,
	"411": transports.Invalid, "412": transports.Invalid, "421": transports.Invalid, "431": transports.Invalid, "432": transports.Invalid, "461": transports.Invalid,
	"472": transports.Invalid, "476": transports.Invalid, "501": transports.Invalid, "696": transports.Invalid, "433": transports.Conflict, "443": transports.Conflict,
}

// refuseOrder gives an error to the oldest order that is not confirmed. It is false where there is none.
func (c *connection) refuseOrder(m message) bool {
	j := c.confirm.oldest(func(j *job) bool { return j.verb == instructing })
	if j == nil {
		return false
	}
	kind, known := orderKinds[m.Command]
	if !known {
		kind = transports.Forbidden
	}
	words := ""
	if len(m.Params) > 2 {
		words = " (" + plain(joinWords(m.Params[1:len(m.Params)-1])) + ")"
	}
	j.settle(&transports.Fault{Kind: kind, Text: "The server says: " + plain(m.Trailing()) + words})
	return true
}
