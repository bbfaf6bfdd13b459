// Package ircclient is the IRC client of the tests: someone who is on IRC directly. It speaks in raw lines, so that a
// test can say and see anything; by itself it registers and answers PING, nothing else.
package ircclient

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	// Patience is how long an expected line may take.
	Patience = 40 * time.Second
	// goodbye is how long the server may take to end a connection.
	goodbye = 2 * time.Second
	// queued bounds the lines that wait for the test to look at them; with more, the client stops reading.
	queued = 1 << 16
)

// Client is one connection to an IRC server. It belongs to the goroutine of its test.
type Client struct {
	Nick string // the nick it registered with

	connection net.Conn
	lines      chan string
	end        error // why the connection ended; to be read after lines is closed
	numbers    int   // PING tokens given out
}

// Dial connects without TLS, asks for the capabilities given, registers and waits for the welcome. The connection ends
// with the test.
func Dial(t testing.TB, address, nick string, capabilities ...string) *Client {
	t.Helper()
	c := Connect(t, address, nil)
	c.Register(t, nick, capabilities...)
	return c
}

// DialTLS is Dial with TLS. The configuration may carry a client's certificate for SASL EXTERNAL; nil trusts any server.
func DialTLS(t testing.TB, address, nick string, config *tls.Config, capabilities ...string) *Client {
	t.Helper()
	if config == nil {
		config = &tls.Config{InsecureSkipVerify: true}
	}
	c := Connect(t, address, config)
	c.Register(t, nick, capabilities...)
	return c
}

// Connect opens a connection, with TLS unless config is nil, and says nothing.
func Connect(t testing.TB, address string, config *tls.Config) *Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	var connection net.Conn
	var err error
	if config != nil {
		connection, err = (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
	} else {
		connection, err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{connection: connection, lines: make(chan string, queued)}
	go c.read()
	t.Cleanup(func() { // the nick is free for the next test when the server has closed the connection
		_ = c.connection.SetDeadline(time.Now().Add(goodbye))
		_, _ = c.connection.Write([]byte("QUIT\r\n"))
		for range c.lines {
		}
		c.connection.Close()
	})
	return c
}

// Register asks for the capabilities, of which the server must have all, gives nick and user, and waits for the welcome.
func (c *Client) Register(t testing.TB, nick string, capabilities ...string) {
	t.Helper()
	c.Nick = nick
	if len(capabilities) > 0 {
		c.Send(t, "CAP REQ :"+strings.Join(capabilities, " "))
	}
	c.Send(t, "NICK "+nick, "USER "+nick+" 0 * :"+nick)
	if len(capabilities) > 0 {
		c.Expect(t, `^(@\S+ )?:\S+ CAP \S+ ACK `)
		c.Send(t, "CAP END")
	}
	c.Expect(t, `^(@\S+ )?:\S+ 001 `)
}

func (c *Client) read() {
	defer close(c.lines)
	scanner := bufio.NewScanner(c.connection)
	for scanner.Scan() {
		line := scanner.Text()
		if token, ping := strings.CutPrefix(line, "PING "); ping {
			if err := c.write("PONG " + token); err != nil {
				c.end = err
				return
			}
			continue
		}
		c.lines <- line
	}
	c.end = scanner.Err()
}

// write may be called from the reader and from the test: a net.Conn takes whole writes one after another.
func (c *Client) write(lines ...string) error {
	if err := c.connection.SetWriteDeadline(time.Now().Add(Patience)); err != nil {
		return err
	}
	_, err := c.connection.Write([]byte(strings.Join(lines, "\r\n") + "\r\n"))
	return err
}

// Send writes lines as they stand.
func (c *Client) Send(t testing.TB, lines ...string) {
	t.Helper()
	if err := c.write(lines...); err != nil {
		t.Fatalf("%s sends: %v", c.Nick, err)
	}
}

// Join joins a channel and waits until the list of its members has come.
func (c *Client) Join(t testing.TB, channel string) {
	t.Helper()
	c.Send(t, "JOIN "+channel)
	c.Expect(t, `^(@\S+ )?:\S+ 366 \S+ `+regexp.QuoteMeta(channel)+" ")
}

// Say writes a PRIVMSG to a channel or a nick.
func (c *Client) Say(t testing.TB, to, text string) {
	t.Helper()
	c.Send(t, "PRIVMSG "+to+" :"+text)
}

// Expect gives the next line, in the order of arrival, that fits the regular expression, with its submatches, and drops
// those before it. The test ends, with a list of all that came, when there is none within Patience.
func (c *Client) Expect(t testing.TB, expression string) []string {
	t.Helper()
	wanted := regexp.MustCompile(expression)
	return c.search(t, "expected "+expression, func(line string) []string { return wanted.FindStringSubmatch(line) })
}

// ExpectNone shows that no line fits the regular expression among those that come before the server's answer to a PING
// sent now. What others caused to be sent before has come by then if this server had it by then.
func (c *Client) ExpectNone(t testing.TB, expression string) {
	t.Helper()
	unwanted := regexp.MustCompile(expression)
	c.numbers++
	token := fmt.Sprintf("none-%d", c.numbers)
	c.Send(t, "PING :"+token)
	pong := regexp.MustCompile(`^(@\S+ )?:\S+ PONG .*` + token + "$")
	c.search(t, "expected an answer to PING "+token, func(line string) []string {
		if unwanted.MatchString(line) {
			t.Fatalf("%s was to get nothing like %s but got:\n  %s", c.Nick, expression, line)
		}
		return pong.FindStringSubmatch(line)
	})
}

// ExpectEnd waits until the server has closed the connection and gives all that came before.
func (c *Client) ExpectEnd(t testing.TB) []string {
	t.Helper()
	var came []string
	deadline := time.After(Patience)
	for {
		select {
		case line, open := <-c.lines:
			if !open {
				return came
			}
			came = append(came, line)
		case <-deadline:
			t.Fatalf("%s is still connected after %v\n%s", c.Nick, Patience, list(came))
		}
	}
}

// Close closes the connection without a QUIT.
func (c *Client) Close() { c.connection.Close() }

func (c *Client) search(t testing.TB, what string, fits func(string) []string) []string {
	t.Helper()
	var came []string
	deadline := time.After(Patience)
	for {
		select {
		case line, open := <-c.lines:
			if !open {
				t.Fatalf("%s %s, but the connection ended (%v)\n%s", c.Nick, what, c.end, list(came))
			}
			if found := fits(line); found != nil {
				return found
			}
			came = append(came, line)
		case <-deadline:
			t.Fatalf("%s %s, waited %v\n%s", c.Nick, what, Patience, list(came))
		}
	}
}

func list(came []string) string {
	if len(came) == 0 {
		return "nothing came"
	}
	return "what came:\n  " + strings.Join(came, "\n  ")
}
