// Package slacktest is a workspace of Slack in memory, for tests: the Web API over HTTP and Socket Mode over websockets, as Slack documents them, with what is
// awkward about them. Where the two differ, believe the documentation (https://docs.slack.dev), not this package.
package slacktest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Object is a value of JSON's objects.
type Object = map[string]any

// Workspace is a team with its people, channels and apps, and the server that serves it. Its fields are set before it is used.
type Workspace struct {
	// Team is its id, Name what people call it; Enterprise is the id of the organisation that it is part of, or empty.
	Team, Name, Enterprise string
	// PageSize is how much a page of a list has at most, whatever is asked for; 0 for what is asked for.
	PageSize int
	// Odd has events and answers carry fields that nobody knows and values of types that nobody expects.
	Odd bool
	// Browser is who authorises the app that is offered when its page is opened.
	Browser *User

	*server

	last     int64 // of ids
	clock    int64 // of timestamps, in microseconds
	users    map[string]*User
	channels map[string]*channel
	files    map[string]*file
	emoji    map[string]string
	seen     []Object
	told     Object // the last event
	watchers []chan struct{}
}

// User is someone in the workspace, or a bot.
type User struct {
	ID, Name, RealName, DisplayName string
	Title, Email, StatusText        string
	StatusEmoji, AvatarHash         string
	Owner, Admin, Guest, Bot        bool
	Deleted, Away, Snoozing         bool
	picture                         []byte
	in                              *Workspace
}

type channel struct {
	homes                       []*Workspace // where it is in several
	id, name, creator           string
	private, im, mpim, archived bool
	readOnly, noThreads         bool
	topic, purpose              Object
	members                     []string
	messages                    []Object
	read                        map[string]string
	created                     int64 // of a direct message
}

// id makes an id that begins with a letter.
func (w *Workspace) id(letter string) string {
	w.last++
	return fmt.Sprintf("%s%07d", letter, w.last)
}

// now is a new timestamp: later than all before.
func (w *Workspace) now() string {
	w.clock = max(w.clock+1, time.Now().UnixMicro())
	return fmt.Sprintf("%d.%06d", w.clock/1_000_000, w.clock%1_000_000)
}

// AddUser lets somebody into the workspace.
func (w *Workspace) AddUser(realName string) *User {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := &User{in: w, ID: w.id("U"), RealName: realName, Name: strings.ToLower(strings.ReplaceAll(realName, " ", "."))}
	w.users[u.ID] = u
	return u
}

// Change changes a user, and tells those who want to know (user_change).
func (w *Workspace) Change(u *User, how func(*User)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	how(u)
	w.tell("", Object{"type": "user_change", "user": w.userObject(u), "cache_ts": time.Now().Unix(), "event_ts": w.now()})
}

// Quietly changes a user without telling anybody.
func (w *Workspace) Quietly(u *User, how func(*User)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	how(u)
}

// SetPicture gives a user another picture.
func (w *Workspace) SetPicture(u *User, hash string, data []byte) {
	w.Change(u, func(u *User) { u.AvatarHash, u.picture = hash, data })
}

// Token gives a user a token with scopes; that of a bot begins with xoxb.
func (w *Workspace) Token(u *User, scopes string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	kind := "xoxp-"
	t := &token{in: w, user: u.ID, scopes: scopes}
	if u.Bot {
		kind, t.bot = "xoxb-", w.id("B")
	}
	name := kind + w.unique("")
	w.tokens[name] = t
	return name
}

// TellRevoked tells of a token that was taken back (tokens_revoked).
func (w *Workspace) TellRevoked(u *User) {
	w.mu.Lock()
	defer w.mu.Unlock()
	of := Object{"oauth": []string{u.ID}, "bot": []string{}}
	if u.Bot {
		of = Object{"oauth": []string{}, "bot": []string{u.ID}}
	}
	w.tell("", Object{"type": "tokens_revoked", "tokens": of})
}

// inside tells whether a user is in a channel.
func (c *channel) inside(user string) bool { return slices.Contains(c.members, user) }

// visible tells whether a user may read a channel.
func (c *channel) visible(user string) bool {
	return c.inside(user) || !c.private && !c.im && !c.mpim
}
