package loopback

import (
	"time"

	"isthmus/transports"
)

// Weather is how badly a user's connections carry what happens. The zero value is a fine day.
type Weather struct {
	// Delay is how much later everything comes.
	Delay time.Duration
	// Of events about what is said and how people are, every so many-th is lost, comes twice, or comes after the next one; 0 for none.
	Lose, Duplicate, Swap int
}

// SetWeather changes how the connections of a user carry events, from now on. It does nothing to those of a Person.
func (n *Network) SetWeather(id transports.UserID, w Weather) {
	n.ask(func(n *network) {
		if u := n.Users[id]; u != nil {
			u.weather = w
		}
	})
}

// exposed tells the events that the weather may do something to. Others would be missed in ways that no network's do.
func exposed(e transports.Event) bool {
	switch e.(type) {
	case transports.Message, transports.Edited, transports.Deleted, transports.Reacted, transports.Read, transports.Typing, transports.PresenceChanged:
		return true
	}
	return false
}

// tell puts an event into the queue, as the weather lets it.
func (c *client) tell(e transports.Event) {
	w := c.user.weather
	if c.byHand || w == (Weather{}) || !exposed(e) {
		c.put(item{event: e})
		c.catchUp()
		return
	}
	c.carried++
	every := func(n int) bool { return n > 0 && c.carried%n == 0 }
	switch {
	case every(w.Lose):
		return
	case every(w.Swap) && c.late == nil:
		c.late = e
		return
	}
	c.put(item{event: e})
	if every(w.Duplicate) {
		c.put(item{event: e})
	}
	c.catchUp()
}

// catchUp puts the event that came too late.
func (c *client) catchUp() {
	if late := c.late; late != nil {
		c.late = nil
		c.put(item{event: late})
	}
}
