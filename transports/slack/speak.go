package slack

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// maxText is the longest message that Slack recommends, in characters; it cuts off what is over 40,000. https://docs.slack.dev/changelog/2018-truncating-really-long-messages
const maxText = 4000

var tooLong = fault(transports.TooLarge, "The message is longer than 4,000 characters. Send it in parts, or as a file.")

// send says something.
func (s *Session) send(ctx context.Context, c *connection, command transports.Send, landings *landings) (result transports.Result, err error) {
	switch {
	case utf8.RuneCountInString(command.Text.String()) > maxText:
		return result, tooLong
	case mrkdwn(command.Text) == "" && len(command.Files) == 0:
		return result, fault(transports.Invalid, "There is nothing to send.")
	}
	channel, err := s.channelFor(ctx, command.Place)
	if err != nil {
		return result, err
	}
	where := s.belongs(ctx, channel, command)
	var marks []string
	landings.add(s.flies(c, channel), &marks)
	if len(command.Files) > 0 {
		ts, mark, err := s.sendFiles(ctx, channel, command, where.quoted(attributed(command.As, s.words(command))))
		marks = append(marks, mark...)
		if ts != "" {
			result.Parts = []transports.MessageID{transports.MessageID(ts)}
		}
		return result, err
	}
	ts, err := s.speak(ctx, channel, command, where)
	if command.ReplyTo != nil && isCode(err, noThread...) {
		ts, err = s.speak(ctx, channel, command, belonging{quote: quotation(command.ReplyTo)})
	}
	if err != nil {
		return result, asFault(err, true)
	}
	marks = append(marks, sentMark(channel, ts))
	s.mu.Lock()
	s.reacted.begin(channel, ts)
	s.mu.Unlock()
	return transports.Result{Parts: []transports.MessageID{transports.MessageID(ts)}}, nil
}

// speak posts a message without files where it belongs, and gives its timestamp.
func (s *Session) speak(ctx context.Context, channel string, command transports.Send, where belonging) (ts string, err error) {
	words := s.words(command)
	method, options := "chat.postMessage", []slackgo.MsgOption{slackgo.MsgOptionDisableLinkUnfurl()}
	switch {
	case command.Style == transports.Does && where.thread == "" && where.quote == nil && command.As == nil:
		method, options = "chat.meMessage", []slackgo.MsgOption{slackgo.MsgOptionMeMessage()}
	case command.Style == transports.Does: // threads have no such messages
		words = "_" + words + "_"
	}
	if !s.speaksForOthers() {
		words = attributed(command.As, words)
	}
	options = append(options, slackgo.MsgOptionText(where.quoted(words), false))
	options = append(options, where.options()...)
	return s.post(ctx, method, channel, command.Nonce, append(options, s.persona(command.As)...))
}

// post posts a message, marked with its nonce where Slack takes marks.
func (s *Session) post(ctx context.Context, method, channel string, nonce int64, options []slackgo.MsgOption) (ts string, err error) {
	marked := options
	if nonce != 0 && method == "chat.postMessage" && !s.unmarked.Load() {
		mark := slackgo.SlackMetadata{EventType: sentHere, EventPayload: map[string]any{"nonce": strconv.FormatInt(nonce, 10)}}
		marked = append(slices.Clone(options), slackgo.MsgOptionMetadata(mark))
	}
	_, ts, _, err = s.client.web().SendMessageContext(ctx, channel, marked...)
	if err = s.client.did(method, err); err == nil && ts == "" {
		err = &apiError{method: method, code: "bad_answer"} // what was said has no place
	}
	if e, is := err.(*apiError); is && strings.Contains(e.code, "metadata") && !s.unmarked.Swap(true) {
		s.log.Info("Slack takes no marks on messages, so after a crash nobody can tell which were sent.", "error", err)
		return s.post(ctx, method, channel, nonce, options)
	}
	return ts, err
}

// attributed is what somebody says through an account that cannot speak under their name: a person's own, and a bot's with a file.
func attributed(as *transports.Persona, words string) string {
	if as == nil {
		return words
	}
	return "*" + mrkdwn(text.Plain(flat(as.Name))) + "*: " + words
}

// speaksForOthers tells whether the account can speak under other names: a bot can.
func (s *Session) speaksForOthers() bool { return strings.HasPrefix(s.secrets.Token, "xoxb-") }

// persona has a bot speak under someone's name and picture (chat:write.customize).
func (s *Session) persona(as *transports.Persona) []slackgo.MsgOption {
	if as == nil || !s.speaksForOthers() {
		return nil
	}
	options := []slackgo.MsgOption{slackgo.MsgOptionUsername(as.Name)}
	if as.Picture != "" {
		options = append(options, slackgo.MsgOptionIconURL(as.Picture))
	}
	return options
}

// edit replaces the text of an own message.
func (s *Session) edit(ctx context.Context, c *connection, command transports.Edit, landings *landings) error {
	words := mrkdwn(command.Text)
	switch {
	case words == "":
		return fault(transports.Invalid, "There is nothing to say instead. Delete the message.")
	case utf8.RuneCountInString(command.Text.String()) > maxText:
		return tooLong
	}
	channel, err := s.channelFor(ctx, command.Place)
	if err != nil {
		return err
	}
	if command.Style == transports.Does && command.As != nil {
		words = "_" + words + "_"
	}
	if !s.speaksForOthers() {
		words = attributed(command.As, words)
	}
	var marks []string
	landings.add(s.flies(c, channel), &marks)
	_, _, now, err := s.client.web().UpdateMessageContext(ctx, channel, string(command.ID), slackgo.MsgOptionText(words, false))
	if err = s.client.did("chat.update", err); err != nil {
		return asFault(err, true)
	}
	marks = append(marks, editMark(channel, string(command.ID), now), editMark(channel, string(command.ID), words))
	return nil
}

// delete takes a message back. One that is not there any more is as good as deleted.
func (s *Session) delete(ctx context.Context, c *connection, command transports.Delete, landings *landings) error {
	channel, err := s.channelFor(ctx, command.Place)
	if err != nil {
		return err
	}
	mark := deletedMark(channel, string(command.ID))
	var marks []string
	landings.add(s.flies(c, channel), &marks)
	_, _, err = s.client.web().DeleteMessageContext(ctx, channel, string(command.ID))
	if err = s.client.did("chat.delete", err); err != nil && !isCode(err, "message_not_found") {
		return asFault(err, true)
	}
	marks = append(marks, mark)
	return nil
}

// isCode tells whether an error is one of these of the Web API.
func isCode(err error, codes ...string) bool {
	e, is := err.(*apiError)
	if !is {
		return false
	}
	for _, code := range codes {
		if e.code == code {
			return true
		}
	}
	return false
}
