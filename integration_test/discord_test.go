package integration_test

import (
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/integration_test/xmppclient"
)

// discordOwn is what a person has of a bot of their own. The scenarios follow one another.
var discordOwn = []discordScenario{
	{"a wrong token is said, with what to do", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "phone")
		mustMatch(t, stages(t, alice, discordDomain, "login", field("token", "nonsense")),
			"iq[@type='result']"+form+"[@status='executing']/note[@type='error'][text()~'does not take this token'][text()~'Reset Token']")
	}},
	{"messages go both ways, with their formatting", func(t *testing.T, w *discordWorld) {
		alice := w.loggedIn(t, "alice")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		w.discord.Say(id, w.ida, "hello **there**, <@"+w.bot.ID+">", nil)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='hello *there*, @Tess']")
		said := say(t, alice, room, "*welcome* to C_3_PO")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Tess'][@id='"+said+"']/body")
		w.message(`**welcome** to C\_3\_PO`)
	}},
	{"corrections, reactions and answers go both ways", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		question := w.discord.Say(id, w.ida, "what time is it?", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:sid:0}stanza-id[@id='"+question+"']")
		w.discord.Edit(id, question, "what day is it?")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='what day is it?']]/{urn:xmpp:message-correct:0}replace")
		w.discord.React(id, question, w.ida, "👍", true)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+question+"']/reaction[text()='👍']")
		alice.Send(t, "<message type='groupchat' id='a1' to='{room}'><body>Friday</body><reply xmlns='urn:xmpp:reply:0' id='{of}'/></message>", "room", room, "of", question)
		alice.Expect(t, "message[@from='"+room+"/Tess'][@id='a1']/body[text()='Friday']")
		if answer := w.message("Friday"); answer["type"] != 19 {
			t.Errorf("the answer is %v", answer)
		}
	}},
	{"what was said while the gateway was down is there afterwards, and files have addresses that last", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		w.discord.Say(id, w.ida, "good night", nil)
		alice.Expect(t, "message/body[text()='good night']")
		w.gateway.Kill()
		w.discord.Say(id, w.ida, "nobody hears me", nil)
		w.restart(t)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='nobody hears me']")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/subject")
		w.discord.Upload(id, w.ida, "notes.txt", "text/plain", "the notes")
		alice.Expect(t, append(sharedFile("notes.txt", "text/plain", 9), "message[@from='"+room+"/Ida Lovelace']")...)
	}},
	{"a talk goes both ways", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		with := w.ida + "%" + w.bot.ID + "@" + discordDomain
		w.discord.Tell(w.ida, w.bot.ID, "psst")
		alice.Expect(t, "message[@type='chat'][@from='"+with+"']/body[text()='psst']")
		alice.Send(t, "<message to='{to}' type='chat'><body>what is it?</body></message>", "to", with)
		w.message("what is it?")
	}},
	{"a contact is seen as they are, with what they do", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		ida := w.ida + "%" + w.bot.ID + "@" + discordDomain
		alice.Send(t, "<presence type='subscribe' to='{to}'/>", "to", ida)
		for _, seen := range []struct{ status, show string }{{"dnd", "[show[text()='dnd']]"}, {"idle", "[show[text()='away']]"}, {"online", "[not(show)]"}} {
			w.discord.Dispatch("PRESENCE_UPDATE", discordfake.Object{"guild_id": w.guild, "user": discordfake.Object{"id": w.ida}, "status": seen.status,
				"activities": []any{discordfake.Object{"type": 0, "name": "Chess"}}})
			alice.Expect(t, "presence[not(@type)][@from='"+ida+"']"+seen.show+"[status[text()~'Chess']]")
		}
		w.discord.Dispatch("PRESENCE_UPDATE", discordfake.Object{"guild_id": w.guild, "user": discordfake.Object{"id": w.ida}, "status": "offline", "activities": []any{}})
		alice.Expect(t, "presence[@type='unavailable'][@from='"+ida+"']")
	}},
	{"what the bot may not do is not offered, and what it may is done from a client", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		alice.Send(t, "<message type='groupchat' id='t1' to='{room}'><subject>tea</subject></message>", "room", room)
		alice.Expect(t, "message[@type='error'][@id='t1']/error")
		w.discord.Allow(w.guild, may|govern)
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']/{muc#user}x/item[@role='moderator']")
		alice.Send(t, "<message type='groupchat' id='t2' to='{room}'><subject>tea</subject></message>", "room", room)
		alice.Expect(t, "message[@type='groupchat'][@from~'^"+room+"']/subject[text()='tea']")
		if topic := w.discord.Channel(id)["topic"]; topic != "tea" {
			t.Errorf("the topic is %v", topic)
		}
		otto := w.discord.AddUser("Otto")
		w.discord.JoinGuild(w.guild, otto)
		spam := w.discord.Say(id, otto, "buy now", nil)
		alice.Expect(t, "message[@from='"+room+"/Otto']/body[text()='buy now']")
		alice.Send(t, "<iq type='set' id='m1' to='{room}'><moderate xmlns='urn:xmpp:message-moderate:1' id='{id}'><retract xmlns='urn:xmpp:message-retract:1'/></moderate></iq>", "room", room, "id", spam)
		alice.Expect(t, "iq[@type='result'][@id='m1']")
		w.discord.Gone(spam)
		const admin = "<iq type='set' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='Otto' {what}='{now}'><reason>enough</reason></item></query></iq>"
		alice.Send(t, admin, "id", "k1", "room", room, "what", "role", "now", "visitor")
		alice.Expect(t, "presence[@from='"+room+"/Otto']/{muc#user}x/item[@role='visitor']")
		alice.Send(t, admin, "id", "k2", "room", room, "what", "affiliation", "now", "outcast")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Otto']/{muc#user}x[status[@code='301']]")
		if w.discord.Member(w.guild, otto) != nil {
			t.Error("Otto is still there")
		}
		w.discord.Allow(w.guild, may)
	}},
	{"roles are hats with their colours, and change as they do", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		_, room := w.channel()
		scribe := w.discord.AddRole(w.guild, "Scribe", discordfake.Object{"color": 0xff0000})
		guest := w.discord.AddRole(w.guild, "Guest", nil)
		w.discord.ChangeMember(w.guild, w.ida, discordfake.Object{"roles": []string{guest, scribe}})
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		const hats = "/{urn:xmpp:hats:0}hats"
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']"+hats+"[hat[@title='Scribe'][@hue='12.2'][@uri='xmpp:"+discordDomain+"#"+scribe+"']][hat[@title='Guest'][not(@hue)]]")
		alice.Expect(t, "message[@from='"+room+"']/subject")
		w.discord.ChangeRole(w.guild, guest, discordfake.Object{"name": "Regular", "color": 0x0000ff})
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']"+hats+"/hat[@title='Regular'][@hue='265.9']")
		w.discord.DeleteRole(w.guild, scribe)
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']"+hats+"[not(hat[@title='Scribe'])]/hat[@title='Regular']")
		w.discord.ChangeMember(w.guild, w.ida, discordfake.Object{"roles": []string{}})
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace'][{muc#user}x][not({urn:xmpp:hats:0}hats)]")
		w.discord.DeleteRole(w.guild, guest)
	}},
	{"who follows a forum hears of new posts, and answers in them", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		forum := w.discord.AddForum(w.guild, "bakery")
		join(t, alice, w.room(forum), "Tess")
		post := w.discord.AddPost(forum, w.ida, "How do you bake bread?", "I never could.")
		first := alice.Expect(t, "message[@from='"+w.room(forum)+"/Ida Lovelace']/body[text()~'How do you bake bread']", "message/{urn:xmpp:sid:0}stanza-id[@id]")
		w.discord.Say(post, w.ida, "It burns.", nil)
		more := alice.Expect(t, "message[@from='"+w.room(forum)+"/Ida Lovelace'][{urn:xmpp:reply:0}reply[@id='"+stanzaID(first)+"']]/thread", "message/body[text()~'It burns.$']")
		thread := ""
		for _, child := range more.Children {
			if child.Name == "thread" {
				thread = child.Text
			}
		}
		alice.Send(t, "<message type='groupchat' id='heat' to='{room}'><body>lower the heat</body><thread>{thread}</thread></message>", "room", w.room(forum), "thread", xmppclient.Escape(thread))
		alice.Expect(t, "message[@from='"+w.room(forum)+"/Tess'][@id='heat']/body[text()='lower the heat']")
		if m := w.message("lower the heat"); m["channel_id"] != post {
			t.Errorf("the answer is %v", m)
		}
		join(t, alice, w.room(post), "Tess")
		w.discord.Say(post, w.ida, "Thank you!", nil)
		alice.Expect(t, "message[@from='"+w.room(post)+"/Ida Lovelace']/body[text()='Thank you!']")
	}},
	{"archived threads are listed, and can be joined", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, _ := w.channel()
		old := w.discord.AddThread(w.guild, id, "old times", true)
		until(t, "the thread is listed", func() bool {
			id := alice.NewID()
			alice.Send(t, "<iq type='get' id='{id}' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", "id", id, "to", w.bot.ID+"@"+discordDomain)
			list := alice.Expect(t, "iq[@type='result'][@id='"+id+"']/{disco#items}query")
			for _, item := range list.Children[0].Children {
				if item.Attr("jid") == w.room(old) {
					return true
				}
			}
			return false
		})
		join(t, alice, w.room(old), "Tess")
		said := say(t, alice, w.room(old), "anybody there?")
		alice.Expect(t, "message[@from='"+w.room(old)+"/Tess'][@id='"+said+"']")
		w.message("anybody there?")
	}},
	{"a kicked bot leaves its rooms, and finds them when it is back", func(t *testing.T, w *discordWorld) {
		alice := w.client(t, "alice", "desk")
		id, room := w.channel()
		join(t, alice, room, "Tess")
		w.discord.LeaveGuild(w.guild, w.bot.ID)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Tess']")
		w.discord.JoinGuild(w.guild, w.bot.ID)
		until(t, "the room can be joined", func() bool {
			alice.Send(t, joinStanza, "room", room, "nick", "Tess")
			return alice.Expect(t, "presence[@from='"+room+"/Tess']").Attr("type") == ""
		})
		w.discord.Say(id, w.ida, "welcome back", nil)
		alice.Expect(t, "message/body[text()='welcome back']")
	}},
}
