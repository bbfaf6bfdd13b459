package irc

import (
	"strconv"
	"strings"
)

// noMonitor is a server that watches nobody.
const noMonitor = -1

const (
	usualNickLen = 30  // before the server has said its own
	usualLineLen = 512 // RFC 2812 §2.3
)

// isupport is what the server says of itself in RPL_ISUPPORT (005), else what RFC 2812 says.
type isupport struct {
	casemap     *casemap
	chanTypes   string
	prefixModes string    // modes that give a standing, highest first
	prefixSigns string    // what stands for each in a list of names
	chanModes   [4]string // lists; with a parameter; with a parameter when set; without
	statusMsg   string    // signs that may stand before a room as the target of a message
	nickLen     int       // bytes
	lineLen     int       // bytes, with CR LF
	modes       int       // changes of modes with a parameter in one line
	joinTargets int       // rooms in one JOIN, 0 where there is no bound
	monitor     int       // people whom the server watches for us, 0 where there is no bound, or noMonitor
	whox        bool      // WHO takes a list of fields
	awayLen     int       // bytes of a text of absence, 0 where there is no bound
	history     int       // lines that CHATHISTORY gives at once, 0 where there is no bound
	utf8        bool      // other encodings are refused
	deniedTags  string    // client tags that are not passed on, as the server lists them
}

// usualSupport is that of a server that has not said anything.
var usualSupport = isupport{
	casemap: foldRFC1459, chanTypes: "#&", prefixModes: "ov", prefixSigns: "@+",
	chanModes: [4]string{"beI", "k", "l", "imnpst"}, nickLen: usualNickLen, monitor: noMonitor, lineLen: usualLineLen, modes: 3,
}

// learn takes one token, such as "NICKLEN=30" or "-NICKLEN".
func (s *isupport) learn(token string) {
	name, value, _ := strings.Cut(token, "=")
	if gone, negated := strings.CutPrefix(name, "-"); negated {
		s.forget(gone)
		return
	}
	switch name {
	case "CASEMAPPING":
		s.casemap = casemapNamed(value)
	case "CHANTYPES":
		if value != "" {
			s.chanTypes = value
		}
	case "PREFIX":
		s.learnPrefix(value)
	case "CHANMODES":
		lists := strings.SplitN(value, ",", 5)
		s.chanModes = [4]string{}
		copy(s.chanModes[:], lists)
	case "STATUSMSG":
		s.statusMsg = value
	case "NICKLEN":
		learnNumber(&s.nickLen, value, 1, 512)
	case "LINELEN":
		learnNumber(&s.lineLen, value, usualLineLen, maxLine)
	case "MODES":
		if s.modes = 20; value != "" { // "MODES" alone: no bound but the line's
			learnNumber(&s.modes, value, 1, 20)
		}
	case "CLIENTTAGDENY":
		s.deniedTags = value
	case "CHATHISTORY", "draft/CHATHISTORY":
		learnNumber(&s.history, value, 0, 10_000)
	case "UTF8ONLY":
		s.utf8 = true
	case "MONITOR":
		s.monitor = 0
		learnNumber(&s.monitor, value, 1, 1<<20)
	case "WHOX":
		s.whox = true
	case "AWAYLEN":
		learnNumber(&s.awayLen, value, 1, 512)
	case "TARGMAX":
		for limit := range strings.SplitSeq(value, ",") {
			if command, number, _ := strings.Cut(limit, ":"); command == "JOIN" {
				s.joinTargets = 0
				learnNumber(&s.joinTargets, number, 1, 1<<16)
			}
		}
	}
}

func (s *isupport) forget(name string) {
	usual := usualSupport
	switch name {
	case "CASEMAPPING":
		s.casemap = usual.casemap
	case "CHANTYPES":
		s.chanTypes = usual.chanTypes
	case "PREFIX":
		s.prefixModes, s.prefixSigns = usual.prefixModes, usual.prefixSigns
	case "CHANMODES":
		s.chanModes = usual.chanModes
	case "STATUSMSG":
		s.statusMsg = usual.statusMsg
	case "NICKLEN":
		s.nickLen = usual.nickLen
	case "LINELEN":
		s.lineLen = usual.lineLen
	case "MODES":
		s.modes = usual.modes
	case "TARGMAX":
		s.joinTargets = usual.joinTargets
	case "CLIENTTAGDENY":
		s.deniedTags = ""
	}
}

// learnPrefix takes "(ov)@+". No value: nobody has a standing.
func (s *isupport) learnPrefix(value string) {
	modes, signs, closed := strings.Cut(strings.TrimPrefix(value, "("), ")")
	if value == "" {
		s.prefixModes, s.prefixSigns = "", ""
	} else if closed && len(modes) == len(signs) && len(modes) <= maxPrivileges {
		s.prefixModes, s.prefixSigns = modes, signs
	}
}

func learnNumber(to *int, value string, least, most int) {
	if number, err := strconv.Atoi(value); err == nil && number >= least {
		*to = min(number, most)
	}
}

// denies tells whether a client's tag is not passed on: it is listed, or all are ("*") and it is not excepted ("-name").
func (s *isupport) denies(name string) bool {
	denied := false
	for one := range strings.SplitSeq(s.deniedTags, ",") {
		switch one {
		case name:
			return true
		case "-" + name:
			return false
		case "*":
			denied = true
		}
	}
	return denied
}

// takesParameter tells whether a mode of a room has one. Modes that the server did not name have none.
func (s *isupport) takesParameter(mode byte, set bool) bool {
	return strings.IndexByte(s.prefixModes, mode) >= 0 || strings.IndexByte(s.chanModes[0], mode) >= 0 ||
		strings.IndexByte(s.chanModes[1], mode) >= 0 || set && strings.IndexByte(s.chanModes[2], mode) >= 0
}

// isRoom tells whether a name is that of a room here. RFC 2812 §1.3.
func (s *isupport) isRoom(name string) bool {
	return name != "" && strings.IndexByte(s.chanTypes, name[0]) >= 0 && legible(name) && !strings.ContainsAny(name, " ,")
}

// roomOf is the room that a message to a target is said in: the target itself, or behind a sign for some of its members.
func (s *isupport) roomOf(target string) (string, bool) {
	for !s.isRoom(target) {
		if target == "" || strings.IndexByte(s.statusMsg, target[0]) < 0 && strings.IndexByte(s.prefixSigns, target[0]) < 0 {
			return "", false
		}
		target = target[1:]
	}
	return target, true
}

// isNick tells whether a name can be the target of a message or a mode without being read as anything else: a list, a
// room, a mask. Services may be named with their server ("NickServ@services.example.org").
func (s *isupport) isNick(name string) bool {
	_, room := s.roomOf(name)
	return name != "" && !room && legible(name) && !strings.ContainsAny(name, " ,*?!$#&") && strings.IndexByte(":@%+~-", name[0]) < 0
}
