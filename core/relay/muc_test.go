package relay

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// muc is a room as RFC-like as the relay needs one. What is done in it is noted as a person sees it.
type muc struct {
	mu        sync.Mutex
	relay     *Relay
	marks     []string          // of what the relay says
	others    []*stanza.Element // what other relays tell of themselves
	occupants map[stanza.JID]string
	people    []string // who is there besides
	mods      []string // who of them moderates
	roles     map[string]xmpp.Condition
	history   []*stanza.Stanza
	times     []time.Time // when it was said
	serial    int
	seen      []string
	up        bool
	slow      bool // reflects messages a second later
	archive   bool
	asked     int  // how often the archive was
	nameless  bool // gives no stanza-ids
	account   bool // is somebody's account that behaves like a room
	deaf      bool // takes messages and reflects none
	loses     bool // takes messages and loses them
}

func (m *muc) taken() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := m.seen
	m.seen = nil
	return seen
}

func (m *muc) Request(iq *stanza.Stanza, _ time.Duration, answer func(*stanza.Stanza)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	result := iq.Result()
	if iq.Child("http://jabber.org/protocol/disco#info", "query") != nil {
		info := stanza.New("http://jabber.org/protocol/disco#info", "query")
		if !m.account {
			info.Add(stanza.New("", "feature", "var", "http://jabber.org/protocol/muc"))
		}
		if !m.nameless {
			info.Add(stanza.New("", "feature", "var", "urn:xmpp:sid:0"))
		}
		if m.archive {
			info.Add(stanza.New("", "feature", "var", "urn:xmpp:mam:2"))
		}
		result.Add(info)
	}
	if query := iq.Child("urn:xmpp:mam:2", "query"); query != nil {
		m.asked++
		for i, h := range m.history {
			inner := stanza.New("jabber:client", "message", "type", "groupchat", "from", h.From.String(), "id", h.ID).Add(h.Payload...)
			forwarded := stanza.New("urn:xmpp:forward:0", "forwarded").Add(xep.Delay(m.relay.MUC, m.times[i]), inner)
			m.handle((&stanza.Stanza{Kind: stanza.Message, From: m.relay.MUC, To: iq.From}).Add(
				stanza.New("urn:xmpp:mam:2", "result", "queryid", query.Attr("queryid"), "id", fmt.Sprint("s", i+1)).Add(forwarded)))
		}
		result.Add(stanza.New("urn:xmpp:mam:2", "fin", "complete", "true"))
	}
	if _, there := m.occupants[iq.From]; xep.IsPing(iq) && !there {
		result = iq.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.NotAcceptable})
	}
	go answer(result)
}

func (m *muc) Pass(s *stanza.Stanza) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.up {
		return false
	}
	s = read(s)
	switch {
	case s.Kind == stanza.Presence && s.Type == "unavailable":
		if nick, there := m.occupants[s.From]; there {
			delete(m.occupants, s.From)
			m.note("%s leaves", nick)
			m.presence(s.From, nick, "unavailable", s.From, 110)
		}
	case s.Kind == stanza.Presence:
		m.enter(s)
	case s.Type == "groupchat":
		m.say(s)
	case s.Kind == stanza.IQ:
		m.note("%s is told by %s: %s", s.To.Resource, s.From, s.Child("vcard-temp", "vCard").Child("vcard-temp", "FN").Text())
	case s.Type == "chat":
		m.note("bridge to %s: %s", s.To.Resource, s.ChildText("", "body"))
	}
	return true
}

func (m *muc) note(format string, values ...any) {
	m.seen = append(m.seen, fmt.Sprintf(format, values...))
}

func (m *muc) enter(s *stanza.Stanza) {
	nick := s.To.Resource
	if condition := m.roles[nick]; condition != "" {
		go m.handle(s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: condition}))
		return
	}
	was, there := m.occupants[s.From]
	for who, other := range m.occupants {
		if other == nick && who != s.From || slices.Contains(m.people, nick) {
			go m.handle(s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.Conflict}))
			return
		}
	}
	m.occupants[s.From] = nick
	if s.From == m.relay.JID {
		for _, n := range m.people {
			m.tell(s.From, n, "", stanza.JID{})
		}
		for who, n := range m.occupants {
			if who != s.From {
				m.tell(s.From, n, "", who)
			}
		}
	}
	photo := s.Child("vcard-temp:x:update", "x").Child("vcard-temp:x:update", "photo").Text()
	if there && was == nick && photo != "" {
		m.note("%s shows %s", nick, photo)
		return
	}
	if there && was != nick {
		m.note("%s is called %s", was, nick)
		m.presence(s.From, was, "unavailable", s.From, 110, 303)
	} else {
		m.note("%s enters", nick)
	}
	m.presence(s.From, nick, "", s.From, 110)
	if s.From != m.relay.JID {
		return
	}
	if since, err := time.Parse(time.RFC3339, s.Child(xep.NSMUC, "x").Child(xep.NSMUC, "history").Attr("since")); err == nil {
		for i, h := range m.history {
			if !m.times[i].Before(since) {
				m.hand(h)
			}
		}
	}
	m.hand((&stanza.Stanza{Kind: stanza.Message, Type: "groupchat", From: m.relay.MUC}).Add(stanza.New("", "subject")))
}

// handle gives the relay a stanza.
func (m *muc) handle(s *stanza.Stanza) { m.relay.Handle(read(s)) }

// read is a stanza as it comes from a stream.
func read(s *stanza.Stanza) *stanza.Stanza {
	var content []byte
	for _, e := range s.Payload {
		content = e.Append(content)
	}
	copied := *s
	copied.Payload = stanza.Parse(content)
	return &copied
}

// presence tells an occupant, and the bot, of an occupant.
func (m *muc) presence(of stanza.JID, nick, kind string, to stanza.JID, codes ...int) {
	m.tell(to, nick, kind, of, codes...)
	if to != m.relay.JID {
		m.tell(m.relay.JID, nick, kind, of)
	}
}

func (m *muc) tell(to stanza.JID, nick, kind string, of stanza.JID, codes ...int) {
	item := xep.OccupantItem{Affiliation: "none", Role: "participant"}
	if slices.Contains(codes, 303) {
		item.Nick = m.occupants[of]
	}
	if slices.Contains(codes, 307) || slices.Contains(codes, 301) {
		item.Actor = "alice"
	}
	s := &stanza.Stanza{Kind: stanza.Presence, Type: kind, From: m.relay.MUC.WithResource(nick), To: to}
	if slices.Contains(m.mods, nick) {
		item.Role = "moderator"
	}
	if nick == "other" && len(m.others) > 0 {
		s.Add(m.others...)
	}
	m.handle(s.Add(item.Element(codes...)))
}

func (m *muc) say(s *stanza.Stanza) {
	nick, there := m.occupants[s.From]
	if !there {
		go m.handle(s.Refuse(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable}))
		return
	}
	if m.loses {
		return
	}
	from, _ := marked(s)
	m.marks = append(m.marks, from)
	what := s.ChildText("", "body")
	for _, e := range s.Payload {
		switch {
		case e.Name == "replace":
			what = "(corrected) " + what
		case e.Name == "reactions":
			what += "reacts to " + e.Attr("id")
		case e.Name == "retract":
			what = "retracts " + e.Attr("id")
		case e.Name == "reply":
			what += " (answers " + e.Attr("id") + ")"
		case e.Name == "subject":
			what = "topic: " + e.Text()
		case e.Name == "composing" || e.Name == "paused":
			what = "(" + e.Name + ")"
		case e.Name == "thread":
			what += " (thread " + e.Text() + ")"
		}
	}
	m.note("%s: %s", nick, what)
	m.reflect(s, nick)
}

func (m *muc) reflect(s *stanza.Stanza, nick string) {
	m.serial++
	r := &stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: s.ID, From: m.relay.MUC.WithResource(nick)}
	r.Add(s.Payload...).Add(xep.StanzaID(m.relay.MUC, fmt.Sprint("s", m.serial)))
	m.history, m.times = append(m.history, r), append(m.times, time.Now())
	if m.deaf {
		return
	}
	for who := range m.occupants {
		copied := *r
		copied.To = who
		if m.slow {
			time.AfterFunc(time.Second, func() { m.handle(&copied) })
			continue
		}
		m.handle(&copied)
	}
}

func (m *muc) hand(s *stanza.Stanza) {
	copied := *s
	copied.To = m.relay.JID
	m.handle(&copied)
}

// says has one of the MUC's own people say something.
func (m *muc) says(nick, id string, children ...*stanza.Element) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !slices.Contains(m.people, nick) {
		m.people = append(m.people, nick)
		m.tell(m.relay.JID, nick, "", stanza.JID{})
	}
	m.reflect((&stanza.Stanza{ID: id}).Add(children...), nick)
}

func body(words string) *stanza.Element { return stanza.Text("", "body", words) }

// putsOut has a moderator put an occupant out.
func (m *muc) putsOut(nick string, codes ...int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for who, n := range m.occupants {
		if n == nick {
			delete(m.occupants, who)
			m.presence(who, nick, "unavailable", who, append(codes, 110)...)
		}
	}
}

// isCalled gives one of the MUC's own people another nick, and leaves has one leave.
func (m *muc) isCalled(nick, other string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.people[slices.Index(m.people, nick)] = other
	item := xep.OccupantItem{Affiliation: "none", Role: "participant", Nick: other}
	m.handle((&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: m.relay.MUC.WithResource(nick), To: m.relay.JID}).Add(item.Element(303)))
	m.tell(m.relay.JID, other, "", stanza.JID{})
}

func (m *muc) leaves(nick string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.people = slices.DeleteFunc(m.people, func(n string) bool { return n == nick })
	m.tell(m.relay.JID, nick, "unavailable", stanza.JID{})
}

// moderates makes one of the MUC's own people a moderator, or ceases to.
func (m *muc) moderates(nick string, does bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mods = slices.DeleteFunc(m.mods, func(n string) bool { return n == nick })
	if does {
		m.mods = append(m.mods, nick)
	}
	m.tell(m.relay.JID, nick, "", stanza.JID{})
}
