package discord

import (
	"slices"
	"strings"

	"isthmus/transports"
)

// spot is where the core has the messages of a channel: a room, a talk, or in the parent of a thread that nobody has joined the thread.
type spot struct {
	place  transports.Place
	thread string // the channel of the thread, empty for none
}

// spotOf finds where the core has a channel.
func (w *world) spotOf(channel string) (spot, bool) {
	if w.rooms[channel] {
		return spot{place: transports.InRoom(roomID(channel))}, true
	}
	if u, is := w.talks[channel]; is {
		return spot{place: transports.TalkWith(transports.UserID(u))}, true
	}
	if c := w.channels[channel]; c != nil && c.isThread() && w.rooms[c.ParentID] {
		return spot{transports.InRoom(roomID(c.ParentID)), channel}, true
	}
	return spot{}, false
}

// threadSign stands between the ids of a thread and of a message in it, where the message is shown in the thread's parent.
const threadSign = "-"

// id is what a message is called at the spot.
func (s spot) id(message string) transports.MessageID {
	if s.thread == "" {
		return transports.MessageID(message)
	}
	return transports.MessageID(s.thread + threadSign + message)
}

// splitID undoes id: the thread is empty where there is none.
func splitID(id transports.MessageID) (thread, message string, ok bool) {
	message = string(id)
	if before, after, is := strings.Cut(message, threadSign); is {
		thread, message = before, after
	}
	return thread, message, isSnowflake(message) && (thread == "" || isSnowflake(thread))
}

// locate finds the channel and the id of a message, in a channel or in one of its threads.
func (w *world) locate(channel string, id transports.MessageID) (in, message string, err error) {
	thread, message, ok := splitID(id)
	switch {
	case !ok:
		return "", "", noMessage(id)
	case thread == "":
		return channel, message, nil
	}
	if c := w.channels[thread]; c != nil && c.ParentID != channel {
		return "", "", noMessage(id)
	}
	return thread, message, nil
}

// threadsIn are the threads of a channel that are shown in it, with something newer than a message.
func (w *world) threadsIn(channel, after string) (threads []string) {
	for id, c := range w.channels {
		if c.isThread() && c.ParentID == channel && !w.rooms[id] && c.LastID != "" && older(after, c.LastID) {
			threads = append(threads, id)
		}
	}
	slices.Sort(threads)
	return threads
}
