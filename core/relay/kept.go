package relay

import (
	"encoding/json"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// keptLine is a line as it is written. What refers to other lines does so by their Seq, what refers to rooms by their Key.
type keptLine struct {
	Author, Said, StanzaID, Nick string `json:",omitzero"`
	Room, UserID, UserName       string `json:",omitzero"`
	Text                         string `json:",omitzero"`
	Does, Gone, Fleeting         bool   `json:",omitzero"`
	At, Heard                    int64
	From, Thread                 string                  `json:",omitzero"`
	Root                         int64                   `json:",omitzero"`
	Further                      []int64                 `json:",omitzero"`
	Copies                       map[string]keptCopy     `json:",omitzero"`
	Reactions                    map[string]keptReaction `json:",omitzero"`
}

type keptCopy struct {
	Parts []transports.MessageID `json:",omitzero"`
	// By is who said it there through an account of their own, empty where the relay's did.
	By transports.UserID `json:",omitzero"`
	// State is empty for what the network has confirmed.
	State copyState `json:",omitzero"`
}

// copyState is how a message stood with a network when it was written.
type copyState uint8

const (
	confirmed copyState = iota
	unknown             // it may have been sent
	unsent              // it has not been
)

type keptReaction struct {
	Room  string `json:",omitzero"`
	Emoji []string
}

func millis(t time.Time) int64 { return t.UnixMilli() }

// packed is a line as it is written.
func (r *Relay) packed(l *line, waiting map[*line]map[*foreign]bool) Kept {
	k := keptLine{Author: l.author, Said: l.said, StanzaID: l.stanzaID, Nick: l.nick, UserID: string(l.user.ID), UserName: l.user.Name, Does: l.does, Gone: l.gone, Fleeting: l.fleeting,
		At: millis(l.at), Heard: millis(l.heard), From: l.from, Thread: l.thread}
	if l.room != nil {
		k.Room = l.room.Key
	}
	if l.root != nil {
		k.Root = l.root.seq
	}
	for _, part := range l.further {
		k.Further = append(k.Further, part.seq)
	}
	whole := false
	for f, c := range l.copies {
		kept := keptCopy{Parts: c.parts}
		if c.by.own != nil {
			kept.By = c.by.own.account.User
		}
		switch {
		case waiting[l][f]:
			kept.State = unsent
		case c.flying:
			kept.State = unknown
		}
		whole = whole || kept.State != confirmed
		if k.Copies == nil {
			k.Copies = map[string]keptCopy{}
		}
		k.Copies[f.Key] = kept
	}
	for who, of := range l.reactions {
		kept := keptReaction{Emoji: of.emoji}
		if of.room != nil {
			kept.Room = of.room.Key
		}
		if k.Reactions == nil {
			k.Reactions = map[string]keptReaction{}
		}
		k.Reactions[who] = kept
	}
	switch k.Text = l.text.Styling(); {
	case whole:
	case l.gone || l.fleeting:
		k.Text = ""
	case len(k.Text) > quotable:
		k.Text = text.Pieces(k.Text, quotable)[0]
	}
	data, err := json.Marshal(k)
	if err != nil { // it is made of texts and numbers
		panic("relay: a message is no JSON: " + err.Error())
	}
	return Kept{Seq: l.seq, At: l.at, Data: data}
}

// recall makes a line of what was kept of it.
func (r *Relay) recall(kept Kept, bySeq map[int64]*line) {
	var k keptLine
	if err := json.Unmarshal(kept.Data, &k); err != nil {
		r.Log.Error("A message that a relay has kept is not understood.", "error", err)
		return
	}
	l := &line{seq: kept.Seq, author: k.Author, said: k.Said, stanzaID: k.StanzaID, nick: k.Nick, user: transports.User{ID: transports.UserID(k.UserID), Name: k.UserName},
		text: text.ParseStyling(k.Text), does: k.Does, gone: k.Gone, fleeting: k.Fleeting, at: time.UnixMilli(k.At), from: k.From, thread: k.Thread, root: bySeq[k.Root], safe: true}
	if k.Room != "" {
		l.room = r.roomOf(k.Room)
	}
	r.lines.add(l)
	l.heard = time.UnixMilli(k.Heard)
	bySeq[l.seq] = l
	if l.thread != "" {
		r.lines.byThread[l.thread] = l
	}
	for _, seq := range k.Further {
		if part := bySeq[seq]; part != nil {
			l.further = append(l.further, part)
		}
	}
	for key, c := range k.Copies {
		f := r.roomOf(key)
		r.lines.has(l, f, c.Parts...)
		if c.By != "" && f.owns != nil {
			l.copies[f].by.own = f.ownBy(c.By)
		}
		if c.State != confirmed {
			l.copies[f].flying = true
			f.unfinished = append(f.unfinished, unfinished{l, c.State})
		}
	}
	for who, of := range k.Reactions {
		kept := reaction{emoji: of.Emoji}
		if of.Room != "" {
			kept.room = r.roomOf(of.Room)
		}
		l.reactions[who] = kept
	}
	r.heardAs(l.stanzaID, l.nick, l.said)
	if strings.HasPrefix(l.author, numbered) {
		r.keysBefore[l.nick] = l.author
	}
}
