package irc

import (
	"maps"
	"slices"
	"strings"

	"isthmus/transports"
)

// wantedCapabilities are asked for where the server offers them. no-implicit-names is not among them: a room is shown with its members.
var wantedCapabilities = []string{
	// Make right what is known without them: times, accounts, all signs and masks in a list of names, a new host that is no QUIT,
	// whom others invite, which command an answer is to.
	"account-notify", "account-tag", "batch", "chghost", "echo-message", "extended-join", "invite-notify", "labeled-response", "multi-prefix",
	"server-time", "standard-replies", "inspircd.org/standard-replies", "userhost-in-names",
	// Tell more of messages.
	"message-tags", historyCap, "draft/event-playback", multilineCap, redactionCap, readMarkerCap, relayCap,
	// Tell how people are, and them how the person is.
	"away-notify", extendedMonitorCap, "draft/extended-monitor", "setname", "draft/setname", preAwayCap,
}

// needs are capabilities that are asked for only together with others.
var needs = map[string][]string{
	historyCap:             {"batch", "message-tags", "server-time"},
	"draft/event-playback": {historyCap},
	redactionCap:           {"message-tags"},
	readMarkerCap:          {"server-time", "message-tags"},
	multilineCap:           {"batch", "message-tags"},
	"labeled-response":     {"batch", "message-tags"},
	"echo-message":         {"batch", "message-tags", "labeled-response"}, // without a label an echo cannot be told from another client's words
}

// caps is what is agreed on with the server. IRCv3 capability negotiation, version 302.
type caps struct {
	offered map[string]string // with their values
	on      map[string]bool
	shared  bool // other connections have these maps as well
	asked   int  // requests without an answer
	ended   bool // CAP END was sent
}

// own makes the maps such as may be changed.
func (c *caps) own() {
	if c.shared {
		c.offered, c.on, c.shared = maps.Clone(c.offered), maps.Clone(c.on), false
	}
}

// onCap negotiates, and goes on later, when the server offers something new or takes it away.
func (c *connection) onCap(m message) {
	list := strings.Fields(m.Trailing())
	c.caps.own()
	switch m.Param(1) {
	case "LS", "NEW":
		for _, offer := range list {
			name, value, _ := strings.Cut(offer, "=")
			if len(c.caps.offered) < 500 {
				put(&c.caps.offered, name, value)
			}
			if name == "sts" {
				c.onDemand(readDemand(value))
			}
		}
		if m.Param(1) == "LS" && m.Param(2) == "*" && len(m.Params) > 3 {
			return // more follow
		}
		c.request()
	case "DEL":
		for _, name := range list {
			if name != "sts" { // it cannot be taken back so
				delete(c.caps.offered, name)
				delete(c.caps.on, name)
			}
		}
		c.tellAbilities()
	case "ACK":
		for _, name := range list {
			if gone, off := strings.CutPrefix(name, "-"); off {
				delete(c.caps.on, gone)
			} else {
				put(&c.caps.on, name, true)
			}
		}
		c.answered()
	case "NAK":
		if len(list) > 1 { // one of them; which, is not said
			c.caps.asked += len(list)
			for _, name := range list {
				c.out.now("CAP REQ :" + name)
			}
		}
		c.answered()
	}
}

// request asks for what is offered, wanted and not there yet.
func (c *connection) request() {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.caps.offered)) {
		complete := !slices.ContainsFunc(needs[name], func(need string) bool { _, there := c.caps.offered[need]; return !there })
		if wanted := slices.Contains(wantedCapabilities, name) && complete || name == "sasl" && c.login.wanted(); wanted && !c.caps.on[name] {
			names = append(names, name)
		}
	}
	switch {
	case c.fault != nil:
	case len(names) > 0:
		for _, line := range listLines("CAP REQ :", names, " ", len(names)) {
			c.caps.asked++
			c.out.now(line)
		}
	default:
		c.endCaps()
	}
}

// answered goes on when every request has its answer.
func (c *connection) answered() {
	if c.caps.asked = max(c.caps.asked-1, 0); c.caps.asked > 0 {
		return
	}
	c.tellAbilities()
	if c.caps.on["sasl"] && c.login.wanted() && !c.login.done {
		c.beginLogin()
		return
	}
	c.endCaps()
}

// endCaps ends the negotiation before the welcome. Nobody goes on without the login that was asked for.
func (c *connection) endCaps() {
	switch {
	case c.stage != registering || c.caps.ended:
	case c.login.wanted() && !c.login.done:
		c.fail(c.noLogin())
	default:
		c.caps.ended = true
		c.announceAbsence()
		c.out.now("CAP END")
	}
}

// onDemand is what the server says of TLS. IRCv3 sts.
func (c *connection) onDemand(d demand) {
	switch {
	case c.at.plain && d.port != 0 && c.stage == registering:
		c.sts = d
		c.session.driver.secured.upgrade(c.at, d.port, c.heard)
		c.fail(offline("The server wants TLS."))
	case !c.at.plain && d.lasting:
		c.sts = d
		c.session.driver.secured.confirm(c.at, d.duration, c.heard)
	}
}

// onStandardReply is FAIL, WARN or NOTE: a command, a code, what it is about, and a description. IRCv3 standard-replies.
func (c *connection) onStandardReply(m message) {
	if c.stage != online || len(m.Params) < 2 {
		return
	}
	if m.Command == "FAIL" {
		verb := m.Param(0)
		if j := c.confirm.oldest(func(j *job) bool {
			return standardVerbs[verb]&j.verb != 0 || j.verb == instructing && (j.order == verb || verb == "*")
		}); j != nil {
			j.settle(standardFault(m))
			return
		}
	}
	c.announce("", m.Trailing())
}

// standardFault is what a FAIL says. Its first parameters are the command and the code.
func standardFault(m message) *transports.Fault {
	kind, known := standardKinds[m.Param(1)]
	if !known {
		kind = transports.Forbidden
	}
	return &transports.Fault{Kind: kind, Text: "The server says: " + plain(m.Trailing())}
}

// standardKinds sort the codes of FAIL; the others are Forbidden.
var standardKinds = map[string]transports.FaultKind{
	"INVALID_TARGET": transports.NotFound, "UNKNOWN_MSGID": transports.NotFound, "INVALID_MSGREFTYPE": transports.NotFound,
	"NEED_MORE_PARAMS": transports.Invalid, "INVALID_PARAMS": transports.Invalid, "UNKNOWN_COMMAND": transports.Unsupported, "INVALID_UTF8": transports.Invalid,
	"MULTILINE_MAX_BYTES": transports.TooLarge, "MULTILINE_MAX_LINES": transports.TooLarge, "MULTILINE_INVALID": transports.Invalid, "MULTILINE_INVALID_TARGET": transports.Invalid,
	"RATE_LIMITED": transports.RateLimited, "TEMPORARILY_UNAVAILABLE": transports.Offline,
}

// standardVerbs are the commands that a FAIL names.
var standardVerbs = map[string]verbs{
	"PRIVMSG": saying | asksFor, "RELAYMSG": relaying, "NOTICE": saying, "TAGMSG": reacting, "BATCH": saying, "AWAY": awaying, "REDACT": redacting, "MARKREAD": marking, "CHATHISTORY": recalling, "MODE": changing, "KICK": kicking, "TOPIC": topicing, "PART": parting, "NICK": renaming, "INVITE": inviting, "LIST": listing,
}
