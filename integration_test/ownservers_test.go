package integration_test

import (
	"net"
	"testing"
)

// TestServersThatPeopleNameThemselves is about the options of a server that the operator has not described: how to reach it is the person's to say.
func TestServersThatPeopleNameThemselves(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	w.configure(t, "sqlite:"+w.dir+"/own.db", "{host: irc.example.net}\n      any: true")
	w.run(t)
	const server = "home@" + domain
	_, plain, _ := net.SplitHostPort(w.irc.Plain)
	_, secure, _ := net.SplitHostPort(w.irc.TLS)
	field := func(name, value string) string {
		return "<field var='" + name + "'><value>" + value + "</value></field>"
	}
	const nothing = "<field var='ports'/>"
	entered := func(t *testing.T, fields, through string) {
		t.Helper()
		alice := w.client(t, "alice", "desk")
		mustMatch(t, run(t, alice, server, "configure", field("address", "127.0.0.1")+fields), "iq[@type='result']"+form+"[@status='completed']")
		join(t, alice, "#own%"+server, "alice")
		mustMatch(t, run(t, alice, server, "get-irc-connection-info", ""), "iq"+form+"/note[text()~'Connected to IRC server home on port "+through+" since']")
		leave(t, alice, "#own%"+server, "alice")
	}
	refused := func(t *testing.T, fields, says string) {
		t.Helper()
		alice := w.client(t, "alice", "desk")
		mustMatch(t, run(t, alice, server, "configure", field("address", "127.0.0.1")+fields), "iq[@type='result']"+form+"[@status='completed']")
		alice.Send(t, joinStanza, "room", "#own%"+server, "nick", "alice")
		alice.Expect(t, "presence[@type='error'][@from='#own%"+server+"/alice']/error/"+conditions+"text[text()~'"+says+"']")
	}
	t.Run("a host that does not exist", func(t *testing.T) {
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", "#own%nowhere.invalid@"+domain, "nick", "alice")
		alice.Expect(t, "presence[@type='error'][@from='#own%nowhere.invalid@"+domain+"/alice']/error["+conditions+"item-not-found]/"+conditions+"text[text()~'nowhere.invalid']")
	})
	t.Run("by its port without TLS alone", func(t *testing.T) {
		entered(t, field("ports", plain)+"<field var='tls_ports'/>", plain)
	})
	t.Run("its certificate is verified", func(t *testing.T) {
		refused(t, nothing+field("tls_ports", secure), "fingerprint")
	})
	t.Run("unless the person says not to", func(t *testing.T) {
		entered(t, nothing+field("tls_ports", secure)+field("verify_cert", "0"), secure+" using TLS")
	})
	t.Run("or knows its fingerprint", func(t *testing.T) {
		entered(t, nothing+field("tls_ports", secure)+field("verify_cert", "1")+field("fingerprint", w.irc.Fingerprint), secure+" using TLS")
	})
	t.Run("under a nick of one's own, with lines to begin with", func(t *testing.T) {
		dora := w.onIRC(t, "dora")
		alice := w.client(t, "alice", "desk")
		mustMatch(t, run(t, alice, server, "configure", field("nick", "special")+field("after_connect_commands", "PRIVMSG dora :I am here")+field("throttle_limit", "42")), "iq[@type='result']"+form+"[@status='completed']")
		alice.Send(t, joinStanza, "room", "#own%"+server, "nick", "alice")
		alice.Expect(t, "presence[not(@type)][@from='#own%"+server+"/special']/{muc#user}x[status[@code='110']][status[@code='210']]")
		dora.Expect(t, `^:special!\S+ PRIVMSG dora :I am here$`)
		id := alice.NewID()
		alice.Send(t, execute, "id", id, "to", server, "node", "configure")
		alice.Expect(t, "iq[@id='"+id+"']"+form+"/{jabber:x:data}x[field[@var='throttle_limit'][@type='text-single'][value[text()='42']]][field[@var='nick'][value[text()='special']]]"+
			"[field[@var='after_connect_commands'][@type='text-multi']][field[@var='tls_ports'][@type='text-multi'][value[text()='"+secure+"']]]"+
			"[field[@var='verify_cert'][@type='boolean']][field[@var='pass'][@type='text-private']][field[@var='sasl_password'][@type='text-private']]")
	})
}
