package irc

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"slices"
	"strings"

	"isthmus/transports"
)

// loginChunk is how many characters of a response stand in one line. IRCv3 sasl-3.1.
const loginChunk = 400

const scramSHA256 = "SCRAM-SHA-256"

// login is how the account logs in to the network's services: SASL, RFC 4422. With credentials there is no connection
// without it.
type login struct {
	as, password string
	certificate  *tls.Certificate // shown in the TLS handshake
	mechanisms   []string         // left to try, the best first
	refused      bool             // one was tried and refused
	begun, done  bool
	scram        scram
	account      string // that we are logged in to, empty where none is known
}

func newLogin(s *Session, at endpoint) login {
	get := func(name string) string { return s.account.Options.Get(nil, name) }
	l := login{as: get(optionSASLAccount), password: get(optionSASLPassword)}
	if l.as == "" {
		l.as = s.wantedNick()
	}
	if !at.plain {
		l.certificate = s.certificate
	}
	if l.certificate != nil {
		l.mechanisms = append(l.mechanisms, "EXTERNAL")
	}
	if l.password != "" {
		l.mechanisms = append(l.mechanisms, scramSHA256, "PLAIN")
	}
	return l
}

// wanted tells whether there is something to log in with.
func (l *login) wanted() bool { return l.certificate != nil || l.password != "" }

// beginLogin tries the next mechanism.
func (c *connection) beginLogin() {
	offered := c.caps.offered["sasl"]
	for len(c.login.mechanisms) > 0 {
		if mechanism := c.login.mechanisms[0]; offered == "" && mechanism != scramSHA256 || slices.Contains(strings.Split(offered, ","), mechanism) {
			c.login.begun = true
			c.out.now("AUTHENTICATE " + mechanism)
			return
		}
		c.login.mechanisms = c.login.mechanisms[1:]
	}
	c.loginFailed(c.noLogin())
}

// onAuthenticate is the server's challenge, "+" for an empty one.
func (c *connection) onAuthenticate(m message) {
	if !c.login.begun || c.login.done || len(c.login.mechanisms) == 0 {
		return
	}
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Param(0), "+"))
	response, ok := "", err == nil
	switch mechanism := c.login.mechanisms[0]; {
	case mechanism == scramSHA256 && len(challenge) == 0:
		response = c.login.scram.begin(c.login.as, c.login.password, rand.Text())
	case mechanism == scramSHA256:
		response, ok = c.login.scram.next(string(challenge))
	case mechanism == "PLAIN": // RFC 4616 §2
		response = c.login.as + "\x00" + c.login.as + "\x00" + c.login.password
	}
	if !ok {
		c.out.now("AUTHENTICATE *")
		c.loginFailed(c.unproved())
		return
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(response))
	for len(encoded) >= loginChunk {
		c.out.now("AUTHENTICATE " + encoded[:loginChunk])
		encoded = encoded[loginChunk:]
	}
	if encoded == "" { // an empty response, or the end of one whose last line was full
		encoded = "+"
	}
	c.out.now("AUTHENTICATE " + encoded)
}

// onLoggedIn is RPL_LOGGEDIN: our mask, the account, a text. Services may log us in later too.
func (c *connection) onLoggedIn(m message) { c.login.account = m.Param(2) }

// onLoggedOut is RPL_LOGGEDOUT.
func (c *connection) onLoggedOut(message) { c.login.account = "" }

// onLoginDone is RPL_SASLSUCCESS, or ERR_SASLALREADY.
func (c *connection) onLoginDone(message) {
	if len(c.login.mechanisms) > 0 && c.login.mechanisms[0] == scramSHA256 && c.login.begun && !c.login.scram.verified {
		c.loginFailed(c.unproved())
		return
	}
	c.login.done = true
	c.endCaps()
}

// onMechanisms is RPL_SASLMECHS: what the server takes instead of what we tried.
func (c *connection) onMechanisms(m message) {
	c.caps.own()
	put(&c.caps.offered, "sasl", m.Param(1))
}

// onLoginRefused is an error of SASL. The next mechanism is tried where there is one.
func (c *connection) onLoginRefused(m message) {
	if !c.login.begun || c.login.done || len(c.login.mechanisms) == 0 {
		return
	}
	c.login.refused = true
	if c.login.mechanisms[0] == scramSHA256 && c.at.plain { // what was kept from listeners is not told them now
		c.login.mechanisms = c.login.mechanisms[:1]
	}
	if c.login.mechanisms = c.login.mechanisms[1:]; len(c.login.mechanisms) > 0 && m.Command == "904" {
		c.beginLogin()
		return
	}
	kind := transports.BadCredentials
	if m.Command == "906" { // it was broken off
		kind = transports.Offline
	}
	c.loginFailed(&transports.Fault{Kind: kind, Text: said(c.network.host+" does not accept the login as "+c.login.as+", so you were not connected.", m)})
}

// noLogin is why there is no login without its having been refused.
func (c *connection) noLogin() *transports.Fault {
	if c.login.refused {
		return &transports.Fault{Kind: transports.BadCredentials, Text: c.network.host + " does not accept the login as " + c.login.as + ", so you were not connected."}
	}
	return offline("One cannot log in at " + c.network.host + " now, so you were not connected. Try again later, or remove what you log in with from the settings for this server.")
}

// unproved is a server that does not know the password itself, as one that only listens to what people tell it.
func (c *connection) unproved() *transports.Fault {
	return &transports.Fault{Kind: transports.BadCredentials, Text: c.network.host + " did not prove that it knows your password, so you were not connected."}
}

// loginFailed ends the registration. Who is connected already stays so, and is told.
func (c *connection) loginFailed(fault *transports.Fault) {
	c.login.begun = false
	if c.stage == registering {
		c.fail(fault)
	} else {
		c.announce("", fault.Text)
	}
}
