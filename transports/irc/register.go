package irc

import (
	"crypto/sha256"
	"net/netip"
	"strings"
	"time"

	"isthmus/transports"
)

// register begins the registration: RFC 2812 §3.1, IRCv3 capability negotiation. A server without capabilities goes on
// by itself.
func (c *connection) register() {
	person := c.session.account.Person
	if c.network.webirc != "" {
		address := personAddress(person)
		c.out.now("WEBIRC " + c.network.webirc + " isthmus " + address + " " + address) // IRCv3 webirc
	}
	c.out.now("CAP LS 302")
	if c.network.password != "" {
		c.out.now("PASS :" + c.network.password)
	}
	c.out.now("NICK " + c.nick)
	c.out.now("USER " + c.session.username() + " 0 * :" + c.session.realname())
}

// realname is what WHOIS shows: the operator's word, else the person's, else the display name.
func (s *Session) realname() string {
	for _, name := range []string{s.network.realname, s.account.Options.Get(nil, optionRealname)} {
		if name != "" {
			return name
		}
	}
	return oneLine(s.account.Name)
}

// personAddress is a private address (RFC 4193) that stands for a person, the same at every connection, so that a network
// can ban one without the others.
func personAddress(person string) string {
	sum := sha256.Sum256([]byte(person))
	sum[0] = 0xfd
	return netip.AddrFrom16([16]byte(sum[:16])).String()
}

// username is a word as USER takes it: RFC 2812 §2.3.1, with less than that allows.
func username(person string) string {
	const most = 10 // what servers show
	kept := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, person)
	kept = strings.TrimLeft(kept, "-._")
	if kept == "" {
		return "isthmus"
	}
	return kept[:min(len(kept), most)]
}

// onWelcome learns the nick that the server gave. RPL_WELCOME, RFC 2812 §5.1.
func (c *connection) onWelcome(m message) {
	if c.stage != registering {
		return
	}
	if c.login.wanted() && !c.login.done { // the server did not wait for us
		c.fail(c.noLogin())
		return
	}
	c.stage, c.server = welcomed, m.Name
	if given := m.Param(0); legible(given) && given != "" && given != "*" {
		c.nick = given
	}
	c.session.nick = c.nick
}

// onSupport learns what the server says of itself. RPL_ISUPPORT; its first and last parameters are the nick and a text.
func (c *connection) onSupport(m message) {
	if len(m.Params) < 3 || c.stage == registering {
		return
	}
	said := *c.support
	for _, token := range m.Params[1 : len(m.Params)-1] {
		if c.stage == online && !harmlessLater(token) {
			continue
		}
		said.learn(token)
	}
	c.support = &said
	c.tellAbilities()
}

// harmlessLater tells whether a token may change when rooms are known already: what they are filed under may not.
func harmlessLater(token string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(token, "-"), "=")
	return name != "CASEMAPPING" && name != "PREFIX" && name != "CHANTYPES"
}

// onMotdEnd is the end of the welcome: RPL_ENDOFMOTD or ERR_NOMOTD. Everything that 005 says is known now.
func (c *connection) onMotdEnd(message) {
	if c.stage != welcomed {
		return
	}
	c.stage = online
	c.session.refold(c.support.casemap.fold)
	can := c.abilities()
	c.can.Store(&can)
	c.session.driver.alike.share(c)
	if c.quitting.IsZero() {
		c.session.live.Store(c)
	}
	for _, line := range c.network.commands {
		c.out.now(c.quietly(c.encode(line, "")))
		c.out.charge(time.Now())
	}
	c.emit(transports.Online{Self: c.self(), Can: can, Through: c.at.words()})
}

// onNickRefused ends a registration whose nick the server does not take; later it is the answer to a SetName.
func (c *connection) onNickRefused(m message) {
	if c.stage != registering {
		c.onError(m)
		return
	}
	fault := &transports.Fault{Kind: transports.Conflict, Text: said("The nickname "+c.nick+" is in use on "+c.network.host+". Choose another one.", m)}
	if c.session.nick != "" && !c.session.lost.IsZero() && c.began.Sub(c.session.lost) < ghostWithin {
		// It is our own connection before this one, as a rule, which the server has not missed yet.
		fault.Kind, fault.Wait, fault.Text = transports.Offline, ghostWait, said("The nickname "+c.nick+" is still in use on "+c.network.host+".", m)
	}
	if m.Command == "432" || m.Command == "431" {
		fault.Kind, fault.Text = transports.Invalid, said(c.network.host+" does not allow the nickname "+c.nick+". Choose another one.", m)
	}
	c.fail(fault)
}

// How long after a connection was lost a nick in use counts as that connection's, and when to look again.
const (
	ghostWithin = 5 * time.Minute
	ghostWait   = 15 * time.Second
)

// onPasswordRefused is ERR_PASSWDMISMATCH.
func (c *connection) onPasswordRefused(m message) {
	if c.stage == registering {
		c.fail(&transports.Fault{Kind: transports.BadCredentials, Text: said(c.network.host+" does not accept the password.", m)})
	}
}

// onBanned is ERR_YOUREBANNEDCREEP or ERR_NOPERMFORHOST. Why, servers say in the ERROR that follows.
func (c *connection) onBanned(m message) {
	c.departed, c.lastWord = c.notLetIn(m), time.Now().Add(lastWordWithin)
}

func (c *connection) notLetIn(m message) *transports.Fault {
	return &transports.Fault{Kind: transports.Forbidden, Text: said(c.network.host+" does not let the gateway in.", m)}
}

// onClosing is the server's last word: ERROR, RFC 2812 §3.7.4.
func (c *connection) onClosing(m message) {
	if c.quitting.IsZero() {
		c.log().Info("irc: the server closes the connection")
	}
	if !c.lastWord.IsZero() && m.Trailing() != "" {
		c.departed = c.notLetIn(m)
	}
	c.fail(closingFault(c.network.host, m))
}
