package integration_test

import (
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
)

// TestPasswordsThatAPersonSets is about a server that lets in who knows its password, with services that know people's.
func TestPasswordsThatAPersonSets(t *testing.T) {
	t.Parallel()
	start := servers.ForTest(t)
	irc := start.InspIRCd(servers.Options{Password: "sesame"})
	start.Anope(irc)
	w := newWorld(t, start.Prosody(servers.Options{}), irc, "", "")
	server := host + "@" + domain
	_, room := w.channel()
	alice := w.client(t, "alice", "desk")
	set := func(field, value string) {
		t.Helper()
		mustMatch(t, run(t, alice, server, "configure", "<field var='"+field+"'><value>"+value+"</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
	}
	refused := func(condition, says string) {
		t.Helper()
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/alice']/error["+conditions+condition+"]/"+conditions+"text[text()~'"+says+"']")
	}
	refused("forbidden", "Access denied")
	set("pass", "open")
	refused("forbidden", "Access denied")
	set("pass", "sesame")
	join(t, alice, room, "alice")

	dora := ircclient.Connect(t, irc.Plain, nil)
	dora.Send(t, "PASS sesame")
	dora.Register(t, "Dora")
	dora.Say(t, "NickServ", "REGISTER wherefore dora@example.org")
	dora.Expect(t, "NOTICE .*registered")
	leave(t, alice, room, "alice")

	set("sasl_account", "Dora")
	set("sasl_password", "because")
	refused("not-authorized", "login as Dora")
	set("sasl_password", "wherefore")
	join(t, alice, room, "alice")
	dora.Send(t, "WHOIS alice")
	dora.Expect(t, " 330 Dora alice Dora ")
}
