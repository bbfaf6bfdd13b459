package irc

import (
	"bytes"
	"time"
)

// read hands over what the server says, until the end. It answers PING by itself: the rest may be waiting for the core.
func (c *connection) read() {
	defer c.inbox.close()
	for lines := newLineReader(c.socket); ; {
		line, err := lines.next()
		if err != nil {
			return
		}
		if mayBePing(line) {
			if m, ok := parse(line, c.network.in); ok && m.Command == "PING" && !c.pong(m.Trailing()) {
				return
			}
		}
		if !c.inbox.put(line) {
			return
		}
	}
}

// mayBePing is false for lines that are certainly none.
func mayBePing(line []byte) bool {
	line = bytes.TrimLeft(line, " ")
	for len(line) > 0 && (line[0] == '@' || line[0] == ':') { // tags, who sends it
		_, line, _ = bytes.Cut(line, []byte(" "))
		line = bytes.TrimLeft(line, " ")
	}
	return len(line) >= len("PING") && bytes.EqualFold(line[:len("PING")], []byte("PING"))
}

// pong answers a PING. RFC 2812 §3.7.2.
func (c *connection) pong(token string) bool {
	c.socket.SetWriteDeadline(time.Now().Add(writeWithin))
	_, err := c.socket.Write([]byte("PONG :" + oneLine(token) + "\r\n"))
	return err == nil
}

// write writes a batch and says what became of it. Its goroutine lives as long: most connections are idle.
func (c *connection) write(batch []byte) {
	c.socket.SetWriteDeadline(time.Now().Add(writeWithin))
	_, err := c.socket.Write(batch)
	c.inbox.add(func() { c.wroteBatch(err) })
}

func (c *connection) wroteBatch(err error) {
	if c.writing = false; cap(c.spare) > keptBatch {
		c.spare = nil
	}
	if err != nil {
		c.log().Info("irc: cannot write", "error", err)
		c.fail(offline("The connection to the server was lost."))
	}
}

// flush writes all that may go now, at once.
func (c *connection) flush() {
	if c.writing || c.saidBye || c.fault != nil {
		return
	}
	now := time.Now()
	c.forgetJoins()
	batch := c.out.take(c.spare[:0], now, c.support, c)
	if ping := c.confirm.ask(len(c.out.held) > 0 && c.quitting.IsZero()); ping != "" {
		batch = append(append(batch, ping...), "\r\n"...)
		c.out.charge(now)
	}
	if !c.quitting.IsZero() {
		batch = append(batch, "QUIT\r\n"...) // RFC 2812 §3.1.7
		c.saidBye = true
	}
	if len(batch) > 0 {
		c.writing, c.spare = true, batch
		go c.write(batch)
	}
}
