package main

import (
	"context"
	"database/sql"
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
	xmpp, irc *servers.Server
	gateway   *servers.Server
	database  string
	alice     *xmppclient.Client
}

const (
	ircHost = "irc.example" // how addresses call the IRC server
	server  = ircHost + "@irc.localhost"
	channel = "#a%" + ircHost + "@irc.localhost"
)

func startBiboumi(t *testing.T) *predecessor {
	t.Helper()
	if err := servers.Missing("biboumi"); err != nil {
		t.Fatal(err)
	}
	start := servers.ForTest(t)
	p := &predecessor{xmpp: start.Prosody(servers.Options{}), irc: start.InspIRCd(servers.Options{})}
	dir := start.Dir("biboumi")
	p.database = filepath.Join(dir, "biboumi.sqlite")
	config := filepath.Join(dir, "biboumi.cfg")
	text := fmt.Sprintf("hostname=%s\npassword=%s\nport=%s\ndb_name=%s\nlog_level=1\nidentd_port=0\n",
		servers.Gateway.Domain, servers.Gateway.Secret, port(t, p.xmpp.Component), p.database)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var err error
	p.gateway, err = servers.Run(ctx, servers.Program{Name: "biboumi", Dir: dir, Command: []string{"biboumi", config}, Says: "Authenticated with the XMPP server"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(t) })
	p.alice = xmppclient.Start(t, p.xmpp, "alice", "desk")
	return p
}

func (p *predecessor) stop(t *testing.T) {
	t.Helper()
	if p.gateway != nil {
		if err := p.gateway.Stop(); err != nil {
			t.Error(err)
		}
		p.gateway = nil
	}
}

func port(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// set fills in a form of options as clients do (XEP-0050): what is not named keeps the value that the form shows.
func (p *predecessor) set(t *testing.T, to string, values map[string][]string) {
	t.Helper()
	a, id := p.alice, p.alice.NewID()
	a.Send(t, "<iq type='set' to='{to}' id='{id}'><command xmlns='http://jabber.org/protocol/commands' node='configure' action='execute'/></iq>", "to", to, "id", id)
	shown := a.Expect(t, "iq[@id='"+id+"'][@type='result']")
	command := shown.Find("iq/{commands}command")
	var fields strings.Builder
	known := 0
	for _, field := range shown.Find("iq/{commands}command/{jabber:x:data}x").Children {
		name := field.Attr("var")
		if field.Name != "field" || name == "" {
			continue
		}
		chosen, given := values[name]
		if given {
			known++
		} else {
			for _, value := range field.Children {
				if value.Name == "value" {
					chosen = append(chosen, value.Text)
				}
			}
		}
		fmt.Fprintf(&fields, "<field var='%s'>", name)
		for _, value := range chosen {
			fmt.Fprintf(&fields, "<value>%s</value>", xmppclient.Escape(value))
		}
		fields.WriteString("</field>")
	}
	if known != len(values) {
		t.Fatalf("the form has not all of %v: %s", values, shown)
	}
	id = a.NewID()
	a.Send(t, "<iq type='set' to='{to}' id='{id}'><command xmlns='http://jabber.org/protocol/commands' node='configure' action='complete' sessionid='{session}'>"+
		"<x xmlns='jabber:x:data' type='submit'>"+fields.String()+"</x></command></iq>", "to", to, "id", id, "session", command.Attr("sessionid"))
	a.Expect(t, "iq[@id='"+id+"']/{commands}command[@status='completed']/note[@type='info']")
}

// live is a year with biboumi in a second: alice sets what she likes, and talks with bob, who is on IRC.
func (p *predecessor) live(t *testing.T) {
	t.Helper()
	a := p.alice
	p.set(t, "irc.localhost", map[string][]string{"max_history_length": {"42"}})
	p.set(t, server, map[string][]string{"address": {"127.0.0.1"}, "ports": {port(t, p.irc.Plain)}, "tls_ports": {}, "nick": {"alice_nick"}, "pass": {"hunter2"},
		"after_connect_commands": {"MODE alice_nick +i", "AWAY"}, "realname": {"Alice L"}, "username": {"alicia"}, "encoding_in": {"ISO-8859-15"},
		"throttle_limit": {"20"}, "verify_cert": {"false"}, "fingerprint": {"not a fingerprint"}})
	p.set(t, "elsewhere.example@irc.localhost", map[string][]string{"nick": {"al"}})
	p.set(t, "irc.second.example@irc.localhost", map[string][]string{"sasl_password": {"swordfish"}})
	p.set(t, channel, map[string][]string{"persistent": {"true"}, "record_history": {"true"}})
	p.set(t, `#b\40byfoot%`+server, map[string][]string{"record_history": {"false"}, "encoding_in": {"windows-1251"}})
	p.set(t, "#plain%"+server, nil)

	a.Send(t, "<presence to='{to}/someone'><x xmlns='http://jabber.org/protocol/muc'/></presence>", "to", channel)
	a.Expect(t, "message[@type='groupchat']/subject")
	bob := ircclient.Dial(t, p.irc.Plain, "Bob[x]")
	bob.Join(t, "#a")
	bob.Say(t, "#a", "hello \x02bold\x02 \x0304red\x03 <&>")
	bob.Say(t, "#a", "\x01ACTION waves\x01")
	bob.Say(t, "#a", "caf\xe9")
	a.Expect(t, "message[@type='groupchat']/body[text()='café']")
	a.Send(t, "<message to='{to}' type='groupchat' id='1'><body>one\ntwo</body></message>", "to", channel)
	a.Expect(t, "message[@type='groupchat']/body[text()='two']")
	a.Send(t, "<message to='{to}' type='groupchat' id='2'><body>/me sits</body></message>", "to", channel)
	a.Expect(t, "message[@type='groupchat']/body[text()='/me sits']")

	a.Send(t, "<presence/>")
	a.Send(t, "<presence to='{to}' type='subscribe'/>", "to", server) // biboumi's roster: it wants to be subscribed to as well
	a.Expect(t, "presence[@type='subscribe']")
	a.Send(t, "<presence to='{to}' type='subscribed'/>", "to", server)
	a.Drain(t, "irc.localhost")
	a.Send(t, "<presence type='unavailable'/>")
}

// archive asks a room's archive for what came after an id (XEP-0313), and gives it as lines.
func archive(t *testing.T, c *xmppclient.Client, room, after string) (ids, lines []string) {
	t.Helper()
	if after != "" {
		after = "<after>" + after + "</after>"
	}
	id := c.NewID()
	c.Send(t, "<iq type='set' to='{to}' id='{id}'><query xmlns='urn:xmpp:mam:2' queryid='q'><set xmlns='http://jabber.org/protocol/rsm'><max>50</max>"+after+"</set></query></iq>",
		"to", room, "id", id)
	for {
		got := c.Expect(t, "*")
		if got.Matches("iq[@id='" + id + "']") {
			return ids, lines
		}
		if result := got.Find("message/{urn:xmpp:mam:2}result"); result != nil {
			said := "message/{urn:xmpp:mam:2}result/{urn:xmpp:forward:0}forwarded/{jabber:client}message"
			_, nick, _ := strings.Cut(got.Find(said).Attr("from"), "/")
			ids, lines = append(ids, result.Attr("id")), append(lines, nick+": "+got.Find(said+"/body").Text)
		}
	}
}

// change alters biboumi's database as years and other people do.
func (p *predecessor) change(t *testing.T, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", p.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
