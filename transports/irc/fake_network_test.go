package irc_test

import (
	"bufio"
	"fmt"
	"net"
	"path"
	"slices"
	"strings"
	"sync"
)

// fakeNetwork is a small IRC server for many users, in memory. It knows what RFC 2812 says of the commands that the laws
// need; the first in a room is its operator.
type fakeNetwork struct {
	mu    sync.Mutex
	users map[string]*fakeUser // by nick in lower case
	rooms map[string]*fakeRoom // by name in lower case
}

type fakeRoom struct {
	name, topic string
	members     []*fakeUser
	operators   map[*fakeUser]bool
}

// fakeUser has a queue of its own: one that does not read holds up nobody else.
type fakeUser struct {
	nick       string
	socket     net.Conn
	registered bool
	mu         sync.Mutex
	more       *sync.Cond
	queue      []string
	closed     bool
}

func newFakeNetwork() *fakeNetwork {
	return &fakeNetwork{users: map[string]*fakeUser{}, rooms: map[string]*fakeRoom{}}
}

// dial connects a new user.
func (n *fakeNetwork) dial() net.Conn {
	client, server := net.Pipe()
	u := &fakeUser{socket: server}
	u.more = sync.NewCond(&u.mu)
	go u.write()
	go n.serve(u)
	return client
}

// cut breaks a user's connection.
func (n *fakeNetwork) cut(nick string) {
	n.mu.Lock()
	u := n.users[strings.ToLower(nick)]
	n.mu.Unlock()
	n.quit(u, "Connection reset by peer")
	u.close()
}

func (u *fakeUser) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	u.more.Signal()
}

func (u *fakeUser) write() {
	defer u.socket.Close()
	for {
		u.mu.Lock()
		for len(u.queue) == 0 && !u.closed {
			u.more.Wait()
		}
		lines := u.queue
		u.queue = nil
		u.mu.Unlock()
		if len(lines) == 0 {
			return
		}
		if _, err := u.socket.Write([]byte(strings.Join(lines, ""))); err != nil {
			return
		}
	}
}

func (u *fakeUser) tell(format string, values ...any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.queue = append(u.queue, fmt.Sprintf(format, values...)+"\r\n")
	u.more.Signal()
}

func (u *fakeUser) mask() string { return u.nick + "!user@host.example" }

func (n *fakeNetwork) serve(u *fakeUser) {
	for in := bufio.NewScanner(u.socket); in.Scan(); {
		head, text, trailing := strings.Cut(in.Text(), " :")
		words := strings.Fields(head)
		if trailing {
			words = append(words, text)
		}
		if len(words) > 0 {
			n.mu.Lock()
			n.line(u, strings.ToUpper(words[0]), append(words[1:], "", "", ""))
			n.mu.Unlock()
		}
	}
	n.quit(u, "Quit")
	u.close()
}

func (n *fakeNetwork) line(u *fakeUser, command string, p []string) {
	numeric := func(number string, rest string) { u.tell(":irc.fake %s %s %s", number, u.nick, rest) }
	room := n.rooms[strings.ToLower(p[0])]
	switch command {
	case "CAP":
		switch p[0] {
		case "LS":
			u.tell(":irc.fake CAP * LS :multi-prefix userhost-in-names")
		case "REQ":
			u.tell(":irc.fake CAP * ACK :%s", p[1])
		}
	case "NICK":
		n.nick(u, p[0])
	case "USER":
		if u.registered = u.nick != ""; u.registered {
			numeric("001", ":Welcome")
			numeric("005", "CASEMAPPING=ascii CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,imnt TARGMAX=JOIN:4 :are supported by this server")
			numeric("422", ":No message of the day")
		}
	case "PING":
		u.tell(":irc.fake PONG irc.fake :%s", p[0])
	case "JOIN":
		for name := range strings.SplitSeq(p[0], ",") {
			n.join(u, name)
		}
	case "PART":
		if room == nil || !slices.Contains(room.members, u) {
			numeric("442", p[0]+" :You're not on that channel")
			return
		}
		room.tell(nil, ":%s PART %s :%s", u.mask(), room.name, p[1])
		n.remove(room, u)
	case "NAMES":
		n.names(u, room)
	case "PRIVMSG", "NOTICE":
		if other := n.users[strings.ToLower(p[0])]; other != nil {
			other.tell(":%s %s %s :%s", u.mask(), command, other.nick, p[1])
		} else if room == nil || !slices.Contains(room.members, u) {
			numeric("404", p[0]+" :Cannot send to channel")
		} else {
			room.tell(u, ":%s %s %s :%s", u.mask(), command, room.name, p[1])
		}
	case "TOPIC", "KICK", "MODE":
		switch {
		case room == nil:
			numeric("403", p[0]+" :No such channel")
		case command == "MODE" && p[1] == "":
			numeric("324", room.name+" +nt")
		case !room.operators[u]:
			numeric("482", p[0]+" :You're not channel operator")
		case command == "TOPIC":
			room.topic = p[1]
			room.tell(nil, ":%s TOPIC %s :%s", u.mask(), room.name, p[1])
		case command == "KICK":
			if other := n.users[strings.ToLower(p[1])]; other != nil && slices.Contains(room.members, other) {
				room.tell(nil, ":%s KICK %s %s :%s", u.mask(), room.name, other.nick, p[2])
				n.remove(room, other)
			} else {
				numeric("441", p[1]+" "+p[0]+" :They aren't on that channel")
			}
		default:
			room.tell(nil, ":%s MODE %s %s", u.mask(), room.name, strings.TrimSpace(strings.Join(p[1:], " ")))
		}
	case "WHO":
		for _, other := range n.users {
			if fits, _ := path.Match(strings.ToLower(p[0]), strings.ToLower(other.nick)); fits {
				numeric("352", "* user host.example irc.fake "+other.nick+" H :0 real name")
			}
		}
		numeric("315", p[0]+" :End of WHO list")
	case "WHOIS":
		if other := n.users[strings.ToLower(p[0])]; other != nil {
			numeric("311", other.nick+" user host.example * :real name")
		} else {
			numeric("401", p[0]+" :No such nick/channel")
		}
		numeric("318", p[0]+" :End of WHOIS list")
	case "LIST":
		for _, room := range n.rooms {
			numeric("322", fmt.Sprintf("%s %d :%s", room.name, len(room.members), room.topic))
		}
		numeric("323", ":End of LIST")
	case "QUIT":
		u.tell("ERROR :Closing Link")
		u.close()
	default:
		numeric("421", command+" :Unknown command")
	}
}

func (n *fakeNetwork) nick(u *fakeUser, nick string) {
	if other := n.users[strings.ToLower(nick)]; other != nil && other != u {
		u.tell(":irc.fake 433 * %s :Nickname is already in use", nick)
		return
	}
	if u.nick != "" {
		for other := range n.around(u) {
			other.tell(":%s NICK %s", u.mask(), nick)
		}
		delete(n.users, strings.ToLower(u.nick))
	}
	u.nick = nick
	n.users[strings.ToLower(nick)] = u
}

// around are those who see what a user does, and the user.
func (n *fakeNetwork) around(u *fakeUser) map[*fakeUser]bool {
	around := map[*fakeUser]bool{u: true}
	for _, room := range n.rooms {
		if slices.Contains(room.members, u) {
			for _, other := range room.members {
				around[other] = true
			}
		}
	}
	return around
}

func (n *fakeNetwork) join(u *fakeUser, name string) {
	room := n.rooms[strings.ToLower(name)]
	if room == nil {
		room = &fakeRoom{name: name, operators: map[*fakeUser]bool{u: true}}
		n.rooms[strings.ToLower(name)] = room
	}
	if slices.Contains(room.members, u) {
		return
	}
	room.members = append(room.members, u)
	room.tell(nil, ":%s JOIN %s", u.mask(), room.name)
	if room.topic != "" {
		u.tell(":irc.fake 332 %s %s :%s", u.nick, room.name, room.topic)
	}
	n.names(u, room)
}

func (n *fakeNetwork) names(u *fakeUser, room *fakeRoom) {
	if room == nil {
		return
	}
	var names []string
	for _, member := range room.members {
		sign := ""
		if room.operators[member] {
			sign = "@"
		}
		names = append(names, sign+member.mask())
	}
	u.tell(":irc.fake 353 %s = %s :%s", u.nick, room.name, strings.Join(names, " "))
	u.tell(":irc.fake 366 %s %s :End of NAMES", u.nick, room.name)
}

func (n *fakeNetwork) remove(room *fakeRoom, u *fakeUser) {
	room.members = slices.DeleteFunc(room.members, func(member *fakeUser) bool { return member == u })
	delete(room.operators, u)
	if len(room.members) == 0 {
		delete(n.rooms, strings.ToLower(room.name))
	}
}

func (n *fakeNetwork) quit(u *fakeUser, reason string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.users[strings.ToLower(u.nick)] != u {
		return
	}
	delete(n.users, strings.ToLower(u.nick))
	for other := range n.around(u) {
		if other != u {
			other.tell(":%s QUIT :%s", u.mask(), reason)
		}
	}
	for _, room := range n.rooms {
		n.remove(room, u)
	}
}

// tell tells everyone in the room but one.
func (r *fakeRoom) tell(but *fakeUser, format string, values ...any) {
	for _, member := range r.members {
		if member != but {
			member.tell(format, values...)
		}
	}
}
