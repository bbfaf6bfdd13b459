package irc

import (
	"slices"
	"strings"

	"isthmus/transports"
)

// wantedCapabilities are asked for where the server offers them. Each makes something right that is known already:
// several signs in a list of names, masks in it, times, accounts, and a new host that is no QUIT.
var wantedCapabilities = []string{"account-tag", "chghost", "extended-join", "multi-prefix", "server-time", "userhost-in-names"}

// register begins the registration: RFC 2812 §3.1, IRCv3 capability negotiation. A server without capabilities goes on
// by itself.
func (c *connection) register() {
	c.out.now("CAP LS 302")
	if c.network.password != "" {
		c.out.now("PASS :" + c.network.password)
	}
	realname := c.session.driver.config.Realname
	if realname == "" {
		realname = oneLine(c.session.account.Name)
	}
	c.out.now("NICK " + c.nick)
	c.out.now("USER " + username(c.session.account.Person) + " 0 * :" + realname)
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

// onCap asks for the capabilities that the server offers. IRCv3 capability negotiation, version 302.
func (c *connection) onCap(m message) {
	if c.stage != registering {
		return // what is offered or taken away later is none that we need
	}
	switch m.Param(1) {
	case "LS":
		for _, offer := range strings.Fields(m.Trailing()) {
			name, _, _ := strings.Cut(offer, "=")
			if slices.Contains(wantedCapabilities, name) && !slices.Contains(c.offered, name) {
				c.offered = append(c.offered, name)
			}
		}
		if m.Param(2) == "*" && len(m.Params) > 3 {
			return // more follow
		}
		if len(c.offered) == 0 {
			c.out.now("CAP END")
		} else {
			c.out.now("CAP REQ :" + strings.Join(c.offered, " "))
		}
	case "ACK", "NAK":
		c.out.now("CAP END")
	}
}

// onWelcome learns the nick that the server gave. RPL_WELCOME, RFC 2812 §5.1.
func (c *connection) onWelcome(m message) {
	if c.stage != registering {
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
	for _, token := range m.Params[1 : len(m.Params)-1] {
		if c.stage == online && !harmlessLater(token) {
			continue
		}
		c.support.learn(token)
	}
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
	if c.quitting.IsZero() {
		c.session.live.Store(c)
	}
	c.emit(transports.Online{Self: c.self(), Can: capabilities})
}

// onNickRefused ends a registration whose nick the server does not take; later it is the answer to a SetName.
func (c *connection) onNickRefused(m message) {
	if c.stage != registering {
		c.onError(m)
		return
	}
	fault := &transports.Fault{Kind: transports.Conflict, Text: said("The nickname "+c.nick+" is in use on "+c.network.host+". Choose another one.", m)}
	if m.Command == "432" || m.Command == "431" {
		fault.Kind, fault.Text = transports.Invalid, said(c.network.host+" does not allow the nickname "+c.nick+". Choose another one.", m)
	}
	c.fail(fault)
}

// onPasswordRefused is ERR_PASSWDMISMATCH.
func (c *connection) onPasswordRefused(m message) {
	if c.stage == registering {
		c.fail(&transports.Fault{Kind: transports.BadCredentials, Text: said(c.network.host+" does not accept the password.", m)})
	}
}

// onBanned is ERR_YOUREBANNEDCREEP or ERR_NOPERMFORHOST.
func (c *connection) onBanned(m message) {
	c.fail(&transports.Fault{Kind: transports.Forbidden, Text: said(c.network.host+" does not let the gateway in.", m)})
}

// onClosing is the server's last word: ERROR, RFC 2812 §3.7.4.
func (c *connection) onClosing(m message) {
	if c.quitting.IsZero() {
		c.log.Info("irc: the server closes the connection")
	}
	c.fail(closingFault(c.network.host, m))
}
