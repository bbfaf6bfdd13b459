package discord

import (
	"slices"
	"strings"

	"isthmus/mapping/text"
)

// everyone are the words by which Discord's people call everyone in a channel (Message Formatting; Allowed Mentions Object).
var everyone = []string{"here", "everyone"}

// calls tells whether a text is to call everyone.
func calls(t text.Text) bool {
	return slices.ContainsFunc(t, func(b text.Block) bool {
		return slices.ContainsFunc(b.Spans, func(s text.Span) bool { return s.Ref.Kind == text.CallEveryone })
	})
}

// mayCall tells whether the account may call everyone in a channel.
func (s *Session) mayCall(channel string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[channel]
	return c != nil && c.GuildID != "" && s.world.mine(c)&mentionEveryone != 0
}

// hushed has a word that would call everyone call nobody: Discord does not see it behind a sign of no width.
var hushed = strings.NewReplacer("@everyone", "@"+zeroWidth+"everyone", "@here", "@"+zeroWidth+"here")

const zeroWidth = "\u200b"

// quiet is a text that calls everyone, and in which nothing else does: whom Discord is to find in it, it finds wherever they stand.
func quiet(t text.Text) text.Text {
	out := slices.Clone(t)
	for i, b := range out {
		out[i].Code, out[i].Children, out[i].Spans = hushed.Replace(b.Code), quiet(b.Children), slices.Clone(b.Spans)
		for k, s := range b.Spans {
			if s.Ref.Kind != text.CallEveryone {
				out[i].Spans[k].Text = hushed.Replace(s.Text)
			}
		}
	}
	return out
}

// uncalled is a text as it was written, in which nobody is called.
func uncalled(t text.Text) text.Text {
	out := slices.Clone(t)
	for i, b := range out {
		out[i].Spans = slices.Clone(b.Spans)
		for k, s := range b.Spans {
			if s.Ref.Kind == text.CallEveryone {
				out[i].Spans[k].Ref = text.Ref{}
			}
		}
	}
	return out
}

// spare is what stands before a text and is to call nobody.
func (m allowedMentions) spare(before string) string {
	if len(m.Parse) == 0 {
		return before
	}
	return hushed.Replace(before)
}
