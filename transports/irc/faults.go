package irc

import (
	"strings"
	"time"

	"isthmus/transports"
)

// throttleWait is how long to stay away from a server that says "too fast" without a number.
const throttleWait = time.Minute

// said adds the server's own words to a text.
func said(text string, m message) string {
	words := strings.TrimSpace(plain(m.Trailing()))
	if words == "" {
		return text
	}
	return text + " The server says: " + words
}

// closingFault reads the reason in an ERROR. There is no standard for it; these are the words that servers use.
func closingFault(host string, m message) *transports.Fault {
	words := strings.ToLower(m.Trailing())
	has := func(signs ...string) bool {
		for _, sign := range signs {
			if strings.Contains(words, sign) {
				return true
			}
		}
		return false
	}
	switch {
	case has("throttl", "too fast", "too many times", "too many connections", "too many user connections", "connection limit", "no more connections"):
		return &transports.Fault{Kind: transports.RateLimited, Wait: throttleWait, Text: said(host+" takes no more connections for now.", m)}
	case has("bad password", "password mismatch", "password incorrect", "invalid password"):
		return &transports.Fault{Kind: transports.BadCredentials, Text: said(host+" wants a password, or another one.", m)}
	case has("access denied", "k-line", "k:line", "g-line", "z-line", "d-line", "x-line", "q-line", "k-lined", "g-lined", "z-lined", "akill", "banned", "dnsbl", "not authorized", "not authorised"):
		return &transports.Fault{Kind: transports.Forbidden, Text: said(host+" does not let the gateway in.", m)}
	}
	return offline(said(host+" closed the connection.", m))
}

// refusal is what a numeric means for the command that it answers.
type refusal struct {
	kind transports.FaultKind
	text string
	wait time.Duration
}

func (r refusal) fault(m message) *transports.Fault {
	return &transports.Fault{Kind: r.kind, Text: said(r.text, m), Wait: r.wait}
}

// joinRefusals are the answers to a JOIN that fails. RFC 2812 §3.2.1, and what today's servers added. Any other error
// that names the room means Forbidden.
var joinRefusals = map[string]refusal{
	"401": {kind: transports.NotFound, text: "There is no such room."},
	"403": {kind: transports.NotFound, text: "There is no such room."},
	"405": {kind: transports.Forbidden, text: "You are in as many rooms as this server allows. Leave one first."},
	"407": {kind: transports.Invalid, text: "The server does not take this name of a room."},
	"437": {kind: transports.Offline, text: "The room is not to be had for now. Try again later."},
	"471": {kind: transports.Forbidden, text: "The room is full."},
	"473": {kind: transports.Forbidden, text: "The room is for those who were invited."},
	"474": {kind: transports.ShutOut, text: "You are banned from the room."},
	"475": {kind: transports.PasswordNeeded, text: "The room wants a password, or another one."},
	"476": {kind: transports.Invalid, text: "The server does not take this name of a room."},
	"477": {kind: transports.Forbidden, text: "The room is for those who have registered their nickname and are logged in."},
	"479": {kind: transports.Invalid, text: "The server does not take this name of a room."},
	"480": {kind: transports.RateLimited, text: "Too many people enter the room just now. Try again later.", wait: throttleWait},
	"489": {kind: transports.Forbidden, text: "The room is for those whose connection is encrypted."},
	"495": {kind: transports.RateLimited, text: "You were removed from the room just now. Try again later.", wait: throttleWait},
	"500": {kind: transports.RateLimited, text: "Too many people enter the room just now. Try again later.", wait: throttleWait},
	"520": {kind: transports.Forbidden, text: "The room is for the network's own people, or for encrypted connections."},
	"609": {kind: transports.RateLimited, text: "Too many people enter the room just now. Try again later.", wait: throttleWait},
	"926": {kind: transports.Forbidden, text: "The network has closed this room."},
}

// verbs are kinds of commands, as a set.
type verbs uint32

const (
	saying   verbs = 1 << iota // PRIVMSG, NOTICE
	changing                   // MODE
	kicking
	topicing
	parting
	renaming // NICK
	inviting
	asksFor     // PRIVMSG with a question that someone is to answer
	instructing // whatever a person wrote
	listing     // LIST
	reacting    // TAGMSG
	recalling   // CHATHISTORY
	awaying     // AWAY
	redacting   // REDACT
	marking     // MARKREAD
	relaying    // RELAYMSG
	describing  // WHOIS, WHO

	// answered are those that the answer settles, not its coming late.
	answered = asksFor | recalling | describing

	// echoing are those that come back to us, so that their labels are answered one by one.
	echoing = saying | reacting | recalling | redacting | marking

	inRoom = changing | kicking | topicing | parting | inviting
)

// jobRefusal is what a numeric means for commands other than JOIN.
type jobRefusal struct {
	verbs verbs
	refusal
	nameless bool // it does not say whom or what it is about
	harmless bool // what was wanted is so already
}

// notRelayed is the refusal to say something under another name.
var notRelayed = refusal{kind: transports.Forbidden, text: "Nobody may speak under other names there."}

// jobRefusals are the answers to other commands that fail. RFC 2812 §5.2, and what today's servers added.
var jobRefusals = map[string][]jobRefusal{
	"401": {{verbs: saying | asksFor | changing | kicking | inviting | describing, refusal: refusal{kind: transports.NotFound, text: "Nobody there has this name now."}}},
	"263": {{verbs: describing, nameless: true, refusal: refusal{kind: transports.RateLimited, text: "The server does not tell now. Try again later.", wait: throttleWait}},
		{verbs: listing, nameless: true, refusal: refusal{kind: transports.RateLimited, text: "The server does not list its rooms now. Try again later.", wait: throttleWait}}},
	"402": {{verbs: saying | describing, refusal: refusal{kind: transports.NotFound, text: "There is no such server."}}},
	"403": {{verbs: parting, harmless: true}, {verbs: saying | inRoom, refusal: refusal{kind: transports.NotFound, text: "There is no such room."}}},
	"404": {{verbs: saying | asksFor | reacting, refusal: refusal{kind: transports.Forbidden, text: "You cannot speak there."}}},
	"407": {{verbs: saying, refusal: refusal{kind: transports.Forbidden, text: "The message was not delivered."}}},
	"408": {{verbs: saying, refusal: refusal{kind: transports.Forbidden, text: "The message was not delivered."}}},
	"411": {{verbs: saying, nameless: true, refusal: refusal{kind: transports.Invalid, text: "The message was not delivered."}}},
	"412": {{verbs: saying, nameless: true, refusal: refusal{kind: transports.Invalid, text: "The message is empty."}}},
	"415": {{verbs: saying, refusal: refusal{kind: transports.Forbidden, text: "The message was not delivered."}}},
	"416": {{verbs: saying, nameless: true, refusal: refusal{kind: transports.TooLarge, text: "The message was not delivered."}},
		{verbs: listing, nameless: true, refusal: refusal{kind: transports.TooLarge, text: "The server has too many rooms to list them."}}},
	"417": {{verbs: saying | inRoom, nameless: true, refusal: refusal{kind: transports.TooLarge, text: "It is too long for the server."}}},
	"431": {{verbs: renaming, refusal: refusal{kind: transports.Invalid, text: "The server does not allow this nickname."}}},
	"432": {{verbs: renaming, refusal: refusal{kind: transports.Invalid, text: "The server does not allow this nickname."}}},
	"433": {{verbs: renaming, refusal: refusal{kind: transports.Conflict, text: "The nickname is in use."}}},
	"435": {{verbs: renaming, refusal: refusal{kind: transports.Forbidden, text: "You cannot change your nickname while you are banned from a room that you are in."}}},
	"436": {{verbs: renaming, refusal: refusal{kind: transports.Conflict, text: "The nickname is in use."}}},
	"437": {{verbs: renaming, refusal: refusal{kind: transports.Conflict, text: "The nickname is not to be had for now, or you cannot change it while banned from a room."}},
		{verbs: saying, refusal: refusal{kind: transports.Forbidden, text: "The message was not delivered."}}},
	"438": {{verbs: renaming, refusal: refusal{kind: transports.RateLimited, text: "You change your nickname too fast.", wait: throttleWait}}},
	"439": {{verbs: saying, refusal: refusal{kind: transports.RateLimited, text: "You write to new people too fast.", wait: throttleWait}}},
	"441": {{verbs: changing | kicking, refusal: refusal{kind: transports.NotFound, text: "They are not in the room."}}},
	"442": {{verbs: parting, harmless: true}, {verbs: inRoom, refusal: refusal{kind: transports.NotFound, text: "You are not in the room."}}},
	"443": {{verbs: inviting, refusal: refusal{kind: transports.Conflict, text: "They are in the room already."}}},
	"447": {{verbs: renaming, refusal: refusal{kind: transports.Forbidden, text: "You cannot change your nickname while you are in a room that forbids it."}}},
	"421": {{verbs: relaying, nameless: true, refusal: notRelayed}, {verbs: listing, nameless: true, refusal: refusal{kind: transports.Forbidden, text: "The server does not list its rooms."}}},
	"461": {{verbs: relaying | changing | kicking | topicing, nameless: true, refusal: refusal{kind: transports.Invalid, text: "The server did not understand it."}}},
	"472": {{verbs: changing, nameless: true, refusal: refusal{kind: transports.Unsupported, text: "The server does not know this standing."}}},
	"477": {{verbs: saying | topicing, refusal: refusal{kind: transports.Forbidden, text: "You must have registered your nickname and be logged in for this."}}},
	"478": {{verbs: changing, refusal: refusal{kind: transports.TooLarge, text: "The room has as many bans as the server allows."}}},
	"481": {{verbs: relaying, nameless: true, refusal: notRelayed}},
	"573": {{verbs: relaying, nameless: true, refusal: notRelayed}}, // ERR_CANNOTSENDRP
	"482": {{verbs: relaying, refusal: notRelayed}, {verbs: changing | kicking | topicing | inviting, refusal: refusal{kind: transports.Forbidden, text: "You may not do this in the room."}}},
	"484": {{verbs: changing | kicking, refusal: refusal{kind: transports.Forbidden, text: "The server protects this user."}},
		{verbs: renaming, refusal: refusal{kind: transports.Forbidden, text: "You cannot change your nickname now."}}},
	"485": {{verbs: changing | kicking, refusal: refusal{kind: transports.Forbidden, text: "The server protects this user."}}},
	"486": {{verbs: saying | asksFor, refusal: refusal{kind: transports.Forbidden, text: "They take messages only from people who are logged in."}}},
	"489": {{verbs: saying | changing, refusal: refusal{kind: transports.Forbidden, text: "It was refused."}}},
	"492": {{verbs: saying, refusal: refusal{kind: transports.Forbidden, text: "The message was not delivered."}}},
	"499": {{verbs: changing, refusal: refusal{kind: transports.Forbidden, text: "Only the room's owner may do this."}}},
	"531": {{verbs: saying | asksFor, refusal: refusal{kind: transports.Forbidden, text: "They take no messages from you."}}},
	"696": {{verbs: changing, refusal: refusal{kind: transports.Invalid, text: "The server did not understand it."}}},
	"716": {{verbs: saying | asksFor, refusal: refusal{kind: transports.Forbidden, text: "They take messages only from people whom they accepted."}}},
}

// onError gives an error to the command that it answers: a JOIN of the room that it names, else the oldest command that
// is not confirmed and may be meant. What answers nothing is told to the person.
func (c *connection) onError(m message) {
	if c.stage != online {
		return
	}
	if folded := c.fold(m.Param(1)); c.entering[folded] != nil {
		known, listed := joinRefusals[m.Command]
		if !listed {
			known = refusal{kind: transports.Forbidden, text: "The server does not let you into the room."}
		}
		c.refuse(folded, known.fault(m))
		return
	}
	if order := c.confirm.oldest(func(j *job) bool { return j.verb == instructing }); order != nil && c.confirm.sent[0] == order && c.refuseOrder(m) {
		return
	}
	for _, r := range jobRefusals[m.Command] {
		if j := c.confirm.oldest(func(j *job) bool { return j.verb&r.verbs != 0 && c.about(j, r, m) }); j != nil {
			if r.harmless {
				j.settle(nil)
			} else {
				j.settle(r.fault(m))
			}
			return
		}
	}
	if c.refuseOrder(m) || c.typingRefused(m) {
		return
	}
	c.announce("", joinWords(m.Params[min(1, len(m.Params)):]))
}

// about tells whether an error may be about a job: it names what the job names, or cannot name anything.
func (c *connection) about(j *job, r jobRefusal, m message) bool {
	if r.nameless || j.verb == renaming {
		return true
	}
	for i := 1; i < len(m.Params); i++ {
		for _, name := range j.names {
			if c.fold(m.Params[i]) == name {
				return true
			}
		}
	}
	return false
}
