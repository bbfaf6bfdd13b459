package loopback

import (
	"bytes"
	"context"
	"io"
	"strings"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// meant tells whether a resident is spoken to: in a talk always, in a room by their first name, and never by another of them.
func (r *at) meant(m transports.Message) bool {
	if isResident(m.From) {
		return false
	}
	if m.Place.Room == "" {
		return true
	}
	first, _, _ := strings.Cut(strings.ToLower(r.who.name), " ")
	for _, word := range strings.FieldsFunc(strings.ToLower(m.Text.String()), func(c rune) bool { return strings.ContainsRune(" ,:;.!?@", c) }) {
		if word == first {
			return true
		}
	}
	return false
}

func (r *at) greet(u transports.User) {
	r.say(transports.Send{Place: transports.InRoom(r.lobby), Text: text.Plain("Welcome, " + u.Name + "! Say ida, max or zoe, and see what we do. " +
		"Each of us answers in a talk as well.")})
}

// say writes, as people do, and gives the message's id.
func (r *at) say(s transports.Send) transports.MessageID {
	r.do(transports.SetTyping{Place: s.Place, On: true})
	r.pause(1)
	r.do(transports.SetTyping{Place: s.Place, On: false})
	if parts := r.do(s).Parts; len(parts) > 0 {
		return parts[0]
	}
	return ""
}

// echo reads, reacts and answers.
func (r *at) echo(m transports.Message) {
	r.do(transports.MarkRead{Place: m.Place, Upto: m.ID})
	r.do(transports.React{Place: m.Place, ID: m.ID, Emoji: []string{"👍"}})
	answer := text.Plain("I read you. You said: " + m.Text.String())
	if len(m.Files) > 0 {
		answer = text.Plain("Thank you for " + m.Files[0].Name + ".")
	}
	reply := transports.Send{Place: m.Place, Text: answer}
	if m.Place.Room != "" && m.ID != "" {
		reply.ReplyTo = &transports.Reference{ID: m.ID}
	}
	r.say(reply)
}

// mend writes something wrong, and corrects it.
func (r *at) mend(m transports.Message) {
	id := r.say(transports.Send{Place: m.Place, Text: text.Plain("I wrote this far too fsat.")})
	if id == "" {
		return
	}
	r.pause(2)
	r.do(transports.Edit{Place: m.Place, ID: id, Text: text.ParseStyling("I wrote this far too *fast*, and mended it.")})
}

// draw sends a picture.
func (r *at) draw(m transports.Message) {
	picture := portrait(r.who.colour ^ uint32(len(m.Text.String()))*0x1f3d5b&0xffffff)
	r.say(transports.Send{Place: m.Place, Text: text.Plain("I drew this for you."), Files: []transports.Upload{{
		Name: "drawing.png", Type: "image/png", Size: int64(len(picture)), Width: portraitSize, Height: portraitSize,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(picture)), nil }}}})
}
