// Package configs reads the configuration file. Only the commands import it; everything else takes plain structs.
package configs

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// Config is the configuration file.
type Config struct {
	// Store is where everything is kept: "sqlite:/path/file.db" or "postgres://…".
	Store string `mapstructure:"store"`
	// KeyFile holds the keys that seal people's secrets in the store; where none is named, isthmus.key beside the file of SQLite.
	KeyFile string `mapstructure:"key_file"`
	Log     Log    `mapstructure:"log"`
	// Archive is about the messages of rooms.
	Archive Archive `mapstructure:"archive"`
	// Contacts are URIs by which people reach the operator (XEP-0157).
	Contacts   []string    `mapstructure:"contacts"`
	Web        Web         `mapstructure:"web"`
	Files      Files       `mapstructure:"files"`
	Transports []Transport `mapstructure:"transports"`
	Relays     []Relay     `mapstructure:"relays"`
}

// Log says what is logged, to standard error, and how.
type Log struct {
	Level  string `mapstructure:"level"`  // debug, info (default), warn or error
	Format string `mapstructure:"format"` // text (default) or json
}

// Archive says what is kept of the messages of rooms.
type Archive struct {
	KeepDays int `mapstructure:"keep_days"` // 0: for ever
	// KeepMessages is how many are kept for each person on a transport, the newest; 0: all.
	KeepMessages int `mapstructure:"keep_messages"`
}

// defaultKeepMessages is some hundred megabytes for one person.
const defaultKeepMessages = 1_000_000

// maxKeepDays is a hundred years, and far below what a time.Duration can hold.
const maxKeepDays = 36500

// Transport is one component domain.
type Transport struct {
	Kind   string `mapstructure:"kind"`
	Domain string `mapstructure:"domain"`
	// Server is where the XMPP server listens for components: "tcp://host:port", "tls://host:port" or "unix:/path".
	Server string `mapstructure:"server"`
	Secret string `mapstructure:"secret"`
	// SecretFile is a file that holds the secret, for who keeps secrets out of configurations.
	SecretFile string `mapstructure:"secret_file"`
	// People are the domains and bare JIDs that may use the transport; where none are named, the domain above the transport's.
	People []string `mapstructure:"people"`
	// Registration says which of the people may register: "open" (all of them, the default), "closed", or a list of domains and bare JIDs.
	Registration []string `mapstructure:"registration"`
	// RegistrationRequired lets only those use the transport's networks who have registered.
	RegistrationRequired bool `mapstructure:"registration_required"`
	// NetworkPeople are the domains and bare JIDs that alone may use a network, by its name in addresses.
	NetworkPeople map[string][]string `mapstructure:"network_people"`
	// RelayPeople are the domains and bare JIDs, of people or of rooms of chat services, that may set up relays by commands.
	RelayPeople []string `mapstructure:"relay_people"`
	Limits      Limits   `mapstructure:"limits"`
	// Operators are bare JIDs that may manage the transport by commands.
	Operators []string `mapstructure:"operators"`
	// PersistentByDefault has the gateway stay in the rooms of everyone who has not set "persistent" otherwise.
	PersistentByDefault bool `mapstructure:"persistent_by_default"`
	// PrivateNetworks are private address ranges that the transport may connect to, such as 127.0.0.0/8.
	PrivateNetworks []string `mapstructure:"private_networks"`
	// Options are the driver's own.
	Options map[string]any `mapstructure:"options"`
}

// Limits bound what one person may take up; 0 is no bound.
type Limits struct {
	// Networks are those that they may be connected to at a time; 50 where nothing is said.
	Networks *int `mapstructure:"networks"`
	// Rooms are those that they may be in on each network; 1000 where nothing is said.
	Rooms *int `mapstructure:"rooms"`
	// Stanzas are those a second that they may send in the long run; 100 where nothing is said.
	Stanzas *int `mapstructure:"stanzas_per_second"`
}

// Load reads and checks a file. Its errors are sentences that name the place in the file.
func Load(path string) (*Config, error) {
	// The delimiter is one that cannot stand in a key: by default viper takes "irc.libera.chat" apart.
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00"))
	v.SetConfigFile(path)
	v.SetConfigType("yaml")
	v.SetDefault("archive\x00keep_messages", defaultKeepMessages)
	v.SetDefault("files\x00max_file_mib", defaultMaxFile)
	v.SetDefault("files\x00cache_mib", defaultCacheSize)
	v.SetDefault("files\x00cache_days", defaultCacheDays)
	v.SetDefault("files\x00valid_days", defaultValidDays)
	if err := v.ReadInConfig(); err != nil {
		return nil, fmt.Errorf("the configuration %s cannot be read: %w", path, plain(err))
	}
	var c Config
	if err := v.UnmarshalExact(&c); err != nil {
		return nil, fmt.Errorf("the configuration %s does not fit: %w", path, plain(err))
	}
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("the configuration %s: %w", path, err)
	}
	return &c, nil
}

// Decode fills a driver's own configuration from its options. An option that the driver does not know is an error.
func Decode(options map[string]any, into any) error {
	d, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{Result: into, ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.StringToTimeDurationHookFunc()})
	if err != nil {
		return err
	}
	if err := d.Decode(options); err != nil {
		return fmt.Errorf("options: %w", plain(err))
	}
	return nil
}

// plain makes one line of the lists of errors that come from below.
func plain(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

func (c *Config) complete() error {
	if c.Store == "" {
		return errors.New(`store: is missing; write for instance "sqlite:/var/lib/isthmus/isthmus.db"`)
	}
	if c.KeyFile == "" {
		file, ok := strings.CutPrefix(c.Store, "sqlite:")
		if !ok {
			return errors.New(`key_file: is missing; name a file for the keys that seal people's passwords, for instance "/var/lib/isthmus/isthmus.key"`)
		}
		c.KeyFile = filepath.Join(filepath.Dir(file), "isthmus.key")
	}
	if !slices.Contains([]string{"", "debug", "info", "warn", "error"}, c.Log.Level) {
		return fmt.Errorf("log: level: %q is none of debug, info, warn, error", c.Log.Level)
	}
	if !slices.Contains([]string{"", "text", "json"}, c.Log.Format) {
		return fmt.Errorf("log: format: %q is neither text nor json", c.Log.Format)
	}
	if c.Archive.KeepDays < 0 {
		return errors.New("archive: keep_days: is negative; 0 keeps everything")
	}
	if c.Archive.KeepDays > maxKeepDays {
		return fmt.Errorf("archive: keep_days: is over %d; 0 keeps everything", maxKeepDays)
	}
	if c.Archive.KeepMessages < 0 {
		return errors.New("archive: keep_messages: is negative; 0 keeps everything")
	}
	if err := c.Web.complete(); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	folder := filepath.Dir(c.KeyFile)
	if file, ok := strings.CutPrefix(c.Store, "sqlite:"); ok {
		folder = filepath.Dir(file)
	}
	if err := c.Files.complete(c.Web.Listen != "", folder); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	if len(c.Transports) == 0 {
		return errors.New("transports: there is none, so there is nothing to do")
	}
	domains := map[string]bool{}
	for i := range c.Transports {
		t := &c.Transports[i]
		if err := t.complete(); err != nil {
			return fmt.Errorf("transports: number %d (%s): %w", i+1, t.Domain, err)
		}
		if domains[t.Domain] {
			return fmt.Errorf("transports: the domain %s is there twice; each transport needs its own", t.Domain)
		}
		domains[t.Domain] = true
	}
	return c.completeRelays()
}

func (t *Transport) complete() error {
	t.Domain = strings.ToLower(t.Domain)
	switch {
	case t.Kind == "":
		return errors.New(`kind: is missing; write for instance "irc"`)
	case t.Domain == "":
		return errors.New(`domain: is missing; write the component's domain, for instance "irc.example.org"`)
	case strings.ContainsAny(t.Domain, "@/ "):
		return errors.New("domain: is not a domain")
	case t.Server == "":
		return errors.New(`server: is missing; write for instance "tcp://127.0.0.1:5347"`)
	case t.Secret != "" && t.SecretFile != "":
		return errors.New("secret and secret_file: give one of them")
	}
	if t.SecretFile != "" {
		content, err := os.ReadFile(t.SecretFile)
		if err != nil {
			return fmt.Errorf("secret_file: %w", err)
		}
		t.Secret = strings.TrimSpace(string(content))
	}
	if t.Secret == "" {
		return errors.New("secret: is missing; it is the component's secret in the XMPP server's configuration")
	}
	if len(t.People) == 0 {
		_, parent, ok := strings.Cut(t.Domain, ".")
		if !ok {
			return errors.New("people: is missing; name the domains or JIDs that may use the transport")
		}
		t.People = []string{parent}
	}
	if err := complete("people", t.People); err != nil {
		return err
	}
	switch {
	case len(t.Registration) == 0:
		t.Registration = []string{Open}
	case !slices.Equal(t.Registration, []string{Open}) && !slices.Equal(t.Registration, []string{Closed}):
		if err := complete("registration", t.Registration); err != nil {
			return fmt.Errorf("%w; write open, closed, or a list of them", err)
		}
	}
	for network, people := range t.NetworkPeople {
		if err := complete("network_people: "+network, people); err != nil {
			return err
		}
	}
	if err := complete("relay_people", t.RelayPeople); err != nil {
		return err
	}
	if err := t.Limits.complete(); err != nil {
		return err
	}
	for i, entry := range t.Operators {
		if !bareJID(entry) {
			return fmt.Errorf("operators: %q is not a bare JID", entry)
		}
		t.Operators[i] = strings.ToLower(entry)
	}
	_, err := t.Private()
	return err
}

func bareJID(s string) bool { return strings.Contains(s, "@") && !strings.ContainsAny(s, "/* ") }

// The words for who may register, instead of a list.
const (
	Open   = "open"
	Closed = "closed"
)

// complete checks a list of domains and bare JIDs, and writes them as they are compared.
func complete(key string, people []string) error {
	for i, entry := range people {
		if entry == "" || strings.ContainsAny(entry, "/* ") {
			return fmt.Errorf("%s: %q is neither a domain nor a bare JID", key, entry)
		}
		people[i] = strings.ToLower(entry)
	}
	return nil
}

func (l *Limits) complete() error {
	for _, limit := range []struct {
		key   string
		value **int
		usual int
	}{{"networks", &l.Networks, 50}, {"rooms", &l.Rooms, 1000}, {"stanzas_per_second", &l.Stanzas, 100}} {
		if *limit.value == nil {
			*limit.value = &limit.usual
		}
		if **limit.value < 0 {
			return fmt.Errorf("limits: %s: is negative; 0 is no limit", limit.key)
		}
	}
	return nil
}

// Private are the private networks as prefixes.
func (t *Transport) Private() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range t.PrivateNetworks {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("private_networks: %q is not an address range such as 127.0.0.0/8", s)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}
