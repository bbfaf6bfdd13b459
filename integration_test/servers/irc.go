package servers

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// What the IRC servers let in, for tests that need it.
const (
	OperName       = "oper"          // OPER name
	OperPassword   = "oper-pw"       // OPER password
	WebIRCPassword = "webirc-secret" // WEBIRC password, from loopback
)

// InspIRCd starts InspIRCd 3, the IRC server with IRCv3. Without Atheme linked it has no accounts and no SASL.
func InspIRCd(ctx context.Context, dir string, options Options) (*Server, error) {
	dir, err := folder(dir, nil)
	if err != nil {
		return nil, err
	}
	cert, err := certificateIn(dir, nil)
	if err != nil {
		return nil, err
	}
	ports := options.Ports
	if err := assign(&ports.Plain, &ports.TLS, &ports.Links); err != nil {
		return nil, err
	}
	if options.Network == "" {
		options.Network = "TestNet"
	}
	config, err := render(dir, "inspircd.conf", nil, map[string]any{"Dir": dir, "Ports": ports, "Network": options.Network})
	if err != nil {
		return nil, err
	}
	path, err := program("inspircd")
	if err != nil {
		return nil, err
	}
	// The shell turns core dumps off, then becomes InspIRCd: with a TLS listener it dies of SIGSEGV when it is stopped.
	command := []string{"/bin/sh", "-c", `ulimit -c 0; exec "$@"`, "sh", path, "--nofork", "--config", config}
	if os.Getuid() == 0 {
		command = append(command, "--runasroot")
	}
	server := &Server{
		Plain: address(ports.Plain), TLS: address(ports.TLS), Links: address(ports.Links),
		Certificate: cert.certPath, Fingerprint: cert.fingerprint,
	}
	return server.run(ctx, Program{
		Name: "inspircd", Dir: dir, Log: filepath.Join(dir, "inspircd.log"), Command: command,
		Listens: []string{server.Plain, server.TLS, server.Links},
	})
}

// Atheme starts the services (NickServ, ChanServ, SaslServ) of the InspIRCd given, and waits until they are linked.
// After a restart of InspIRCd they link again by themselves within about a second.
func Atheme(ctx context.Context, dir string, uplink *Server) (*Server, error) {
	dir, err := folder(dir, nil)
	if err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(uplink.Links, ":")
	config, err := render(dir, "atheme.conf", nil, map[string]any{"UplinkPort": port})
	if err != nil {
		return nil, err
	}
	path, err := program("atheme-services")
	if err != nil {
		return nil, err
	}
	log := filepath.Join(dir, "atheme.log")
	return Run(ctx, Program{
		Name: "atheme", Dir: dir, Log: log,
		Command: []string{path, "-n", "-c", config, "-D", dir, "-l", log, "-p", filepath.Join(dir, "atheme.pid")},
		Says:    "finished synching with uplink",
	})
}

// Ngircd starts ngircd, an IRC server without IRCv3.
func Ngircd(ctx context.Context, dir string, options Options) (*Server, error) {
	// As root it would change its user by itself, which undoes the parent-death signal: so it starts as that user.
	as, err := unlessRoot("irc")
	if err != nil {
		return nil, err
	}
	dir, err = folder(dir, as)
	if err != nil {
		return nil, err
	}
	cert, err := certificateIn(dir, as)
	if err != nil {
		return nil, err
	}
	ports := options.Ports
	if err := assign(&ports.Plain, &ports.TLS); err != nil {
		return nil, err
	}
	config, err := render(dir, "ngircd.conf", as, map[string]any{"Dir": dir, "Ports": ports})
	if err != nil {
		return nil, err
	}
	path, err := program("ngircd")
	if err != nil {
		return nil, err
	}
	server := &Server{
		Plain: address(ports.Plain), TLS: address(ports.TLS),
		Certificate: cert.certPath, Fingerprint: cert.fingerprint,
	}
	return server.run(ctx, Program{
		Name: "ngircd", Dir: dir, Command: []string{path, "-n", "-f", config},
		Listens: []string{server.Plain, server.TLS}, account: as,
	})
}
