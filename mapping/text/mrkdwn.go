package text

import "strings"

// Slack's mrkdwn (https://docs.slack.dev/messaging/formatting-message-text): &, < and > are escaped, what stands for something else is in angle brackets,
// and directives act at the edges of words.

// Refer gives the span by which a reference is shown: its text, and what it stands for where the reader of the tree can use it. The reference has the
// network's own ID; label is what the message itself says, or empty. Of kind NoRef it is a group of people.
type Refer func(ref Ref, label string) Span

var mrkdwnDialect = dialect{fences: true, line: appendMrkdwn, escape: escapeMrkdwn, runsOf: mrkdwnRuns}

// Mrkdwn is t in Slack's mrkdwn. Mentions of users and rooms become such by the IDs of their references; mentions of everyone stay text, so that nobody calls
// a whole workspace by accident, where they are not meant to call (CallEveryone).
func (t Text) Mrkdwn() string { return mrkdwnDialect.render(t) }

var mrkdwnEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escapeMrkdwn(s string) string { return mrkdwnEscapes.Replace(s) }

func appendMrkdwn(dst []byte, runs []run) []byte { return appendDirectives(dst, runs, mrkdwnPairs) }

// mrkdwnRuns is the line of a block, escaped, with its references.
func mrkdwnRuns(b Block) []run {
	runs := make([]run, 0, len(b.Spans)+1)
	if mark := bullet(b); mark != "" {
		runs = append(runs, run{text: mark})
	}
	for i := 0; i < len(b.Spans); i++ {
		s := b.Spans[i]
		f := format{style: s.Style &^ Spoiler}
		if b.Kind == Heading {
			f.style |= Bold
		}
		text := escapeMrkdwn(cleanLine(s.Text))
		if s.Style&Spoiler != 0 && text != "" {
			text = "||" + text + "||"
		}
		switch id := s.Ref.ID; {
		case s.Ref.Kind == Link && mrkdwnAddress(s.Ref.URL) != "":
			label := s.Text
			for i+1 < len(b.Spans) && b.Spans[i+1].Ref == s.Ref { // its styles are the first one's: a label has none within
				i++
				label += b.Spans[i].Text
			}
			text = mrkdwnLink(mrkdwnAddress(s.Ref.URL), cleanLine(label))
		case s.Ref.Kind == MentionUser && isMrkdwnID(id):
			text = "<@" + id + ">"
		case s.Ref.Kind == MentionRoom && isMrkdwnID(id):
			text = "<#" + id + ">"
		case s.Ref.Kind == CallEveryone && isMrkdwnID(id):
			text = "<!" + id + ">"
		}
		if text != "" {
			runs = append(runs, run{text, f})
		}
	}
	return runs
}

func mrkdwnLink(address, label string) string {
	if label == "" || sameAddress(label, address) {
		return "<" + escapeMrkdwn(address) + ">"
	}
	return "<" + escapeMrkdwn(address) + "|" + strings.ReplaceAll(escapeMrkdwn(label), "|", "¦") + ">"
}

// mrkdwnAddress is a link's address as it may stand in angle brackets; empty where it has no scheme, and would be read as something else.
func mrkdwnAddress(url string) string {
	if !hasScheme(url) {
		return ""
	}
	return strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", " ", "%20", "\t", "%09", "\n", "", "`", "%60").Replace(cleanLine(url))
}

func hasScheme(url string) bool {
	scheme, _, found := strings.Cut(url, ":")
	if !found || scheme == "" || !isLetter(scheme[0]) {
		return false
	}
	for i := range len(scheme) {
		if c := scheme[i]; !isLetter(c) && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isMrkdwnID tells whether an ID can stand in angle brackets for what it names.
func isMrkdwnID(id string) bool {
	for i := range len(id) {
		if c := id[i]; !isLetter(c) && (c < '0' || c > '9') {
			return false
		}
	}
	return id != ""
}
