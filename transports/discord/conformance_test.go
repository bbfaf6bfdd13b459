package discord_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
	"isthmus/transports/discord"
	"isthmus/transports/transporttest"
)

// everything are the permissions of who may see, write, react and read the past.
const everything = 1<<6 | 1<<10 | 1<<11 | 1<<14 | 1<<15 | 1<<16 | 1<<29 | 1<<35 | 1<<38

// place is a Discord with a guild, a bot in it, and Ida, who is not.
type place struct {
	*discordfake.Server
	driver              *discord.Driver
	bot                 *discordfake.Bot
	guild, lobby, attic string
	owner, ida          string
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{Server: discordfake.New(t)}
	p.Server.Hurry = 5 * time.Second
	p.driver, p.bot, p.owner, p.ida = p.another(), p.AddBot("Tess"), p.AddUser("Olga"), p.AddUser("Ida Lovelace")
	p.guild = p.AddGuild("Analysts", p.owner, everything)
	p.lobby, p.attic = p.AddChannel(p.guild, "lobby", 0, nil), p.AddChannel(p.guild, "attic", 0, nil)
	p.JoinGuild(p.guild, p.owner)
	p.JoinGuild(p.guild, p.bot.ID)
	return p
}

// another is the driver as another process has it.
func (p *place) another() *discord.Driver {
	driver, err := discord.New(discord.Config{API: p.API(), CDN: p.CDN()})
	if err != nil {
		panic(err)
	}
	driver.Hurry()
	return driver
}

func env() transports.Env {
	return transports.Env{Log: slog.New(slog.DiscardHandler), Dial: new(net.Dialer).DialContext, HTTP: &http.Client{}}
}

func (p *place) account(left ...string) transports.Account {
	data, _ := json.Marshal(map[string]any{"token": p.bot.Token, "left": left})
	return transports.Account{Scope: transports.Scope(p.bot.ID), Person: "tester", Data: data}
}

func room(channel string) transports.RoomID { return transports.RoomID("#" + channel) }

func channel(room transports.RoomID) string { return string(room[1:]) }

func harness(t *testing.T) transporttest.Harness { return newPlace(t).harness(t) }

func (p *place) harness(t *testing.T) transporttest.Harness {
	p.Allow(p.guild, everything|govern&^(1<<13)) // other people's messages are not the bot's to delete
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.driver.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	about := func(do func(channel, id string)) func(transports.RoomID, string) {
		return func(_ transports.RoomID, words string) { do(p.Find(words)) }
	}
	reacted, roles := map[string]map[string]bool{}, map[string]string{}
	return transporttest.Harness{
		Driver: p.driver, Account: p.account(p.lobby, p.attic), Env: env(), Room: room(p.lobby), Other: room(p.attic), Cut: p.Cut,
		Answer: func(string, transports.Step) transports.Options {
			return transports.Options{"token": {"Bot " + p.bot.Token}}
		},
		Peer: transporttest.Peer{
			Name:   "Ida Lovelace",
			Join:   func(transports.RoomID) { p.JoinGuild(p.guild, p.ida) },
			Leave:  func(transports.RoomID) { p.LeaveGuild(p.guild, p.ida) },
			Say:    func(in transports.RoomID, words string) { p.Say(channel(in), p.ida, words, nil) },
			Tell:   func(to transports.User, words string) { p.Tell(p.ida, string(to.ID), words) },
			Hears:  func(words string) { p.Find(words) },
			Rename: func(name string) { p.ChangeMember(p.guild, p.ida, discordfake.Object{"nick": name}) },
			Edit: func(_ transports.RoomID, words, now string) {
				in, id := p.Find(words)
				p.Server.Edit(in, id, now)
			},
			Delete: about(p.Server.Delete),
			React: func(_ transports.RoomID, words string, emoji ...string) {
				in, id := p.Find(words)
				want := map[string]bool{}
				for _, e := range emoji {
					want[e] = true
					p.Server.React(in, id, p.ida, e, true)
				}
				for e := range reacted[words] {
					if !want[e] {
						p.Server.React(in, id, p.ida, e, false)
					}
				}
				reacted[words] = want
			},
			Reply: func(_ transports.RoomID, words, answer string) {
				in, id := p.Find(words)
				p.Server.Answer(in, p.ida, id, answer)
			},
			Send: func(in transports.RoomID, name, content string) {
				p.Upload(channel(in), p.ida, name, "text/plain", content)
			},
			SetPresence: func(presence transports.Presence) {
				p.Dispatch("PRESENCE_UPDATE", discordfake.Object{"guild_id": p.guild, "user": discordfake.Object{"id": p.ida},
					"status":     map[transports.Show]string{transports.Present: "online", transports.Away: "idle", transports.Busy: "dnd"}[presence.Show],
					"activities": []any{discordfake.Object{"type": 4, "name": "Custom Status", "state": presence.Status}}})
			},
			Wear: func(_ transports.RoomID, titles ...string) {
				worn := []string{}
				for i, title := range titles {
					if roles[title] == "" {
						roles[title] = p.AddRole(p.guild, title, discordfake.Object{"color": 0x112233, "position": 100 - i})
					}
					worn = append(worn, roles[title])
				}
				p.ChangeMember(p.guild, p.ida, discordfake.Object{"roles": worn})
			},
			SetPicture: func(data []byte, _ string) { p.Server.SetPicture(p.ida, "abcdef", data) },
		},
	}
}

func TestTheLawsHold(t *testing.T) { transporttest.Run(t, harness) }
