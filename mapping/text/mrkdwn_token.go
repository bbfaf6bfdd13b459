package text

import (
	"strconv"
	"strings"
	"time"
)

// maxToken bounds what may stand in angle brackets, in bytes.
const maxToken = 4096

// mrkdwnToken reads what stands in angle brackets at the beginning of s, and tells how many bytes it takes; n is 0 where there is no such thing.
// A link without a label has no text.
func mrkdwnToken(s string, refer Refer) (span Span, n int) {
	if s[0] != '<' {
		return Span{}, 0
	}
	n = strings.IndexByte(s[:min(len(s), maxToken)], '>') + 1
	if n <= 2 || strings.IndexByte(s[1:n], '<') >= 0 {
		return Span{}, 0
	}
	target, label, _ := strings.Cut(s[1:n-1], "|")
	target, label = unescapeAll(target), unescapeAll(label)
	switch {
	case target == "":
		return Span{}, 0
	case target[0] == '@' && isMrkdwnID(target[1:]):
		return refer(Ref{Kind: MentionUser, ID: target[1:]}, at(label)), n
	case target[0] == '#' && isMrkdwnID(target[1:]):
		if label != "" {
			label = "#" + label
		}
		return refer(Ref{Kind: MentionRoom, ID: target[1:]}, label), n
	case target[0] == '!':
		return mrkdwnCommand(target[1:], label, refer), n
	case hasScheme(target):
		return Span{Text: label, Ref: Ref{Kind: Link, URL: target}}, n
	}
	return Span{}, 0
}

func at(label string) string {
	if label == "" || label[0] == '@' {
		return label
	}
	return "@" + label
}

func mrkdwnCommand(command, label string, refer Refer) Span {
	word, rest, _ := strings.Cut(command, "^")
	switch word {
	case "here", "channel", "everyone":
		return refer(Ref{Kind: MentionEveryone, ID: word}, "@"+word)
	case "subteam":
		id, _, _ := strings.Cut(rest, "|")
		return refer(Ref{ID: id}, at(label))
	case "date":
		return mrkdwnDate(rest, label)
	}
	if label == "" {
		label = "<" + word + ">"
	}
	return Span{Text: label}
}

// mrkdwnDate is a moment: the message's own words for it, which are meant for those who cannot show it in the reader's time.
func mrkdwnDate(s, label string) Span {
	parts := strings.SplitN(s, "^", 3)
	if seconds, err := strconv.ParseInt(parts[0], 10, 64); label == "" && err == nil {
		label = time.Unix(seconds, 0).UTC().Format("2006-01-02 15:04 UTC")
	}
	span := Span{Text: label}
	if len(parts) == 3 && hasScheme(parts[2]) {
		span.Ref = Ref{Kind: Link, URL: parts[2]}
	}
	return span
}

func unescapeAll(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
