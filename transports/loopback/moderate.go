package loopback

import (
	"strings"

	"isthmus/transports"
)

// setTopic changes what a room is about.
func (n *network) setTopic(u *user, c transports.SetTopic) error {
	r, err := n.inside(u, c.Room)
	if err != nil {
		return err
	}
	if r.role(u) < transports.Participant {
		return fault(transports.Forbidden, "You have no voice in %s, so you cannot set its topic.", r.Name)
	}
	r.Topic = transports.Topic{Text: oneLine(c.Text), By: u.Name, At: now()}
	n.tell(r, transports.TopicChanged{Room: r.ID, Topic: r.Topic})
	return nil
}

// mayModerate says why a user may not change the standing of another (XEP-0045 §8.2: nobody moderates who stands higher).
func (r *room) mayModerate(u, other *user) error {
	switch {
	case r.role(u) != transports.Moderator:
		return fault(transports.Forbidden, "Only a moderator of %s can do this.", r.Name)
	case u != other && r.Affiliations[other.ID] > r.Affiliations[u.ID]:
		return fault(transports.Forbidden, "%s stands higher in %s than you.", other.Name, r.Name)
	}
	return nil
}

// setRole gives or takes voice, or removes someone (XEP-0045 §8).
func (n *network) setRole(u *user, c transports.SetRole) error {
	r, err := n.inside(u, c.Room)
	if err != nil {
		return err
	}
	other, err := n.find(c.User)
	if err != nil {
		return err
	}
	if _, there := r.Members[other.ID]; !there {
		return fault(transports.NotFound, "%s is not in %s.", other.Name, r.Name)
	}
	if err := r.mayModerate(u, other); err != nil {
		return err
	}
	if c.Role == transports.NoRole {
		n.remove(other, r, transports.MemberLeft{Cause: transports.Kicked, By: u.Name, Reason: c.Reason})
		return nil
	}
	if c.Role < transports.Moderator && r.Affiliations[other.ID] >= transports.Admin {
		return fault(transports.Forbidden, "%s is an owner or administrator of %s, and always a moderator.", other.Name, r.Name)
	}
	r.Members[other.ID] = c.Role
	n.tell(r, transports.MemberChanged{Room: r.ID, Member: r.member(other), By: u.Name})
	return nil
}

// setAffiliation changes a lasting standing (XEP-0045 §9, §10). A ban acts at once, and an open door that closes too.
func (n *network) setAffiliation(u *user, c transports.SetAffiliation) error {
	r, err := n.inside(u, c.Room)
	if err != nil {
		return err
	}
	other, err := n.find(c.User)
	if err != nil {
		return err
	}
	if err := r.mayModerate(u, other); err != nil {
		return err
	}
	own := r.Affiliations[u.ID]
	switch {
	case own < transports.Admin || c.Affiliation >= transports.Admin && own < transports.Owner:
		return fault(transports.Forbidden, "Your standing in %s does not allow this.", r.Name)
	case u == other && own == transports.Owner && c.Affiliation < own && r.owners() == 1:
		return fault(transports.Conflict, "You are the last owner of %s. Make someone else an owner first.", r.Name)
	}
	if r.Affiliations[other.ID] = c.Affiliation; c.Affiliation == transports.NoAffiliation {
		delete(r.Affiliations, other.ID)
	}
	_, there := r.Members[other.ID]
	switch {
	case !there:
	case c.Affiliation == transports.Outcast:
		n.remove(other, r, transports.MemberLeft{Cause: transports.Banned, By: u.Name, Reason: c.Reason})
	case c.Affiliation == transports.NoAffiliation && r.MembersOnly:
		n.remove(other, r, transports.MemberLeft{Cause: transports.Removed, By: u.Name, Reason: "The room is open to its members alone."})
	default:
		r.Members[other.ID] = r.usualRole(c.Affiliation)
		n.tell(r, transports.MemberChanged{Room: r.ID, Member: r.member(other), By: u.Name})
	}
	return nil
}

func (r *room) owners() int {
	count := 0
	for _, a := range r.Affiliations {
		if a == transports.Owner {
			count++
		}
	}
	return count
}

// setRules changes what holds in a room, and with it who has a voice there.
func (n *network) setRules(r *room, rules Rules) {
	if r.Rules == rules {
		return
	}
	moderated := r.Moderated != rules.Moderated
	r.Rules = rules
	for id := range r.Members {
		u := n.Users[id]
		state := n.state(r, u)
		state.Members, state.Complete = []transports.Member{r.member(u)}, false // only what is new
		u.tell(state)
	}
	for id := range r.Members {
		if u := n.Users[id]; moderated && r.Affiliations[id] == transports.NoAffiliation {
			r.Members[id] = r.usualRole(transports.NoAffiliation)
			n.tell(r, transports.MemberChanged{Room: r.ID, Member: r.member(u)})
		}
	}
}

// changeRules changes what holds in a room, as its owner wants it.
func (n *network) changeRules(u *user, c transports.SetRules) error {
	r, err := n.inside(u, c.Room)
	if err != nil {
		return err
	}
	rules := Rules{Moderated: c.Rules.Moderated, MembersOnly: c.Rules.MembersOnly, Hidden: c.Rules.Hidden, Lacks: r.Lacks}
	if c.Rules.Locked {
		if rules.Password = c.Password; rules.Password == "" {
			rules.Password = r.Password
		}
	}
	switch {
	case r.Affiliations[u.ID] != transports.Owner:
		return fault(transports.Forbidden, "Only an owner can change the rules of %s.", r.Name)
	case c.Rules.Locked && rules.Password == "":
		return fault(transports.Invalid, "A room that is locked needs a password.")
	}
	n.setRules(r, rules)
	return nil
}

// invite asks a user to come in; into a room of members it makes them one.
func (n *network) invite(u *user, c transports.Invite) error {
	r, err := n.inside(u, c.Room)
	if err != nil {
		return err
	}
	other, err := n.find(c.User)
	if err != nil {
		return err
	}
	switch _, there := r.Members[other.ID]; {
	case there:
		return fault(transports.Conflict, "%s is in %s already.", other.Name, r.Name)
	case r.Affiliations[other.ID] == transports.Outcast:
		return fault(transports.Forbidden, "%s is banned from %s.", other.Name, r.Name)
	case r.MembersOnly && r.role(u) != transports.Moderator:
		return fault(transports.Forbidden, "Only a moderator can invite into %s.", r.Name)
	}
	if r.MembersOnly && r.Affiliations[other.ID] == transports.NoAffiliation {
		r.Affiliations[other.ID] = transports.AffiliatedMember
	}
	other.tell(transports.Invited{Room: r.ID, Name: r.Name, By: u.User, Reason: c.Reason})
	return nil
}

// create makes a room and brings its owner in.
func (n *network) create(u *user, c transports.Create) (transports.Result, error) {
	name := oneLine(c.Name)
	if name == "" {
		name = strings.TrimPrefix(oneLine(string(c.ID)), "#")
	}
	switch {
	case n.Rooms[c.ID] != nil || n.named(name) != nil:
		return transports.Result{}, fault(transports.Conflict, "There is a room %s already.", name)
	case c.Parent != "" && n.Rooms[c.Parent] == nil:
		return transports.Result{}, noRoom(c.Parent)
	}
	r := n.addRoom(name, c.Parent)
	n.enter(u, r)
	return transports.Result{Room: r.ID}, nil
}

// destroy ends a room for everyone.
func (n *network) destroy(u *user, c transports.Destroy) error {
	r, err := n.inside(u, c.Room)
	if err != nil {
		return err
	}
	if r.Affiliations[u.ID] != transports.Owner {
		return fault(transports.Forbidden, "Only an owner can destroy %s.", r.Name)
	}
	n.end(r, u.Name, c.Reason)
	return nil
}

func (n *network) end(r *room, by, reason string) {
	for id := range r.Members {
		n.Users[id].tell(transports.MemberLeft{Room: r.ID, User: n.Users[id].User, Cause: transports.Removed, By: by, Reason: reason})
	}
	delete(n.Rooms, r.ID)
}

// setRoomName changes what people call a room.
func (n *network) setRoomName(u *user, c transports.SetRoomName) error {
	r, err := n.inside(u, c.Room)
	if err != nil {
		return err
	}
	name := oneLine(c.Name)
	switch other := n.named(name); {
	case r.role(u) != transports.Moderator:
		return fault(transports.Forbidden, "Only a moderator can rename %s.", r.Name)
	case name == "":
		return fault(transports.Invalid, "A name cannot be empty.")
	case other != nil && other != r:
		return fault(transports.Conflict, "There is a room %s already.", name)
	}
	r.Name = name
	n.tell(r, transports.RoomChanged{Room: r.ID, Name: r.Name, Parent: r.Parent, Picture: r.Picture})
	return nil
}

// foldName is a room's name as people may write it.
func foldName(name string) string { return strings.ToLower(strings.TrimPrefix(name, "#")) }
