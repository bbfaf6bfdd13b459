package ircserver

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
)

// user is a client that speaks the language by hand.
type user struct {
	t      *testing.T
	socket net.Conn
	in     *bufio.Reader
	pings  int
}

func connect(t *testing.T, s *Server, nick, caps string) *user {
	t.Helper()
	socket, err := net.Dial("tcp", s.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	u := &user{t: t, socket: socket, in: bufio.NewReader(socket)}
	u.says("CAP LS 302", "CAP REQ :"+caps, "CAP END", "NICK "+nick, "USER "+nick+" 0 * :"+nick)
	return u
}

// says sends lines and gives what the server said until it had dealt with them.
func (u *user) says(lines ...string) string {
	u.t.Helper()
	u.pings++
	token := fmt.Sprint("token-", u.pings)
	fmt.Fprintf(u.socket, "%s\r\nPING %s\r\n", strings.Join(lines, "\r\n"), token)
	var all []string
	for {
		line, err := u.in.ReadString('\n')
		if err != nil {
			u.t.Fatal(err)
		}
		if strings.Contains(line, "PONG irc.test "+token) {
			return strings.Join(all, "\n")
		}
		all = append(all, strings.TrimRight(line, "\r\n"))
	}
}

func TestOldClientsGetWhatTheyUnderstand(t *testing.T) {
	s := Start(t, Options{})
	old, new := connect(t, s, "old", "batch"), connect(t, s, "new", "batch message-tags draft/multiline draft/message-redaction labeled-response echo-message")
	old.says("JOIN #room")
	new.says("JOIN #room")
	old.says()
	heard := new.says("@label=L;+draft/reply=x BATCH +1 draft/multiline #room", "@batch=1 PRIVMSG #room :one", "@batch=1 PRIVMSG #room :", "@batch=1 PRIVMSG #room :two", "BATCH -1",
		"@+typing=active TAGMSG #room", "REDACT #room id6")
	if !strings.HasPrefix(heard, "@label=L;msgid=") || !strings.Contains(heard, ";+draft/reply=x :new!new@host.test BATCH +") || strings.Count(heard, "label=") != 1 {
		t.Errorf("the echo is %q", heard)
	}
	if got := old.says(); got != ":new!new@host.test PRIVMSG #room :one\n:new!new@host.test PRIVMSG #room :two" {
		t.Errorf("the old client heard %q", got)
	}
}

func TestEachLabelIsAnsweredOnce(t *testing.T) {
	s := Start(t, Options{})
	u := connect(t, s, "one", "batch labeled-response message-tags")
	for line, want := range map[string]string{
		"@label=A PRIVMSG one :to myself": "@label=A :irc.test ACK",
		"@label=B PRIVMSG nobody :x":      "@label=B :irc.test 401 one nobody :No such nick",
		"@label=C WHOIS nobody":           "@label=C :irc.test BATCH +",
		"@label=D FOO":                    "@label=D :irc.test 421 one FOO :Unknown command",
	} {
		if got := u.says(line); strings.Count(got, "label=") != 1 || !strings.Contains(got, want) {
			t.Errorf("%s is answered with %q", line, got)
		}
	}
}
