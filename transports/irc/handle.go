package irc

import (
	"strings"

	"gopkg.in/irc.v4"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// handlers are the lines that mean something, by command or numeric.
var handlers = map[string]func(*connection, message){
	"PONG":         (*connection).onPong,
	"ERROR":        (*connection).onClosing,
	"CAP":          (*connection).onCap,
	"AUTHENTICATE": (*connection).onAuthenticate,
	"BATCH":        (*connection).onBatch,
	"FAIL":         (*connection).onStandardReply,
	"WARN":         (*connection).onStandardReply,
	"NOTE":         (*connection).onStandardReply,

	"900": (*connection).onLoggedIn,
	"901": (*connection).onLoggedOut,
	"902": (*connection).onLoginRefused,
	"903": (*connection).onLoginDone,
	"904": (*connection).onLoginRefused,
	"905": (*connection).onLoginRefused,
	"906": (*connection).onLoginRefused,
	"907": (*connection).onLoginDone,
	"908": (*connection).onMechanisms,

	"001": (*connection).onWelcome,
	"005": (*connection).onSupport,
	"376": (*connection).onMotdEnd,
	"422": (*connection).onMotdEnd,
	"396": (*connection).onHostHidden,
	"431": (*connection).onNickRefused,
	"432": (*connection).onNickRefused,
	"433": (*connection).onNickRefused,
	"436": (*connection).onNickRefused,
	"437": (*connection).onNickRefused,
	"463": (*connection).onBanned,
	"464": (*connection).onPasswordRefused,
	"465": (*connection).onBanned,

	"JOIN":  (*connection).onJoin,
	"PART":  (*connection).onPart,
	"KICK":  (*connection).onKick,
	"TOPIC": (*connection).onTopic,
	"MODE":  (*connection).onMode,
	"301":   (*connection).onAwayText,
	"302":   (*connection).onUserHost,
	"303":   (*connection).onIsOn,
	"315":   (*connection).onWhoEnd,
	"352":   (*connection).onWho,
	"354":   (*connection).onWhox,
	"730":   (*connection).onMonitored,
	"731":   (*connection).onMonitored,
	"734":   (*connection).onMonitorFull,
	"322":   (*connection).onListed,
	"323":   (*connection).onListEnd,
	"324":   (*connection).onModeIs,
	"331":   (*connection).onTopicIs,
	"332":   (*connection).onTopicIs,
	"333":   (*connection).onTopicBy,
	"353":   (*connection).onNames,
	"366":   (*connection).onNamesEnd,
	"367":   (*connection).onBanListed,
	"470":   (*connection).onForwarded,

	"AWAY":    (*connection).onAway,
	"SETNAME": (*connection).onRealname,
	"NICK":    (*connection).onNick,
	"QUIT":    (*connection).onQuit,
	"ACCOUNT": (*connection).onAccount,
	"CHGHOST": (*connection).onHostChanged,
	"INVITE":  (*connection).onInvite,

	"PRIVMSG": (*connection).onMessage,
	"NOTICE":  (*connection).onMessage,
	"TAGMSG":  (*connection).onTags,
	"REDACT":  (*connection).onRedact,

	"MARKREAD": (*connection).onRead,
}

// handle does what a line asks for. Errors without a meaning of their own go to onError; what other numerics say is told,
// but for the welcome, the message of the day, and what the driver itself asked.
func (c *connection) handle(m message) {
	if m.raw != nil {
		m = c.reread(m)
	}
	if m.tags != "" && c.pastOf(m) != nil {
		c.onPast(m)
		return
	}
	if c.labelled(m) {
		return
	}
	if len(c.whois) > 0 && c.onWhois(m) && !c.orderOf("WHOIS") {
		return
	}
	greeted := c.stage == online
	if handler := handlers[m.Command]; handler != nil {
		handler(c, m)
	} else if isError(m.Command) {
		c.onError(m)
	}
	if greeted && !isError(m.Command) {
		c.onReply(m)
	}
}

// isError tells whether a numeric is an error: 400 to 599 (RFC 2812 §5.2), and those that servers put elsewhere.
func isError(command string) bool {
	return len(command) == 3 && (command[0] == '4' || command[0] == '5') || joinRefusals[command].text != "" || jobRefusals[command] != nil
}

func (c *connection) fold(name string) string { return c.support.casemap.fold(name) }

// onPong confirms what was sent before its PING. RFC 2812 §3.7.3.
func (c *connection) onPong(m message) {
	c.confirm.pong(m.Trailing())
	c.unanswered(m.Trailing())
}

// self is the account as a user.
func (c *connection) self() transports.User {
	return user(&irc.Prefix{Name: c.nick, User: c.user, Host: c.host}, c.login.account)
}

func (c *connection) isSelf(name string) bool { return c.fold(name) == c.fold(c.nick) }

// user is someone as the server names them, with the services account they are logged in to, where that is known.
func user(prefix *irc.Prefix, account string) transports.User {
	u := transports.User{ID: userID(prefix.Name), Name: prefix.Name}
	if prefix.User != "" && prefix.Host != "" {
		u.Origin = prefix.User + "@" + prefix.Host
	}
	switch {
	case account != "" && account != "*" && account != "0":
		u.Identity = "account:" + strings.ToLower(account)
	case prefix.User != "" && prefix.Host != "":
		u.Identity = "mask:" + strings.ToLower(prefix.Name+"!"+prefix.User+"@"+prefix.Host)
	}
	return u
}

func userID(nick string) transports.UserID { return transports.UserID(strings.ToLower(nick)) }

// author is who a line is from. IRCv3 account-tag.
func author(m message) transports.User { return user(m.Prefix, m.tag("account")) }

// fromServer tells whether a line is from the server itself. Nicks have no dot in them.
func (c *connection) fromServer(m message) bool {
	return m.User == "" && m.Host == "" && (m.Name == "" || m.Name == c.server || strings.Contains(m.Name, "."))
}

// announce tells the person something that nobody said; room is empty for what concerns the account.
func (c *connection) announce(room transports.RoomID, line string) {
	if t := text.ParseIRC(line); !t.Empty() && c.stage == online {
		c.emit(transports.Announced{Room: room, Text: t})
	}
}

// oneLine is a text as it may stand in a line.
func oneLine(s string) string {
	if !badLine(s) {
		return s
	}
	return strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\x00", "").Replace(s)
}

// plain is a line without formatting codes, for where no formatting can be.
func plain(line string) string {
	if legible(line) {
		return line
	}
	return text.ParseIRC(line).String()
}

// joinWords are parameters as a person reads them.
func joinWords(params []string) string { return strings.Join(params, " ") }
