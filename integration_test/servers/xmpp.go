package servers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Host is the one virtual host of the XMPP servers.
const Host = "localhost"

// Users are the localparts of the accounts on Host; Password gives their passwords.
var Users = []string{"admin", "alice", "bob", "carol"}

// Password gives the password of one of Users.
func Password(user string) string { return "pw-" + user }

// Component is an external component (XEP-0114) that an XMPP server lets in.
type Component struct {
	Domain, Secret string
}

// Gateway is the component that XMPP servers have when Options name none.
var Gateway = Component{Domain: "irc.localhost", Secret: "s3cret"}

// Options say how a server differs from the usual one; the zero value is the usual one.
type Options struct {
	Ports        Ports
	Components   []Component // XMPP: nil for Gateway alone
	WebRoot      string      // Prosody: a folder to serve at HTTP /, empty for an empty one
	Unprivileged bool        // XMPP: nothing is granted to the components (XEP-0356)
	KickNew      bool        // Prosody: refuse the second connection of a component (its default) instead of the first
	Instances    int         // ejabberd: how many connections share each component, by bare JID; 0 for one without balancing
	Network      string      // InspIRCd: the network's name, empty for TestNet
	Password     string      // InspIRCd: what who connects must give by PASS; PostgreSQL: what gw must give; empty for nothing
	AtOnce       int         // InspIRCd: with which connection within a minute nobody is let in any more, for a minute; 0 for none
}

func (o Options) components() []Component {
	if o.Components == nil {
		return []Component{Gateway}
	}
	return o.Components
}

// privileged are the components that something is granted to.
func (o Options) privileged() []Component {
	if o.Unprivileged {
		return nil
	}
	return o.components()
}

// Prosody starts Prosody with Users on Host, the components asked for, MUC at muc.localhost and uploads (XEP-0363) at
// upload.localhost. Clients may log in without TLS. XEP-0356 is granted to every component, unless the options say otherwise.
func Prosody(ctx context.Context, dir string, options Options) (*Server, error) {
	dir, err := folder(dir, nil, "data/localhost/accounts", "certs", "www")
	if err != nil {
		return nil, err
	}
	cert, err := certificateIn(dir, nil)
	if err != nil {
		return nil, err
	}
	for _, user := range Users {
		// With the storage "internal" an account is a file, so prosodyctl is not needed.
		path := filepath.Join(dir, "data/localhost/accounts", user+".dat")
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if err := os.WriteFile(path, fmt.Appendf(nil, "return {\n\t[\"password\"] = %q;\n};\n", Password(user)), 0o600); err != nil {
			return nil, err
		}
	}
	ports := options.Ports
	if err := assign(&ports.C2S, &ports.Component, &ports.HTTP); err != nil {
		return nil, err
	}
	if options.WebRoot == "" {
		options.WebRoot = filepath.Join(dir, "www")
	}
	config, err := render(dir, "prosody.cfg.lua", nil, map[string]any{
		"Dir": dir, "Ports": ports, "Components": options.components(), "WebRoot": options.WebRoot,
		"KickNew": options.KickNew, "Privileged": options.privileged(), "Root": os.Getuid() == 0, "Certificate": cert.certPath, "Key": cert.keyPath,
	})
	if err != nil {
		return nil, err
	}
	path, err := program("prosody")
	if err != nil {
		return nil, err
	}
	server := &Server{
		C2S: address(ports.C2S), Component: address(ports.Component), Components: map[string]string{}, HTTP: address(ports.HTTP),
		Certificate: cert.certPath, Fingerprint: cert.fingerprint,
	}
	for _, component := range options.components() {
		server.Components[component.Domain] = server.Component // Prosody tells them apart by the stream's "to"
	}
	return server.run(ctx, Program{
		Name: "prosody", Dir: dir, Log: filepath.Join(dir, "prosody.log"),
		Command: []string{path, "-F", "--config", config},
		Listens: []string{server.C2S, server.Component, server.HTTP},
	})
}

const ejabberdLibrary = "/usr/lib/*/ejabberd-*"

// Ejabberd starts ejabberd with Users on Host, one listener for each component asked for, MUC at conference.localhost
// and uploads (XEP-0363) at upload.localhost. Clients may log in without TLS. XEP-0356 is granted to every component, unless the options say otherwise.
func Ejabberd(ctx context.Context, dir string, options Options) (*Server, error) {
	dir, err := folder(dir, nil, "spool", "upload")
	if err != nil {
		return nil, err
	}
	cert, err := certificateIn(dir, nil)
	if err != nil {
		return nil, err
	}
	if err := joinFiles(filepath.Join(dir, "localhost.pem"), cert.keyPath, cert.certPath); err != nil {
		return nil, err
	}
	ports := options.Ports
	if err := assign(&ports.C2S, &ports.Component, &ports.HTTP); err != nil {
		return nil, err
	}
	server := &Server{
		C2S: address(ports.C2S), Component: address(ports.Component), Components: map[string]string{}, HTTP: address(ports.HTTP),
		Certificate: cert.certPath, Fingerprint: cert.fingerprint,
	}
	type listener struct {
		Component
		Port int
	}
	var listeners []listener
	listens := []string{server.C2S, server.HTTP}
	for i, component := range options.components() {
		port := ports.Component
		if i > 0 {
			port = 0
		}
		if err := assign(&port); err != nil {
			return nil, err
		}
		listeners = append(listeners, listener{component, port})
		server.Components[component.Domain] = address(port)
		listens = append(listens, address(port))
	}
	config, err := render(dir, "ejabberd.yml", nil, map[string]any{
		"Dir": dir, "Ports": ports, "Listeners": listeners, "Instances": options.Instances, "Unprivileged": options.Unprivileged,
	})
	if err != nil {
		return nil, err
	}
	erl, err := program("erl")
	if err != nil {
		return nil, err
	}
	return server.run(ctx, Program{
		Name: "ejabberd", Dir: dir, WorkDir: filepath.Join(dir, "spool"), Log: filepath.Join(dir, "ejabberd.log"),
		Command: []string{erl, "+K", "true", "+sbwt", "none", "+S", "2:2", "-noinput", "-mnesia", "dir", fmt.Sprintf("%q", filepath.Join(dir, "spool")), "-s", "ejabberd"},
		Env: []string{
			"ERL_LIBS=" + filepath.Dir(newest(ejabberdLibrary)),
			"EJABBERD_CONFIG_PATH=" + config,
			"EJABBERD_LOG_PATH=" + filepath.Join(dir, "ejabberd.log"),
			"ERL_CRASH_DUMP_BYTES=0",
			"HOME=" + dir,
		},
		Listens: listens,
		Ready:   func() error { return registerUsers(server.HTTP) },
	})
}

// registerUsers makes the accounts by ejabberd's HTTP API; that it answers is also the sign that ejabberd is up.
func registerUsers(httpAddress string) error {
	client := http.Client{Timeout: 10 * time.Second}
	for _, user := range Users {
		body := fmt.Sprintf(`{"user":%q,"host":%q,"password":%q}`, user, Host, Password(user))
		target := url.URL{Scheme: "http", Host: httpAddress, Path: "/api/register"}
		response, err := client.Post(target.String(), "application/json", strings.NewReader(body))
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusConflict { // conflict: a restart
			return fmt.Errorf("register %s: %s %s", user, response.Status, answer)
		}
	}
	return nil
}

func joinFiles(target string, sources ...string) error {
	var joined []byte
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		joined = append(joined, text...)
	}
	return os.WriteFile(target, joined, 0o600)
}
