package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

const discordDomain = "discord.localhost"

var discordComponents = []servers.Component{{Domain: discordDomain, Secret: servers.Gateway.Secret}}

// discordWorld is an XMPP server, a Discord, and the gateway between them, where alice has logged in as a bot and opened it to bob and carol.
type discordWorld struct {
	*world
	discord    *discordfake.Server
	bot        *discordfake.Bot
	guild, ida string
	// mia is a person with a token of her own, in worlds that have one; key is the account's in addresses, online waits until it is connected.
	mia    *discordfake.Bot
	key    string
	online func()
	// restart runs the gateway again after its end.
	restart func(t *testing.T)
}

var discordKinds = []kindOf[*discordWorld]{
	{"Prosody, SQLite", func(t *testing.T, more string) *discordWorld {
		return newDiscordWorld(t, servers.ForTest(t).Prosody(servers.Options{Components: discordComponents}), "", more)
	}},
	{"ejabberd, PostgreSQL", func(t *testing.T, more string) *discordWorld {
		start := servers.ForTest(t)
		return newDiscordWorld(t, start.Ejabberd(servers.Options{Components: discordComponents}), start.Postgres(servers.Options{}).URL, more)
	}},
}

// may are the permissions of everyone in the guild: to see, write, react, send files, read the past, and have threads and webhooks.
const may = 1<<6 | 1<<10 | 1<<11 | 1<<14 | 1<<15 | 1<<16 | 1<<29 | 1<<35 | 1<<38

// govern are those to kick, to ban, to manage channels and messages, and to silence.
const govern = 1<<1 | 1<<2 | 1<<4 | 1<<13 | 1<<40

func newDiscordWorld(t *testing.T, xmpp *servers.Server, store, more string) *discordWorld {
	t.Helper()
	w := &discordWorld{world: &world{xmpp: xmpp, dir: t.TempDir()}, discord: discordfake.New(t)}
	owner := w.discord.AddUser("Olga")
	w.bot, w.ida = w.discord.AddBot("Tess"), w.discord.AddUser("Ida Lovelace")
	w.guild = w.discord.AddGuild("Analysts", owner, may)
	for _, user := range []string{owner, w.ida, w.bot.ID} {
		w.discord.JoinGuild(w.guild, user)
	}
	if store == "" {
		store = "sqlite:" + filepath.Join(w.dir, "isthmus.db")
	}
	config := fmt.Sprintf(`
store: %q
key_file: %q
log: {level: debug}
transports:
  - kind: discord
    domain: %s
    server: tcp://%s
    secret: %s
    people: [alice@localhost, bob@localhost, carol@localhost]
    private_networks: [127.0.0.0/8]
    options:
      api: %s
      cdn: %s
%s
`, store, filepath.Join(w.dir, "isthmus.key"), discordDomain, xmpp.Component, servers.Gateway.Secret, w.discord.API(), w.discord.CDN(), more)
	if err := os.WriteFile(w.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	w.restart = func(now *testing.T) {
		now.Helper()
		w.run(t) // it outlives a scenario
		w.online()
	}
	w.key, w.online = w.bot.ID, func() { w.discord.Online(w.bot) }
	w.run(t)
	return w
}

// channel makes a channel that no other scenario uses, and gives its id and its address.
func (w *discordWorld) channel() (id, room string) {
	w.names++
	id = w.discord.AddChannel(w.guild, fmt.Sprintf("channel-%d", w.names), 0, nil)
	return id, w.room(id)
}

// room is the address of a channel or a thread.
func (w *discordWorld) room(id string) string { return "#" + id + "%" + w.key + "@" + discordDomain }

// loggedIn is a person who has logged in as the bot.
func (w *discordWorld) loggedIn(t *testing.T, user string) *xmppclient.Client {
	t.Helper()
	c := w.client(t, user, "desk")
	c.Send(t, "<presence/>")
	mustMatch(t, stages(t, c, discordDomain, "login", field("token", w.bot.Token)), completed+"/note[text()~'You are logged in']")
	w.discord.Online(w.bot)
	return c
}

// message waits for a message with this content on Discord.
func (w *discordWorld) message(content string) discordfake.Object {
	return w.discord.Await("message "+content, func(m discordfake.Object) bool { return m["content"] == content })
}

type discordScenario = scenarioOf[*discordWorld]

func TestDiscord(t *testing.T) { everywhere(t, discordKinds, discordScenarios) }

var discordScenarios = slices.Concat(
	discordOwn,
	discordMessages,
	discordPlaces,
	discordShared,
)
