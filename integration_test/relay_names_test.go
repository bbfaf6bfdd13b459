package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/ircserver"
	"isthmus/integration_test/servers"
)

func TestPeopleOfAMUCHaveTheirNamesOnIRCWhereTheServerLendsThem(t *testing.T) {
	t.Parallel()
	irc := ircserver.Start(t, ircserver.Options{})
	const muc, channel = "names@muc.localhost", "#names"
	w := &world{xmpp: servers.ForTest(t).Prosody(servers.Options{}), irc: &servers.Server{Plain: irc.Address}, dir: t.TempDir()}
	bob := w.client(t, "bob", "desk")
	join(t, bob, muc, "bob")
	dora := ircclient.Dial(t, irc.Address, "Dora", append([]string{"draft/relaymsg"}, modern...)...)
	dora.Join(t, channel) // and so is its operator
	w.configure(t, "sqlite:"+filepath.Join(w.dir, "isthmus.db"), "")
	config, err := os.ReadFile(w.configPath())
	if err != nil {
		t.Fatal(err)
	}
	config = fmt.Appendf(config, "\nrelays: [{muc: %s, nick: bridge, rooms: [{transport: %s, network: %s, room: %q}]}]\n", muc, domain, host, channel)
	if err := os.WriteFile(w.configPath(), config, 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	dora.Expect(t, `:bridge!\S+ JOIN `)
	dora.Say(t, channel, "who is there?")
	bob.Expect(t, "message[@type='groupchat'][@from='"+muc+"/Dora [irc]']/body[text()='who is there?']")
	say(t, bob, muc, "it is me")
	dora.Expect(t, `:bridge!\S+ PRIVMSG `+channel+` :<bob> it is me$`) // it may not lend names yet
	dora.Send(t, "MODE "+channel+" +o bridge")
	dora.Expect(t, ` MODE `+channel+` \+o :?bridge`)
	bob.Drain(t, "localhost")
	id := say(t, bob, muc, "hello")
	dora.Expect(t, `draft/relaymsg=bridge\S* :bob/xmpp!\S+ PRIVMSG `+channel+` :hello$`)
	m := bob.Expect(t, "message[@type='groupchat'][@id='"+id+"']")
	bob.Send(t, "<message to='{muc}' type='groupchat' id='r1'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>", "muc", muc, "id", stanzaID(m))
	dora.Expect(t, ` REDACT `+channel+` `)
	dora.Say(t, channel, "and I?")
	bob.ExpectNone(t, "message[@from~'"+muc+"/bob/xmpp']", "message[@from='"+muc+"/Dora [irc]']/body[text()='and I?']")
}
