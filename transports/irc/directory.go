package irc

import (
	"context"
	"regexp"
	"strconv"
	"sync"
	"time"

	"isthmus/transports"
)

const (
	maxListed   = 50_000           // rooms in one directory
	listSilence = 30 * time.Second // without a line, after which the rest is not to be expected
	listKept    = time.Minute      // how long a directory answers before the server is asked again: pages of one list are asked for one by one
)

// directory is the server's list of rooms as it comes in. Its callers read along, each at their own pace.
type directory struct {
	mu    sync.Mutex
	rooms []transports.Listing
	ended bool
	fault *transports.Fault
	more  chan struct{} // closed, and made anew, when something was added
	until time.Time     // while it comes in, when it is overdue; then, how long it is good
}

// add is called in the connection's turn alone, as is end.
func (d *directory) add(room transports.Listing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.ended && len(d.rooms) < maxListed {
		d.rooms, d.until = append(d.rooms, room), time.Now().Add(listSilence)
		close(d.more)
		d.more = make(chan struct{})
	}
}

func (d *directory) end(fault *transports.Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.ended {
		d.ended, d.fault, d.until = true, fault, time.Now().Add(listKept)
		close(d.more)
	}
}

// from are the rooms from a number on, and whether these were the last.
func (d *directory) from(i int) (rooms []transports.Listing, ended bool, fault *transports.Fault, more <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rooms[i:len(d.rooms):len(d.rooms)], d.ended, d.fault, d.more
}

// Rooms calls yield for each room that the server lists (RFC 2812 §3.2.6), as they come in, until it returns false. Those
// who ask at the same time share one list.
func (s *Session) Rooms(ctx context.Context, yield func(transports.Listing) bool) error {
	var d *directory
	if fault := s.call(ctx, func(c *connection) { d = c.list() }); fault != nil {
		return fault
	}
	for i := 0; ; {
		rooms, ended, fault, more := d.from(i)
		for _, room := range rooms {
			if !yield(room) {
				return nil
			}
		}
		i += len(rooms)
		switch {
		case ended && fault != nil:
			return fault
		case ended:
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return offline("The list of rooms was not awaited.")
		}
	}
}

// call runs a function in the connection's turn, which owns what it knows.
func (s *Session) call(ctx context.Context, do func(*connection)) *transports.Fault {
	c := s.live.Load()
	if c == nil {
		return offline("Not connected to " + string(s.account.Scope) + ".")
	}
	done := make(chan struct{})
	asked := c.inbox.ask(func() {
		if ctx.Err() == nil {
			do(c)
		}
		close(done)
	})
	if !asked {
		return notSent()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return notSent()
	}
}

// list is the directory that is coming in or has just come, or a new one.
func (c *connection) list() *directory {
	if d := c.directory; d != nil && time.Now().Before(d.until) && d.fault == nil {
		return d
	}
	d := &directory{more: make(chan struct{}), until: time.Now().Add(listSilence)}
	c.directory = d
	r := newRequest(nil, func(_ transports.Result, err error) {
		if err != nil {
			d.end(transports.AsFault(err))
		}
	})
	c.out.held = append(c.out.held, &job{request: r, verb: listing, lines: []string{"LIST"}})
	return d
}

// listModes are the modes that some servers put before the topic in a list.
var listModes = regexp.MustCompile(`^\[\+[^\]]*\] ?`)

// onListed is a room in the list: RPL_LIST.
func (c *connection) onListed(m message) {
	name := m.Param(1)
	if c.directory == nil || !c.support.isRoom(name) {
		return
	}
	users, _ := strconv.Atoi(m.Param(2))
	c.directory.add(transports.Listing{Room: c.usualID(name), Name: name, Users: users, Topic: plain(listModes.ReplaceAllString(m.Param(3), ""))})
}

// onListEnd is RPL_LISTEND.
func (c *connection) onListEnd(message) {
	if c.directory != nil {
		c.directory.end(nil)
	}
}

// usualID is the id of a room that the account need not be in.
func (c *connection) usualID(name string) transports.RoomID {
	if id, known := c.session.ids[c.fold(name)]; known {
		return id
	}
	return transports.RoomID(asciiLower(name))
}

// listOverdue ends a list that does not come to its end.
func (c *connection) listOverdue(now time.Time) {
	if d := c.directory; d != nil && !d.ended && !now.Before(d.until) {
		d.end(&transports.Fault{Kind: transports.RateLimited, Text: "The server did not send the whole list of rooms. Try again later."})
	}
}

// listDue is when a list that comes in is overdue, or the zero time.
func (c *connection) listDue() time.Time {
	if d := c.directory; d != nil && !d.ended {
		return d.until
	}
	return time.Time{}
}
