package relay

import (
	"slices"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// everyone are the words by which people call everyone in a room.
var everyone = []string{"here", "channel", "everyone"}

// calling has the mentions of everyone in what somebody has said call everyone in a room, where the policy wants that; else nobody is called by them. Where a network
// has such mentions itself, its own word counts, for not everybody may call there; of others the words do. What was said a while ago calls nobody any more.
func (f *foreign) calling(l *line, t text.Text) text.Text {
	if l.room == nil || l.room.can.Features&transports.Mentions == 0 {
		t = t.Everyone(text.MentionEveryone, everyone...)
	}
	if !f.relay.CallEveryone || time.Since(l.at) > late {
		return t
	}
	out := slices.Clone(t)
	for i, block := range out {
		out[i].Spans = slices.Clone(block.Spans)
		for k, span := range block.Spans {
			if span.Ref.Kind == text.MentionEveryone {
				out[i].Spans[k].Ref.Kind = text.CallEveryone
			}
		}
	}
	return out
}
