package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// mucs are the rooms of a Multi-User Chat service: who is in them, and what is said.
type mucs struct {
	server *xmppServer

	mu    sync.Mutex
	rooms map[string]*muc
	ids   int
	// said is told of each message that a room reflects: the nick, and the words.
	said func(room, nick, words string)
}

type muc struct{ occupants []occupant }

// occupant is somebody in a room: an address, and the nick there.
type occupant struct{ jid, nick string }

const mucDomain = "muc.load"

// serve takes what the gateway sends to rooms (XEP-0045 §7.2, §7.4).
func (m *mucs) serve(stanza []byte) {
	s := string(stanza)
	from, to := attr(s, "from"), attr(s, "to")
	room, nick, _ := strings.Cut(to, "/")
	if !strings.HasSuffix(room, mucDomain) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rooms[room]
	if r == nil {
		r = &muc{}
		m.rooms[room] = r
	}
	switch {
	case strings.HasPrefix(s, "<presence") && attr(s, "type") == "":
		m.enter(r, room, occupant{from, nick})
	case strings.HasPrefix(s, "<message") && strings.Contains(s, "<body>"):
		for _, o := range r.occupants {
			if o.jid == from {
				m.reflect(r, room, o.nick, s)
			}
		}
	}
}

func (m *mucs) enter(r *muc, room string, who occupant) {
	const item = "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/>"
	var out strings.Builder
	presence := func(of, to occupant, codes string) {
		fmt.Fprintf(&out, "<presence from='%s/%s' to='%s'>%s%s</x></presence>", room, of.nick, to.jid, item, codes)
	}
	for _, o := range r.occupants {
		presence(o, who, "")
		presence(who, o, "")
	}
	r.occupants = append(r.occupants, who)
	presence(who, who, "<status code='110'/>")
	fmt.Fprintf(&out, "<message type='groupchat' from='%s' to='%s'><subject/></message>", room, who.jid)
	m.server.send(out.String())
}

// reflect sends a message to all in the room.
func (m *mucs) reflect(r *muc, room, nick, s string) {
	m.ids++
	_, content, _ := strings.Cut(s, ">")
	content = strings.TrimSuffix(content, "</message>")
	_, words, _ := strings.Cut(s, "<body>")
	words, _, _ = strings.Cut(words, "</body>")
	var out strings.Builder
	for _, o := range r.occupants {
		fmt.Fprintf(&out, "<message type='groupchat' id='%s' from='%s/%s' to='%s'>%s<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='%d'/></message>", attr(s, "id"), room, nick, o.jid, content, room, m.ids)
	}
	m.server.send(out.String())
	if m.said != nil {
		m.said(room, nick, words)
	}
}

// info answers what is asked of rooms: that they give ids to messages.
func (m *mucs) info(e string) string {
	if !strings.HasSuffix(strings.Split(attr(e, "to"), "/")[0], mucDomain) {
		return ""
	}
	payload := ""
	if strings.Contains(e, "disco#info") {
		payload = "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:sid:0'/></query>"
	}
	return fmt.Sprintf("<iq type='result' id='%s' from='%s' to='%s'>%s</iq>", attr(e, "id"), attr(e, "to"), attr(e, "from"), payload)
}

// relays are so many, each of a MUC and a channel, with so many people in the channel who speak.
func relays(many, people, messages int) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		config := "relays:\n"
		for i := range many {
			config += fmt.Sprintf("  - {muc: r%d@%s, per_person: 0, per_relay: 0, rooms: [{transport: %s, network: %s, room: \"#r%[1]d\"}]}\n", i, mucDomain, domain, ircHost)
		}
		w, err := newWorld(program, served{more: config})
		if err != nil {
			return nil, err
		}
		defer w.close()
		if err := w.irc.filled(many); err != nil {
			return nil, w.failure("%v", err)
		}
		before, err := w.settled()
		if err != nil {
			return nil, err
		}
		began := time.Now()
		if err := w.exchange(many, many*people, func(i int) (int, int) { return i % many, i / many }, many*people); err != nil { // everyone comes in by their first words
			return nil, err
		}
		joined := time.Since(began)
		after, err := w.settled()
		if err != nil {
			return nil, err
		}
		profile := w.profiled(program)
		u, err := w.spending(func() error {
			return w.exchange(many, messages, func(i int) (int, int) { return i % many, i / many % people }, 100*many)
		})
		profile()
		if err != nil {
			return nil, err
		}
		back, err := w.spending(func() error { return w.answer(many, messages) })
		puppets := float64(many * people)
		return []figure{{float64(after-before) / puppets / kb, "kB", "of RSS a puppet"}, {float64(after) / mb, "MB", "RSS"}, {joined.Seconds(), "s", "until all are in"},
			{float64(messages) / u.wall.Seconds(), "/s", "messages to the MUCs"}, {float64(u.cpu.Nanoseconds()) / float64(messages) / 1e3, "µs", "of CPU each, with all copies"},
			{float64(messages) / back.wall.Seconds(), "/s", "messages to IRC"}}, err
	}
}

// filled waits until so many channels have a client in them.
func (s *ircServer) filled(many int) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		s.mu.Lock()
		in := 0
		for _, ch := range s.channels {
			in += min(len(ch.members), 1)
		}
		s.mu.Unlock()
		if in == many {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the relays are in %d of %d channels", in, many)
		}
	}
}

// exchange has people of the channels speak, and returns when the MUCs have reflected it all: each once, and of each channel in its order. At most window messages
// are under way.
func (w *world) exchange(many, messages int, who func(i int) (channel, person int), window int) error {
	c, credit := countdown(messages), make(chan struct{}, window)
	for range window {
		credit <- struct{}{}
	}
	last := make([]int, many)
	for i := range last {
		last[i] = -1
	}
	var wrong error
	w.rooms.mu.Lock()
	w.rooms.said = func(room, _, words string) {
		number, err := strconv.Atoi(words[strings.LastIndexByte(words, ' ')+1:])
		channel, _ := strconv.Atoi(strings.TrimPrefix(strings.Split(room, "@")[0], "r"))
		if err != nil || number <= last[channel] {
			wrong = fmt.Errorf("%s has %q after number %d", room, words, last[channel])
		}
		last[channel] = number
		credit <- struct{}{}
		c.count()
	}
	w.rooms.mu.Unlock()
	late := time.After(5 * patience)
	for i := range messages {
		select {
		case <-credit:
		case <-late:
			return w.failure("only %d of %d messages came", i, messages)
		}
		channel, person := who(i)
		w.irc.mu.Lock()
		for _, m := range w.irc.channels[fmt.Sprintf("#r%d", channel)].members {
			m.say(fmt.Sprintf(":u%d!u@h PRIVMSG #r%d :%s %d\r\n", person, channel, words, i))
		}
		w.irc.mu.Unlock()
	}
	if err := w.wait(c, 5*patience); err != nil {
		return err
	}
	w.rooms.mu.Lock()
	defer w.rooms.mu.Unlock()
	return wrong
}

// answer has somebody in each MUC speak, and returns when the channels have heard it all.
func (w *world) answer(many, messages int) error {
	c, credit := countdown(messages), make(chan struct{}, 100*many)
	for range cap(credit) {
		credit <- struct{}{}
	}
	w.irc.mu.Lock()
	w.irc.heard = func(_, _, _ string) { credit <- struct{}{}; c.count() }
	w.irc.mu.Unlock()
	w.rooms.mu.Lock()
	w.rooms.said = nil
	w.rooms.mu.Unlock()
	late := time.After(5 * patience)
	for i := range messages {
		select {
		case <-credit:
		case <-late:
			return w.failure("only %d of %d messages came", i, messages)
		}
		room := fmt.Sprintf("r%d@%s", i%many, mucDomain)
		w.rooms.mu.Lock()
		w.rooms.reflect(w.rooms.rooms[room], room, "alice", fmt.Sprintf("<message id='a%d'><body>%s %[1]d</body></message>", i, words))
		w.rooms.mu.Unlock()
	}
	return w.wait(c, 5*patience)
}
