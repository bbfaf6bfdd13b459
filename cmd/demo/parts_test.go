package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatTheDemoWritesNamesThePlacesThatItMakes(t *testing.T) {
	state := t.TempDir()
	for _, c := range []struct{ template, want string }{
		{"isthmus.yaml.tmpl", "server: tcp://127.0.0.1:15347"},
		{"isthmus.yaml.tmpl", `store: "sqlite:` + state + `/isthmus.db"`},
		{"isthmus.yaml.tmpl", "host: demo"},
		{"isthmus.yaml.tmpl", "- muc: lobby@muc.localhost"},
		{"isthmus.yaml.tmpl", "relay_people: [localhost, muc.localhost]"},
		{"index.html.tmpl", "<code>#lobby%demo@irc.localhost</code>"},
		{"chat.html.tmpl", "jid: '#lobby%demo@irc.localhost'"},
	} {
		path := filepath.Join(state, "out")
		if err := writeFile(path, c.template, values(state)); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), c.want) {
			t.Errorf("%s does not say %q:\n%s", c.template, c.want, text)
		}
	}
}

func TestTheWelcomeSaysHowToGetThePageWhereItIsMissing(t *testing.T) {
	for ready, want := range map[bool]string{true: "http://localhost:15280/", false: "install npm"} {
		var text strings.Builder
		if err := writeWelcome(&text, "/state", ready); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), want) {
			t.Errorf("with the page %v it does not say %q:\n%s", ready, want, text.String())
		}
	}
}
