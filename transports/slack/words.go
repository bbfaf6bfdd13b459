package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// textOf is what a message says: its blocks where it has such that hold text, else its text, and what programs attached to it.
func (s *Session) textOf(ctx context.Context, m *messageObject) text.Text {
	refer := s.refer(ctx)
	t := parseBlocks(m.Blocks, refer)
	if t.Empty() {
		t = text.ParseMrkdwn(m.Text, refer)
	}
	return append(t, parseAttachments(m.Attachments, refer)...).Canonical()
}

// offhand is the context of what is said with what is known, without asking.
var offhand = ended()

func ended() context.Context {
	ctx, end := context.WithCancel(context.Background())
	end()
	return ctx
}

// refer says how references are shown. In a context that has ended, nothing is asked for.
func (s *Session) refer(ctx context.Context) text.Refer {
	return func(ref text.Ref, label string) text.Span {
		switch ref.Kind {
		case text.MentionUser:
			who, known := s.people.get(ref.ID)
			if !known && ctx.Err() == nil {
				who = s.person(ctx, ref.ID)
				known = who.name != ref.ID
			}
			if known || label == "" {
				label = "@" + who.name
			}
			if !known && who.name == "" {
				label = "@" + ref.ID
			}
			return text.Span{Text: label, Ref: text.Ref{Kind: text.MentionUser, ID: string(userID(ref.ID))}}
		case text.MentionRoom:
			if r := s.room(ref.ID); r != nil {
				label = "#" + r.name(s)
			} else if label == "" {
				label = "#" + ref.ID
			}
			return text.Span{Text: label, Ref: text.Ref{Kind: text.MentionRoom, ID: string(roomID(ref.ID))}}
		case text.Emoji:
			if shown, ok := emojiText(ref.ID); ok {
				return text.Span{Text: shown}
			}
			if address := s.customEmoji(ctx, ref.ID); address != "" {
				return text.Span{Text: ":" + ref.ID + ":", Ref: text.Ref{Kind: text.Emoji, ID: ref.ID, URL: address}}
			}
			return text.Span{Text: ":" + ref.ID + ":"}
		case text.NoRef:
			if label == "" {
				label = "@" + ref.ID
			}
			return text.Span{Text: label}
		}
		return text.Span{Text: label, Ref: ref}
	}
}

// maxAlias bounds how many names an emoji's alias may lead over.
const maxAlias = 5

// customEmoji is the address of an emoji's image that only the workspace has, or empty.
func (s *Session) customEmoji(ctx context.Context, name string) string {
	s.mu.Lock()
	all := s.emoji
	s.mu.Unlock()
	if all == nil && ctx.Err() == nil {
		var answer struct {
			Emoji map[string]string `json:"emoji"`
		}
		if _, err := s.client.read(ctx, "emoji.list", nil, &answer); err != nil {
			s.log.Info("The workspace's emoji could not be read.", "error", err)
			if refused := (*apiError)(nil); !errors.As(err, &refused) || isRateLimit(refused.code) {
				return "" // it may be better the next time
			}
		}
		if all = answer.Emoji; all == nil {
			all = map[string]string{}
		}
		s.mu.Lock()
		s.emoji = all
		s.mu.Unlock()
	}
	for range maxAlias {
		alias, isAlias := strings.CutPrefix(all[name], "alias:")
		if !isAlias {
			break
		}
		name = alias
	}
	if u, err := url.Parse(all[name]); err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return all[name]
}

// mrkdwn is a text as Slack reads it.
func mrkdwn(t text.Text) string { return strings.Trim(withIDs(t).Mrkdwn(), "\n") }

// words is what is to be said as Slack reads it. "@here" and the like call people where the operator lets people do that, and somebody says it for themselves.
func (s *Session) words(command transports.Send) string {
	t := command.Text
	if s.driver.config.CallEveryone && command.As == nil && command.Style != transports.Notice {
		t = t.Everyone(text.CallEveryone, "here", "channel", "everyone")
	}
	return mrkdwn(t)
}

// withIDs has the references of a text name what they are about as Slack does.
func withIDs(t text.Text) text.Text {
	out := make(text.Text, len(t))
	for i, b := range t {
		spans := make([]text.Span, len(b.Spans))
		for k, span := range b.Spans {
			switch span.Ref.Kind {
			case text.MentionUser:
				span.Ref.ID = slackUser(transports.UserID(span.Ref.ID))
				if span.Ref.ID == "" || span.Ref.ID[0] != 'U' && span.Ref.ID[0] != 'W' { // a bot without an account cannot be mentioned
					span.Ref = text.Ref{}
				}
			case text.MentionRoom:
				span.Ref.ID = channelOf(transports.RoomID(span.Ref.ID))
			case text.CallEveryone:
				if span.Ref.ID != "here" { // "everyone" is the same in the one channel in which Slack takes it
					span.Ref.ID = "channel"
				}
			}
			spans[k] = span
		}
		b.Spans, b.Children = spans, withIDs(b.Children)
		out[i] = b
	}
	return out
}
