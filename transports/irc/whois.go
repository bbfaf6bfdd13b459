package irc

import (
	"context"
	"strconv"
	"strings"
	"time"

	"isthmus/transports"
)

// askWithin is how long the answer to a WHOIS or WHO is awaited.
const askWithin = 20 * time.Second

// whois is what the server says of a user, while it comes in. RFC 2812 §3.6.2.
type whois struct {
	profile transports.Profile
	account string
	notes   []string
	waiting []chan *transports.Fault
	job     *job
}

// Profile asks the server about a user.
func (s *Session) Profile(ctx context.Context, id transports.UserID) (transports.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	var w *whois
	answer := make(chan *transports.Fault, 1)
	if fault := s.call(ctx, func(c *connection) { w = c.askWhois(string(id), answer) }); fault != nil {
		return transports.Profile{}, fault
	}
	select {
	case fault := <-answer:
		if fault != nil {
			return transports.Profile{}, fault
		}
		return w.profile, nil
	case <-ctx.Done():
		return transports.Profile{}, offline("The server did not say who this is.")
	}
}

// Picture says that there are none.
func (*Session) Picture(context.Context, transports.Place, string, int64) ([]byte, string, error) {
	return nil, "", &transports.Fault{Kind: transports.NotFound, Text: "There are no pictures on IRC."}
}

// askWhois asks once for all who want to know.
func (c *connection) askWhois(nick string, answer chan *transports.Fault) *whois {
	folded := c.fold(nick)
	if !c.support.isNick(nick) {
		answer <- notNick(nick)
		return nil
	}
	if w := c.whois[folded]; w != nil {
		w.waiting = append(w.waiting, answer)
		return w
	}
	w := &whois{waiting: []chan *transports.Fault{answer}}
	w.profile.User = transports.User{ID: userID(nick), Name: nick}
	put(&c.whois, folded, w)
	r := newRequest(nil, func(_ transports.Result, err error) {
		drop(&c.whois, folded)
		var fault *transports.Fault
		if err != nil {
			fault = transports.AsFault(err)
		} else if w.profile.Nick == "" { // nothing was said of them
			fault = &transports.Fault{Kind: transports.NotFound, Text: "Nobody there has this name now."}
		}
		w.profile.Note = strings.Join(w.notes, "\n")
		for _, waiting := range w.waiting {
			waiting <- fault
		}
	})
	w.job = &job{request: r, verb: describing, names: []string{folded}, lines: []string{"WHOIS " + nick}}
	c.out.held = append(c.out.held, w.job)
	return w
}

// onWhois is a part of the answer. It is true where the gateway had asked, so that the person need not read it.
func (c *connection) onWhois(m message) bool {
	w := c.whois[c.fold(m.Param(1))]
	if w == nil || !w.job.started {
		return false
	}
	note := func(name, value string) {
		if value = plain(value); value != "" && len(w.notes) < 20 {
			w.notes = append(w.notes, name+": "+value)
		}
	}
	switch m.Command {
	case "311":
		prefix := *m.Prefix
		prefix.Name, prefix.User, prefix.Host = m.Param(1), m.Param(2), m.Param(3)
		w.profile.User = user(&prefix, w.account)
		w.profile.Nick, w.profile.FullName = m.Param(1), plain(m.Trailing())
		note("Address", m.Param(2)+"@"+m.Param(3))
	case "301":
		note("Away", m.Trailing())
	case "312":
		note("Server", m.Param(2))
	case "313":
		note("Operator", m.Trailing())
	case "317":
		if idle, err := strconv.ParseInt(m.Param(2), 10, 32); err == nil && idle >= 0 {
			note("Idle for", (time.Duration(idle) * time.Second).String())
		}
		if since, err := strconv.ParseInt(m.Param(3), 10, 40); err == nil && since > 0 {
			note("Connected since", time.Unix(since, 0).UTC().Format("2006-01-02 15:04 UTC"))
		}
	case "319":
		note("Rooms", m.Trailing())
	case "330":
		w.account = m.Param(2)
		w.profile.User.Identity = "account:" + strings.ToLower(w.account)
		note("Account", w.account)
	case "335":
		note("Bot", "yes")
	case "671":
		note("Connection", "encrypted")
	case "318":
		w.job.settle(nil)
		c.confirm.drop(w.job)
	default:
		return false
	}
	return true
}
