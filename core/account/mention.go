package account

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// maxNameWords bounds the words of a name that is looked for after an @.
const maxNameWords = 4

// mentionsIn finds in a client's text whom it names, so that the network can tell them: "nick: …" and "nick, …" at its beginning, "@nick" anywhere, and
// those whom the client says that it means (XEP-0372) by their nick alone.
func (a *Account) mentionsIn(t text.Text, s *stanza.Stanza, j *joined) text.Text {
	if j == nil || !a.offers(transports.Mentions, transports.InRoom(j.id)) {
		return t
	}
	var meant []string
	for _, who := range xep.Mentions(s) {
		if who.Bare() == j.view.JID && who.Resource != "" {
			meant = append(meant, who.Resource)
		}
	}
	out := slices.Clone(t)
	for i, block := range out {
		if len(block.Spans) == 0 {
			continue
		}
		var spans []text.Span
		for k, span := range block.Spans {
			if span.Ref.Kind != text.NoRef || span.Style&text.Monospace != 0 {
				spans = append(spans, span)
				continue
			}
			spans = append(spans, a.mentionsInSpan(span, j, meant, i == 0 && k == 0)...)
		}
		out[i].Spans = spans
	}
	return out
}

func (a *Account) mentionsInSpan(span text.Span, j *joined, meant []string, first bool) []text.Span {
	var out []text.Span
	rest, from := span.Text, 0
	add := func(s string, ref text.Ref) {
		if s != "" {
			piece := span
			piece.Text, piece.Ref = s, ref
			out = append(out, piece)
		}
	}
	for at := 0; at < len(rest); {
		name, user := "", transports.UserID("")
		switch {
		case at > 0 && !boundary(rest[:at]):
		case rest[at] == '@':
			if name, user = longestName(rest[at+1:], j); name != "" {
				name = "@" + name
			}
		case at == 0 && first:
			name, user = addressed(rest, j)
		}
		for _, nick := range meant {
			if m, ok := j.view.ByNick(nick); ok && name == "" && (at == 0 || boundary(rest[:at])) && startsWithWord(rest[at:], nick) {
				name, user = nick, m.ID
			}
		}
		if name == "" {
			_, size := utf8.DecodeRuneInString(rest[at:])
			at += size
			continue
		}
		add(rest[from:at], text.Ref{})
		add(name, text.Ref{Kind: text.MentionUser, ID: string(user)})
		at += len(name)
		from = at
	}
	add(rest[from:], text.Ref{})
	return out
}

// boundary tells whether a word may begin after a text.
func boundary(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
}

func startsWithWord(s, word string) bool {
	rest, ok := strings.CutPrefix(s, word)
	if !ok {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
}

// longestName is the longest nick of the room that a text begins with.
func longestName(s string, j *joined) (name string, user transports.UserID) {
	words := 0
	for end := 0; end <= len(s); {
		r, size := utf8.DecodeRuneInString(s[end:])
		if end == len(s) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			if m, ok := j.view.ByNick(s[:end]); ok && end > 0 {
				name, user = s[:end], m.ID
			}
		}
		if end == len(s) {
			break
		}
		if r == ' ' {
			if words++; words == maxNameWords {
				break
			}
		}
		end += size
	}
	return name, user
}

// addressed is the nick to which a text is addressed at its beginning: "nick: …" or "nick, …".
func addressed(s string, j *joined) (name string, user transports.UserID) {
	for i, r := range s {
		if r != ':' && r != ',' {
			continue
		}
		if after := s[i+1:]; after != "" && after[0] != ' ' {
			return "", ""
		}
		m, ok := j.view.ByNick(s[:i])
		if !ok {
			return "", ""
		}
		return s[:i], m.ID
	}
	return "", ""
}

// mentionedIn are those whom a message of the network names, as parts of its body (XEP-0372). quoted is how many characters stand before the message's own.
func (a *Account) mentionedIn(e *transports.Message, body string, quoted int) []*stanza.Element {
	var all []*stanza.Element
	skip := 0
	for range quoted {
		_, size := utf8.DecodeRuneInString(body[skip:])
		skip += size
	}
	at := skip
	for _, span := range mentions(e.Text) {
		i := strings.Index(body[at:], span.Text)
		if i < 0 {
			continue
		}
		begin := utf8.RuneCountInString(body[:at+i])
		at += i + len(span.Text)
		all = append(all, xep.Mention{Begin: begin, End: begin + utf8.RuneCountInString(span.Text), Who: a.mentioned(e.Place, span)}.Element())
	}
	return all
}

func (a *Account) mentioned(place transports.Place, span text.Span) stanza.JID {
	id := transports.UserID(span.Ref.ID)
	if j := a.rooms[place.Room]; j != nil {
		if m, there := j.view.Member(id); there {
			return j.view.JID.WithResource(m.Nick)
		}
	}
	if id == a.self.ID {
		return a.owner
	}
	return a.userJID(id)
}

// mentions are the spans of a text that name a user, in their order.
func mentions(t text.Text) []text.Span {
	var all []text.Span
	for _, block := range t {
		for _, span := range block.Spans {
			if span.Ref.Kind == text.MentionUser && span.Text != "" {
				all = append(all, span)
			}
		}
		all = append(all, mentions(block.Children)...)
	}
	return all
}
