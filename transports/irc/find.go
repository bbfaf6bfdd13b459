package irc

import (
	"context"
	"strings"

	"isthmus/transports"
)

// maxFound bounds how many users one search gives.
const maxFound = 100

// search is a WHO whose answer comes in.
type search struct {
	users []transports.User
	most  int
	job   *job
	done  chan *transports.Fault
}

// Find asks the server for users by a mask, or a part of a nick, a user name, a host or a real name, as far as the server shows them.
// RFC 2812 §3.6.1.
func (s *Session) Find(ctx context.Context, words string, limit int) ([]transports.User, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	mask := whoMask(words)
	if mask == "" {
		return nil, &transports.Fault{Kind: transports.Invalid, Text: "Say a part of the name, or a mask such as *@example.org."}
	}
	find := &search{most: maxFound, done: make(chan *transports.Fault, 1)}
	if limit > 0 {
		find.most = min(limit, maxFound)
	}
	if fault := s.call(ctx, func(c *connection) { c.find(mask, find) }); fault != nil {
		return nil, fault
	}
	select {
	case fault := <-find.done:
		if fault != nil {
			return nil, fault
		}
		return find.users, nil
	case <-ctx.Done():
		return nil, offline("The server did not say whom it found.")
	}
}

// whoMask is a mask of what a person remembers, empty where nothing is left of it.
func whoMask(words string) string {
	mask := strings.TrimLeft(strings.Join(strings.Fields(words), "*"), ":")
	switch {
	case strings.Trim(mask, "*?") == "" || !legible(words) || len(mask) > 200 || strings.ContainsAny(mask, ",#&%"):
		return ""
	case strings.ContainsAny(words, "*?!@"):
		return mask
	}
	return "*" + mask + "*"
}

// find asks when earlier searches are over: their answers tell of no question.
func (c *connection) find(mask string, find *search) {
	r := newRequest(nil, func(_ transports.Result, err error) {
		c.searches = deleteSearch(c.searches, find)
		if err != nil {
			find.done <- transports.AsFault(err)
		} else {
			find.done <- nil
		}
	})
	find.job = &job{request: r, verb: describing, names: []string{c.fold(mask)}, lines: []string{"WHO " + mask}}
	c.searches = append(c.searches, find)
	c.out.held = append(c.out.held, find.job)
}

func deleteSearch(all []*search, done *search) []*search {
	var left []*search
	for _, one := range all {
		if one != done {
			left = append(left, one)
		}
	}
	return left
}

// found takes a user whom a search has found: RPL_WHOREPLY.
func (c *connection) found(m message) {
	if len(m.Params) < 8 || len(c.searches) == 0 || !c.searches[0].job.started {
		return
	}
	if c.looking[c.fold(m.Param(1))] { // it is of the list of that room
		return
	}
	find := c.searches[0]
	prefix := *m.Prefix
	prefix.Name, prefix.User, prefix.Host = m.Param(5), m.Param(2), m.Param(3)
	if u := user(&prefix, ""); len(find.users) < find.most && legible(u.Name) && u.Name != "" {
		find.users = append(find.users, u)
	}
}

// onWhoEnd is the end of a WHO: RPL_ENDOFWHO, with its mask.
func (c *connection) onWhoEnd(m message) {
	drop(&c.looking, c.fold(m.Param(1)))
	for _, find := range c.searches {
		if find.job.started && find.job.names[0] == c.fold(m.Param(1)) {
			find.job.settle(nil)
			c.confirm.drop(find.job)
			return
		}
	}
}
