// Package xmppclient is the XMPP client of the tests: independent of the gateway's own XMPP code, since slixmpp (a
// Python library) does the protocol. It sends nothing by itself, presence and roster included, but answers IQ requests
// (pings, disco#info) as clients do.
//
// Tests say what they expect in patterns, a small part of XPath, matched against one stanza:
//
//	message[@type='groupchat'][@from='#a%irc.example@gateway/bob']/body[text()='hi']
//	presence/{muc#user}x[item[@role='none']][status[@code='307']][not(status[@code='110'])]
//	iq[@type='result'][not(@to)]/{urn:xmpp:ping}ping
//
// Steps go down from the stanza. A step's namespace stands in braces; without them it is its parent's, and one without
// a colon is short for http://jabber.org/protocol/…. The name * is any. Conditions: [@attribute], [text()], each alone
// or with ='…', !='…' (there, and other), ~'…' (a regular expression); [path] for a child; [not(…)] of any of these.
package xmppclient

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/servers"
)

//go:embed client.py
var program string

const (
	// Patience is how long an expected stanza may take.
	Patience = 40 * time.Second
	// queued bounds the stanzas that wait for the test to look at them; with more, the client stops reading.
	queued = 1 << 16
)

// Client is one logged-in client. It belongs to the goroutine of its test.
type Client struct {
	JID string // full JID, as the server bound it

	orders  io.WriteCloser
	events  chan event
	errors  *bytes.Buffer // Python's standard error; to be read after events is closed
	pending []*Element    // stanzas that came and were not looked at
	numbers int           // ids given out
	ignored string        // a pattern; empty for nothing
}

// event is a line from client.py.
type event struct {
	Event, JID, XML, Reason string
}

// Start logs a user of the server in and ends the client with the test. No presence is sent.
func Start(t testing.TB, server *servers.Server, user, resource string) *Client {
	t.Helper()
	if err := servers.Missing("slixmpp"); err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(server.C2S)
	if err != nil {
		t.Fatal(err)
	}
	// Debian's own Python has Debian's slixmpp; another one that comes first in PATH has not.
	command := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", program, host, port, user+"@"+servers.Host+"/"+resource, servers.Password(user))
	c := &Client{events: make(chan event, queued), errors: &bytes.Buffer{}}
	command.Stderr = c.errors
	lines, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.orders, err = command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		c.read(lines)
		_ = command.Wait() // what it has to say stands in its last event and in errors
		close(c.events)
	}()
	t.Cleanup(func() { // the end of the test's context has killed it
		for range c.events {
		}
	})
	online := c.await(t, "online")
	c.JID = online.JID
	return c
}

func (c *Client) read(lines io.Reader) {
	scanner := bufio.NewScanner(lines)
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		var e event
		if err := json.Unmarshal(scanner.Bytes(), &e); err != nil {
			e = event{Event: "offline", Reason: fmt.Sprintf("client.py wrote %q: %v", scanner.Text(), err)}
		}
		c.events <- e
	}
}

// Bare gives the client's bare JID.
func (c *Client) Bare() string {
	bare, _, _ := strings.Cut(c.JID, "/")
	return bare
}

// Send writes a stanza as it stands. Pairs of a name and a value fill {name} with the value, escaped for XML.
func (c *Client) Send(t testing.TB, stanza string, pairs ...string) {
	t.Helper()
	if len(pairs)%2 != 0 {
		t.Fatalf("Send takes pairs of a name and a value, got %q", pairs)
	}
	var replace []string
	for i := 0; i < len(pairs); i += 2 {
		replace = append(replace, "{"+pairs[i]+"}", Escape(pairs[i+1]))
	}
	stanza = strings.NewReplacer(replace...).Replace(stanza)
	if _, err := ParseElement(stanza); err != nil {
		t.Fatalf("not well-formed: %v", err)
	}
	c.order(t, map[string]any{"do": "send", "xml": stanza})
}

// NewID gives an id that this client has not used.
func (c *Client) NewID() string {
	c.numbers++
	return fmt.Sprintf("%s-%d", strings.ReplaceAll(c.JID, "/", "-"), c.numbers)
}

// Manual leaves IQ requests whose payload has one of these namespaces to the test: the client does not answer them.
// With urn:xmpp:ping it seems dead to a ping.
func (c *Client) Manual(t testing.TB, namespaces ...string) {
	t.Helper()
	c.order(t, map[string]any{"do": "manual", "xmlns": namespaces})
	c.await(t, "manual")
}

// Abort closes the client's socket without a word, as a lost connection does, and waits until it is closed.
func (c *Client) Abort(t testing.TB) {
	t.Helper()
	c.order(t, map[string]any{"do": "abort"})
	c.await(t, "offline")
}

// Leave closes the client's stream and waits until it is closed.
func (c *Client) Leave(t testing.TB) {
	t.Helper()
	c.order(t, map[string]any{"do": "leave"})
	c.await(t, "offline")
}

func (c *Client) order(t testing.TB, order map[string]any) {
	t.Helper()
	line, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.orders.Write(append(line, '\n')); err != nil {
		t.Fatalf("%s is offline: %v", c.JID, err)
	}
}

// await waits for an event of the given kind and keeps the stanzas that come before it.
func (c *Client) await(t testing.TB, kind string) event {
	t.Helper()
	deadline := time.After(Patience)
	for {
		select {
		case e, open := <-c.events:
			switch {
			case e.Event == kind:
				return e
			case !open || e.Event == "offline":
				t.Fatalf("waiting to be %s: %s\n%s", kind, e.Reason, c.lastWords())
			case e.Event == "stanza":
				c.pending = append(c.pending, parseReceived(t, e.XML))
			}
		case <-deadline:
			t.Fatalf("not %s within %v", kind, Patience)
		}
	}
}

// lastWords gives what Python said as it ended.
func (c *Client) lastWords() string {
	for range c.events {
	}
	return c.errors.String()
}

func parseReceived(t testing.TB, text string) *Element {
	t.Helper()
	stanza, err := ParseElement(text)
	if err != nil {
		t.Fatalf("received: %v", err)
	}
	return stanza
}
