package relay

import (
	"slices"
	"strings"
	"time"

	"isthmus/mapping/text"
)

// settled is how long a message must have stood for a network without corrections to be told its new words: programs change theirs many times.
const settled = 5 * time.Second

// inWords tells a network what it has no form for.
func (f *foreign) inWords(words string) {
	if f.relay.Notices {
		f.relay.tell(f, words)
	}
}

// reactedInWords tells it of new reactions. was are those that there were before.
func (f *foreign) reactedInWords(l *line, by string, was, now []string) {
	var more []string
	for _, e := range now {
		if !slices.Contains(was, e) {
			more = append(more, e)
		}
	}
	if len(more) == 0 || by == "" {
		return
	}
	whose := f.nameOf(l) + "'s"
	if f.nameOf(l) == by {
		whose = "their own"
	}
	f.inWords(by + " reacts with " + strings.Join(more, " ") + " to " + whose + " “" + beginning(l.text) + "”.")
}

// deletedInWords tells it of a deletion, without saying again what was to be deleted.
func (f *foreign) deletedInWords(l *line, by string) {
	if by == "" {
		by = f.nameOf(l)
	}
	whose := "a message of " + f.nameOf(l) + "'s"
	if f.nameOf(l) == by {
		whose = "a message of theirs"
	}
	f.inWords(by + " has deleted " + whose + " that was said at " + l.at.UTC().Format("15:04") + " UTC.")
}

// editedInWords says a message anew once it has stood for a while.
func (f *foreign) editedInWords(l *line, nick string) {
	if !f.relay.Notices {
		return
	}
	revision := l.revision
	f.relay.after(settled, func() {
		if l.revision != revision || l.gone {
			return
		}
		words := append(text.Text{}, l.text...)
		if n := len(words); n > 0 {
			words[n-1].Spans = append(slices.Clone(words[n-1].Spans), text.Span{Text: " (corrected)"})
		}
		f.sayWords(l, words, nil, nick, nil)
	})
}

// beginning is enough of a text to know it by.
func beginning(t text.Text) string {
	const most = 40
	words := strings.Join(strings.Fields(t.String()), " ")
	if short := text.Pieces(words, most)[0]; short != words {
		return strings.TrimSpace(short) + "…"
	}
	return words
}
