package integration_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pkg is what go list says of a package.
type pkg struct {
	Dir, ImportPath string
	Imports         []string
	GoFiles         []string
}

func listPackages(t *testing.T) []pkg { return list(t, "./...") }

func list(t *testing.T, which ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=Dir,ImportPath,Imports,GoFiles"}, which...)...)
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// wall says what the packages below a path may import besides the standard library; a pattern that ends in "/" takes in what is below it.
type wall struct {
	of      string
	allowed []string
}

var walls = []wall{
	{"isthmus/mapping/", []string{"golang.org/x/text/", "mellium.im/xmpp/jid", "mellium.im/xmpp/styling"}},
	{"isthmus/transports", []string{"isthmus/mapping/text"}},
	{"isthmus/transports/irc", []string{"isthmus/transports", "isthmus/mapping/text", "isthmus/mapping/nick", "isthmus/mapping/msgid",
		"gopkg.in/irc.v4", "golang.org/x/sync/", "golang.org/x/time/", "golang.org/x/text/"}},
	{"isthmus/transports/slack", []string{"isthmus/transports", "isthmus/mapping/text", "github.com/slack-go/slack", "github.com/gorilla/websocket", "golang.org/x/time/"}},
	{"isthmus/transports/slack/slacktest", []string{"github.com/gorilla/websocket", "go.yaml.in/yaml/v3"}},
	{"isthmus/transports/discord", []string{"isthmus/transports", "isthmus/mapping/text", "github.com/bwmarrin/discordgo", "github.com/gorilla/websocket"}},
	{"isthmus/transports/loopback", []string{"isthmus/transports", "isthmus/mapping/text", "isthmus/transports/loopback/wire"}},
	{"isthmus/transports/loopback/wire", []string{"isthmus/transports"}},
	{"isthmus/core/stanza", []string{"mellium.im/xmpp/"}},
	{"isthmus/core/xep", []string{"isthmus/core/stanza", "mellium.im/xmpp/"}},
	{"isthmus/core/room", []string{"isthmus/core/stanza", "isthmus/core/xep", "isthmus/mapping/", "isthmus/transports"}},
	{"isthmus/core/account", []string{"isthmus/core/stanza", "isthmus/core/xep", "isthmus/core/room", "isthmus/core/store",
		"isthmus/core/options", "isthmus/core/lane", "isthmus/core/media", "isthmus/core/privilege", "isthmus/core/avatar", "isthmus/mapping/", "isthmus/transports", "mellium.im/xmpp/"}},
	{"isthmus/core/avatar", []string{"isthmus/core/store", "golang.org/x/image/"}},
	{"isthmus/core/privilege", []string{"isthmus/core/stanza", "isthmus/core/xep"}},
	{"isthmus/core/person", []string{"isthmus/core/stanza", "isthmus/core/xep", "isthmus/core/store", "isthmus/mapping/",
		"isthmus/transports", "mellium.im/xmpp/"}},
	{"isthmus/core/component", []string{"isthmus/core/stanza", "mellium.im/xmpp/", "golang.org/x/"}},
	{"isthmus/core/store", []string{"github.com/jackc/pgx/", "modernc.org/sqlite", "modernc.org/sqlite/", "golang.org/x/"}},
	{"isthmus/core/dialog", []string{"isthmus/core/stanza", "isthmus/core/xep", "mellium.im/xmpp/"}},
	{"isthmus/core/lane", nil},
	{"isthmus/core/shared", []string{"isthmus/core/lane", "isthmus/transports"}},
	{"isthmus/core/relay", []string{"isthmus/core/stanza", "isthmus/core/xep", "isthmus/mapping/", "isthmus/transports", "mellium.im/xmpp/", "golang.org/x/time/rate"}},
	{"isthmus/core/media", []string{"isthmus/core/stanza", "isthmus/core/xep", "isthmus/core/store", "isthmus/transports",
		"golang.org/x/image/", "golang.org/x/sync/"}},
	{"isthmus/core/web", []string{"golang.org/x/net/netutil", "github.com/prometheus/client_golang/"}},
	{"isthmus/core/seal", []string{"golang.org/x/crypto/"}},
	{"isthmus/core/options", []string{"isthmus/core/seal", "isthmus/core/store", "isthmus/transports"}},
	{"isthmus/core", []string{"isthmus/core/", "isthmus/mapping/", "isthmus/transports", "mellium.im/xmpp/", "golang.org/x/sync/", "github.com/prometheus/client_golang/"}},
	{"isthmus/configs", []string{"github.com/spf13/viper", "github.com/go-viper/mapstructure/v2"}},
}

func TestThePackagesKeepTheWalls(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range listPackages(t) {
		for _, w := range walls {
			if p.ImportPath != w.of && !(strings.HasSuffix(w.of, "/") && strings.HasPrefix(p.ImportPath, w.of)) {
				continue
			}
			seen[w.of] = true
			for _, imported := range p.Imports {
				if !strings.Contains(strings.Split(imported, "/")[0], ".") && !strings.HasPrefix(imported, "isthmus/") {
					continue // the standard library
				}
				if !slices.ContainsFunc(w.allowed, func(a string) bool {
					return imported == a || strings.HasSuffix(a, "/") && strings.HasPrefix(imported, a)
				}) {
					t.Errorf("%s imports %s, which is behind a wall (ARCHITECTURE.md, Walls)", p.ImportPath, imported)
				}
			}
		}
		if p.ImportPath != "isthmus/configs" && !strings.HasPrefix(p.ImportPath, "isthmus/cmd/") && slices.Contains(p.Imports, "isthmus/configs") {
			t.Errorf("%s imports isthmus/configs; only commands may", p.ImportPath)
		}
	}
	for _, w := range walls {
		if !seen[w.of] {
			t.Errorf("no package stands behind the wall of %s any more; take it out of the list", w.of)
		}
	}
}

// With these in the program, which call methods by names that they are given, the linker keeps all methods of all packages.
var callByName = []string{"text/template", "html/template", "net/rpc"}

func TestTheLinkerMayLeaveOutWhatNobodyCalls(t *testing.T) {
	for _, p := range list(t, "-deps", "./cmd/isthmus") {
		for _, name := range callByName {
			if strings.HasPrefix(p.ImportPath, "isthmus/") && slices.Contains(p.Imports, name) {
				t.Errorf("%s imports %s: the gateway takes a sixth more of memory with it", p.ImportPath, name)
			}
		}
	}
}

// networks are the names that must not occur in the core, not even in a comment.
var networks = regexp.MustCompile(`(?i)\b(irc|slack|discord|libera)\b`)

func TestTheCoreNamesNoNetwork(t *testing.T) {
	checked := 0
	for _, p := range listPackages(t) {
		if p.ImportPath != "isthmus/core" && !strings.HasPrefix(p.ImportPath, "isthmus/core/") {
			continue
		}
		for _, name := range p.GoFiles {
			content, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			checked++
			for i, line := range strings.Split(string(content), "\n") {
				if networks.MatchString(line) {
					t.Errorf("%s:%d names a network: %s", filepath.Join(p.ImportPath, name), i+1, strings.TrimSpace(line))
				}
			}
		}
	}
	if checked == 0 {
		t.Fatal("no file of the core was looked at")
	}
}
