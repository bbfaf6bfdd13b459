package configs

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T, text string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "isthmus.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

// with is a configuration that works, with some of its text replaced.
func with(pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(`store: sqlite:/tmp/x.db
log: {level: warn, format: json}
archive: {keep_days: 30}
transports:
  - kind: irc
    domain: irc.example.org
    server: tcp://127.0.0.1:5347
    secret: s3cret
    people: [Example.ORG, "Alice@Example.net"]
    private_networks: [127.0.0.1/8]
`)
}

func TestTheExampleWorks(t *testing.T) {
	c, err := Load("example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Transports) != 1 || c.Transports[0].Domain != "irc.example.org" || c.Archive.KeepDays != 365 {
		t.Errorf("%+v", c)
	}
	var options struct {
		Networks []struct {
			Host string
		}
	}
	if err := Decode(c.Transports[0].Options, &options); err != nil {
		t.Fatal(err)
	}
	if len(options.Networks) != 2 || options.Networks[0].Host != "irc.libera.chat" {
		t.Errorf("%+v", options)
	}
}

func TestAConfigurationIsReadWhole(t *testing.T) {
	c, err := load(t, with())
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{Store: "sqlite:/tmp/x.db", KeyFile: "/tmp/isthmus.key", Log: Log{"warn", "json"}, Archive: Archive{30, 1_000_000},
		Files: Files{Through: ThroughUpload, MaxFile: 100, Cache: "/tmp/files", CacheSize: 1024, CacheDays: 30, ValidDays: 365}, Transports: []Transport{{
			Kind: "irc", Domain: "irc.example.org", Server: "tcp://127.0.0.1:5347", Secret: "s3cret",
			People: []string{"example.org", "alice@example.net"}, Registration: []string{"open"}, Limits: limits(50, 1000, 100), PrivateNetworks: []string{"127.0.0.1/8"}}}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	private, err := c.Transports[0].Private()
	if err != nil || len(private) != 1 || private[0] != netip.MustParsePrefix("127.0.0.0/8") {
		t.Errorf("%v, %v", private, err)
	}
}

func limits(networks, rooms, stanzas int) Limits { return Limits{&networks, &rooms, &stanzas} }

func TestWhoMayDoWhatAndHowMuchIsRead(t *testing.T) {
	c, err := load(t, with("    people:", `    registration: [Staff.example.org]
    registration_required: true
    network_people: {irc.oper.example.org: [Admin@Example.org]}
    limits: {networks: 3, rooms: 0}
    people:`))
	if err != nil {
		t.Fatal(err)
	}
	got := c.Transports[0]
	want := Transport{Registration: []string{"staff.example.org"}, RegistrationRequired: true,
		NetworkPeople: map[string][]string{"irc.oper.example.org": {"admin@example.org"}}, Limits: limits(3, 0, 100)}
	got.Kind, got.Domain, got.Server, got.Secret, got.People, got.PrivateNetworks = "", "", "", "", nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c, err = load(t, with("    people:", "    registration: closed\n    people:"))
	if err != nil || len(c.Transports[0].Registration) != 1 || c.Transports[0].Registration[0] != Closed {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestWhatIsLeftOutIsFilledIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(" from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, with("log: {level: warn, format: json}\n", "", "archive: {keep_days: 30}\n", "", "secret: s3cret", "secret_file: "+file,
		"    people: [Example.ORG, \"Alice@Example.net\"]\n", "", "irc.example.org", "IRC.Example.Org"))
	if err != nil {
		t.Fatal(err)
	}
	tr := c.Transports[0]
	if tr.Domain != "irc.example.org" || tr.Secret != "from a file" || len(tr.People) != 1 || tr.People[0] != "example.org" || c.Archive.KeepDays != 0 {
		t.Errorf("%+v", c)
	}
}

func TestFilesGoByTheWebWhereThereIsOne(t *testing.T) {
	c, err := load(t, with("log:", "web: {listen: \"unix:/run/isthmus/web\", url: \"https://x.example/gate\", private: \"127.0.0.1:9090\"}\nfiles: {max_file_mib: 5, hosts: [\"upload.x.example:5443\"]}\nlog:"))
	if err != nil {
		t.Fatal(err)
	}
	want := Files{Through: ThroughWeb, MaxFile: 5, Cache: "/tmp/files", CacheSize: 1024, CacheDays: 30, ValidDays: 365, Hosts: []string{"upload.x.example:5443"}}
	if diff := cmp.Diff(want, c.Files); diff != "" {
		t.Error(diff)
	}
}

func TestTheKeyFileMayBeElsewhere(t *testing.T) {
	for _, store := range []string{"sqlite:/tmp/x.db", "postgres://gw@127.0.0.1/gw"} {
		if c, err := load(t, with("store: sqlite:/tmp/x.db", "key_file: /etc/k\nstore: "+store)); err != nil || c.KeyFile != "/etc/k" {
			t.Errorf("%s: %+v, %v", store, c, err)
		}
	}
}

func TestKeysWithDotsSurvive(t *testing.T) {
	c, err := load(t, with("    people", "    options:\n      \"irc.libera.chat\": {address: \"127.0.0.1:6667\"}\n      names: {alice.b: Alice.B}\n    people"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"irc.libera.chat": map[string]any{"address": "127.0.0.1:6667"}, "names": map[string]any{"alice.b": "Alice.B"}}
	if diff := cmp.Diff(want, c.Transports[0].Options); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	second := "transports:\n  - {kind: irc, domain: irc.example.org, server: \"tcp://x:1\", secret: y}"
	for name, c := range map[string]struct{ text, says string }{
		"nothing":              {"", "store: is missing"},
		"no store":             {with("store: sqlite:/tmp/x.db\n", ""), "store: is missing"},
		"no key file":          {with("sqlite:/tmp/x.db", "postgres://gw:s3cret@127.0.0.1/gw"), "key_file: is missing"},
		"a wrong level":        {with("level: warn", "level: loud"), `log: level: "loud" is none of`},
		"a wrong format":       {with("format: json", "format: xml"), `log: format: "xml" is neither`},
		"negative days":        {with("keep_days: 30", "keep_days: -1"), "archive: keep_days: is negative"},
		"more days than fit":   {with("keep_days: 30", "keep_days: 999999"), "archive: keep_days: is over"},
		"negative messages":    {with("keep_days: 30", "keep_messages: -1"), "archive: keep_messages: is negative"},
		"half-closed":          {with("    people:", "    registration: [closed, a b]\n    people:"), `registration: "a b" is neither`},
		"nobody's network":     {with("    people:", "    network_people: {irc.example.org: [a/b]}\n    people:"), `network_people: irc.example.org: "a/b" is neither`},
		"nowhere to listen":    {with("log:", "web: {url: \"https://x.example\"}\nlog:"), "web: listen: is missing"},
		"no public address":    {with("log:", "web: {listen: \"127.0.0.1:8480\"}\nlog:"), "web: url: is missing"},
		"half a certificate":   {with("log:", "web: {listen: \":443\", url: \"https://x.example\", key: /k}\nlog:"), "web: certificate and key: give both"},
		"no port":              {with("log:", "web: {private: localhost}\nlog:"), `web: private: "localhost" is neither`},
		"no URL":               {with("log:", "web: {listen: \":1\", url: x.example}\nlog:"), `web: url: "x.example" is not`},
		"another way":          {with("log:", "files: {through: mail}\nlog:"), `files: through: "mail" is neither`},
		"a way without a web":  {with("log:", "files: {through: web}\nlog:"), "files: through: web needs a listener"},
		"a small cache":        {with("log:", "files: {cache_mib: 10}\nlog:"), "files: cache_mib: is no size, or less"},
		"a negative size":      {with("log:", "files: {max_file_mib: -1}\nlog:"), "files: max_file_mib: is no size"},
		"a URL for a host":     {with("log:", "files: {hosts: [\"https://x\"]}\nlog:"), `files: hosts: "https://x" is neither`},
		"a negative limit":     {with("    people:", "    limits: {rooms: -1}\n    people:"), "limits: rooms: is negative"},
		"days in words":        {with("keep_days: 30", "keep_days: many"), "archive.keep_days"},
		"no transports":        {"store: sqlite:/tmp/x.db\ntransports: []\n", "transports: there is none"},
		"no kind":              {with("kind: irc", "kind: \"\""), "transports: number 1 (irc.example.org): kind: is missing"},
		"no domain":            {with("domain: irc.example.org", "domain: \"\""), "transports: number 1 (): domain: is missing"},
		"a JID for a domain":   {with("domain: irc.example.org", "domain: me@example.org"), "domain: is not a domain"},
		"no server":            {with("server: tcp://127.0.0.1:5347", "server: \"\""), "server: is missing"},
		"no secret":            {with("secret: s3cret", "secret: \"\""), "secret: is missing"},
		"two secrets":          {with("secret: s3cret", "secret: s3cret\n    secret_file: /x"), "secret and secret_file: give one of them"},
		"no secret file":       {with("secret: s3cret", "secret_file: /does/not/exist"), "secret_file: open /does/not/exist"},
		"everybody":            {with(`"Alice@Example.net"`, `"*"`), `people: "*" is neither a domain nor a bare JID`},
		"a full JID":           {with(`"Alice@Example.net"`, `alice@example.net/phone`), `people: "alice@example.net/phone" is neither`},
		"nobody":               {with(`"Alice@Example.net"`, `""`), `people: "" is neither`},
		"no domain above":      {with("irc.example.org", "irc", `    people: [Example.ORG, "Alice@Example.net"]`+"\n", ""), "people: is missing"},
		"half a range":         {with("127.0.0.1/8", "127.0.0.1"), `private_networks: "127.0.0.1" is not an address range`},
		"a domain twice":       {strings.Replace(with(), "transports:", second, 1), "the domain irc.example.org is there twice"},
		"no room for a relay":  {with("archive:", "relays: [{muc: example.org, rooms: [{}]}]\narchive:"), `relays: number 1 (example.org): muc: "example.org" is not the address of a room`},
		"a relay with itself":  {with("archive:", "relays: [{muc: \"#a%b@irc.example.org\", rooms: [{}]}]\narchive:"), "is a room of this gateway itself"},
		"a relay with nothing": {with("archive:", "relays: [{muc: a@b.example}]\narchive:"), "rooms: there is none"},
		"a relay elsewhere":    {with("archive:", "relays: [{muc: a@b.example, rooms: [{transport: x.example, network: n, room: r}]}]\narchive:"), `rooms: transport: "x.example" is none`},
		"puppets of nobody":    {with("archive:", "relays: [{muc: a@b.example, puppets: some, rooms: [{}]}]\narchive:"), `puppets: "some" is none of`},
		"a relay of logins":    {with("archive:", "relays: [{muc: a@b.example, rooms: [{transport: irc.example.org, network: n, room: r, owner: a@b.example, connections: 5}]}]\narchive:"), "connections: where somebody's login is used"},
		"typing aside":         {with("archive:", "relays: [{muc: a@b.example, typing: here, rooms: [{}]}]\narchive:"), `typing: "here" is none of`},
		"joins of all":         {with("archive:", "relays: [{muc: a@b.example, joins: all, rooms: [{}]}]\narchive:"), `joins: "all" is neither`},
		"no expression":        {with("archive:", "relays: [{muc: a@b.example, ignore_nicks: \"(\", rooms: [{}]}]\narchive:"), "ignore_nicks: error parsing regexp"},
		"a limit below":        {with("archive:", "relays: [{muc: a@b.example, per_person: -1, rooms: [{}]}]\narchive:"), "per_person: give 0"},
		"a ring": {with("archive:", "relays: [{muc: a@b.example, rooms: [{transport: irc.example.org, network: n, room: r}, {transport: irc.example.org, network: n, room: R}]}]\narchive:"),
			"the room R of n is there twice"},
		"an unknown key":       {with("store:", "stoer: x\nstore:"), "stoer"},
		"an unknown log key":   {with("level: warn", "levle: warn"), "levle"},
		"an unknown key below": {with("kind: irc", "kind: irc\n    secrett: x"), "secrett"},
		"no YAML":              {"store: [", "cannot be read"},
		"a key twice":          {"store: a\nstore: b\n", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, c.text)
			if err == nil {
				t.Fatal("it was taken")
			}
			if text := err.Error(); !strings.Contains(text, c.says) || !strings.Contains(text, "isthmus.yaml") || strings.Contains(text, "\n") || strings.Contains(text, "s3cret") {
				t.Errorf("the error is %q, it should say %q", text, c.says)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("of a file that is not there: %v", err)
	}
}

func TestOptionsAreDecodedStrictly(t *testing.T) {
	type options struct {
		Any   bool
		Burst int
		Wait  time.Duration
	}
	var got options
	if err := Decode(map[string]any{"any": true, "burst": "10", "wait": "90s"}, &got); err != nil || got != (options{true, 10, 90 * time.Second}) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := Decode(nil, &got); err != nil {
		t.Error(err)
	}
	for _, wrong := range []map[string]any{{"brust": 10}, {"burst": "many"}, {"wait": "soon"}} {
		err := Decode(wrong, &options{})
		if err == nil || !strings.HasPrefix(err.Error(), "options: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}
