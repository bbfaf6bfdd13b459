package discord

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// Webhooks cannot reply. What is said through one names in its first line what it answers, with a link to it.

const messageLink = "https://discord.com/channels/"

// answering is that first line. What it answers is asked for where the core does not know it.
func (s *Session) answering(ctx context.Context, guild, channel, id string, to *transports.Reference) string {
	const excerpt = 100
	from, words := to.From, to.Text
	if from.Name == "" {
		if m, err := s.messageAt(ctx, channel, id); err == nil {
			m.GuildID = guild
			s.mu.Lock()
			from, words = s.world.authorOf(&m), s.world.textOf(guild, &m.content)
			s.mu.Unlock()
		}
	}
	said := strings.Join(strings.Fields(words.String()), " ")
	if utf8.RuneCountInString(said) > excerpt {
		said = text.Pieces(said, excerpt)[0] + "…"
	}
	name := text.Plain(from.Name).Discord()
	if name == "" {
		name = "a message"
	}
	return "-# [" + name + "](" + messageLink + guild + "/" + channel + "/" + id + ") " + text.Plain(said).Discord() + "\n"
}

var answerLine = regexp.MustCompile(`^-# \[.{0,400}?\]\(` + messageLink + `\d+/\d+/(\d+)\)[^\n]*\n`)

// unanswered takes that first line off a message of ours, and gives the id of what it answers.
func unanswered(content string) (rest, id string) {
	found := answerLine.FindStringSubmatch(content)
	if found == nil || !isSnowflake(found[1]) {
		return content, ""
	}
	return content[len(found[0]):], found[1]
}
