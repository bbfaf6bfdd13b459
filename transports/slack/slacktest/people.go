package slacktest

import (
	"slices"
	"time"
)

// AddChannel makes a channel with those in it; the first is who made it.
func (w *Workspace) AddChannel(name string, private bool, members ...*User) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	letter := "C"
	if private {
		letter = "G"
	}
	c := &channel{id: w.id(letter), name: name, private: private, read: map[string]string{}, topic: topicObject("", ""), purpose: topicObject("", "")}
	for _, u := range members {
		c.members = append(c.members, u.ID)
	}
	if len(members) > 0 {
		c.creator = members[0].ID
	}
	w.channels[c.id] = c
	return c.id
}

// Channel is the channel of a name.
func (w *Workspace) Channel(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.channels {
		if c.name == name {
			return c.id
		}
	}
	return ""
}

// Restrict has only admins write in a channel, or has it without threads.
func (w *Workspace) Restrict(channel string, readOnly, noThreads bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.channels[channel].readOnly, w.channels[channel].noThreads = readOnly, noThreads
}

// AddEmoji gives the workspace an emoji of its own, with a picture of an address, or as another name of one ("alias:name").
func (w *Workspace) AddEmoji(name, address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.emoji[name] = address
	w.tell("", Object{"type": "emoji_changed", "subtype": "add", "name": name, "value": address, "event_ts": w.now()})
}

// Read has a user read a channel up to a message, in a client of Slack's: apps are not told.
func (w *Workspace) Read(u *User, channel, ts string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.channels[channel].read[u.ID] = ts
}

// Pin has a user pin a message.
func (w *Workspace) Pin(u *User, channel, ts string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c, m := w.find(channel, ts); m != nil {
		w.tell(channel, Object{"type": "pin_added", "user": u.ID, "channel_id": channel, "event_ts": w.now(), "item": Object{"type": "message", "channel": channel, "message": clone(m)}})
		w.post(c, Object{"type": "message", "subtype": "pinned_item", "user": u.ID, "text": "<@" + u.ID + "> pinned a message to this channel."})
	}
}

// AddGroup makes a group direct message.
func (w *Workspace) AddGroup(members ...*User) string {
	id := w.AddChannel("mpdm-"+w.Name+"-1", true, members...)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.channels[id].mpim = true
	return id
}

// Direct is the direct message of two users.
func (w *Workspace) Direct(a, b *User) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.direct(a.ID, b.ID).id
}

func (w *Workspace) direct(a, b string) *channel {
	for _, c := range w.channels {
		if c.im && c.inside(a) && c.inside(b) && (a != b || len(c.members) == 1) {
			return c
		}
	}
	c := &channel{id: w.id("D"), im: true, private: true, creator: a, created: time.Now().Unix(), read: map[string]string{}, members: []string{a}}
	if a != b {
		c.members = append(c.members, b)
	}
	w.channels[c.id] = c
	return c
}

// Act does something as a user, as the Web API does: a method's name and its arguments. It gives the answer.
func (w *Workspace) Act(u *User, method string, arguments Object) Object {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.call(&token{user: u.ID}, method, arguments)
}

// Post says something, with whatever else the message is to have, and gives its timestamp.
func (w *Workspace) Post(u *User, channel, text string, more Object) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	message := Object{"type": "message", "user": u.ID, "text": text, "team": w.Team}
	for key, value := range more {
		message[key] = value
	}
	return w.post(w.channels[channel], message)
}

// Tell sends an event that nothing else here sends, to the members of a channel, or to everyone where it is empty.
func (w *Workspace) Tell(channel string, event Object) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell(channel, event)
}

// Unfurl adds the preview of a link to a message, as Slack does some time after it was said.
func (w *Workspace) Unfurl(channel, ts string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c, m := w.find(channel, ts); m != nil {
		before := clone(m)
		m["attachments"] = []any{Object{"from_url": "https://x.example", "title": "A page", "title_link": "https://x.example", "fallback": "A page"}}
		w.changed(c, m, before)
	}
}

// Messages are what a channel holds, oldest first.
func (w *Workspace) Messages(channel string) []Object {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Object
	for _, m := range w.channels[channel].messages {
		all = append(all, clone(m))
	}
	return all
}

// Await waits until an event has happened that fits, since the last that it found, and gives it; nil after the time.
func (w *Workspace) Await(fits func(Object) bool, patience time.Duration) Object {
	deadline := time.After(patience)
	for {
		w.mu.Lock()
		for i, e := range w.seen {
			if fits(e) {
				w.seen = slices.Delete(w.seen, i, i+1)
				w.mu.Unlock()
				return e
			}
		}
		more := make(chan struct{})
		w.watchers = append(w.watchers, more)
		w.mu.Unlock()
		select {
		case <-more:
		case <-deadline:
			return nil
		}
	}
}

func topicObject(text, by string) Object {
	set := int64(0)
	if by != "" {
		set = time.Now().Unix()
	}
	return Object{"value": text, "creator": by, "last_set": set}
}

func clone(o Object) Object {
	c := Object{}
	for key, value := range o {
		c[key] = value
	}
	return c
}
