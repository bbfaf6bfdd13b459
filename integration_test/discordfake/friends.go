package discordfake

import "maps"

// The types of relations.
const (
	Friend   = 1
	Blocked  = 2
	Incoming = 3
	Outgoing = 4
)

// Relate makes a user something to an account, nothing where the type is 0, and tells.
func (s *Server) Relate(a *Bot, user string, kind int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setRelation(a.ID, user, kind)
}

func (s *Server) setRelation(account, user string, kind int) {
	of := s.relations[account]
	if of == nil {
		of = map[string]Object{}
		s.relations[account] = of
	}
	was := of[user]
	if kind == 0 {
		if delete(of, user); was != nil {
			s.tellOwn(account, "RELATIONSHIP_REMOVE", Object{"id": user, "type": was["type"], "nickname": nil})
		}
		return
	}
	r := Object{"id": user, "type": kind, "nickname": nil, "user": s.users[user], "user_ignored": false, "since": now()}
	of[user] = r
	s.tellOwn(account, "RELATIONSHIP_ADD", r)
}

// Related waits until a user is something to an account.
func (s *Server) Related(a *Bot, user string, kind int) {
	s.t.Helper()
	s.wait("such relation", func() bool {
		r := s.relations[a.ID][user]
		return kind == 0 && r == nil || r != nil && r["type"] == kind
	})
}

// Relation is how a user stands to an account, nil for nothing.
func (s *Server) Relation(a *Bot, user string) Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.relations[a.ID][user])
}

// relate asks somebody to be a friend, agrees where they ask, or shuts them out.
func (c *call) relate() (any, *refusal) {
	user := c.id("user")
	if c.users[user] == nil {
		return nil, &refusal{404, 10013, "Unknown User"}
	}
	was := c.relations[c.bot.ID][user]
	switch kind, _ := c.body["type"].(float64); {
	case kind == Blocked:
		c.setRelation(c.bot.ID, user, Blocked)
	case was != nil && was["type"] == Incoming:
		c.setRelation(c.bot.ID, user, Friend)
	case was == nil:
		c.setRelation(c.bot.ID, user, Outgoing)
	}
	return nil, nil
}

func (c *call) unrelate() (any, *refusal) {
	c.setRelation(c.bot.ID, c.id("user"), 0)
	return nil, nil
}

func (c *call) nickname() (any, *refusal) {
	r := c.relations[c.bot.ID][c.id("user")]
	if r == nil || r["type"] != Friend {
		return nil, &refusal{404, 10013, "Unknown User"}
	}
	r["nickname"] = c.body["nickname"]
	c.tellOwn(c.bot.ID, "RELATIONSHIP_UPDATE", Object{"id": r["id"], "type": r["type"], "nickname": r["nickname"]})
	return nil, nil
}
