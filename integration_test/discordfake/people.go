package discordfake

import "fmt"

// Say has a user say something in a channel, with more fields of the message, and gives its id.
func (s *Server) Say(channel, user, content string, more Object) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	return str(s.publish(ch, s.newMessage(ch, s.users[user], content, more, nil))["id"])
}

// Upload has a user send a file.
func (s *Server) Upload(channel, user, name, kind, data string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	return str(s.publish(ch, s.newMessage(ch, s.users[user], "", nil, []upload{{name, kind, []byte(data)}}))["id"])
}

// Tell has a user say something to a bot alone.
func (s *Server) Tell(user, bot, content string) string {
	s.mu.Lock()
	ch := str(s.talk(bot, user)["id"])
	s.mu.Unlock()
	return s.Say(ch, user, content, nil)
}

// Answer has a user answer a message.
func (s *Server) Answer(channel, user, to, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	m := s.newMessage(ch, s.users[user], content, nil, nil)
	if no := s.refer(ch, m, to, true); no != nil {
		s.t.Fatalf("there is no message %s to answer", to)
	}
	s.publish(ch, m)
}

// Edit, Delete and React have a message changed.
func (s *Server) Edit(channel, id, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change(s.channels[channel], s.mustHave(channel, id), content)
}

// Delete has a message deleted.
func (s *Server) Delete(channel, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.channels[channel], s.mustHave(channel, id))
}

// React has a user put a reaction on a message, or take it away.
func (s *Server) React(channel, id, user, emoji string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setReaction(s.channels[channel], s.mustHave(channel, id), user, emoji, on)
}

// Type has a user write.
func (s *Server) Type(channel, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.typed(s.channels[channel], user)
}

func (s *Server) mustHave(channel, id string) Object {
	m := s.message(channel, id)
	if m == nil {
		s.t.Fatalf("there is no message %s in %s", id, channel)
	}
	return m
}

// Find waits for the last message with this content in any channel, and gives its channel and id.
func (s *Server) Find(content string) (channel, id string) {
	s.t.Helper()
	m := s.Await(fmt.Sprintf("message %q", content), func(m Object) bool { return m["content"] == content })
	return str(m["channel_id"]), str(m["id"])
}

// Await waits for a message that fits.
func (s *Server) Await(what string, fits func(Object) bool) (found Object) {
	s.t.Helper()
	s.wait(what, func() bool {
		for _, all := range s.messages {
			for _, m := range all {
				if fits(m) {
					found = with(m, nil)
				}
			}
		}
		return found != nil
	})
	return found
}

// Gone waits until a message is in no channel any more.
func (s *Server) Gone(id string) {
	s.t.Helper()
	s.wait("end of message "+id, func() bool {
		for channel := range s.messages {
			if s.message(channel, id) != nil {
				return false
			}
		}
		return true
	})
}

// Messages are those of a channel, in order.
func (s *Server) Messages(channel string) (all []Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages[channel] {
		all = append(all, with(m, nil))
	}
	return all
}
