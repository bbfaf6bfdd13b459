package integration_test

import (
	"testing"

	"isthmus/integration_test/discordfake"
)

// discordPlaces is how the servers, channels and people of Discord are seen. alice is logged in as the bot.
var discordPlaces = []discordScenario{
	{"the text of voice and stage channels, and announcements, are rooms", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		for name, kind := range map[string]int{"voice": 2, "stage": 13, "announcements": 5} {
			id := w.discord.AddChannel(w.guild, name, kind, nil)
			join(t, alice, w.room(id), "Tess")
			w.discord.Say(id, w.ida, "in "+name, nil)
			alice.Expect(t, "message[@from='"+w.room(id)+"/Ida Lovelace']/body[text()='in "+name+"']")
			say(t, alice, w.room(id), "heard in "+name)
			w.message("heard in " + name)
		}
	}},
	{"permissions that change while one is in a room act at once", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		deny := func(bits string) {
			w.discord.ChangeChannel(id, discordfake.Object{"permission_overwrites": []discordfake.Object{{"id": w.guild, "type": 0, "allow": "0", "deny": bits}}})
		}
		deny("2048") // to write
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']/{muc#user}x/item[@role='visitor']")
		no := say(t, alice, room, "hello?")
		alice.Expect(t, "message[@type='error'][@id='"+no+"']/error/"+conditions+"text[text()~'Send Messages']")
		deny("0")
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']/{muc#user}x/item[@role='participant']")
		yes := say(t, alice, room, "hello!")
		alice.Expect(t, "message[@from='"+room+"/Tess'][@id='"+yes+"']")
		deny("1024") // to see
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Tess']/{muc#user}x[status[@code='110']]")
		deny("0")
		until(t, "the room can be joined again", func() bool {
			alice.Send(t, joinStanza, "room", room, "nick", "Tess")
			return alice.Expect(t, "presence[@from='"+room+"/Tess']").Attr("type") == ""
		})
	}},
	{"a server with an outage is said to have one, and comes back", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		w.discord.Outage(w.guild, true)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()~'Analysts has an outage']")
		no := say(t, alice, room, "hello?")
		alice.Expect(t, "message[@type='error'][@id='"+no+"']/error/"+conditions+"text[text()~'outage']")
		w.discord.Outage(w.guild, false)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()~'Analysts is back']")
		w.discord.Say(id, w.ida, "here we are", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='here we are']")
	}},
	{"a name of the server and a timeout are seen, and the timeout's end", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		_, room := w.channel()
		join(t, alice, room, "Tess")
		w.discord.ChangeMember(w.guild, w.ida, discordfake.Object{"nick": "Countess"})
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Ida Lovelace']/{muc#user}x[item[@nick='Countess']][status[@code='303']]")
		w.discord.ChangeMember(w.guild, w.ida, discordfake.Object{"nick": nil})
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/Ida Lovelace']")
		w.discord.Silence(w.guild, w.ida, 3)
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']/{muc#user}x/item[@role='visitor']")
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']/{muc#user}x/item[@role='participant']")
	}},
	{"nobody is written to who shares no server with the bot", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		stranger := w.discord.AddUser("Stranger")
		alice.Send(t, "<message to='{to}' type='chat' id='st1'><body>psst</body></message>", "to", stranger+"%"+w.bot.ID+"@"+discordDomain)
		alice.Expect(t, "message[@type='error'][@id='st1']/error/"+conditions+"text[text()~'met in one of its servers']")
	}},
}
