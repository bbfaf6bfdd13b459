package xep

import (
	"slices"
	"strconv"

	"isthmus/core/stanza"
)

// NSFallback is the namespace of fallback indication.
const NSFallback = "urn:xmpp:fallback:0"

// Fallback marks a part of the body, from one character to before another, as a stand-in for what a namespace says (XEP-0428 §3); with an end of 0 it is all of it.
func Fallback(namespace string, start, end int) *stanza.Element {
	body := stanza.New("", "body")
	if end > 0 {
		body.Set("start", strconv.Itoa(start)).Set("end", strconv.Itoa(end))
	}
	return stanza.New(NSFallback, "fallback", "for", namespace).Add(body)
}

// WithoutFallback is a body without the parts that stand in for what a namespace says (XEP-0428 §3), which are counted in characters.
// A range that does not lie in the body is no range.
func WithoutFallback(s *stanza.Stanza, body, namespace string) string {
	characters := []rune(body)
	var cut [][2]int
	for _, f := range s.Payload {
		if !f.Is(NSFallback, "fallback") || f.Attr("for") != namespace {
			continue
		}
		ranges := f.Children()
		if len(ranges) == 0 {
			return ""
		}
		for _, b := range ranges {
			if !b.Is(NSFallback, "body") {
				continue
			}
			start, end := 0, len(characters)
			var err [2]error
			if text := b.Attr("start"); text != "" {
				start, err[0] = strconv.Atoi(text)
			}
			if text := b.Attr("end"); text != "" {
				end, err[1] = strconv.Atoi(text)
			}
			if err[0] == nil && err[1] == nil && 0 <= start && start <= end && end <= len(characters) {
				cut = append(cut, [2]int{start, end})
			}
		}
	}
	slices.SortFunc(cut, func(a, b [2]int) int { return a[0] - b[0] })
	var left []rune
	at := 0
	for _, c := range cut {
		if c[0] > at {
			left = append(left, characters[at:c[0]]...)
		}
		at = max(at, c[1])
	}
	return string(append(left, characters[at:]...))
}
