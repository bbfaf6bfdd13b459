package integration_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

func TestStoppingTheGatewayPutsEveryoneOutAndSaysGoodbye(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			w := prosodyWorld(t, "")
			channel, room := w.channel()
			dora := w.onIRC(t, "dora", channel)
			alice := w.client(t, "alice", "desk")
			command := exec.Command(program, "serve", "--config", w.configPath())
			if err := w.gateway.Stop(); err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = command.Process.Kill() })
			awaitGateway(t, alice)
			join(t, alice, room, "alice")
			say(t, alice, room, "last words")
			alice.Expect(t, "message/body[text()='last words']")
			began := time.Now()
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[status[@code='110']][status[@code='332']]")
			dora.Expect(t, `^:alice!\S+ QUIT`)
			if err := command.Wait(); err != nil {
				t.Errorf("the gateway ended with %v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("stopping took %s", took)
			}
			w.run(t)
			alice.Send(t, joinStanza, "room", room, "nick", "alice")
			alice.Expect(t, "message[{urn:xmpp:delay}delay]/body[text()='last words']")
		})
	}
}

// awaitGateway waits until the gateway answers, which it does when its stream is there.
func awaitGateway(t *testing.T, c *xmppclient.Client) {
	t.Helper()
	awaitAnswer(t, c, domain)
}

func awaitAnswer(t *testing.T, c *xmppclient.Client, gateway string) {
	t.Helper()
	for deadline := time.Now().Add(3 * xmppclient.Patience); time.Now().Before(deadline); { // after a conflict it comes back slowly
		if c.Expect(t, c.Ping(t, gateway)).Attr("type") == "result" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the gateway does not answer")
}

func TestAfterACrashPeopleKnowThatTheyAreOut(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	_, room := w.channel()
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	say(t, alice, room, "before the crash")
	alice.Expect(t, "message/body[text()='before the crash']")
	w.gateway.Kill()
	w.run(t)
	alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[status[@code='110']][status[@code='332']]")
	alice.Send(t, joinStanza, "room", room, "nick", "alice")
	alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
	alice.Expect(t, "message[{urn:xmpp:delay}delay]/body[text()='before the crash']")
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[status[@code='332']]")
	w.run(t)
	alice.ExpectNone(t, "presence[@type='unavailable']", alice.Ping(t, domain)) // an orderly stop owes nobody anything
}

// What the XMPP server had written to a gateway that no longer read is lost without a word; nothing on this side can know of
// it. All that the gateway had taken ends as a reflection, an entry of the archive, or an error.
func TestACrashInTheMiddleOfTrafficLosesNoMessageInSilence(t *testing.T) {
	t.Parallel()
	const (
		messages = 600
		before   = 220 // just over what the configuration lets out at once, so that others are waiting
	)
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	texts := map[string]string{}
	for i := range messages {
		text := fmt.Sprintf("message %d", i)
		texts[say(t, alice, room, text)] = text
	}
	confirmed, unknown := map[string]bool{}, map[string]bool{}
	for range before {
		confirmed[alice.Expect(t, "message[@type='groupchat']/body[text()~'^message']").Attr("id")] = true
	}
	w.gateway.Kill()
	w.run(t)
	for answer := alice.Ping(t, domain); ; {
		s := alice.Expect(t, "*[@id]")
		switch id := s.Attr("id"); {
		case s.Matches(answer):
		case s.Matches("message[@type='error']/error/" + conditions + "text[text()~'not known whether']"):
			if unknown[id] {
				t.Errorf("%s: its sender was told twice", texts[id])
			}
			unknown[id] = true
			continue
		case s.Matches("message[@type='groupchat'][@from='" + room + "/alice']"):
			confirmed[id] = true
			continue
		default:
			continue
		}
		break
	}
	for _, id := range archivedIDs(t, alice, room) {
		confirmed[id] = true
	}
	dora.Send(t, "PART "+channel)
	reached := map[string]bool{}
	for {
		line := dora.Expect(t, `PRIVMSG `+channel+` :(message \d+)|^:dora!\S+ PART`)
		if line[1] == "" {
			break
		}
		if reached[line[1]] {
			t.Errorf("IRC got %q twice", line[1])
		}
		reached[line[1]] = true
	}
	for id, text := range texts {
		switch {
		case confirmed[id] && !reached[text]:
			t.Errorf("%s was confirmed but did not reach IRC", text)
		case reached[text] && !confirmed[id] && !unknown[id]:
			t.Errorf("%s reached IRC, and its sender was told nothing", text)
		}
	}
	if len(reached) == 0 || len(unknown) == 0 {
		t.Errorf("the crash came at the wrong moment: %d reached IRC, %d are unknown", len(reached), len(unknown))
	}
	t.Logf("of %d messages %d reached IRC, %d were confirmed, %d are unknown", messages, len(reached), len(confirmed), len(unknown))
}

func TestWhenTheXMPPServerDiesNothingFromIRCIsLost(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			const messages = 300
			w := k.start(t, "")
			_, room := w.channel()
			dora := w.onIRC(t, "dora")
			bob := w.client(t, "bob", "desk") // stays in the room, so that the account stays connected
			bob.Send(t, "<presence/>")
			join(t, bob, room, "bob")
			for i := range messages {
				dora.Say(t, "bob", fmt.Sprintf("message %d.", i))
				if i == messages/3 {
					bob.Expect(t, "message/body[text()='message 0.']")
					w.xmpp.Kill()
				}
				if i == 2*messages/3 {
					if err := w.xmpp.Start(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			// The client comes back, and gets from its server's store what came while it was away; the newest may come before it.
			// What a server stores in the moment in which the client comes, the next login shows.
			back := w.client(t, "bob", "desk")
			back.Send(t, "<presence/>")
			got := map[string]bool{}
			last := fmt.Sprintf("message %d.", messages-1)
			for !got[last] {
				got[back.Expect(t, "message[@type='chat']/body").Find("message/body").Text] = true
			}
			again := w.client(t, "bob", "phone")
			again.Send(t, "<presence/>")
			missing, lost := messages, []int(nil)
			for round := 0; missing > 0 && round < 10; round++ {
				for _, client := range []*xmppclient.Client{back, again} {
					for answer := client.Ping(t, servers.Host); ; {
						s := client.Expect(t, "*")
						if s.Matches(answer) {
							break
						}
						if body := s.Find("message/body"); body != nil {
							got[body.Text] = true
						}
					}
				}
				missing, lost = 0, nil
				for i := messages/3 + 1; i < messages; i++ { // the earlier ones may have reached the client that died
					if !got[fmt.Sprintf("message %d.", i)] {
						missing++
						lost = append(lost, i)
					}
				}
			}
			if missing > 0 { // ejabberd loses some in the moment in which the client comes, and has them in its archive
				for _, m := range wholeArchive(t, again, "bob@"+servers.Host) {
					if body := m.Find("message/body"); body != nil {
						lost = slices.DeleteFunc(lost, func(i int) bool { return body.Text == fmt.Sprintf("message %d.", i) })
					}
				}
			}
			if len(lost) > 0 {
				t.Errorf("%d of %d messages were lost: %v", len(lost), messages, lost)
			}
		})
	}
}

func TestAfterTheXMPPServerDiedNoGhostStays(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	dora.Expect(t, `^:alice!\S+ JOIN`)
	w.xmpp.Kill()
	if err := w.xmpp.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	dora.Expect(t, `^:alice!\S+ (PART|QUIT)`)
	again := w.client(t, "alice", "phone")
	awaitGateway(t, again)
	join(t, again, room, "alice")
}

func TestOnlyTheDeadAreDroppedWhenTheStreamBreaks(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	// Another connection takes the component over for a moment, as a check on a running gateway does.
	check := exec.Command(program, "check", "--config", w.configPath())
	if out, err := check.CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	awaitGateway(t, w.client(t, "bob", "desk"))
	alice.Expect(t, "iq[@type='get'][@from='"+room+"']/{urn:xmpp:ping}ping")
	dora.Say(t, channel, "still there?")
	alice.Expect(t, "message[@from='"+room+"/dora']/body[text()='still there?']")
	say(t, alice, room, "yes")
	dora.Expect(t, "PRIVMSG "+channel+" :yes")
}

func TestALostConnectionToIRCComesBackWithTheTruth(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	w.onIRC(t, "dora", channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	w.irc.Kill()
	alice.Expect(t, "message[@from='"+room+"']/body[text()~'lost']")
	id := say(t, alice, room, "into the void")
	alice.Expect(t, "message[@type='error'][@id='"+id+"']/error[@type='wait']/"+conditions+"text[text()]")
	if err := w.irc.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eve := w.onIRC(t, "eve", channel)
	eve.Expect(t, `^:alice!\S+ JOIN`)
	alice.ExpectEach(t, "message[@from='"+room+"']/body[text()~'again']", "presence[@type='unavailable'][@from='"+room+"/dora']", "presence[not(@type)][@from='"+room+"/eve']")
	eve.Say(t, channel, "welcome back")
	alice.Expect(t, "message[@from='"+room+"/eve']/body[text()='welcome back']")
	alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='result']")
}

func TestAnUntrustedCertificateIsAnAnswerWithItsFingerprint(t *testing.T) {
	t.Parallel()
	start := servers.ForTest(t)
	xmpp, irc := start.Prosody(servers.Options{}), start.InspIRCd(servers.Options{})
	w := newWorld(t, xmpp, irc, "", fmt.Sprintf("{host: %s, address: %q}", host, irc.TLS))
	_, room := w.channel()
	alice := w.client(t, "alice", "desk")
	alice.Send(t, joinStanza, "room", room, "nick", "alice")
	text := alice.Expect(t, "presence[@type='error'][@from='"+room+"/alice']").Find("presence/error/" + conditions + "text").Text
	if !strings.Contains(strings.ReplaceAll(strings.ToLower(text), ":", ""), irc.Fingerprint) || !strings.Contains(text, "fingerprint:") {
		t.Errorf("the answer is %q, the fingerprint %s", text, irc.Fingerprint)
	}
	trusting := newWorld(t, start.Prosody(servers.Options{}), irc, "", fmt.Sprintf("{host: %s, address: %q, fingerprint: %q}", host, irc.TLS, irc.Fingerprint))
	alice = trusting.client(t, "alice", "desk")
	join(t, alice, room, "alice")
}

func TestCheckSaysInASentenceWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, change, with, says string }{
		{"all is well", "", "", "ok: the XMPP server's component"},
		{"a wrong secret", "secret: s3cret", "secret: wrong", "secret"},
		{"an unknown domain", "domain: " + domain, "domain: nowhere.localhost", "nowhere.localhost"},
		{"a server that is not there", w.xmpp.Component, "127.0.0.1:1", "refused"},
		{"a folder that is not there", "sqlite:" + w.dir, "sqlite:" + filepath.Join(w.dir, "none"), "none"},
		{"a certificate that is not there", "log:", "web: {listen: \"127.0.0.1:0\", url: \"https://x.example\", certificate: /nowhere.pem, key: /nowhere.key}\nlog:", "nowhere.pem"},
		{"a cache that cannot be", "log:", "files: {cache: /nowhere/files}\nlog:", "the cache for files in /nowhere/files"},
		{"a word that it does not know", "people:", "poeple:", "poeple"},
		{"a kind that is not there", "kind: irc", "kind: smoke", "smoke"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := changed(t, w.configPath(), c.change, c.with)
			out, err := exec.Command(program, "check", "--config", path).CombinedOutput()
			if (err == nil) != (c.change == "") {
				t.Errorf("it ended with %v", err)
			}
			if !strings.Contains(string(out), c.says) {
				t.Errorf("it does not say %q:\n%s", c.says, out)
			}
		})
	}
}

func TestSeveralTransportsInOneProcess(t *testing.T) {
	t.Parallel()
	second := servers.Component{Domain: "second.localhost", Secret: "other"}
	start := servers.ForTest(t)
	for name, xmpp := range map[string]func(servers.Options) *servers.Server{"Prosody": start.Prosody, "ejabberd": start.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			server := xmpp(servers.Options{Components: []servers.Component{servers.Gateway, second}})
			irc := start.InspIRCd(servers.Options{})
			w := &world{xmpp: server, irc: irc, dir: t.TempDir()}
			w.configure(t, "sqlite:"+filepath.Join(w.dir, "isthmus.db"), "")
			appendTransport(t, w.configPath(), fmt.Sprintf(`
  - kind: irc
    domain: %s
    server: tcp://%s
    secret: %s
    people: [localhost]
    private_networks: [127.0.0.0/8]
    options:
      networks:
        - {host: other.example, address: %q, plain: true}
`, second.Domain, server.Components[second.Domain], second.Secret, irc.Plain))
			w.run(t)
			channel, room := w.channel()
			alice, carol := w.client(t, "alice", "desk"), w.client(t, "carol", "desk")
			awaitGateway(t, alice)
			join(t, alice, room, "alice")
			join(t, carol, channel+"%other.example@"+second.Domain, "carol")
			say(t, alice, room, "from one to the other")
			carol.Expect(t, "message[@from='"+channel+"%other.example@"+second.Domain+"/alice']/body[text()='from one to the other']")
		})
	}
}
