package account

import (
	"maps"
	"strings"

	"isthmus/core/options"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// referred is what a message refers to, as the person's clients know it.
type referred struct {
	// id is the message that it answers; author is zero where nobody knows who wrote that, quote what it says.
	id     string
	author stanza.JID
	quote  text.Text
	thread string
	// emoji are the pictures of its custom emoji.
	emoji emojiPictures
	// taken: the message is a replayed one that was shown before.
	taken bool
}

// whenReferred finds what a message refers to, and shows it then; what came after it waits.
func (a *Account) whenReferred(o *order, e *transports.Message, show func(referred)) {
	e.Replayed = e.Replayed && e.ID != ""
	if e.ReplyTo == nil && e.Thread == "" && !e.Replayed {
		o.add(func() { show(referred{}) })
		return
	}
	var reply, thread names
	var author transports.User
	var quote text.Text
	taken := false
	archives := e.Place.Room != "" && a.Options.Switch(a.where(e.Place.Room), options.RecordHistory)
	rooted := true // the message that the thread begins with may be known
	history, _ := a.session.(transports.History)
	reached := a.reachedIn(e.Place.User)
	var ahead map[transports.MessageID]bool
	if j := a.rooms[e.Place.Room]; j != nil && e.Replayed {
		ahead = maps.Clone(j.ahead)
	}
	a.afterLookUp(o, func(l lookUp) {
		if taken = e.Replayed && l.past(history, *e, reached, ahead, a.About.StableIDs); taken {
			return
		}
		if e.Thread != "" {
			thread = l.names(e.Place, e.Thread)
			rooted = thread.own || !archives || l.row(e.Place, e.Thread).ID != ""
		}
		if e.ReplyTo == nil {
			return
		}
		reply, author, quote = l.names(e.Place, e.ReplyTo.ID), e.ReplyTo.From, e.ReplyTo.Text
		if row := l.row(e.Place, e.ReplyTo.ID); row.ID != "" {
			if author.ID == "" {
				author = transports.User{ID: transports.UserID(row.Author), Name: row.Nick}
			}
			if quote.Empty() {
				quote = textOf(row.Content)
			}
		}
	}, func() {
		if taken {
			show(referred{taken: true})
			return
		}
		if e.ReplyTo != nil && a.known.has(deleteKey(e.Place, e.ReplyTo.ID)) { // meanwhile
			quote = nil
		}
		r := a.referred(*e, reply, thread, author, quote)
		if e.ReplyTo == nil && !rooted { // some threads begin with no message
			r.id = ""
		}
		show(r)
	})
}

func (a *Account) referred(e transports.Message, reply, thread names, author transports.User, quote text.Text) referred {
	r := referred{thread: thread.thread, quote: quote}
	id := func(n names) string {
		if e.Place.Room == "" {
			return n.shown
		}
		return n.stanzaID
	}
	if e.ReplyTo == nil { // clients that know replies show what the thread is about (XEP-0461), others only the thread (XEP-0201)
		r.id = id(thread)
		return r
	}
	r.id = id(reply)
	if j := a.rooms[e.Place.Room]; author.ID != "" && j != nil {
		r.author = j.view.JID.WithResource(j.view.Nick(author))
	} else if author.ID == a.self.ID {
		r.author = a.owner
	} else if author.ID != "" {
		r.author = a.userJID(author.ID)
	}
	return r
}

const (
	// maxQuoted bounds the lines and the characters of what a reply repeats.
	maxQuotedLines      = 3
	maxQuotedCharacters = 240
)

// quotation is the beginning of a text as a reply repeats it (XEP-0461 §3.1), empty for none.
func quotation(t text.Text) string {
	if t.Empty() {
		return ""
	}
	var quoted strings.Builder
	left := maxQuotedCharacters
	lines := 0
	for line := range strings.SplitSeq(t.String(), "\n") {
		if strings.HasPrefix(line, ">") || strings.TrimSpace(line) == "" { // what that one quoted itself
			continue
		}
		if lines++; lines > maxQuotedLines || left == 0 {
			break
		}
		if short := text.Pieces(line, left)[0]; short != line {
			line, left = short+"…", 0
		} else {
			left -= min(left, len([]rune(line)))
		}
		quoted.WriteString("> " + line + "\n")
	}
	return quoted.String()
}

// textOf is what the contents of an archived message say, without what repeats another one.
func textOf(content []byte) text.Text {
	s := &stanza.Stanza{Kind: stanza.Message, Payload: stanza.Parse(content)}
	return text.Plain(xep.WithoutQuotation(s, s.ChildText("", "body")))
}

// forwarded is the message that another one passes on, as it is read before that one's own words.
func forwarded(e transports.Message) string {
	if e.Forwarded == nil {
		return ""
	}
	quoted := text.Text{{Kind: text.Quote, Children: e.Forwarded.Text}}
	body := forwardHead(&e) + "\n" + quoted.Styling()
	if !e.Text.Empty() {
		body += "\n"
	}
	return body
}

func forwardHead(e *transports.Message) string {
	if name := e.Forwarded.From.Name; name != "" {
		return "Forwarded from " + name + ":"
	}
	return "Forwarded:"
}
