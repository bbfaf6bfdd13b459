package integration_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"isthmus/integration_test/discordfake"
)

// discordShared is what people have of a bot that its owner has opened to them. The scenarios follow one another.
var discordShared = []discordScenario{
	{"a bot is opened to people, who speak under their own name and picture", func(t *testing.T, w *discordWorld) {
		id, room := w.channel()
		alice, bob := w.client(t, "alice", "desk"), w.client(t, "bob", "desk")
		bob.Send(t, "<iq type='set' id='face'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>{data}</BINVAL></PHOTO></vCard></iq>", "data", base64.StdEncoding.EncodeToString(photo(t)))
		bob.Expect(t, "iq[@type='result'][@id='face']")
		bob.Send(t, joinStanza, "room", room, "nick", "Bob")
		bob.Expect(t, "presence[@type='error']/error/"+conditions+"registration-required")
		answer := stages(t, alice, discordDomain, "share", bobAndCarol)
		mustMatch(t, answer, completed+"/note[text()~'is open to bob@localhost']")
		join(t, alice, room, "alice") // the name that she is connected under
		join(t, bob, room, "Bob")
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/Bob']/{muc#user}x/item[@role='participant']")

		said := say(t, bob, room, "helo *all*")
		bob.Expect(t, "message[@id='"+said+"'][@from='"+room+"/Bob']/body[text()='helo *all*']")
		m := w.message("helo **all**")
		if m["webhook_id"] == nil || author(m) != "Bob" {
			t.Errorf("Discord has it as %v", m)
		}
		alice.Expect(t, "message[@from='"+room+"/Bob']/{urn:xmpp:sid:0}stanza-id[@id='"+m["id"].(string)+"']")
		until(t, "Bob is shown with his picture", func() bool {
			id := bob.NewID()
			bob.Send(t, "<message to='{room}' type='groupchat' id='{id}'><body>{id}</body></message>", "room", room, "id", id)
			bob.Expect(t, "message[@id='"+id+"'][@from='"+room+"/Bob']")
			url, _ := w.message(id)["avatar_url"].(string)
			if url == "" {
				return false
			}
			response, _ := fetch(t, http.DefaultClient, url)
			return response.StatusCode == http.StatusOK && strings.HasPrefix(response.Header.Get("Content-Type"), "image/")
		})

		w.discord.Say(id, w.ida, "hello, you two", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='hello, you two']")
		bob.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='hello, you two']")
	}},
	{"what they said they change, take back, and nobody else's", func(t *testing.T, w *discordWorld) {
		_, room := w.channel()
		bob, carol := w.client(t, "bob", "desk"), w.client(t, "carol", "desk")
		join(t, bob, room, "Bob")
		join(t, carol, room, "Carol")
		said := say(t, bob, room, "teh end")
		bob.Expect(t, "message[@id='"+said+"'][@from='"+room+"/Bob']")
		id := w.message("teh end")["id"].(string)
		bob.Send(t, "<message to='{room}' type='groupchat' id='f1'><body>the end</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		bob.Expect(t, "message[@id='f1'][@from='"+room+"/Bob']/body[text()='the end']")
		if m := w.message("the end"); m["id"] != id || author(m) != "Bob" {
			t.Errorf("Discord has it as %v", m)
		}
		carol.Expect(t, "message[@from='"+room+"/Bob'][body[text()='the end']]/{urn:xmpp:message-correct:0}replace[@id='"+id+"']")
		carol.Send(t, "<message to='{room}' type='groupchat' id='f2'><body>never</body><replace xmlns='urn:xmpp:message-correct:0' id='{id}'/></message>", "room", room, "id", id)
		carol.Expect(t, "message[@type='error'][@id='f2']/error")
		bob.Send(t, "<message to='{room}' type='groupchat' id='f3'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>", "room", room, "id", id)
		carol.Expect(t, "message[@from='"+room+"/Bob']/{urn:xmpp:message-retract:1}retract[@id='"+id+"']")
		w.discord.Gone(id)
	}},
	{"answers, reactions and files go both ways, each person's their own", func(t *testing.T, w *discordWorld) {
		id, room := w.channel()
		bob, carol := w.client(t, "bob", "desk"), w.client(t, "carol", "desk")
		join(t, bob, room, "Bob")
		join(t, carol, room, "Carol")
		question := w.discord.Say(id, w.ida, "what time is it?", nil)
		bob.Expect(t, "message/{urn:xmpp:sid:0}stanza-id[@id='"+question+"']")
		bob.Send(t, "<message type='groupchat' id='a1' to='{room}'><body>noon</body><reply xmlns='urn:xmpp:reply:0' id='{of}'/></message>", "room", room, "of", question)
		bob.Expect(t, "message[@from='"+room+"/Bob'][@id='a1']/body[text()='noon']")
		answer := w.discord.Await("answer", func(m discordfake.Object) bool { return strings.HasSuffix(said(m), "\nnoon") })
		if !strings.HasPrefix(said(answer), "-# [Ida Lovelace](https://discord.com/channels/"+w.guild+"/"+id+"/"+question+") what time is it?") {
			t.Errorf("the answer is %q", said(answer))
		}
		w.discord.Answer(id, w.ida, answer["id"].(string), "thanks, Bob")
		carol.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()~'thanks, Bob']]/{urn:xmpp:reply:0}reply[@id='"+answer["id"].(string)+"'][@to='"+room+"/Bob']")

		const reacts = "<message to='{room}' type='groupchat' id='{id}'><reactions xmlns='urn:xmpp:reactions:0' id='{of}'>{all}</reactions></message>"
		const thumb, cake = "<reaction>👍</reaction>", "<reaction>🍰</reaction>"
		react := func(c interface {
			Send(testing.TB, string, ...string)
		}, all string) {
			c.Send(t, strings.Replace(reacts, "{all}", all, 1), "room", room, "id", bob.NewID(), "of", question)
		}
		react(bob, thumb)
		carol.Expect(t, "message[@from='"+room+"/Bob']/{urn:xmpp:reactions:0}reactions[@id='"+question+"']/reaction[text()='👍']")
		react(carol, thumb+cake)
		bob.Expect(t, "message[@from='"+room+"/Carol']/{urn:xmpp:reactions:0}reactions[@id='"+question+"']/reaction[text()='🍰']")
		react(carol, "")
		bob.Expect(t, "message[@from='"+room+"/Carol']/{urn:xmpp:reactions:0}reactions[@id='"+question+"'][not(reaction)]")
		if got := w.discord.Reactions(w.bot, id, question); got != "👍" {
			t.Errorf("the bot's reactions are %q", got)
		}

		content := photo(t)
		url := upload(t, bob, "cat.png", "image/png", content)
		bob.Send(t, shareStanza, "to", room, "type", "groupchat", "id", "u1", "url", url)
		bob.Expect(t, "message[@type='groupchat'][@id='u1'][@from='"+room+"/Bob']")
		m := w.discord.Await("picture", func(m discordfake.Object) bool { return m["channel_id"] == id && len(files(m)) == 1 })
		if author(m) != "Bob" || files(m)[0]["filename"] != "cat.png" || files(m)[0]["size"] != len(content) {
			t.Errorf("Discord has it as %v", m)
		}
		carol.Expect(t, append(sharedFile("cat.png", "image/png", len(content)), "message[@from='"+room+"/Bob']")...)
	}},
	{"the owner says who reads and who writes in which channel", func(t *testing.T, w *discordWorld) {
		news, newsRoom := w.channel()
		_, open := w.channel()
		_, closed := w.channel()
		alice := w.client(t, "alice", "desk")
		answer := stages(t, alice, discordDomain, "share", bobAndCarol+
			"<field var='rooms'><value>"+newsRoom+"</value><value>"+open+"</value></field>"+field("read_only", newsRoom))
		mustMatch(t, answer, completed)
		bob := w.client(t, "bob", "desk")
		join(t, bob, newsRoom, "Bob")
		join(t, bob, open, "Bob")
		bob.Send(t, joinStanza, "room", closed, "nick", "Bob")
		bob.Expect(t, "presence[@type='error'][@from~'^"+closed+"']/error/"+conditions+"item-not-found")
		w.discord.Say(news, w.ida, "extra, extra", nil)
		bob.Expect(t, "message[@from='"+newsRoom+"/Ida Lovelace']/body[text()='extra, extra']")
		id := say(t, bob, newsRoom, "may I?")
		bob.Expect(t, "message[@type='error'][@id='"+id+"']/error/"+conditions+"text[text()~'lets you read here']")
		id = say(t, bob, open, "here I may")
		bob.Expect(t, "message[@id='"+id+"'][@from='"+open+"/Bob']")
		mustMatch(t, stages(t, alice, discordDomain, "share", bobAndCarol), completed)
	}},
	{"a crash while somebody speaks loses nothing in silence, and doubles nothing", func(t *testing.T, w *discordWorld) {
		id, room := w.channel()
		bob := w.client(t, "bob", "desk")
		join(t, bob, room, "Bob")
		first := say(t, bob, room, "first") // so that there is a webhook
		bob.Expect(t, "message[@id='"+first+"'][@from='"+room+"/Bob']")
		hook := "/webhooks/" + w.discord.Webhooks(id)[0]

		w.discord.Fail(discordfake.Fault{Method: "POST", Path: hook, Times: 1, Done: true, Hang: true})
		arrived := say(t, bob, room, "it has arrived")
		w.message("it has arrived")
		w.gateway.Kill()
		w.restart(t)
		bob.Send(t, joinStanza, "room", room, "nick", "Bob")
		bob.Expect(t, "message[@id='"+arrived+"'][@from='"+room+"/Bob']/body[text()='it has arrived']")

		before := w.discord.Asked("POST " + hook)
		w.discord.Fail(discordfake.Fault{Method: "POST", Path: hook, Times: 1, Hang: true})
		late := say(t, bob, room, "it comes late")
		until(t, "it is on its way", func() bool { return w.discord.Asked("POST "+hook) > before })
		w.gateway.Kill()
		w.restart(t)
		bob.Send(t, joinStanza, "room", room, "nick", "Bob")
		bob.Expect(t, "message[@id='"+late+"'][@from='"+room+"/Bob']/body[text()='it comes late']")
		var said []string
		for _, m := range w.discord.Messages(id) {
			said = append(said, m["content"].(string))
		}
		if got := strings.Join(said, "|"); got != "first|it has arrived|it comes late" {
			t.Errorf("Discord has %q", got)
		}
	}},
	{"after a crash, what each has said is still theirs, and their reactions", func(t *testing.T, w *discordWorld) {
		id, room := w.channel()
		bob, carol := w.client(t, "bob", "desk"), w.client(t, "carol", "desk")
		join(t, bob, room, "Bob")
		join(t, carol, room, "Carol")
		question := w.discord.Say(id, w.ida, "cake?", nil)
		carol.Expect(t, "message/{urn:xmpp:sid:0}stanza-id[@id='"+question+"']")
		carol.Send(t, "<message to='{room}' type='groupchat' id='r1'><reactions xmlns='urn:xmpp:reactions:0' id='{of}'><reaction>🍰</reaction></reactions></message>", "room", room, "of", question)
		bob.Expect(t, "message[@from='"+room+"/Carol']/{urn:xmpp:reactions:0}reactions")
		mine := say(t, bob, room, "yes plaese")
		bob.Expect(t, "message[@id='"+mine+"'][@from='"+room+"/Bob']")
		w.gateway.Kill()
		w.restart(t)
		join(t, bob, room, "Bob")
		bob.Send(t, "<message to='{room}' type='groupchat' id='c1'><body>yes please</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", mine)
		bob.Expect(t, "message[@id='c1'][@from='"+room+"/Bob']/body[text()='yes please']")
		if m := w.message("yes please"); author(m) != "Bob" {
			t.Errorf("Discord has it as %v", m)
		}
		bob.Send(t, "<message to='{room}' type='groupchat' id='r2'><reactions xmlns='urn:xmpp:reactions:0' id='{of}'><reaction>👍</reaction></reactions></message>", "room", room, "of", question)
		bob.Expect(t, "message[@id='r2'][@from='"+room+"/Bob']")
		if got := w.discord.Reactions(w.bot, id, question); got != "🍰👍" {
			t.Errorf("the bot's reactions are %q", got)
		}
		if hooks := w.discord.Webhooks(id); len(hooks) != 1 {
			t.Errorf("the channel has the webhooks %q", hooks)
		}
	}},
}

// bobAndCarol are those whom the bot is opened to.
const bobAndCarol = "<field var='people'><value>bob@localhost</value><value>carol@localhost</value></field>"

// author is the name that a message on Discord has, said is what it says, files are what it has of files.
func author(m discordfake.Object) string {
	name, _ := m["author"].(discordfake.Object)["username"].(string)
	return name
}

func said(m discordfake.Object) string { s, _ := m["content"].(string); return s }

func files(m discordfake.Object) []discordfake.Object {
	all, _ := m["attachments"].([]discordfake.Object)
	return all
}
