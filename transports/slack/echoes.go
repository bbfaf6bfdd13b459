package slack

// maxEchoes bounds what is remembered of what was sent.
const maxEchoes = 2000

// echoes keep what the account does here apart from what it does in other clients of Slack: both come as events, and those of the first kind can come before the
// answer to what was done. So own events of a conversation wait while something is on its way there.
type echoes struct {
	flying map[string]int         // by channel
	held   map[string][]delivered // by channel
	done   *recent[string]        // what the answers were about
}

func newEchoes() echoes {
	return echoes{flying: map[string]int{}, held: map[string][]delivered{}, done: newRecent[string](maxEchoes)}
}

// The marks of what was done.
func sentMark(channel, ts string) string          { return "sent " + channel + " " + ts }
func editMark(channel, ts, text string) string    { return "edit " + channel + " " + ts + " " + text }
func deletedMark(channel, ts string) string       { return "deleted " + channel + " " + ts }
func fileMark(channel string, file string) string { return "file " + channel + " " + file }

// flies has own events of a channel wait until the returned function is called with the marks of what was done.
func (s *Session) flies(c *connection, channel string) (landed func(marks ...string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.echoes.flying[channel]++
	return func(marks ...string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, mark := range marks {
			s.echoes.done.add(mark)
		}
		if s.echoes.flying[channel]--; s.echoes.flying[channel] > 0 {
			return
		}
		delete(s.echoes.flying, channel)
		held := s.echoes.held[channel]
		delete(s.echoes.held, channel)
		for _, event := range held {
			c.put(event)
		}
	}
}

// landings are told of when it is known what became of a command: an own event of which nobody knows whether it is what was done comes after the news that this is
// not known.
type landings []func()

func (l *landings) add(landed func(marks ...string), marks *[]string) {
	*l = append(*l, func() { landed(*marks...) })
}

func (l landings) tell() {
	for _, landed := range l {
		landed()
	}
}

// holds keeps an own event while something is on its way in its channel.
func (s *Session) holds(channel string, event delivered) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.echoes.flying[channel] == 0 {
		return false
	}
	s.echoes.held[channel] = append(s.echoes.held[channel], event)
	return true
}

// isEcho tells whether something was done here.
func (s *Session) isEcho(mark string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.echoes.done.has(mark)
}
