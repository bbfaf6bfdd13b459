package relay

import (
	"slices"
	"strings"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// name is what a double is to be called on the network.
func (d *double) name() string {
	most := longName
	if d.short {
		most = shortName
	}
	end := strings.Repeat("_", d.renamed) + d.room.Doubles.Suffix
	return text.Pieces(d.speaker.Nick, max(most-characters(end), 1))[0] + end
}

// called gives a double the new name of its person.
func (d *double) called(nick string) {
	d.speaker.Nick, d.renamed = nick, 0
	if d.standing == outside {
		return
	}
	session, ctx, name := d.session, d.ctx, d.name()
	go session.Do(ctx, transports.SetName{Name: name}, func(_ transports.Result, err error) {
		if err != nil {
			d.room.relay.Log.Info("A person of a MUC cannot have their new name on a network.", "room", d.room.Name, "error", err)
		}
	})
}

// calledHere calls people of the MUC as they are called there, and not by the names of their doubles.
func (f *foreign) calledHere(t text.Text) text.Text {
	for _, d := range f.doubles {
		if d.standing == inside && strings.Contains(t.String(), d.self.Name) {
			t = renamed(t, d.self.Name, d.speaker.Nick)
		}
	}
	return t
}

func renamed(t text.Text, was, name string) text.Text {
	t = slices.Clone(t)
	for i := range t {
		t[i].Spans = slices.Clone(t[i].Spans)
		for j := range t[i].Spans {
			if s := &t[i].Spans[j]; s.Ref.URL == "" {
				s.Text = strings.ReplaceAll(s.Text, was, name)
			}
		}
		t[i].Children = renamed(t[i].Children, was, name)
	}
	return t
}

// seenLeaving notes that a user has left whom the relay's own account saw: if it was a double's, the name is free for others now.
func (f *foreign) seenLeaving(user transports.UserID) (ours bool) {
	d := f.ours[user]
	if d != nil && (d.standing == outside || d.self.ID != user) {
		delete(f.ours, user)
	}
	return d != nil
}

// forgetLeft forgets the names of doubles that are gone, when the relay's own account has come into the room anew.
func (f *foreign) forgetLeft() {
	for user, d := range f.ours {
		if d.standing == outside || d.self.ID != user {
			delete(f.ours, user)
		}
	}
}

// occupantRenamed and occupantLeft are what people of the MUC do, as their doubles follow.
func (r *Relay) occupantRenamed(key, nick string) {
	for _, f := range r.rooms {
		if d := f.doubles[key]; d != nil {
			d.called(nick)
		}
	}
}

func (r *Relay) occupantLeft(key string) {
	for _, f := range r.rooms {
		if f.doubles[key] != nil {
			r.after(linger, func() {
				if !r.present(key) {
					f.do(&task{make: func() transports.Command { // after what they have said
						if d := f.doubles[key]; d != nil {
							d.close()
						}
						return nil
					}})
				}
			})
		}
	}
}

// present tells whether somebody is in the MUC.
func (r *Relay) present(key string) bool {
	for _, o := range r.others {
		if o.key == key {
			return true
		}
	}
	return false
}
