package ircserver

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

const scramRounds = 4096

// login is a login on its way. IRCv3 sasl-3.2; RFC 4616; RFC 5802 §3, RFC 7677.
type login struct {
	mechanism     string
	name          string
	first, server string // of SCRAM: the client's first message without its header, the server's
	proved        bool
}

func (s *Server) authenticate(c *client, text string) {
	l := &c.login
	switch {
	case text == "*":
		*l = login{}
		c.numeric("906", "SASL authentication aborted")
		return
	case l.mechanism == "":
		if text != "PLAIN" && text != "SCRAM-SHA-256" {
			c.numeric("908", "PLAIN,SCRAM-SHA-256", "are available SASL mechanisms")
			c.numeric("904", "SASL authentication failed")
			return
		}
		l.mechanism = text
		c.send(out{from: serverName, command: "AUTHENTICATE", params: []string{"+"}})
		return
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "+"))
	if err != nil {
		s.loginFails(c)
		return
	}
	if l.mechanism == "PLAIN" {
		parts := strings.Split(string(decoded), "\x00")
		if len(parts) == 3 && s.options.Accounts[parts[1]] != "" && s.options.Accounts[parts[1]] == parts[2] {
			s.loggedIn(c, parts[1])
		} else {
			s.loginFails(c)
		}
		return
	}
	s.scram(c, string(decoded))
}

// scram is the server's side of SCRAM-SHA-256.
func (s *Server) scram(c *client, text string) {
	l := &c.login
	switch {
	case l.first == "":
		bare, header := strings.CutPrefix(text, "n,,")
		fields := strings.Split(bare, ",")
		if !header || len(fields) < 2 || !strings.HasPrefix(fields[0], "n=") || !strings.HasPrefix(fields[1], "r=") {
			s.loginFails(c)
			return
		}
		l.first, l.name = bare, strings.NewReplacer("=2C", ",", "=3D", "=").Replace(fields[0][2:])
		l.server = fields[1] + rand.Text() + ",s=" + base64.StdEncoding.EncodeToString([]byte(rand.Text())) + ",i=4096"
		c.challenge(l.server)
	case !l.proved:
		password := s.options.Accounts[l.name]
		signature, ok := verify(password, l.first, l.server, text)
		if password == "" || !ok {
			s.loginFails(c)
			return
		}
		l.proved = true
		c.challenge("v=" + base64.StdEncoding.EncodeToString(signature))
	default:
		s.loggedIn(c, l.name)
	}
}

func (c *client) challenge(text string) {
	c.send(out{from: serverName, command: "AUTHENTICATE", params: []string{base64.StdEncoding.EncodeToString([]byte(text))}})
}

// verify checks the client's proof and gives the server's signature.
func verify(password, first, server, final string) ([]byte, bool) {
	fields := strings.Split(server, ",")
	salt, _ := base64.StdEncoding.DecodeString(fields[1][2:])
	salted, err := pbkdf2.Key(sha256.New, password, salt, scramRounds, sha256.Size)
	unproved, proof, found := strings.Cut(final, ",p=")
	given, bad := base64.StdEncoding.DecodeString(proof)
	if err != nil || !found || bad != nil || len(given) != sha256.Size || unproved != "c=biws,"+fields[0] {
		return nil, false
	}
	signed := first + "," + server + "," + unproved
	key := sum(salted, "Client Key")
	stored := sha256.Sum256(key)
	for i, b := range sum(stored[:], signed) {
		given[i] ^= b
	}
	return sum(sum(salted, "Server Key"), signed), hmac.Equal(given, key)
}

func sum(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func (s *Server) loginFails(c *client) {
	c.login = login{}
	c.numeric("904", "SASL authentication failed")
}

func (s *Server) loggedIn(c *client, account string) {
	c.login, c.account = login{}, account
	c.numeric("900", c.nick+"!"+c.username+"@host.test", account, "You are now logged in as "+account)
	c.numeric("903", "SASL authentication successful")
}
