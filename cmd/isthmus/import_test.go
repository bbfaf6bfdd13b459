package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isthmus/core"
	"isthmus/core/options"
	"isthmus/core/seal"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/integration_test/servers"
	"isthmus/transports"
	"isthmus/transports/irc"

	"github.com/google/go-cmp/cmp"
)

// home is a folder with the configuration of an Isthmus.
type home struct{ dir, config, store string }

// newHome makes one; an empty store is SQLite in the folder. more are further lines at the top.
func newHome(t *testing.T, store, component, address, more string) *home {
	t.Helper()
	h := &home{dir: t.TempDir(), store: store}
	if store == "" {
		h.store = "sqlite:" + filepath.Join(h.dir, "isthmus.db")
	}
	h.config = filepath.Join(h.dir, "isthmus.yaml")
	text := fmt.Sprintf(`store: %q
key_file: %q
log: {level: error}
%s
transports:
  - kind: irc
    domain: irc.localhost
    server: tcp://%s
    secret: %s
    private_networks: [127.0.0.0/8]
    options: {networks: [{host: %s, address: %q, plain: true}, {host: irc.second.example}]}
`, h.store, filepath.Join(h.dir, "isthmus.key"), more, component, servers.Gateway.Secret, ircHost, address)
	if err := os.WriteFile(h.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *home) take(t *testing.T, file string) (summary string) {
	t.Helper()
	var out bytes.Buffer
	if err := importBiboumi(t.Context(), file, h.config, "", &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func (h *home) open(t *testing.T) (*store.Store, *options.Book, []byte) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), h.store, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	keys, err := seal.Open(filepath.Join(h.dir, "isthmus.key"))
	if err != nil {
		t.Fatal(err)
	}
	driver, err := irc.New(irc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	book, err := options.Load(t.Context(), s, keys, "irc.localhost", driver.About(), log)
	if err != nil {
		t.Fatal(err)
	}
	key, err := core.OccupantKey(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s, book, key
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func says(t *testing.T, text string, sentences ...string) {
	t.Helper()
	for _, s := range sentences {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not said in:\n%s", s, text)
		}
	}
}

var aliceOptions = map[options.Where]transports.Options{
	{Person: "alice@localhost"}: {"max_history_length": {"42"}},
	{Person: "alice@localhost", Scope: ircHost}: {"address": {"127.0.0.1"}, "tls_ports": {}, "nick": {"alice_nick"}, "pass": {"hunter2"},
		"after_connect_commands": {"MODE alice_nick +i", "AWAY"}, "realname": {"Alice L"}, "username": {"alicia"}, "encoding_in": {"ISO-8859-15"},
		"throttle_limit": {"20"}, "verify_cert": {"false"}},
	{Person: "alice@localhost", Scope: "irc.second.example"}:        {"sasl_password": {"swordfish"}},
	{Person: "alice@localhost", Scope: ircHost, Place: "#a"}:        {"persistent": {"true"}, "record_history": {"true"}},
	{Person: "alice@localhost", Scope: ircHost, Place: "#b@byfoot"}: {"record_history": {"false"}, "encoding_in": {"windows-1251"}},
	{Person: "alice@localhost", Scope: ircHost, Place: "#plain"}:    nil,
}

// What someone had with biboumi they have with Isthmus, whichever store it uses, and as often as it is taken over.
func TestWhatPeopleHadWithBiboumiIsTakenOver(t *testing.T) {
	p := startBiboumi(t)
	p.live(t)
	ids, lines := archive(t, p.alice, channel, "")
	p.stop(t)
	want := []string{"Bob[x]: hello bold red <&>", "Bob[x]: /me waves", "Bob[x]: café", "alice_nick: one", "alice_nick: two", "alice_nick: /me sits"}
	same(t, "what biboumi has kept", want, lines)
	postgres := servers.ForTest(t).Postgres(servers.Options{})
	for kind, url := range map[string]string{"sqlite": "", "postgres": postgres.URL} {
		t.Run(kind, func(t *testing.T) {
			h := newHome(t, url, "127.0.0.1:1", p.irc.Plain, "")
			for range 2 {
				says(t, h.take(t, p.database), "17 options of 1 person", "3 secrets (sealed)", "1 persistent channel;", "6 messages of 1 archive",
					"Not taken over of alice@localhost, irc.example: ", "no fingerprint", "1 option and 0 messages. elsewhere.example: This gateway does not connect to elsewhere.example.",
					"Not needed: 1 contact")
				s, book, key := h.open(t)
				expected := aliceOptions
				expected[options.Where{Person: "alice@localhost", Scope: ircHost}]["ports"] = []string{port(t, p.irc.Plain)}
				for where, want := range expected {
					same(t, fmt.Sprint(where), want, book.Get(where))
				}
				accounts, err := s.Accounts(t.Context())
				if err != nil || len(accounts) != 1 || accounts[0].Owner != "alice@localhost" || accounts[0].Scope != ircHost || accounts[0].Transport != "irc.localhost" {
					t.Fatalf("%+v, %v", accounts, err)
				}
				page, err := s.Page(t.Context(), store.Query{Account: accounts[0].ID, Place: "#a", Max: 100, Since: time.Now().Add(-time.Minute).UnixMilli()})
				if err != nil || len(page.Rows) != len(want) {
					t.Fatalf("%d rows, %v", len(page.Rows), err)
				}
				for i, r := range page.Rows {
					same(t, "id", ids[i], r.ID)
					nick, _, _ := strings.Cut(want[i], ": ")
					same(t, "nick", nick, r.Nick)
					if i > 0 && r.Seq <= page.Rows[i-1].Seq || r.Seq >= store.NextID() {
						t.Errorf("row %d is not in order", i)
					}
				}
				same(t, "row", store.Row{Seq: page.Rows[0].Seq, Account: accounts[0].ID, Transport: "irc.localhost", Scope: ircHost, Place: "#a", ID: ids[0], Author: "bob[x]",
					Nick: "Bob[x]", Stanza: ids[0], At: page.Rows[0].At, Content: []byte("<body>hello bold red &lt;&amp;&gt;</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='" +
						xep.NewOccupantKey(key).ID(channel, "mask:bob[x]") + "'/>")}, page.Rows[0])
				s.Close()
			}
			content, err := os.ReadFile(filepath.Join(h.dir, "isthmus.db"))
			if kind == "sqlite" && (err != nil || bytes.Contains(content, []byte("hunter2")) || bytes.Contains(content, []byte("swordfish")) || !bytes.Contains(content, []byte("alicia"))) {
				t.Errorf("the passwords can be read in the store, or nothing can: %v", err)
			}
		})
	}
}

// The whole way: biboumi is stopped, Isthmus is started, and a client goes on as if nothing had happened.
func TestAClientGoesOnWhereItWas(t *testing.T) {
	p := startBiboumi(t)
	p.live(t)
	ids, lines := archive(t, p.alice, channel, "")
	p.stop(t)
	h := newHome(t, "", p.xmpp.Component, p.irc.Plain, "")
	h.take(t, p.database)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, h.config) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	for online := false; !online; { // until the XMPP server has the component
		online = p.alice.Expect(t, p.alice.Ping(t, "irc.localhost")).Attr("type") == "result"
	}
	p.alice.Send(t, "<presence to='{to}/someone'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='2'/></x></presence>", "to", channel)
	p.alice.Expect(t, "message[@type='groupchat'][@from='"+channel+"/alice_nick']/body[text()='two']")
	p.alice.Expect(t, "message[@type='groupchat'][@from='"+channel+"/alice_nick']/body[text()='/me sits']")
	p.alice.Expect(t, "message[@type='groupchat']/subject")
	again, missed := archive(t, p.alice, channel, ids[2]) // the id is biboumi's
	same(t, "messages after the third", lines[3:], missed)
	same(t, "ids", ids[3:], again)
}

func TestOldAndOddRowsAreTakenAsTheyAre(t *testing.T) {
	p := startBiboumi(t)
	p.live(t)
	p.stop(t)
	now := time.Now().Unix()
	message := func(owner, server, channel, nick, body string, at int64) string {
		return fmt.Sprintf("INSERT INTO muclogline_ (uuid_, owner_, ircchanname_, ircservername_, date_, body_, nick_) VALUES ('', '%s', '%s', '%s', %d, '%s', '%s')",
			owner, channel, server, at, body, nick)
	}
	p.change(t,
		"DELETE FROM muclogline_",
		message("carol@localhost", "IRC.example", "#C\u00e4", "bob", "first", now-50),
		message("Carol@LOCALHOST", ircHost, "#c\u00e4", "bob", "the clock went back", now-90),
		message("carol@localhost", ircHost, "#c\u00e4", "bob", "from the future", now+1_000_000),
		message("carol@localhost", ircHost, "#c\u00e4", "bad\u0001nick", "control \x1b character", now),
		message("carol@localhost", ircHost, "#c\u00e4", "", "nobody", now),
		message("carol@localhost", ircHost, "#c\u00e4", "bob", "too old", now-40*24*3600),
		message("carol@localhost", "irc.unknown.example", "#c", "bob", "other network", now),
		message("carol@localhost", ircHost, "query", "bob", "no channel", now),
		message("mallory@evil.example", ircHost, "#c", "bob", "not allowed", now),
		message("@", ircHost, "#c", "bob", "no owner", now),
		// Columns that an upgrade of biboumi added are NULL.
		"INSERT INTO ircserveroptions_ (owner_, server_, nick_) VALUES ('carol@localhost', '"+ircHost+"', 'caro')",
		"INSERT INTO ircserveroptions_ (owner_, server_, nick_) VALUES ('mallory@evil.example', '"+ircHost+"', 'mal')",
		"INSERT INTO globaloptions_ (owner_, persistent_) VALUES ('carol@localhost', 1)",
	)
	h := newHome(t, "", "127.0.0.1:1", p.irc.Plain, "archive: {keep_days: 30}")
	says(t, h.take(t, p.database), "5 messages of 1 archive", "0 options and 1 message. They are older", "irc.unknown.example", `"query" at irc.example has no address here`,
		"1 option and 1 message. People of evil.example may not use this transport", `0 options and 1 message. "@" is no JID.`)
	s, book, _ := h.open(t)
	same(t, "options", transports.Options{"nick": {"caro"}}, book.Get(options.Where{Person: "carol@localhost", Scope: ircHost}))
	same(t, "options", transports.Options{"persistent": {"true"}}, book.Get(options.Where{Person: "carol@localhost"}))
	accounts, err := s.Accounts(t.Context())
	if err != nil || len(accounts) != 1 {
		t.Fatalf("%+v, %v", accounts, err)
	}
	page, err := s.Page(t.Context(), store.Query{Account: accounts[0].ID, Place: "#c\u00e4", Max: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range page.Rows {
		got = append(got, r.Nick+": "+string(r.Content[:bytes.Index(r.Content, []byte("</body>"))]))
		if r.Seq >= store.NextID() {
			t.Error("a row of the future stands behind what comes now")
		}
	}
	same(t, "messages in order", []string{"bob: <body>first", "bob: <body>the clock went back", "bob: <body>from the future", "badnick: <body>control \uFFFD character", "unnamed: <body>nobody"}, got)
}

func TestWhatIsSetHereIsNotUndone(t *testing.T) {
	p := startBiboumi(t)
	p.live(t)
	p.stop(t)
	h := newHome(t, "", "127.0.0.1:1", p.irc.Plain, "")
	s, book, _ := h.open(t)
	where := options.Where{Person: "alice@localhost", Scope: ircHost}
	done := make(chan error, 1)
	book.Set(where, transports.Options{"pass": {"newer"}, "sasl_account": {"al"}}, func(err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.Close()
	says(t, h.take(t, p.database), "Left as they are here: 1 option with another value.")
	_, book, _ = h.open(t)
	o := book.Get(where)
	same(t, "password", []string{"newer"}, o["pass"])
	same(t, "what biboumi has not", []string{"al"}, o["sasl_account"])
	same(t, "nick", []string{"alice_nick"}, o["nick"])
}

func TestWhatIsNoDatabaseOfBiboumiIsRefused(t *testing.T) {
	h := newHome(t, "", "127.0.0.1:1", "127.0.0.1:1", "")
	text := filepath.Join(h.dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	own, _, _ := h.open(t)
	own.Close()
	for file, says := range map[string]string{
		filepath.Join(h.dir, "missing"):      "db_name",
		text:                                 "cannot be read",
		filepath.Join(h.dir, "isthmus.db"):   "is no database of biboumi 9",
		"postgresql://u:secret@host/biboumi": "not from PostgreSQL",
	} {
		err := importBiboumi(t.Context(), file, h.config, "", &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", file, err)
		}
	}
}
