package integration_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

// gossip is Ida on a network that has a history, who tells alice something, and the gateway between them.
type gossip struct {
	*world
	alice *xmppclient.Client
	// address is Ida's, private the socket of the gateway's private listener.
	address, private string
	tell             func(t *testing.T, words string)
	restart          func(t *testing.T)
	// within: the network lives in the gateway's process, and nobody can say anything while that does not run.
	within bool
}

var gossips = []kindOf[*gossip]{
	{"in memory, Prosody", func(t *testing.T, _ string) *gossip { return loopbackGossip(t, loopbackKinds[0]) }},
	{"in memory, ejabberd", func(t *testing.T, _ string) *gossip { return loopbackGossip(t, loopbackKinds[1]) }},
	{"Slack, Prosody, SQLite", func(t *testing.T, _ string) *gossip { return slackGossip(t, slackKinds[0]) }},
	{"Slack, ejabberd, PostgreSQL", func(t *testing.T, _ string) *gossip { return slackGossip(t, slackKinds[1]) }},
	{"Discord, Prosody, SQLite", func(t *testing.T, _ string) *gossip { return discordGossip(t, discordKinds[0]) }},
	{"Discord, ejabberd, PostgreSQL", func(t *testing.T, _ string) *gossip { return discordGossip(t, discordKinds[1]) }},
}

func loopbackGossip(t *testing.T, k kindOf[*loopbackWorld]) *gossip {
	private := privateSocket(t)
	w := k.start(t, logins+"      sync: true\nweb: {private: \"unix:"+private+"\"}\n")
	self, ida, _, _ := w.member(t, "ada")
	g := &gossip{world: w.world, alice: w.client(t, "alice", "desk"), address: loopbackAddress(string(ida.ID)), private: private, within: true}
	comesOnline(t, g.alice)
	loggedIn(t, g.alice, "ada")
	until(t, "the account is connected", func() bool { return strings.Contains(w.gateway.LogTail(), "Connected to the network.") })
	g.tell = func(t *testing.T, words string) { ida.Tell(t, self, words) }
	g.restart = func(t *testing.T) {
		w.start()
		ida = w.TakeOver(t, ida.ID)
	}
	return g
}

func slackGossip(t *testing.T, k kindOf[*slackWorld]) *gossip {
	w := k.start(t, "")
	g := &gossip{world: w.world, alice: w.client(t, "alice", "desk"), address: w.address(w.ida.ID), private: w.private}
	comesOnline(t, g.alice)
	mustMatch(t, stages(t, g.alice, slackDomain, "login", field("way", "tokens"), field("token", w.token)+field("app_token", w.app)), completed)
	_, room := w.channel()
	join(t, g.alice, room, "Tess") // then the account is connected
	talk := w.Direct(w.tess, w.ida)
	g.tell = func(_ *testing.T, words string) { w.Post(w.ida, talk, words, slacktest.Object{}) }
	g.restart = func(*testing.T) { w.restart() }
	return g
}

func discordGossip(t *testing.T, k kindOf[*discordWorld]) *gossip {
	private := privateSocket(t)
	w := k.start(t, "web: {private: \"unix:"+private+"\"}\n")
	g := &gossip{world: w.world, alice: w.loggedIn(t, "alice"), address: w.ida + "%" + w.bot.ID + "@" + discordDomain, private: private}
	g.tell = func(_ *testing.T, words string) { w.discord.Tell(w.ida, w.bot.ID, words) }
	g.restart = w.restart
	return g
}

// privateSocket is the path of a socket, which is short (unix(7)).
func privateSocket(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pv-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "private")
}

// measured is a metric of the gateway's.
func (g *gossip) measured(t *testing.T, name string) int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", g.private)
	}}}
	_, page := fetch(t, client, "http://gateway.localhost/metrics")
	found := regexp.MustCompile(`(?m)^isthmus_` + name + `(?:\{.*\})? (\S+)$`).FindSubmatch(page)
	if found == nil {
		t.Fatalf("%s is not measured:\n%s", name, page)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return int(value)
}

// rests waits until all that was said is with the server and on disk.
func (g *gossip) rests(t *testing.T) {
	t.Helper()
	quiet := 0 // what is confirmed has yet to be written
	until(t, "all is confirmed and on disk", func() bool {
		quiet++
		if g.measured(t, "stream_waiting_bytes") > 0 || g.measured(t, "store_waiting_bytes") > 0 {
			quiet = 0
		}
		return quiet > 5
	})
}

// A client knows by its id what it has already. What the server has confirmed is not even sent again.
func TestNothingOfATalkIsLostOrDoubledWhenTheGatewayIsKilled(t *testing.T) {
	t.Parallel()
	for _, k := range gossips {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			g := k.start(t, "")
			heard := map[string]map[string]int{} // how often, by the words and the id
			hears := func(last string) {
				t.Helper()
				for ended := false; !ended; {
					m := g.alice.Expect(t, "message[@from~'^"+g.address+"']/body")
					words := m.Find("message/body").Text
					if heard[words] == nil {
						heard[words] = map[string]int{}
					}
					heard[words][m.Attr("id")]++
					ended = words == last
				}
			}
			var told []string
			tells := func(words string, times int) {
				t.Helper()
				for i := range times {
					told = append(told, fmt.Sprint(words, " ", i))
					g.tell(t, told[len(told)-1])
				}
			}
			says := func(words string) {
				t.Helper()
				told = append(told, words)
				g.tell(t, words)
				hears(words)
			}
			again := func() (times int) {
				for _, ids := range heard {
					for _, n := range ids {
						times += n - 1
					}
				}
				return times
			}

			says("hello")
			tells("at once", 60)
			g.gateway.Kill()
			if !g.within {
				tells("while nobody listens", 10)
			}
			g.restart(t)
			says("the end of the first crash")
			t.Logf("%d messages came again under their ids", again())

			g.xmpp.Kill()
			until(t, "the gateway knows that its server is gone", func() bool { return g.measured(t, "stream_up") == 0 })
			before := g.measured(t, "stanzas_sent_total")
			tells("to a dead server", 20)
			until(t, "the gateway has it", func() bool { return g.measured(t, "stanzas_sent_total") >= before+20 })
			g.gateway.Kill()
			if err := g.xmpp.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			g.alice = g.client(t, "alice", "phone")
			comesOnline(t, g.alice)
			g.restart(t)
			says("the end of the second crash")

			g.rests(t)
			repeated := again()
			g.gateway.Kill()
			g.restart(t)
			says("the end of the third crash")
			if n := again() - repeated; n > 0 {
				t.Errorf("%d messages came again although the server had confirmed them", n)
			}
			for _, words := range told {
				if len(heard[words]) != 1 {
					t.Errorf("%q came under %d ids", words, len(heard[words]))
				}
			}
		})
	}
}
