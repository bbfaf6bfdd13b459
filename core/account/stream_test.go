package account

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isthmus/core/stanza"
)

// stream records what goes to the XMPP server.
type stream struct {
	mu       sync.Mutex
	all      []*stanza.Stanza
	requests []request
	// full makes Show wait until it is closed.
	full chan struct{}
	// open: nothing is confirmed at once; unconfirmed are those who wait for it.
	open        bool
	unconfirmed []func()
}

type request struct {
	iq     *stanza.Stanza
	answer func(*stanza.Stanza)
}

func (s *stream) Reply(st *stanza.Stanza) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, st)
}

func (s *stream) Show(st *stanza.Stanza) {
	s.mu.Lock()
	full := s.full
	s.mu.Unlock()
	if full != nil {
		<-full
	}
	s.Reply(st)
}

// Confirmed has all at once, unless the server leaves that open.
func (s *stream) Confirmed(then func()) {
	s.mu.Lock()
	open := s.open
	if open {
		s.unconfirmed = append(s.unconfirmed, then)
	}
	s.mu.Unlock()
	if !open {
		then()
	}
}

// leavesOpen has the server confirm nothing but by confirms, or again all at once.
func (s *stream) leavesOpen(open bool) {
	s.mu.Lock()
	s.open = open
	s.mu.Unlock()
	if !open {
		s.confirms()
	}
}

// confirms has the server confirm what is asked about now.
func (s *stream) confirms() {
	s.mu.Lock()
	all := s.unconfirmed
	s.unconfirmed = nil
	s.mu.Unlock()
	for _, then := range all {
		then()
	}
}

func (s *stream) Request(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	once := sync.OnceFunc(func() { answer(nil) })
	timer := time.AfterFunc(deadline, once)
	s.requests = append(s.requests, request{iq, func(st *stanza.Stanza) {
		if timer.Stop() {
			answer(st)
		}
	}})
}

// answers has the oldest request answered.
func (s *stream) answers(t *testing.T, by func(*stanza.Stanza) *stanza.Stanza) {
	t.Helper()
	s.mu.Lock()
	if len(s.requests) == 0 {
		s.mu.Unlock()
		t.Fatal("nobody was asked")
	}
	r := s.requests[0]
	s.requests = s.requests[1:]
	s.mu.Unlock()
	r.answer(by(r.iq))
}

// raw are the stanzas since the last time.
func (s *stream) raw() []*stanza.Stanza {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.all
	s.all = nil
	return all
}

func (s *stream) taken() []string {
	var all []string
	for _, st := range s.raw() {
		all = append(all, brief(st))
	}
	return all
}

// brief puts a stanza into a line: to whom, from whom, what.
//
//	phone: alice is here 100 170 110
//	phone: <bob> hi
//	phone: m1 refused: not-acceptable: You are not in this room. Join it first.
func brief(s *stanza.Stanza) string {
	to, from := s.To.Resource, s.From.Resource
	if to == "" {
		to = s.To.String()
	}
	if name, _, _ := strings.Cut(s.From.Local, "%"); from == "" {
		from = name
	}
	if e := s.Child("", "error"); s.Type == "error" {
		condition := string(s.Condition())
		if uri := e.Child("urn:ietf:params:xml:ns:xmpp-stanzas", condition).Text(); uri != "" {
			condition += " " + uri
		}
		text := e.Child("urn:ietf:params:xml:ns:xmpp-stanzas", "text").Text()
		return strings.TrimSuffix(fmt.Sprintf("%s: %s refused: %s: %s", to, or(s.ID, string(s.Kind)), condition, text), ": ")
	}
	switch s.Kind {
	case stanza.Presence:
		return presence(to, from, s)
	case stanza.Message:
		return message(to, from, s)
	}
	return fmt.Sprintf("%s: %s %s %s", to, s.ID, s.Type, payload(s))
}

func presence(to, from string, s *stanza.Stanza) string {
	words := []string{to + ":", from, "is here"}
	switch s.Type {
	case "":
	case "unavailable":
		words[2] = "is gone"
	default:
		words[2] = s.Type
	}
	if show := s.ChildText("", "show"); show != "" {
		words[2] = "is " + show
	}
	x := s.Child("http://jabber.org/protocol/muc#user", "x")
	for _, e := range x.Children() {
		if e.Name == "status" {
			words = append(words, e.Attr("code"))
		}
	}
	if reason := s.ChildText("", "status"); reason != "" {
		words = append(words, "("+reason+")")
	}
	if idle := s.Child("urn:xmpp:idle:1", "idle"); idle != nil {
		words = append(words, "since "+idle.Attr("since"))
	}
	if nick := s.Child("http://jabber.org/protocol/nick", "nick"); nick != nil {
		words = append(words, "called "+nick.Text())
	}
	return strings.Join(words, " ")
}

func message(to, from string, s *stanza.Stanza) string {
	all := *s
	all.Payload = append(slices.Clone(s.Payload), children(s.Rendered)...)
	if subject := all.Child("", "subject"); subject != nil && all.Child("", "body") == nil {
		return fmt.Sprintf("%s: subject %q", to, subject.Text())
	}
	line := fmt.Sprintf("%s: <%s> %s", to, from, all.ChildText("", "body"))
	if all.Type != "groupchat" {
		line = fmt.Sprintf("%s: %s from %s: %s", to, or(all.Type, "normal"), s.From, all.ChildText("", "body"))
	}
	for _, e := range all.Payload {
		switch {
		case e.Name == "delay":
			line += " (earlier)"
		case e.Name == "x" && len(e.Children()) > 0 && e.Children()[0].Name == "status":
			for _, code := range e.Children() {
				line += code.Attr("code") + " "
			}
		case e.Is("jabber:x:oob", "x"):
			if url := e.Children()[0].Text(); all.ChildText("", "body") == url && strings.HasPrefix(url, filesAt) {
				line = strings.Replace(line, url, "[ours]", 1)
			}
		case e.Name == "x":
			line += " (privately)"
		case e.Name == "file-sharing":
			f := children(e.Append(nil))[0].Child("urn:xmpp:file:metadata:0", "file")
			line += " (file"
			for _, name := range []string{"name", "media-type", "size"} {
				line += " " + f.Child(f.Space, name).Text()
			}
			line += ")"
		case e.Name == "replace":
			line += " (corrects " + e.Attr("id") + ")"
		case e.Name == "retract":
			line += " (retracts " + e.Attr("id") + ")"
			if m := e.Child("urn:xmpp:message-moderate:1", "moderated"); m != nil {
				line += " (moderated by " + resource(m.Attr("by")) + ")"
			}
		case e.Name == "reactions":
			line += " (reacts to " + e.Attr("id") + ":"
			for _, r := range e.Children() {
				line += " " + r.Text()
			}
			line += ")"
		case e.Name == "reply":
			line += " (answers " + e.Attr("id") + " of " + resource(e.Attr("to")) + ")"
		case e.Name == "thread":
			line += " (in " + e.Text() + ")"
		case e.Name == "composing" || e.Name == "paused":
			line += "(" + e.Name + ")"
		case e.Name == "displayed":
			line += "(has read " + e.Attr("id") + ")"
		case e.Name == "received":
			line += "receipt of " + e.Attr("id")
		case e.Name == "result":
			line += payload(&all)
		}
	}
	return line
}

func resource(address string) string {
	_, resource, _ := strings.Cut(address, "/")
	return resource
}

func payload(s *stanza.Stanza) string {
	var b []byte
	for _, e := range s.Payload {
		b = e.Append(b)
	}
	return string(b)
}

// children reads what was rendered before.
func children(rendered []byte) []*stanza.Element {
	e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader("<x>" + string(rendered) + "</x>")))
	if err != nil {
		panic("rendered is not XML: " + err.Error())
	}
	return e.Children()
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
