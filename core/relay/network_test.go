package relay

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// network is a session whose network does all that it is asked for.
type network struct {
	name   string
	mu     sync.Mutex
	seen   []string
	sent   []text.Text
	serial int
	events chan transports.Event
	cut    chan error
	fault  *transports.Fault // of the next Send
	can    transports.Capabilities
	self   transports.User
	here   []transports.Member
	refuse error // of Run
	ban    error // of Join
	// lag is how long a message takes to the network; arrived is told of it then.
	lag  time.Duration
	free time.Time
	// slow holds back the results of messages until somebody says so.
	slow    chan bool
	arrived func(words string)
}

func newNetwork(name string) *network {
	return &network{name: name, events: make(chan transports.Event), cut: make(chan error), can: transports.Capabilities{Features: ^transports.Feature(0)},
		self: transports.User{ID: "self", Name: "bridge"}}
}

func (n *network) taken() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	seen := n.seen
	n.seen = nil
	return seen
}

func (n *network) Run(ctx context.Context, emit func(transports.Event)) error {
	if n.refuse != nil {
		return n.refuse
	}
	emit(transports.Online{Self: n.self, Can: n.can})
	for {
		select {
		case e := <-n.events:
			emit(e)
		case err := <-n.cut:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

func (n *network) Do(ctx context.Context, c transports.Command, done func(transports.Result, error)) {
	n.mu.Lock()
	var result transports.Result
	var err error
	switch c := c.(type) {
	case transports.Join:
		ban := n.ban
		n.mu.Unlock()
		if ban != nil {
			done(result, ban)
			return
		}
		select {
		case n.events <- transports.Room{Room: c.Room, Members: n.here, Complete: true}:
		case <-ctx.Done():
		}
		done(result, nil)
		return
	case transports.Send:
		if n.fault != nil {
			err, n.fault = n.fault, nil
			break
		}
		if n.lag > 0 {
			lag := n.lag // what is said later arrives later
			if n.free = n.free.Add(time.Millisecond); n.free.Before(time.Now().Add(lag)) {
				n.free = time.Now().Add(lag)
			}
			lag = time.Until(n.free)
			n.mu.Unlock()
			time.AfterFunc(lag, func() { n.arrived(c.Text.String()); done(result, nil) })
			return
		}
		n.sent = append(n.sent, c.Text)
		n.serial++
		id := transports.MessageID(fmt.Sprint(n.name, n.serial))
		result.Parts = []transports.MessageID{id}
		who, to := "the relay", ""
		switch {
		case c.As != nil:
			who = c.As.Name
		case n.self.ID != "self":
			who = "(" + n.self.Name + ")"
		}
		if c.ReplyTo != nil {
			to = " (answers " + string(c.ReplyTo.ID) + ")"
		}
		if c.Thread != "" {
			to += " (thread " + string(c.Thread) + ")"
		}
		if c.As != nil && c.As.Picture != "" {
			to += " looking like " + c.As.Picture
		}
		for _, f := range c.Files {
			to += " with " + f.Name
		}
		n.seen = append(n.seen, fmt.Sprintf("%s: %s%s", who, c.Text.String(), to))
		if n.slow != nil {
			n.mu.Unlock()
			<-n.slow
			done(result, nil)
			return
		}
	case transports.Edit:
		n.seen = append(n.seen, fmt.Sprintf("edit %s: %s", c.ID, c.Text.String()))
	case transports.Delete:
		n.seen = append(n.seen, fmt.Sprintf("delete %s", c.ID))
	case transports.React:
		n.seen = append(n.seen, fmt.Sprintf("react %s %s", c.ID, strings.Join(c.Emoji, " ")))
	case transports.SetTyping:
		n.seen = append(n.seen, fmt.Sprint("typing ", c.On))
	case transports.SetName:
		n.seen = append(n.seen, "name "+c.Name)
	case transports.SetTopic:
		n.seen = append(n.seen, "topic "+c.Text)
	case transports.SetRole:
		n.seen = append(n.seen, "kick "+string(c.User))
		err = &transports.Fault{Kind: transports.Forbidden, Text: "You are no operator there."}
	default:
		n.seen = append(n.seen, fmt.Sprintf("%T", c))
	}
	n.mu.Unlock()
	done(result, err)
}

// say has a user say something.
func (n *network) say(user, id, words string) {
	n.events <- transports.Message{Place: transports.InRoom("#go"), ID: transports.MessageID(id), From: transports.User{ID: transports.UserID(user), Name: user}, Text: text.Plain(words)}
}

// bars has a network let nobody in, because of a fault, or let people in again.
func (n *network) bars(fault error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ban = fault
}

// deaf is a network that never answers.
type deaf struct{ *network }

func (deaf) Run(ctx context.Context, _ func(transports.Event)) error { <-ctx.Done(); return nil }
