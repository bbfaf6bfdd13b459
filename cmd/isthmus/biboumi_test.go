package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

// predecessor is a gateway as someone runs it before they change to Isthmus: biboumi between a real XMPP server and a real IRC
// server.
type predecessor struct {
	irc      *servers.Server
	gateway  *servers.Server
	database string
	host     string // how addresses call the IRC server
	alice    *xmppclient.Client
}

func startBiboumi(t *testing.T) *predecessor {
	t.Helper()
	if err := servers.Missing("biboumi"); err != nil {
		t.Fatal(err)
	}
	start := servers.ForTest(t)
	xmpp := start.Prosody(servers.Options{})
	p := &predecessor{irc: start.InspIRCd(servers.Options{}), host: "localhost"}
	dir := start.Dir("biboumi")
	p.database = filepath.Join(dir, "biboumi.sqlite")
	_, port, err := net.SplitHostPort(xmpp.Component)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "biboumi.cfg")
	text := fmt.Sprintf("hostname=%s\npassword=%s\nport=%s\ndb_name=%s\nlog_level=1\nidentd_port=0\nadmin=admin@localhost\n",
		servers.Gateway.Domain, servers.Gateway.Secret, port, p.database)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	p.gateway, err = servers.Run(ctx, servers.Program{Name: "biboumi", Dir: dir, Command: []string{"biboumi", config},
		Says: "Authenticated with the XMPP server"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.gateway.Stop() })
	p.alice = xmppclient.Start(t, xmpp, "alice", "desk")
	return p
}


// set fills in biboumi's form of options, as a client does (XEP-0050).
func (p *predecessor) set(t *testing.T, to string, fields ...string) {
	t.Helper()
	a, id := p.alice, p.alice.NewID()
	a.Send(t, "<iq type='set' to='{to}' id='{id}'><command xmlns='http://jabber.org/protocol/commands' node='configure' action='execute'/></iq>", "to", to, "id", id)
	form := a.Expect(t, "iq[@id='"+id+"']")
	fmt.Println(form)
	session := form.Find("iq/{commands}command").Attr("sessionid")
	id = a.NewID()
	var values string
	for i := 0; i < len(fields); i += 2 {
		values += "<field var='" + fields[i] + "'>"
		for _, value := range strings.Split(fields[i+1], "|") {
			values += "<value>" + xmppclient.Escape(value) + "</value>"
		}
		values += "</field>"
	}
	a.Send(t, "<iq type='set' to='{to}' id='{id}'><command xmlns='http://jabber.org/protocol/commands' node='configure' action='complete' sessionid='{session}'><x xmlns='jabber:x:data' type='submit'>"+
		values+"</x></command></iq>", "to", to, "id", id, "session", session)
	fmt.Println(a.Expect(t, "iq[@id='"+id+"']"))
}

func TestExplore(t *testing.T) {
	p := startBiboumi(t)
	a := p.alice
	p.set(t, "irc.localhost", "max_history_length", "42", "record_history", "true", "persistent", "true")
	p.set(t, "localhost@irc.localhost", "ports", port(p.irc.Plain), "tls_ports", "", "nick", "alice_nick", "pass", "hunter2", "sasl_password", "", "after_connect_commands", "PRIVMSG x :y|MODE alice_nick +i", "realname", "Alice L", "username","alicia", "encoding_in", "latin-9", "encoding_out", "", "throttle_limit", "20", "verify_cert", "0", "fingerprint", "ab:cd", "address", "127.0.0.1")
	p.set(t, "#a%localhost@irc.localhost", "persistent", "true", "record_history", "unset", "encoding_in", "ISO-8859-15")
	a.Send(t, "<presence to='#A%localhost@irc.localhost/foo'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
	a.Expect(t, "message[@type='groupchat']/subject")
	bob := ircclient.Dial(t, p.irc.Plain, "Bob[x]")
	bob.Join(t, "#a")
	bob.Say(t, "#a", "hello \x02bold\x02 \x0304red\x03 <&>")
	bob.Say(t, "#a", "\x01ACTION waves\x01")
	bob.Send(t, "NOTICE #a :a notice", "TOPIC #a :topic")
	bob.Say(t, "#a", "caf\xe9 \x1b esc")
	a.Expect(t, "message[@type='groupchat']/body[text()~'caf']")
	a.Send(t, "<message to='#a%localhost@irc.localhost' type='groupchat' id='1'><body>line one\nline two</body></message>")
	a.Expect(t, "message[@type='groupchat']/body[text()='line two']")
	a.Send(t, "<message to='#a%localhost@irc.localhost' type='groupchat' id='2'><body>/me sits</body></message>")
	a.Expect(t, "message[@type='groupchat']/body[text()='/me sits']")
	bob.Say(t, "alice_nick", "private")
	a.Expect(t, "message/body[text()='private']")
	a.Send(t, "<presence/>")
	a.Send(t, "<presence to='localhost@irc.localhost' type='subscribe'/>")
	a.Expect(t, "presence[@type='subscribe']")
	a.Send(t, "<presence to='localhost@irc.localhost' type='subscribed'/>")
	a.Drain(t, "localhost@irc.localhost")
	out, err := os.ReadFile(p.database)
	os.WriteFile("/tmp/bib/first.sqlite", out, 0o600)
	fmt.Println(err)
	m, _ := filepath.Glob(p.database+"*")
	fmt.Println(m)
	bob.Send(t, "QUIT")
}

func port(address string) string { _, port, _ := net.SplitHostPort(address); return port }

func TestExplore2(t *testing.T) {
	p := startBiboumi(t)
	p.set(t, "irc.localhost")
	p.set(t, "localhost@irc.localhost")
	p.set(t, "other.example@irc.localhost", "pass", "x", "throttle_limit", "", "verify_cert", "false")
	p.set(t, "#unset%localhost@irc.localhost", "record_history", "unset")
	p.set(t, "#true%localhost@irc.localhost", "record_history", "true")
	p.set(t, "#false%localhost@irc.localhost", "record_history", "false")
	p.set(t, "#none%localhost@irc.localhost", "persistent", "1")
	p.set(t, "#pers%localhost@irc.localhost", "persistent", "true")
	p.set(t, "#b\\40foo%localhost@irc.localhost", "persistent", "true")
	out, err := os.ReadFile(p.database)
	os.WriteFile("/tmp/bib/first.sqlite", out, 0o600)
	fmt.Println(err)
}
