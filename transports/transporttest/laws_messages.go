package transporttest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// inRoom has the peer, who owns the room, and the account in it.
func inRoom(t *testing.T, h Harness) (*watch, transports.Online, transports.Place) {
	t.Helper()
	h.Peer.Join(h.Room)
	w, event := online(t, h)
	w.join(h.Room)
	return w, event, transports.InRoom(h.Room)
}

// needs skips a law of features that the network has not.
func needs(t *testing.T, event transports.Online, features transports.Feature) {
	t.Helper()
	if event.Can.Features&features != features {
		t.Skip("the network cannot do this")
	}
}

// sent says something and gives its id.
func (w *watch) sent(place transports.Place, words string) transports.MessageID {
	w.t.Helper()
	result := w.resultOf(say(place, words))
	if len(result.Parts) == 0 {
		w.t.Fatalf("what was sent has no id, and the network has features that need one")
	}
	return result.Parts[0]
}

// resultOf carries out a command that must succeed and gives what came of it.
func (w *watch) resultOf(command transports.Command) transports.Result {
	w.t.Helper()
	results := make(chan transports.Result, 1)
	o := w.doWith(context.Background(), command, func(r transports.Result) { results <- r })
	if err := o.outcome(); err != nil {
		w.t.Fatalf("%T failed: %v", command, err)
	}
	return <-results
}

// fails carries out a command that must fail in a way that a person can do something about.
func (w *watch) fails(what string, command transports.Command) {
	w.t.Helper()
	err := w.do(context.Background(), command).outcome()
	if err == nil {
		w.t.Errorf("%s was done", what)
		return
	}
	if f := transports.AsFault(err); f.Kind == transports.Internal || f.Kind == transports.Unsupported || f.Text == "" {
		w.t.Errorf("%s gave kind %d, %q", what, f.Kind, f.Text)
	}
}

func oneID(t *testing.T, h Harness) {
	w, _, place := inRoom(t, h)
	send := say(place, "hello")
	send.Nonce = 4711
	result := w.resultOf(send)
	for _, e := range w.soFar() {
		if m, is := e.(transports.Message); is && m.Own {
			if m.Nonce != 0 && m.Nonce != send.Nonce {
				t.Errorf("the echo of nonce %d has nonce %d", send.Nonce, m.Nonce)
			}
			if m.ID != "" && !slices.Contains(result.Parts, m.ID) {
				t.Errorf("the echo has the id %s, the result %q", m.ID, result.Parts)
			}
			if m.Place != place {
				t.Errorf("the echo is in %v", m.Place)
			}
		}
	}
}

func edits(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	if h.Peer.Edit != nil {
		h.Peer.Say(h.Room, "a draft")
		m := w.said("a draft")
		h.Peer.Edit(h.Room, "a draft", "the text")
		if e := await[transports.Edited](w, nil); e.ID != m.ID || e.Place != place || e.Text.String() != "the text" || e.From.ID != m.From.ID {
			t.Errorf("the message %+v was edited as %+v", m, e)
		}
	}
	needs(t, event, transports.Edits)
	id := w.sent(place, "my draft")
	w.succeed(transports.Edit{Place: place, ID: id, Text: text.Plain("my text")})
	w.peerSees("an edit", func(e transports.Event) bool {
		edited, is := e.(transports.Edited)
		return is && edited.Text.String() == "my text" && edited.From.ID == event.Self.ID
	})
	h.Peer.Say(h.Room, "not yours")
	w.fails("an edit of someone else's message", transports.Edit{Place: place, ID: w.said("not yours").ID, Text: text.Plain("mine")})
	w.fails("an edit of a message that there is not", transports.Edit{Place: place, ID: "no such message", Text: text.Plain("mine")})
}

func deletions(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	if h.Peer.Delete != nil {
		h.Peer.Say(h.Room, "a slip")
		m := w.said("a slip")
		h.Peer.Delete(h.Room, "a slip")
		if e := await[transports.Deleted](w, nil); e.ID != m.ID || e.Place != place || e.By.ID != m.From.ID {
			t.Errorf("the message %+v was deleted as %+v", m, e)
		}
	}
	needs(t, event, transports.Deletions)
	id := w.sent(place, "my slip")
	w.succeed(transports.Delete{Place: place, ID: id})
	w.peerSees("a deletion", func(e transports.Event) bool {
		deleted, is := e.(transports.Deleted)
		return is && deleted.By.ID == event.Self.ID
	})
	if h.Peer.Delete != nil { // as the room's owner
		w.sent(place, "out of order")
		h.Peer.Delete(h.Room, "out of order")
		if e := await(w, func(e transports.Deleted) bool { return e.ID != id }); e.By.ID == event.Self.ID {
			t.Errorf("a moderator deleted as %+v", e)
		}
		h.Peer.Say(h.Room, "not yours")
		w.fails("a deletion of an owner's message", transports.Delete{Place: place, ID: w.said("not yours").ID})
	}
}

func reactions(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	pair := []string{"👍", "🎉"}
	if event.Can.Emoji != nil {
		pair = event.Can.Emoji[:min(2, len(event.Can.Emoji))]
	}
	if event.Can.MaxReactions > 0 {
		pair = pair[:min(event.Can.MaxReactions, len(pair))]
	}
	if h.Peer.React != nil {
		h.Peer.Say(h.Room, "what do you think?")
		m := w.said("what do you think?")
		for _, emoji := range [][]string{pair, pair[:1], nil} {
			h.Peer.React(h.Room, "what do you think?", emoji...)
			e := await(w, func(e transports.Reacted) bool { return len(e.Emoji) == len(emoji) }) // some networks tell each change by itself
			if e.ID != m.ID || e.Place != place || e.From.ID != m.From.ID || !slices.Equal(e.Emoji, emoji) {
				t.Errorf("the reactions %q are told as %+v", emoji, e)
			}
		}
	}
	needs(t, event, transports.Reactions)
	h.Peer.Say(h.Room, "and you?")
	id := w.said("and you?").ID
	for _, emoji := range [][]string{pair, pair, pair[:1], nil} {
		w.succeed(transports.React{Place: place, ID: id, Emoji: emoji})
	}
	w.peerSees("reactions", func(e transports.Event) bool {
		r, is := e.(transports.Reacted)
		return is && r.From.ID == event.Self.ID && slices.Equal(r.Emoji, pair)
	})
	w.peerSees("that none are left", func(e transports.Event) bool {
		r, is := e.(transports.Reacted)
		return is && r.From.ID == event.Self.ID && len(r.Emoji) == 0
	})
	if event.Can.Emoji != nil {
		w.fails("a reaction that the network has not", transports.React{Place: place, ID: id, Emoji: []string{"no emoji"}})
	}
}

func replies(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	if h.Peer.Reply != nil {
		h.Peer.Say(h.Room, "one question")
		m := w.said("one question")
		h.Peer.Reply(h.Room, "one question", "one answer")
		if e := w.said("one answer"); e.ReplyTo == nil || e.ReplyTo.ID != m.ID {
			t.Errorf("the answer to %s is %+v", m.ID, e)
		}
	}
	needs(t, event, transports.Replies)
	h.Peer.Say(h.Room, "my question")
	m := w.said("my question")
	answer := say(place, "my answer")
	answer.ReplyTo = &transports.Reference{ID: m.ID, From: m.From, Text: m.Text}
	w.succeed(answer)
	w.peerSees("an answer", func(e transports.Event) bool {
		m, is := e.(transports.Message)
		return is && m.Text.String() == "my answer" && m.ReplyTo != nil
	})
}

func threads(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	needs(t, event, transports.Threads)
	h.Peer.Say(h.Room, "a long story")
	m := w.said("a long story")
	send := say(place, "go on")
	send.Thread = m.ID
	w.succeed(send)
	w.peerSees("a message in a thread", func(e transports.Event) bool {
		m, is := e.(transports.Message)
		return is && m.Text.String() == "go on" && m.Thread != ""
	})
}

func typingAndReading(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	if h.Peer.Type != nil {
		for _, on := range []bool{true, false} {
			h.Peer.Type(h.Room, on)
			if e := await[transports.Typing](w, nil); e.On != on || e.Place != place || e.From.Name != h.Peer.Name {
				t.Errorf("typing %v is told as %+v", on, e)
			}
		}
	}
	if h.Peer.Read != nil {
		id := w.sent(place, "read this")
		h.Peer.Read(h.Room, "read this")
		if e := await[transports.Read](w, nil); e.Upto != id || e.Place != place || e.By.Name != h.Peer.Name {
			t.Errorf("that %s was read is told as %+v", id, e)
		}
	}
	if event.Can.Features&transports.TypingShown != 0 {
		w.succeed(transports.SetTyping{Place: place, On: true})
		w.peerSees("typing", func(e transports.Event) bool { _, is := e.(transports.Typing); return is })
		for _, e := range w.soFar() {
			if own, is := e.(transports.Typing); is && own.From.ID == event.Self.ID {
				t.Error("the account is told that it is typing itself")
			}
		}
	}
	if event.Can.Features&transports.Reading != 0 {
		h.Peer.Say(h.Room, "have you read this?")
		w.succeed(transports.MarkRead{Place: place, Upto: w.said("have you read this?").ID})
	}
}

func limits(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	if most := event.Can.MaxText; most > 0 {
		w.succeed(say(place, strings.Repeat("ü", most)))
		w.kind("a text over the limit", w.do(context.Background(), say(place, strings.Repeat("ü", most+1))).outcome(), transports.TooLarge)
	}
	if most := event.Can.MaxReactions; most > 0 && len(event.Can.Emoji) > most {
		id := w.sent(place, "what do you all think?")
		w.fails("more reactions than the limit", transports.React{Place: place, ID: id, Emoji: event.Can.Emoji[:most+1]})
	}
	if most := event.Can.MaxFile; most > 0 && event.Can.Features&transports.Uploads != 0 {
		send := say(place, "")
		send.Files = []transports.Upload{{Name: "big.bin", Type: "application/octet-stream", Size: most + 1, Open: oneByte}}
		w.kind("a file over the limit", w.do(context.Background(), send).outcome(), transports.TooLarge)
	}
}
