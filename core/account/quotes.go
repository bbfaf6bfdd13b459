package account

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// maxQuoting is how many rows after a message are looked through for those that repeat it.
const maxQuoting = 200

// quoting are the rows of a room's archive that repeat a message, for clients that know no replies and reactions, as they are to be when the message is
// gone: without its words.
func (l lookUp) quoting(place transports.Place, id transports.MessageID) []store.Rewrite {
	if place.Room == "" || id == "" {
		return nil
	}
	q, stanzaID := l.archive(string(place.Room)), msgid.Encode(string(id), 0)
	q.Above, q.Max = stanzaID, maxQuoting
	page, err := l.store.Page(l.ctx, q)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			l.failed("the archive", err)
		}
		return nil
	}
	var all []store.Rewrite
	for _, r := range page.Rows {
		if content, repeats := blot(r.Content, stanzaID); repeats {
			all = append(all, store.Rewrite{Was: r.Content,
				Retract: store.Retract{Account: r.Account, Transport: r.Transport, Scope: r.Scope, Place: r.Place, ID: r.ID, Content: content}})
		}
	}
	return all
}

// blot blots out the quotation of a message in what refers to it. Each character stays one, for other things count them.
func blot(content []byte, id string) (now []byte, repeats bool) {
	if !bytes.Contains(content, []byte("&gt; ")) && !bytes.Contains(content, []byte("> ")) {
		return nil, false
	}
	children := stanza.Parse(content)
	refers := slices.ContainsFunc(children, func(e *stanza.Element) bool {
		return (e.Is(xep.NSReply, "reply") || e.Is(xep.NSReactions, "reactions")) && e.Attr("id") == id
	})
	for _, e := range children {
		if refers && e.Is("", "body") {
			body := withoutWords(e.Text())
			repeats = body != e.Text()
			e.Nodes = []stanza.Node{{Text: body}}
		}
	}
	for _, e := range children {
		if !e.Is(xep.NSXHTML, "html") { // it says the same once more
			now = e.Append(now)
		}
	}
	return now, repeats
}

// withoutWords has no words in the quotation that a body begins with.
func withoutWords(body string) string {
	var out strings.Builder
	quoted := true
	for line := range strings.SplitAfterSeq(body, "\n") {
		if quoted = quoted && strings.HasPrefix(line, ">"); quoted {
			line = strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) || r == '>' {
					return r
				}
				return '·'
			}, line)
		}
		out.WriteString(line)
	}
	return out.String()
}
