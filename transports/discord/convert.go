package discord

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// somebody is the author of what nobody is said to have written.
var somebody = user{ID: "0", Username: "somebody"}

// authorOf is who wrote a message. A webhook speaks for many, under the name of each: those are users of their own.
func authorOf(m *message) user {
	u := m.Author
	if u.ID == "" {
		u = somebody
	}
	if m.WebhookID != "" {
		name := fnv.New32a()
		_, _ = name.Write([]byte(u.Username))
		u.ID = fmt.Sprintf("w%s-%08x", m.WebhookID, name.Sum32())
	}
	return u
}

// authorOf is who wrote a message, as the guild shows them.
func (w *world) authorOf(m *message) transports.User {
	u := authorOf(m)
	if known, there := w.person(m.GuildID, u.ID); there && m.WebhookID == "" {
		return known
	}
	if m.Member != nil {
		m.Member.User = u
		return w.userIn(m.GuildID, m.Member)
	}
	return userOf(u)
}

// timeOf reads a time of Discord's.
func timeOf(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}

// told is a message in the contract's words.
func (w *world) told(at spot, m *message) transports.Message {
	out := transports.Message{Place: at.place, ID: at.id(m.ID), Thread: w.rootOf(at.thread), From: w.authorOf(m), Own: m.Author.ID == w.self.ID, At: timeOf(m.Timestamp),
		Nonce: nonceOf(m.Nonce), Text: w.textOf(m.GuildID, &m.content), Files: w.filesOf(m.ChannelID, m.ID, &m.content)}
	if out.At.IsZero() {
		out.At = saidAt(m.ID)
	}
	if out.Thread == out.ID { // it begins the thread
		out.Thread, out.Text = "", w.headed(out.Text, at.thread)
	}
	if said := w.system(m); said != "" {
		out.Style = transports.Notice
		out.Text = append(text.Plain(said), out.Text...)
	}
	if p := m.Poll; p != nil {
		out.Text = append(out.Text, pollText(p)...)
	}
	switch {
	case len(m.Snapshots) > 0:
		inner := &m.Snapshots[0].Message
		out.Forwarded = &transports.Reference{Text: w.textOf(m.GuildID, inner)}
		if m.Reference != nil {
			out.Files = append(out.Files, w.filesOf(m.ChannelID, m.ID, inner)...)
		}
	case m.Reference != nil && m.Reference.Type == 0 && m.Type == 19 && isSnowflake(m.Reference.MessageID):
		out.ReplyTo = &transports.Reference{ID: at.id(m.Reference.MessageID)}
		var of message
		if decode(m.Referred, &of); of.ID != "" {
			of.GuildID = m.GuildID
			out.ReplyTo.From, out.ReplyTo.Text = w.authorOf(&of), w.textOf(m.GuildID, &of.content)
		}
	}
	if out.Text.Empty() && len(out.Files) == 0 && out.Forwarded == nil {
		out.Text = text.Plain("(This message has nothing that can be shown here. Look at it in Discord.)")
	}
	return out
}

// threadStarter is the type of the message that a thread has in place of the one that it was started from, which stands in the channel.
const threadStarter = 21

// systemTexts are what Discord itself says in a channel (Message Types), about the author.
var systemTexts = map[int]string{
	1: "%s added somebody to the group.", 2: "%s left the group, or removed somebody.", 3: "%s started a call.", 4: "%s changed the name of the channel.",
	5: "%s changed the picture of the channel.", 6: "%s pinned a message.", 7: "%s joined the server.", 8: "%s boosted the server.",
	9: "%s boosted the server, which has reached level 1.", 10: "%s boosted the server, which has reached level 2.", 11: "%s boosted the server, which has reached level 3.",
	12: "%s follows another channel here:", 18: "%s started a thread:", 24: "A rule of the server (AutoMod) has acted upon a message of %s.",
	27: "%s began a stage.", 28: "%s ended a stage.", 29: "%s speaks on the stage.", 31: "%s changed the topic of the stage.", 46: "The poll of %s has ended.",
}

// system is what Discord itself says, or empty for what a person says.
func (w *world) system(m *message) string {
	said, is := systemTexts[m.Type]
	if !is {
		return ""
	}
	said = fmt.Sprintf(said, w.authorOf(m).Name)
	for _, e := range m.Embeds {
		if e.Type == "poll_result" {
			said += e.pollResult()
		}
	}
	return said
}

// pollResult says how a poll has ended (Poll Result Embed Fields).
func (e *embed) pollResult() string {
	of := map[string]string{}
	for _, f := range e.Fields {
		of[f.Name] = f.Value
	}
	said := ""
	if q := of["poll_question_text"]; q != "" {
		said = " " + q
	}
	if a := cmp.Or(of["victor_answer_text"], of["victor_answer_emoji_name"]); a != "" {
		return said + fmt.Sprintf("\n%s: %s of %s votes.", a, cmp.Or(of["victor_answer_votes"], "0"), cmp.Or(of["total_votes"], "0"))
	}
	return said + "\nNo answer has won."
}

// textOf is the text of a message, with what else can be read in it.
func (w *world) textOf(guild string, c *content) text.Text {
	t := w.parse(guild, c.Content, c.Mentions)
	if c.Everyone {
		t = t.Everyone(text.MentionEveryone, everyone...)
	}
	for _, e := range c.Embeds {
		if e.Type == "rich" || e.Type == "" { // others are made from links in the text
			t = append(t, w.embedText(guild, &e)...)
		}
	}
	for _, s := range c.Stickers {
		if s.Format == lottie {
			t = append(t, text.Plain("(sticker: "+s.Name+")")...)
		}
	}
	for _, line := range componentLines(c.Components, 0) {
		t = append(t, w.parse(guild, line, nil)...)
	}
	return t.Canonical()
}

// parse reads Discord's markdown, with the names of those whom it mentions.
func (w *world) parse(guild, s string, mentions []user) text.Text {
	return text.ParseDiscord(s, func(kind text.DiscordMention, id string) string {
		switch kind {
		case text.DiscordUser:
			for _, u := range mentions {
				if _, known := w.people[u.ID]; !known && u.ID == id {
					w.remember(u)
				}
			}
			u, _ := w.person(guild, id)
			return u.Name
		case text.DiscordRole:
			if g := w.guilds[guild]; g != nil {
				return g.roles[id].Name
			}
		case text.DiscordChannel:
			if c := w.channels[id]; c != nil {
				return c.Name
			}
		}
		return ""
	}, func(id string, animated bool) string { return emojiURL(w.cdn, id, animated) })
}

func emojiURL(cdn, id string, animated bool) string {
	kind := ".png"
	if animated {
		kind = ".gif"
	}
	return cdn + "/emojis/" + id + kind
}

// embedText is an embed as people read it, as a quotation.
func (w *world) embedText(guild string, e *embed) text.Text {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	add(e.Author.Name)
	switch {
	case e.Title != "" && e.URL != "":
		add("**" + e.Title + "** <" + e.URL + ">")
	case e.Title != "":
		add("**" + e.Title + "**")
	default:
		add(e.URL)
	}
	add(e.Description)
	for _, f := range e.Fields {
		add("**" + f.Name + "**: " + f.Value)
	}
	add(e.Image.URL)
	add(e.Footer.Text)
	if len(lines) == 0 {
		return nil
	}
	return text.Text{{Kind: text.Quote, Children: w.parse(guild, strings.Join(lines, "\n"), nil)}}
}

func pollText(p *poll) text.Text {
	t := text.Plain("Poll: " + p.Question.Text)
	for _, a := range p.Answers {
		t = append(t, text.Block{Kind: text.Item, Spans: []text.Span{{Text: a.Media.Text}}})
	}
	return t.Canonical()
}

// maxComponentDepth bounds components in components.
const maxComponentDepth = 5

// componentLines are the texts, links and buttons of components of any kind (Component Reference).
func componentLines(raw []byte, depth int) (lines []string) {
	var all []struct {
		Content     string          `json:"content"`
		Label       string          `json:"label"`
		Placeholder string          `json:"placeholder"`
		URL         string          `json:"url"`
		Components  json.RawMessage `json:"components"`
		Accessory   json.RawMessage `json:"accessory"`
	}
	if len(raw) == 0 || depth > maxComponentDepth {
		return nil
	}
	decode(raw, &all)
	for _, c := range all {
		switch {
		case c.Content != "":
			lines = append(lines, c.Content)
		case c.Label != "" && c.URL != "":
			lines = append(lines, "["+c.Label+"] <"+c.URL+">")
		case c.Label != "" || c.Placeholder != "":
			lines = append(lines, "["+c.Label+c.Placeholder+"]")
		}
		lines = append(lines, componentLines(c.Components, depth+1)...)
		if len(c.Accessory) > 0 {
			lines = append(lines, componentLines([]byte("["+string(c.Accessory)+"]"), depth+1)...)
		}
	}
	return lines
}

// lottie is the format of stickers that no client shows as a picture (Sticker Format Types).
const lottie = 3

// filesOf are the files and the stickers of a message.
func (w *world) filesOf(channel, id string, c *content) (files []transports.File) {
	for _, a := range c.Attachments {
		files = append(files, transports.File{ID: fileID(channel, id, a.ID), Name: a.Filename, Type: a.ContentType, Size: a.Size, Width: a.Width, Height: a.Height, Description: a.Description})
	}
	for _, s := range c.Stickers {
		kind, end := "image/png", ".png"
		if s.Format == 4 {
			kind, end = "image/gif", ".gif"
		}
		if s.Format != lottie && isSnowflake(s.ID) {
			files = append(files, transports.File{ID: transports.FileID("sticker/" + s.ID), Name: s.Name + end, Type: kind, URL: w.cdn + "/stickers/" + s.ID + end, Sticker: true})
		}
	}
	return files
}

func fileID(channel, message, attachment string) transports.FileID {
	return transports.FileID(channel + "/" + message + "/" + attachment)
}
