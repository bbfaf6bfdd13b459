package xmppclient

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Expect gives the next stanza, in the order of arrival, that fits all the patterns, and drops those before it. The test
// ends, with a list of all that came, when there is none within Patience.
func (c *Client) Expect(t testing.TB, patterns ...string) *Element {
	t.Helper()
	seen := c.looking(patterns)
	for {
		stanza := seen.next(t)
		if fitsAll(stanza, patterns) {
			return stanza
		}
	}
}

// ExpectNext gives the very next stanza, which must fit all the patterns.
func (c *Client) ExpectNext(t testing.TB, patterns ...string) *Element {
	t.Helper()
	stanza := c.looking(patterns).next(t)
	if !fitsAll(stanza, patterns) {
		t.Fatalf("%s expected next:\n  %s\nbut got:\n  %s", c.JID, strings.Join(patterns, "\n  "), stanza)
	}
	return stanza
}

// ExpectEach gives, for each pattern, a stanza that fits it: a different one for each, in whatever order they come.
// Stanzas that fit none are dropped.
func (c *Client) ExpectEach(t testing.TB, patterns ...string) []*Element {
	t.Helper()
	found := make([]*Element, len(patterns))
	open := len(patterns)
	seen := c.looking(patterns)
	for open > 0 {
		stanza := seen.next(t)
		for i, pattern := range patterns {
			if found[i] == nil && stanza.Matches(pattern) {
				found[i] = stanza
				open--
				break
			}
		}
	}
	return found
}

// ExpectNone shows that no stanza fits the pattern among those that come before one that fits until, which is known to
// come after them: usually the answer to a Ping. It gives that last stanza.
func (c *Client) ExpectNone(t testing.TB, pattern, until string) *Element {
	t.Helper()
	seen := c.looking([]string{until})
	for {
		stanza := seen.next(t)
		if stanza.Matches(until) {
			return stanza
		}
		if stanza.Matches(pattern) {
			t.Fatalf("%s was to get nothing like\n  %s\nbut got:\n  %s", c.JID, pattern, stanza)
		}
	}
}

// Ping sends a ping (XEP-0199) and gives the pattern of its answer, be it a result or an error. What the other side had
// sent before it answered has come when the answer comes.
func (c *Client) Ping(t testing.TB, to string) (answer string) {
	t.Helper()
	id := c.NewID()
	c.Send(t, `<iq type='get' to='{to}' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>`, "to", to, "id", id)
	return fmt.Sprintf("iq[@id='%s'][@type~'result|error']", id)
}

// Drain pings and drops all that comes before the answer, so that what is expected later is new.
func (c *Client) Drain(t testing.TB, to string) {
	t.Helper()
	c.Expect(t, c.Ping(t, to))
}

// Ignore drops all stanzas from now on that fit the pattern, which may come at any time.
func (c *Client) Ignore(pattern string) { c.ignored = pattern }

func fitsAll(stanza *Element, patterns []string) bool {
	for _, pattern := range patterns {
		if !stanza.Matches(pattern) {
			return false
		}
	}
	return true
}

// look is one search through the stanzas that come, with one deadline for the whole.
type look struct {
	client   *Client
	deadline <-chan time.Time
	patterns []string
	came     []string
}

func (c *Client) looking(patterns []string) *look {
	return &look{client: c, deadline: time.After(Patience), patterns: patterns}
}

// next gives the next stanza; it ends the test when none comes.
func (l *look) next(t testing.TB) *Element {
	t.Helper()
	c := l.client
	var stanza *Element
	for stanza == nil || c.ignored != "" && stanza.Matches(c.ignored) {
		if len(c.pending) > 0 {
			stanza, c.pending = c.pending[0], c.pending[1:]
			continue
		}
		select {
		case e, open := <-c.events:
			if !open || e.Event == "offline" {
				t.Fatalf("%s went offline: %s %s\n%s", c.JID, e.Reason, c.lastWords(), l)
			}
			if e.Event == "stanza" {
				stanza = parseReceived(t, e.XML)
			}
		case <-l.deadline:
			t.Fatalf("%s waited %v for nothing\n%s", c.JID, Patience, l)
		}
	}
	l.came = append(l.came, stanza.String())
	return stanza
}

// String tells what was looked for and what came.
func (l *look) String() string {
	came := "nothing"
	if len(l.came) > 0 {
		came = strings.Join(l.came, "\n  ")
	}
	return fmt.Sprintf("expected:\n  %s\nwhat came:\n  %s", strings.Join(l.patterns, "\n  "), came)
}
