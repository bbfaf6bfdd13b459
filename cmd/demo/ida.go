package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"gopkg.in/irc.v4"
)

const idaNick = "ida"

// ida is someone on IRC: she greets who joins, answers who speaks to her, and goes when told bye, to come back.
type ida struct {
	connection *irc.Conn
	absence    time.Duration
	back       *time.Timer // rings when it is time to come back
}

// runIda connects ida and lets her talk until the context ends; absence is how long a bye lasts. Ready gets nil when she is in the channel, or why not.
func runIda(ctx context.Context, address string, absence time.Duration, ready chan<- error) error {
	socket, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		ready <- err
		return err
	}
	defer context.AfterFunc(ctx, func() { socket.Close() })()
	defer socket.Close()
	i := &ida{connection: irc.NewConn(socket), absence: absence, back: time.NewTimer(time.Hour)}
	i.back.Stop()
	if err := i.enter(); err != nil {
		err = fmt.Errorf("%s enters IRC: %w", idaNick, err)
		ready <- err
		return err
	}
	ready <- nil
	return fmt.Errorf("%s left IRC: %w", idaNick, i.talk())
}

// enter registers (RFC 2812 §3.1) and waits until she is in the channel.
func (i *ida) enter() error {
	if err := i.write("NICK "+idaNick, "USER "+idaNick+" 0 * :Ida of the demo"); err != nil {
		return err
	}
	for {
		message, err := i.connection.ReadMessage()
		if err != nil {
			return err
		}
		switch message.Command {
		case "PING":
			err = i.write("PONG :" + message.Trailing())
		case "001":
			err = i.write("JOIN "+channel, "TOPIC "+channel+" :The demo's room. Say hello to "+idaNick+".")
		case "366":
			return nil
		case "ERROR", "433", "432":
			return fmt.Errorf("the server says: %s", message.Trailing())
		}
		if err != nil {
			return err
		}
	}
}

func (i *ida) talk() error {
	messages, failed := make(chan *irc.Message), make(chan error, 1)
	stopped := make(chan struct{})
	defer close(stopped)
	go func() {
		for {
			message, err := i.connection.ReadMessage()
			if err != nil {
				failed <- err
				return
			}
			select {
			case messages <- message:
			case <-stopped:
				return
			}
		}
	}()
	for {
		var lines []string
		select {
		case err := <-failed:
			return err
		case <-i.back.C:
			lines = []string{"JOIN " + channel, "PRIVMSG " + channel + " :Here I am again."}
		case message := <-messages:
			lines = i.answer(message)
		}
		if err := i.write(lines...); err != nil {
			return err
		}
	}
}

// answer gives the lines that she sends when the message comes.
func (i *ida) answer(message *irc.Message) []string {
	switch {
	case message.Command == "PING":
		return []string{"PONG :" + message.Trailing()}
	case message.Prefix == nil || message.Name == idaNick:
		return nil
	case message.Command == "JOIN":
		return []string{fmt.Sprintf("PRIVMSG %s :Welcome, %s! I am %s, and I am on IRC. Say my name and I answer; say bye and I go for %d seconds.",
			channel, message.Name, idaNick, int(i.absence.Seconds()))}
	case message.Command != "PRIVMSG" || len(message.Params) < 2:
		return nil
	}
	to, said := message.Params[0], strings.TrimSpace(message.Trailing())
	private := strings.EqualFold(to, idaNick)
	if private {
		to = message.Name
	}
	said, named := withoutName(said)
	switch {
	case strings.EqualFold(strings.Trim(said, ".!"), "bye"):
		i.back.Reset(i.absence)
		return []string{"PRIVMSG " + to + " :Bye! Watch me go and come.", "PART " + channel + " :back soon"}
	case private:
		return []string{"PRIVMSG " + to + " :This is between you and me. You said: " + said}
	case named:
		return []string{"PRIVMSG " + to + " :" + message.Name + ": I read you across the isthmus. You said: " + said}
	}
	return nil
}

// withoutName takes ida's name off the front of what was said and tells whether it was in it at all.
func withoutName(said string) (rest string, named bool) {
	for _, word := range strings.FieldsFunc(strings.ToLower(said), func(r rune) bool { return strings.ContainsRune(" ,:;.!?@", r) }) {
		named = named || word == idaNick
	}
	if named && strings.HasPrefix(strings.ToLower(strings.TrimPrefix(said, "@")), idaNick) {
		said = strings.TrimLeft(strings.TrimPrefix(said, "@")[len(idaNick):], " ,:;.!?")
	}
	return said, named
}

func (i *ida) write(lines ...string) error {
	for _, line := range lines {
		if err := i.connection.Write(line); err != nil {
			return err
		}
	}
	return nil
}
