package slack

import (
	"context"

	slackgo "github.com/slack-go/slack"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// belonging is where a message belongs: into a thread, which may be shown in the channel as well, or after a quotation of what it answers.
type belonging struct {
	thread    string
	broadcast bool
	quote     text.Text
}

// belongs finds where a message belongs. Slack's people answer a single message in its thread; people on other networks answer it in front of everyone.
// So an answer does both: it is in the thread of the message and also sent to the channel. What answers something in a thread stays there.
func (s *Session) belongs(ctx context.Context, channel string, command transports.Send) belonging {
	switch {
	case command.Thread != "":
		return belonging{thread: string(command.Thread)}
	case command.ReplyTo == nil:
		return belonging{}
	case len(command.Files) > 0: // files cannot be in both
		return belonging{quote: quotation(command.ReplyTo)}
	}
	id := string(command.ReplyTo.ID)
	if m, _ := s.seek(ctx, channel, id); m != nil && m.ThreadTS != "" && m.ThreadTS != id {
		return belonging{thread: m.ThreadTS}
	}
	return belonging{thread: id, broadcast: true}
}

// quotation is what an answer repeats of what it answers, where it cannot be in its thread.
func quotation(of *transports.Reference) text.Text {
	if of == nil || of.Text.Empty() {
		return nil
	}
	return text.Text{{Kind: text.Quote, Children: of.Text}}
}

// quoted is what is said, after the quotation.
func (b belonging) quoted(words string) string {
	if b.quote.Empty() {
		return words
	}
	return mrkdwn(b.quote) + "\n" + words
}

func (b belonging) options() (all []slackgo.MsgOption) {
	if b.thread != "" {
		all = append(all, slackgo.MsgOptionTS(b.thread))
	}
	if b.broadcast {
		all = append(all, slackgo.MsgOptionBroadcast())
	}
	return all
}

// noThread are the errors of an answer that cannot be in the thread of what it answers.
var noThread = []string{"thread_not_found", "cannot_reply_to_message", "restricted_action_non_threadable_channel"}
