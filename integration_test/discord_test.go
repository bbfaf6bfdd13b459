package integration_test

import (
	"fmt"
	"os"
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

const discordDomain = "discord.localhost"

// discordWorld is an XMPP server, a Discord, and the gateway between them.
type discordWorld struct {
	*world
	discord    *discordfake.Server
	bot        *discordfake.Bot
	guild, ida string
}

// may are the permissions of everyone in the guild: to see, write, react, send files, read the past, and have threads and webhooks.
const may = 1<<6 | 1<<10 | 1<<11 | 1<<14 | 1<<15 | 1<<16 | 1<<29 | 1<<35 | 1<<38

func newDiscordWorld(t *testing.T) *discordWorld {
	t.Helper()
	xmpp := servers.ForTest(t).Prosody(servers.Options{Components: []servers.Component{{Domain: discordDomain, Secret: servers.Gateway.Secret}}})
	w := &discordWorld{world: &world{xmpp: xmpp, dir: t.TempDir()}, discord: discordfake.New(t)}
	owner := w.discord.AddUser("Olga")
	w.bot, w.ida = w.discord.AddBot("Tess"), w.discord.AddUser("Ida Lovelace")
	w.guild = w.discord.AddGuild("Analysts", owner, may)
	for _, user := range []string{owner, w.ida, w.bot.ID} {
		w.discord.JoinGuild(w.guild, user)
	}
	config := fmt.Sprintf(`
store: "sqlite:%[1]s/isthmus.db"
log: {level: debug}
transports:
  - kind: discord
    domain: %[2]s
    server: tcp://%[3]s
    secret: %[4]s
    people: [alice@localhost, bob@localhost]
    private_networks: [127.0.0.0/8]
    options:
      api: %[5]s
      cdn: %[6]s
`, w.dir, discordDomain, xmpp.Component, servers.Gateway.Secret, w.discord.API(), w.discord.CDN())
	if err := os.WriteFile(w.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	return w
}

// channel makes a channel that no other scenario uses, and gives its id and its address.
func (w *discordWorld) channel() (id, room string) {
	w.names++
	id = w.discord.AddChannel(w.guild, fmt.Sprintf("channel-%d", w.names), 0, nil)
	return id, "#" + id + "%" + w.bot.ID + "@" + discordDomain
}

// loggedIn is a person who has logged in as the bot.
func (w *discordWorld) loggedIn(t *testing.T, user string) *xmppclient.Client {
	t.Helper()
	c := w.client(t, user, "desk")
	c.Send(t, "<presence/>")
	mustMatch(t, stages(t, c, discordDomain, "login", field("token", w.bot.Token)), completed+"/note[text()~'You are logged in']")
	w.discord.Online(w.bot)
	return c
}

func TestDiscord(t *testing.T) {
	t.Parallel()
	whole, w := t, newDiscordWorld(t)
	alice := w.client(t, "alice", "phone")
	t.Run("a wrong token is said, with what to do", func(t *testing.T) {
		mustMatch(t, stages(t, alice, discordDomain, "login", field("token", "nonsense")),
			"iq[@type='result']"+form+"[@status='executing']/note[@type='error'][text()~'does not take this token'][text()~'Reset Token']")
	})
	alice = w.loggedIn(t, "alice")
	id, room := w.channel()
	t.Run("messages go both ways, with their formatting", func(t *testing.T) {
		join(t, alice, room, "Tess")
		w.discord.Say(id, w.ida, "hello **there**, <@"+w.bot.ID+">", nil)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='hello *there*, @Tess']")
		said := say(t, alice, room, "*welcome* to C_3_PO")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Tess'][@id='"+said+"']/body")
		w.discord.Find(`**welcome** to C\_3\_PO`)
	})
	t.Run("corrections, reactions and answers go both ways", func(t *testing.T) {
		question := w.discord.Say(id, w.ida, "what time is it?", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:sid:0}stanza-id[@id='"+question+"']")
		w.discord.Edit(id, question, "what day is it?")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='what day is it?']]/{urn:xmpp:message-correct:0}replace")
		w.discord.React(id, question, w.ida, "👍", true)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+question+"']/reaction[text()='👍']")
		alice.Send(t, "<message type='groupchat' id='a1' to='{room}'><body>Friday</body><reply xmlns='urn:xmpp:reply:0' id='{of}'/></message>", "room", room, "of", question)
		alice.Expect(t, "message[@from='"+room+"/Tess'][@id='a1']/body[text()='Friday']")
		answer := w.discord.Await("answer", func(m discordfake.Object) bool { return m["content"] == "Friday" })
		if answer["type"] != 19 {
			t.Errorf("the answer is %v", answer)
		}
	})
	t.Run("what was said while the gateway was down is there afterwards", func(t *testing.T) {
		if err := w.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		w.discord.Say(id, w.ida, "nobody hears me", nil)
		w.run(whole)
		w.discord.Online(w.bot)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='nobody hears me']")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/subject")
	})
	t.Run("a file of Discord has an address that lasts", func(t *testing.T) {
		w.discord.Upload(id, w.ida, "notes.txt", "text/plain", "the notes")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()~'notes.txt']")
	})
	t.Run("a talk goes both ways", func(t *testing.T) {
		with := w.ida + "%" + w.bot.ID + "@" + discordDomain
		w.discord.Tell(w.ida, w.bot.ID, "psst")
		alice.Expect(t, "message[@type='chat'][@from='"+with+"']/body[text()='psst']")
		alice.Send(t, "<message type='chat' to='{to}'><body>what is it?</body></message>", "to", with)
		w.discord.Find("what is it?")
	})
	t.Run("a kicked bot leaves its rooms", func(t *testing.T) {
		w.discord.LeaveGuild(w.guild, w.bot.ID)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Tess']")
	})
}
