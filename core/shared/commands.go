package shared

import (
	"context"
	"time"

	"isthmus/transports"
)

var notConnected = &transports.Fault{Kind: transports.Offline, Text: "There is no connection to the network now. It is being tried again; send this later."}

// Do carries out a command of the person's.
func (a *attached) Do(ctx context.Context, command transports.Command, done func(transports.Result, error)) {
	taken := make(chan struct{}) // the next command of the place may follow
	if ctx.Err() != nil || !a.group.post(func() { a.group.do(ctx, a, command, done, func() { close(taken) }) }) {
		done(transports.Result{}, notConnected)
		return
	}
	<-taken
}

// do carries out a command: what concerns only those who share the account is done here, all else by the session of all.
func (g *Group) do(ctx context.Context, a *attached, command transports.Command, done func(transports.Result, error), taken func()) {
	s := g.stayOf(a)
	if s == nil || g.online == nil {
		done(transports.Result{}, notConnected)
		taken()
		return
	}
	if !g.onlineFor(s).Can.Allows(command) {
		done(transports.Result{}, transports.ErrUnsupported)
		taken()
		return
	}
	switch c := command.(type) {
	case transports.Join:
		g.join(s, c, done)
		taken()
	case transports.Leave:
		g.leaveRoom(s, c.Room, c.Reason)
		s.do(func(func(transports.Event)) { done(transports.Result{}, nil) }) // after the person has been told
		taken()
	case transports.Create:
		g.hand(s, c, func(r transports.Result, err error) {
			if err != nil || !g.post(func() { g.letIn(g.room(r.Room), waiting{s, func(transports.Result, error) { done(r, nil) }}) }) {
				done(r, err)
			}
		})
		taken()
	case transports.SetName:
		g.rename(a, s, c.Name)
		s.do(func(func(transports.Event)) { done(transports.Result{}, nil) })
		taken()
	default:
		g.pass(ctx, s, command, done, taken)
	}
}

// stayOf is where a person is now, nil while they are not.
func (g *Group) stayOf(a *attached) *stay {
	for s := range g.people {
		if s.person.ID == a.person.ID && s.ctx.Err() == nil {
			return s
		}
	}
	return nil
}

// rename gives a person another name, for the others and for what they say from now on.
func (g *Group) rename(a *attached, s *stay, name string) {
	a.person.Name, s.person.Name = name, name
	for other := range g.people {
		other.tell(transports.UserRenamed{Was: s.person.ID, User: s.user()})
	}
}

// hand gives a command to the session, after those of the same place.
func (g *Group) hand(s *stay, c transports.Command, done func(transports.Result, error)) {
	session := g.session
	work := func() { session.Do(context.Background(), c, done) }
	if _, leaving := c.(transports.Leave); leaving {
		g.lanes.Must(c.In(), work)
		return
	}
	if !g.lanes.Go(c.In(), work) {
		done(transports.Result{}, &transports.Fault{Kind: transports.RateLimited, Text: "Too much is waiting to be sent through this account. Wait a moment, then send it again."})
	}
}

// pass gives the session a command about messages, in the person's name, and tells the others what came of it.
func (g *Group) pass(ctx context.Context, s *stay, command transports.Command, done func(transports.Result, error), taken func()) {
	place := command.In()
	if place.Room == "" && place.User != "" && g.between(s, command, done) {
		taken()
		return
	}
	if fault := g.refusal(s, command); fault != nil {
		done(transports.Result{}, fault)
		taken()
		return
	}
	unproved, fault := g.unproved(s, command)
	if fault != nil {
		done(transports.Result{}, fault)
		taken()
		return
	}
	persona := &transports.Persona{Name: s.person.Name}
	if s.person.Picture != nil {
		persona.Picture = s.person.Picture()
	}
	after := func(transports.Result) {}
	switch c := command.(type) {
	case transports.Send:
		if c.As == nil && !s.person.Itself { // who relays speaks for others
			c.As = persona
		}
		g.spoken.sending(c.Nonce, s.user())
		command, after = c, func(r transports.Result) { g.sent(s, c, r) }
	case transports.Edit:
		if c.As == nil && !s.person.Itself {
			c.As = persona
		}
		command, after = c, func(transports.Result) {
			g.tellOthers(s, place, transports.Edited{Place: place, ID: c.ID, From: s.user(), At: time.Now(), Style: c.Style, Text: c.Text})
		}
	case transports.Delete:
		after = func(transports.Result) {
			g.tellOthers(s, place, transports.Deleted{Place: place, ID: c.ID, By: s.user(), At: time.Now(), Reason: c.Reason})
		}
	case transports.React:
		after = func(transports.Result) { g.reacted(s, c) }
	case transports.SetTyping:
		after = func(transports.Result) {
			g.tellOthers(s, place, transports.Typing{Place: place, From: s.user(), On: c.On})
		}
	}
	session := g.session
	work := func() {
		defer func() { // after what is known of it already, so that one that is to be tried again stays before the next
			if !g.post(taken) {
				taken()
			}
		}()
		if id := unproved; id != "" && (g.Mine == nil || !g.Mine(ctx, s.person.ID, place, id)) {
			done(transports.Result{}, notTheirs)
			return
		}
		if c, is := command.(transports.React); is {
			all, err := g.together(ctx, s, c)
			if err != nil {
				done(transports.Result{}, err)
				return
			}
			command = all
		}
		session.Do(ctx, command, func(r transports.Result, err error) {
			known := g.post(func() {
				if err == nil {
					after(r)
				} else {
					g.spoken.failed(command, err)
				}
				done(r, err)
			})
			if !known {
				done(r, err)
			}
		})
	}
	if !g.lanes.Go(place, work) {
		full := &transports.Fault{Kind: transports.RateLimited, Text: "Too much is waiting to be sent through this account. Wait a moment, then send it again."}
		g.spoken.failed(command, full)
		done(transports.Result{}, full)
		taken()
	}
}

// refusal is why a person may not do something through the account, nil where they may.
func (g *Group) refusal(s *stay, command transports.Command) *transports.Fault {
	place := command.In()
	switch {
	case s.person.Owner:
	case place.User != "":
		return &transports.Fault{Kind: transports.Forbidden, Text: "This account is shared by many, so there are no private talks through it. Write in a room, or log in with an account of your own."}
	case place.Room != "" && g.May(s.person.ID, place.Room) != MayWrite:
		return &transports.Fault{Kind: transports.Forbidden, Text: "The owner of this account lets you read here, and not write."}
	}
	return nil
}

var notTheirs = &transports.Fault{Kind: transports.Forbidden, Text: "Through this account only what you have said yourself can be changed."}

// unproved is the message that a person wants to change where it is not known whether it is theirs; the fault is for those of others.
func (g *Group) unproved(s *stay, command transports.Command) (transports.MessageID, *transports.Fault) {
	var id transports.MessageID
	switch c := command.(type) {
	case transports.Edit:
		id = c.ID
	case transports.Delete:
		id = c.ID
	}
	if id == "" || s.person.Owner {
		return "", nil
	}
	switch author, known := g.spoken.author(command.In(), id); {
	case !known:
		return id, nil
	case author.ID != s.person.ID:
		return "", notTheirs
	}
	return "", nil
}

// between delivers what is said from one to another of those who share the account; it is false where the other is a user of the network.
func (g *Group) between(s *stay, command transports.Command, done func(transports.Result, error)) bool {
	to := command.In().User
	found := false
	for other := range g.people {
		if other.person.ID != to {
			continue
		}
		found = true
		switch c := command.(type) {
		case transports.Send:
			other.tell(transports.Message{Place: transports.TalkWith(s.person.ID), From: s.user(), Style: c.Style, Text: c.Text})
		case transports.SetTyping:
			other.tell(transports.Typing{Place: transports.TalkWith(s.person.ID), From: s.user(), On: c.On})
		default:
			done(transports.Result{}, &transports.Fault{Kind: transports.Invalid, Text: "They share this account with you, and are no user of the network."})
			return true
		}
	}
	if found {
		done(transports.Result{}, nil)
	}
	return found
}
