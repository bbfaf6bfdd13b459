package ircserver

import (
	"net"
	"strings"
	"sync"
)

// client is a connection. Its fields but those of writing belong to who holds the server's lock.
type client struct {
	socket                   net.Conn
	nick, username, realname string
	account                  string
	registered, gone         bool
	negotiating              bool
	caps                     map[string]bool
	away                     string
	watches                  map[string]bool // folded nicks
	login                    login
	batches                  map[string]*incoming
	answer                   *answer // where lines go while a labelled command is carried out

	writing sync.Mutex
	more    *sync.Cond
	queue   []string
	closed  bool
}

// answer collects the lines that answer a labelled command.
type answer struct{ lines []out }

// mask is nick!user@host.
func (c *client) mask() string { return c.nick + "!" + c.username + "@host.test" }

// tells sends a line of the server's own, as a numeric or a command.
func (c *client) tells(command string, params ...string) {
	c.reply(out{from: serverName, command: command, params: params})
}

// numeric sends a numeric, whose first parameter is the nick.
func (c *client) numeric(number string, params ...string) {
	nick := c.nick
	if nick == "" {
		nick = "*"
	}
	c.tells(number, append([]string{nick}, params...)...)
}

// fail sends an error. IRCv3 standard-replies.
func (c *client) fail(command, code string, params ...string) {
	c.tells("FAIL", append([]string{command, code}, params...)...)
}

// reply sends a line, as a part of the answer to a labelled command where one is carried out.
func (c *client) reply(o out) {
	if c.answer != nil {
		c.answer.lines = append(c.answer.lines, o)
		return
	}
	c.send(o)
}

// send queues a line with the tags that the client wants.
func (c *client) send(o out) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.queue = append(c.queue, o.render(c.wants)+"\r\n")
	c.more.Signal()
}

// wants tells whether a tag may be sent.
func (c *client) wants(name string) bool {
	switch name {
	case "time":
		return c.caps["server-time"]
	case "account":
		return c.caps["account-tag"]
	case "batch", "draft/relaymsg":
		return c.caps[name]
	case "label":
		return c.caps["labeled-response"]
	}
	return c.caps["message-tags"]
}

func (c *client) end() {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.closed = true
	c.more.Signal()
}

func (c *client) write() {
	defer c.socket.Close()
	for {
		c.writing.Lock()
		for len(c.queue) == 0 && !c.closed {
			c.more.Wait()
		}
		lines := c.queue
		c.queue = nil
		c.writing.Unlock()
		if len(lines) == 0 {
			return
		}
		if _, err := c.socket.Write([]byte(strings.Join(lines, ""))); err != nil {
			return
		}
	}
}
