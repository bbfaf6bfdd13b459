package discord

import (
	"context"
	"net/http"
	"slices"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// A forum has posts, which are threads, and no messages of its own (Channel Types, GUILD_FORUM). Who would like to hear of new posts is in the forum itself:
// there each post is a thread, as those of a channel are that nobody has joined.

func (c *channel) isForum() bool { return c.Type == guildForum || c.Type == guildMedia }

// joinable tells that the account can be in a channel.
func (c *channel) joinable() bool { return c.talks() || c.isForum() }

// byWish tells that the account is in a channel only if it was asked to join: in threads and forums there may be much that nobody waits for.
func (c *channel) byWish() bool { return c.isThread() || c.isForum() }

// inForum tells whether a channel is a post of a forum.
func (w *world) inForum(c *channel) bool {
	parent := w.channels[c.ParentID]
	return c.isThread() && parent != nil && parent.isForum()
}

// rootOf is the message that a thread begins with, as the core knows it at the spot of the thread's parent. A post's first message is in the thread itself.
func (w *world) rootOf(thread string) transports.MessageID {
	if c := w.channels[thread]; c != nil && w.inForum(c) {
		return spot{thread: thread}.id(thread)
	}
	return transports.MessageID(thread)
}

// headed puts the title of a post over its first message, where that is shown in the forum.
func (w *world) headed(t text.Text, thread string) text.Text {
	c := w.channels[thread]
	if c == nil || !w.inForum(c) {
		return t
	}
	return append(text.Text{{Spans: []text.Span{{Text: c.Name, Style: text.Bold}}}}, t...)
}

// topLevel is why nothing can be said in a channel but in its threads, nil where it can.
func (s *Session) topLevel(channel string) *transports.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.world.channels[channel]; c != nil && c.isForum() {
		return fault(transports.Invalid, "%s is a forum, where everything is said in a post. Answer in the thread of one.", c.Name)
	}
	return nil
}

// maxPosts is of how many posts the beginning is read for who comes into a forum.
const maxPosts = 10

// firstOf reads the first messages of the latest posts of a forum, oldest first.
func (s *Session) firstOf(ctx context.Context, forum string, limit int) (all []message, err error) {
	s.mu.Lock()
	posts := s.world.threadsIn(forum, "0")
	s.mu.Unlock()
	slices.SortFunc(posts, func(a, b string) int { return bySnowflake(message{ID: a}, message{ID: b}) })
	for _, id := range posts[max(0, len(posts)-min(limit, maxPosts)):] {
		var m message
		err := s.rest.do(ctx, request{method: http.MethodGet, path: pathMessage, ids: []string{id, id}}, &m)
		switch {
		case status(err) == http.StatusNotFound: // its author has deleted it
		case err != nil:
			return nil, err
		case isSnowflake(m.ID):
			m.ChannelID = id
			all = append(all, m)
		}
	}
	return all, nil
}
