package integration_test

import (
	"testing"

	"isthmus/integration_test/discordfake"
)

// discordMessages is what messages of Discord become, and what becomes of those to Discord. alice is logged in as the bot.
var discordMessages = []discordScenario{
	{"what has no form in XMPP is readable: embeds, components, polls, forwards, stickers, voice, and what Discord itself says", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		type of = discordfake.Object
		for _, m := range []struct {
			content string
			more    of
			reads   string
		}{
			{"look", of{"embeds": []of{{"type": "rich", "title": "News", "url": "https://news.example", "description": "All is **well**", "fields": []of{{"name": "Mood", "value": "good"}}}}},
				"look\n> *News* https://news.example\n> All is *well*\n> *Mood*: good"},
			{"choose", of{"components": []of{{"type": 1, "components": []of{{"type": 2, "label": "Open", "url": "https://x.example"}, {"type": 2, "label": "Vote", "custom_id": "v"}}}}},
				"choose\n[Open] https://x.example\n[Vote]"},
			{"", of{"flags": 1 << 15, "components": []of{{"type": 17, "components": []of{{"type": 10, "content": "in a **container**"}}}}}, "in a *container*"},
			{"", of{"poll": of{"question": of{"text": "Tea?"}, "answers": []of{{"answer_id": 1, "poll_media": of{"text": "Yes"}}, {"answer_id": 2, "poll_media": of{"text": "No"}}}}}, "Poll: Tea?\n• Yes\n• No"},
			{"", of{"message_reference": of{"type": 1, "message_id": "5", "channel_id": "6"}, "message_snapshots": []of{{"message": of{"content": "from **elsewhere**"}}}}, "Forwarded:\n> from *elsewhere*"},
			{"", of{"sticker_items": []of{{"id": "77", "name": "wave", "format_type": 3}}}, "(sticker: wave)"},
			{"<:blob:123> at <t:1700000000:F>, ||hidden||", nil, ":blob: at 2023-11-14 22:13 UTC, ||hidden||"},
			{"", of{"type": 7}, "Ida Lovelace joined the server."},
			{"", of{"type": 6, "message_reference": of{"type": 0, "message_id": "5", "channel_id": id}}, "Ida Lovelace pinned a message."},
			{"", of{"type": 8}, "Ida Lovelace boosted the server."},
			{"", of{"type": 46, "embeds": []of{{"type": "poll_result", "fields": []of{{"name": "poll_question_text", "value": "Tea?"}, {"name": "victor_answer_text", "value": "Yes"}, {"name": "victor_answer_votes", "value": "3"}, {"name": "total_votes", "value": "4"}}}}},
				"The poll of Ida Lovelace has ended. Tea?\nYes: 3 of 4 votes."},
		} {
			w.discord.Say(id, w.ida, m.content, m.more)
			got := alice.Expect(t, "message[@type='groupchat'][@from~'^#"+id+"%']/body").Find("message/body").Text
			if got != m.reads {
				t.Errorf("%v reads\n%q, want\n%q", m.more, got, m.reads)
			}
		}
		w.discord.Upload(id, w.ida, "voice-message.ogg", "audio/ogg", "a word or two")
		alice.Expect(t, append(sharedFile("voice-message.ogg", "audio/ogg", 13), "message[@from='"+room+"/Ida Lovelace']")...)
		w.discord.Say(id, w.ida, "", of{"sticker_items": []of{{"id": "78", "name": "bow", "format_type": 1}}})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()~'/stickers/78.png']")
	}},
	{"mentions are names, and many messages that are deleted at once are gone", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		role := w.discord.AddRole(w.guild, "Scribes", nil)
		w.discord.Say(id, w.ida, "<@&"+role+"> and <@"+w.ida+">: see <#"+id+">", nil)
		name := w.discord.Channel(id)["name"].(string)
		alice.Expect(t, "message/body[text()='@Scribes and @Ida Lovelace: see #"+name+"']")
		w.discord.DeleteRole(w.guild, role)
		one, two := w.discord.Say(id, w.ida, "spam", nil), w.discord.Say(id, w.ida, "more spam", nil)
		alice.Expect(t, "message/body[text()='more spam']")
		w.discord.Dispatch("MESSAGE_DELETE_BULK", discordfake.Object{"ids": []string{one, two}, "channel_id": id, "guild_id": w.guild})
		for _, gone := range []string{one, two} {
			alice.Expect(t, "message[@type='groupchat']/{urn:xmpp:message-retract:1}retract[@id='"+gone+"']")
		}
	}},
	{"slow mode is told to who writes", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		w.discord.Fail(discordfake.Fault{Method: "POST", Path: "/channels/" + id + "/messages", Times: 1, Status: 429, Body: `{"message": "This action cannot be performed due to slowmode rate limit.", "code": 20016, "retry_after": 900, "global": false}`})
		fast := say(t, alice, room, "too fast")
		alice.Expect(t, "message[@type='error'][@id='"+fast+"']/error/"+conditions+"text[text()~'slow mode']")
	}},
	{"who writes is seen on both sides", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		w.discord.Type(id, w.ida)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{http://jabber.org/protocol/chatstates}composing")
		alice.Send(t, "<message type='groupchat' to='{room}'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>", "room", room)
		w.discord.Asked("POST /channels/" + id + "/typing")
	}},
}
