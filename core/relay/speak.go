package relay

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// nonce names a command, as the echo of it does.
func nonce() int64 { return rand.Int64() }

func plain(words string) text.Text { return text.Plain(words) }

// styled is the text of a body (XEP-0393).
func styled(s *stanza.Stanza, body string) text.Text {
	if xep.Unstyled(s) {
		return text.Plain(body)
	}
	return text.ParseStyling(body)
}

// persona is under which name somebody speaks on a network.
func persona(l *line) *transports.Persona {
	if l.room != nil {
		return &transports.Persona{Name: l.user.Name, Home: l.room.Home}
	}
	return &transports.Persona{Name: l.nick, Home: "xmpp"}
}

// say has a network hear a message; to is the one that it answers, nil for none. nick is who in the MUC is told when the network does not hear
// it, empty for nobody.
func (f *foreign) say(l *line, nick string, to *line) {
	if len(l.files) > 0 && f.uploads() {
		f.sayWords(l, l.spoken, l.files, nick, to)
	} else {
		f.sayWords(l, l.text, nil, nick, to)
	}
}

// sayWords says a message with these words and files.
func (f *foreign) sayWords(l *line, words text.Text, files []xep.File, nick string, to *line) {
	if f.leftTo != "" || l.from != "" && l.from == f.Where() {
		return
	}
	c := &copied{flying: true, by: mouth{own: f.ownOf(l.speaker)}} // as far as can be told yet
	l.copies[f] = c
	parts := pieces(words, f.can)
	if len(parts) == 0 { // files alone
		parts = []text.Text{nil}
	}
	left, failed := len(parts), false
	for i, part := range parts {
		t := &task{says: true, speaker: l.speaker, line: l, make: func() transports.Command {
			send := transports.Send{Place: transports.InRoom(f.id), Nonce: nonce(), Text: timed(f.named(f.calling(l, part)), l.at), As: f.shown(l), Thread: f.threadFor(l)}
			if l.does {
				send.Style = transports.Does
			}
			if to != nil && i == 0 {
				if id := to.id(f); id != "" && f.can.Features&transports.Replies != 0 {
					send.ReplyTo = &transports.Reference{ID: id, From: transports.User{Name: f.nameOf(to)}, Text: to.text}
				} else if f.can.SingleLine { // as people there do it
					send.Text = append(text.Text{}, send.Text...)
					if len(send.Text) > 0 && !strings.HasPrefix(send.Text.String(), f.nameOf(to)) {
						send.Text[0].Spans = append([]text.Span{{Text: f.nameOf(to) + ": "}}, send.Text[0].Spans...)
					}
				} else if q := quotation(to.text); q != "" {
					send.Text = append(text.Text{{Kind: text.Quote, Children: plain(strings.TrimSuffix(strings.TrimPrefix(q, "> "), "\n"))}}, send.Text...)
				}
			}
			return send
		}, end: func(result transports.Result, err error) {
			f.relay.lines.has(l, f, result.Parts...)
			if err != nil && err != tooMany && !failed {
				failed = true
				f.failed(nick, "Your message", transports.AsFault(err))
			}
			if left--; left == 0 {
				c.flying = false
				f.relay.touch(l)
				waiting := c.waiting
				c.waiting = nil
				for _, do := range waiting {
					do()
				}
			}
		}}
		if i == len(parts)-1 {
			t.files = files
		}
		f.do(t)
	}
}

// uploads tells whether files go to the network as files; else they are links.
func (f *foreign) uploads() bool { return f.Fetch != nil && f.can.Features&transports.Uploads != 0 }

// attach gets the files of a message; one that cannot be had, or is too large for the network, goes as a link. It runs beside the relay's goroutine.
func (f *foreign) attach(ctx context.Context, c transports.Command, files []xep.File, limit int64) (transports.Command, func()) {
	send, ok := c.(transports.Send)
	if !ok || len(files) == 0 {
		return c, func() {}
	}
	var releases []func()
	for _, file := range files {
		upload, release, err := f.Fetch(ctx, file, limit)
		if err != nil {
			send.Text = append(send.Text[:len(send.Text):len(send.Text)], plain(file.URL)...)
			continue
		}
		send.Files, releases = append(send.Files, upload), append(releases, release)
	}
	return send, func() {
		for _, release := range releases {
			release()
		}
	}
}

// nameOf is how people of the room call who said a message.
func (f *foreign) nameOf(l *line) string { return persona(l).Name }

// pieces are a text as messages that a network takes.
func pieces(t text.Text, can transports.Capabilities) []text.Text {
	lines := []text.Text{t}
	if can.SingleLine {
		lines = nil
		for _, line := range strings.Split(t.Styling(), "\n") {
			if strings.TrimSpace(line) != "" {
				lines = append(lines, text.ParseStyling(line))
			}
		}
	}
	var all []text.Text
	for _, line := range lines {
		if can.MaxText == 0 || characters(line.String()) <= can.MaxText {
			all = append(all, line)
			continue
		}
		for _, piece := range text.Pieces(line.Styling(), can.MaxText) {
			all = append(all, text.ParseStyling(piece))
		}
	}
	return all
}

// named calls the room's own people as they are called there, and not by the nicks of their puppets.
func (f *foreign) named(t text.Text) text.Text {
	out := slices.Clone(t)
	for i, block := range out {
		var spans []text.Span
		for _, span := range block.Spans {
			spans = append(spans, f.namedIn(span)...)
		}
		if block.Spans != nil {
			out[i].Spans = spans
		}
	}
	return out
}

func (f *foreign) namedIn(span text.Span) []text.Span {
	switch span.Ref.Kind {
	case text.MentionUser, text.MentionRoom: // of another network, where the id means something else, or nothing
		span.Ref = text.Ref{}
	}
	if span.Ref.Kind != text.NoRef || span.Style&text.Monospace != 0 {
		return []text.Span{span}
	}
	for nick, p := range f.relay.voices {
		if p == nil || p.room != f {
			continue
		}
		before, after, found := strings.Cut(span.Text, nick)
		if !found {
			continue
		}
		name := span
		name.Text = p.name
		if f.can.Features&transports.Mentions != 0 {
			name.Text, name.Ref = "@"+p.name, text.Ref{Kind: text.MentionUser, ID: string(p.user)}
			before = strings.TrimSuffix(before, "@")
		}
		var all []text.Span
		for _, rest := range []string{before, after} {
			if rest != "" {
				piece := span
				piece.Text = rest
				all = append(all, f.namedIn(piece)...)
			}
			if name.Text != "" {
				all = append(all, name)
				name.Text = ""
			}
		}
		return all
	}
	return []text.Span{span}
}

// edit has a network hear the new text of a message; where it has no such thing, it is said anew.
func (f *foreign) edit(l *line, nick string) {
	l.whenKnown(f, func() {
		id := l.id(f)
		switch {
		case l.copies[f] == nil: // it will be said as it is now
			return
		case id == "" || f.can.Features&transports.Edits == 0:
			f.editedInWords(l, nick)
			return
		}
		by, fault := f.mouthOf(l)
		if fault != nil {
			f.failed(nick, "Your correction", fault)
			return
		}
		t, does := l.text, l.does
		f.do(&task{by: by, make: func() transports.Command {
			c := transports.Edit{Place: transports.InRoom(f.id), ID: id, Text: f.named(f.calling(l, t)), As: f.shown(l)}
			if does {
				c.Style = transports.Does
			}
			return c
		}, end: f.orTell(nick, "Your correction")})
	})
}

func (f *foreign) orTell(nick, what string) func(transports.Result, error) {
	return func(_ transports.Result, err error) {
		if err != nil {
			f.failed(nick, what, transports.AsFault(err))
		}
	}
}

// delete takes a message back on a network, each part of it.
func (f *foreign) delete(l *line, reason, nick, by string) {
	l.whenKnown(f, func() {
		c := l.copies[f]
		if c == nil {
			return
		}
		if len(c.parts) == 0 || f.can.Features&transports.Deletions == 0 {
			f.deletedInWords(l, by)
			f.failed(nick, "That a message was deleted", &transports.Fault{Text: "Messages there cannot be deleted. It can still be read there."})
			return
		}
		speaks, _ := f.mouthOf(l) // else the relay's account may have the right to
		for _, id := range c.parts {
			f.do(&task{by: speaks, make: func() transports.Command {
				return transports.Delete{Place: transports.InRoom(f.id), ID: id, Reason: reason}
			}, end: f.orTell(nick, "That a message was deleted")})
		}
	})
}
