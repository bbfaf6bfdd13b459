package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isthmus/core/options"
	"isthmus/core/seal"
	"isthmus/core/store"
	"isthmus/integration_test/servers"
	"isthmus/transports"
)

// settled is a home in which alice has set something.
func settled(t *testing.T, url string) *home {
	t.Helper()
	h := newHome(t, url, "127.0.0.1:1", "127.0.0.1:1", "")
	s, book, _ := h.open(t)
	done := make(chan error, 2)
	keep := func(err error) { done <- err }
	book.Set(options.Where{Person: "alice@localhost", Scope: ircHost}, transports.Options{"nick": {"al"}, "pass": {"hunter2"}}, keep)
	book.Set(options.Where{Person: "alice@localhost"}, transports.Options{"persistent": {"true"}}, keep)
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if err := commit(s, store.PutAccount{Account: h.account(t)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

// account is what is kept of a login of alice's.
func (h *home) account(t *testing.T) store.Account {
	t.Helper()
	keys, err := seal.Open(h.keyFile())
	if err != nil {
		t.Fatal(err)
	}
	a := store.Account{ID: 3, Transport: "irc.localhost", Scope: ircHost, Owner: "alice@localhost"}
	a.Data = keys.PackOptions(map[string][]string{"key": {"work"}, "data": {"hunter2"}}, func(name string) bool { return name == "data" }, a.Where())
	return a
}

func (h *home) keyFile() string { return filepath.Join(h.dir, "isthmus.key") }

func (h *home) rotate(t *testing.T) (said string) {
	t.Helper()
	var out bytes.Buffer
	if err := rotateKey(t.Context(), h.config, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// oneKey leaves the newest key in the file.
func (h *home) oneKey(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(h.keyFile())
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, line := range strings.SplitAfter(string(content), "\n") {
		kept = append(kept, line)
		if !strings.HasPrefix(line, "#") {
			break
		}
	}
	if err := os.WriteFile(h.keyFile(), []byte(strings.Join(kept, "")), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAfterARotationTheOldKeyIsNotNeeded(t *testing.T) {
	postgres := servers.ForTest(t).Postgres(servers.Options{})
	for kind, url := range map[string]string{"sqlite": "", "postgres": postgres.URL} {
		t.Run(kind, func(t *testing.T) {
			h := settled(t, url)
			says(t, h.rotate(t), h.keyFile(), "2 sets of secrets; in 0 sets")
			h.oneKey(t)
			s, book, _ := h.open(t)
			same(t, "options", transports.Options{"nick": {"al"}, "pass": {"hunter2"}}, book.Get(options.Where{Person: "alice@localhost", Scope: ircHost}))
			same(t, "options", transports.Options{"persistent": {"true"}}, book.Get(options.Where{Person: "alice@localhost"}))
			keys, err := seal.Open(h.keyFile())
			if err != nil {
				t.Fatal(err)
			}
			accounts, err := s.Accounts(t.Context())
			if err != nil || len(accounts) != 1 {
				t.Fatalf("%v, %v", accounts, err)
			}
			data, err := keys.UnpackOptions(accounts[0].Data, accounts[0].Where())
			if err != nil {
				t.Fatal(err)
			}
			same(t, "account", map[string][]string{"key": {"work"}, "data": {"hunter2"}}, data)
		})
	}
}

func TestWithTheKeyLostARotationSaysWhoseSecretsAreGone(t *testing.T) {
	h := settled(t, "")
	if err := os.Remove(h.keyFile()); err != nil {
		t.Fatal(err)
	}
	said := h.rotate(t)
	says(t, said, "alice@localhost", ircHost, "pass: ", "restore it from the backup, or set the secret again", "0 sets of secrets; in 2 sets there")
	_, book, _ := h.open(t)
	same(t, "what is no secret", transports.Options{"nick": {"al"}}, book.Get(options.Where{Person: "alice@localhost", Scope: ircHost}))
}

func TestAPersonsDataIsPrintedWithoutPasswords(t *testing.T) {
	h := settled(t, "")
	s, _, _ := h.open(t)
	err := commit(s, store.PutAccount{Account: store.Account{ID: 1, Transport: "irc.localhost", Scope: ircHost, Owner: "alice@localhost"}},
		store.Append{Row: store.Row{Seq: store.NextID(), Account: 1, Transport: "irc.localhost", Scope: ircHost, Place: "#a", ID: "m", Nick: "bob", At: 1767225600000, Content: []byte("<body>hi</body>")}})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	var out, remarks bytes.Buffer
	if err := export(t.Context(), h.config, "IRC.localhost", "Alice@localhost/phone", &out, &remarks); err != nil {
		t.Fatal(err)
	}
	same(t, "export", `{"kind":"options","options":{"persistent":["true"]}}
{"kind":"options","scope":"irc.example","options":{"nick":["al"]}}
{"kind":"account","scope":"irc.example"}
{"kind":"message","scope":"irc.example","place":"#a","id":"m","nick":"bob","at":"2026-01-01T00:00:00Z","xml":"<body>hi</body>"}
{"kind":"account","scope":"irc.example","options":{"key":["work"]}}
`, out.String())
	same(t, "remarks", "", remarks.String())
	out.Reset()
	if err := export(t.Context(), h.config, "", "nobody@localhost", &out, &remarks); err != nil || out.Len() > 0 {
		t.Errorf("%v: %s", err, out.String())
	}
	says(t, remarks.String(), "Nothing is kept of nobody@localhost on irc.localhost.")
	for domain, says := range map[string]string{"other.localhost": "--transport may be irc.localhost", "": "not a JID"} {
		person := "alice@localhost"
		if domain == "" {
			person = "@"
		}
		if err := export(t.Context(), h.config, domain, person, &out, &remarks); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v", err)
		}
	}
}

func TestServeRefusesAKeyFileThatOthersMayRead(t *testing.T) {
	h := settled(t, "")
	if err := os.Chmod(h.keyFile(), 0o644); err != nil {
		t.Fatal(err)
	}
	err := serve(t.Context(), h.config)
	if err == nil || !strings.Contains(err.Error(), "can be read by others") {
		t.Errorf("got %v", err)
	}
}
