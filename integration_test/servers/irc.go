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

// InspIRCd starts InspIRCd 3 or 4, the IRC server with IRCv3. Without Anope linked it has no accounts and no SASL.
func InspIRCd(ctx context.Context, dir string, options Options) (*Server, error) {
	return inspIRCd(ctx, dir, options, map[string]any{"Name": "ircd.localhost", "ID": "1AA", "UplinkPort": ""})
}

// LeafName is the name of the server that InspIRCdLeaf and NgircdLeaf start.
const LeafName = "leaf.localhost"

// InspIRCdLeaf starts a second InspIRCd, which can be linked to the one given: an operator on it says CONNECT ircd.localhost.
func InspIRCdLeaf(ctx context.Context, dir string, uplink *Server) (*Server, error) {
	_, port, _ := strings.Cut(uplink.Links, ":")
	return inspIRCd(ctx, dir, Options{}, map[string]any{"Name": LeafName, "ID": "2AA", "UplinkPort": port})
}

func inspIRCd(ctx context.Context, dir string, options Options, values map[string]any) (*Server, error) {
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
	values["Dir"], values["Ports"], values["Network"], values["UpperOf"] = dir, ports, options.Network, upperOf()
	values["Password"], values["AtOnce"] = options.Password, options.AtOnce
	config, err := render(dir, "inspircd.conf", nil, values)
	if err != nil {
		return nil, err
	}
	path, err := unconfined("inspircd", dir)
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

// upperOf gives each lower-case character's upper-case form on IRC: those of ASCII, and {|}~ for [\]^ (RFC 1459 §2.2).
func upperOf() map[rune]rune {
	upper := map[rune]rune{}
	for lower := 'a'; lower <= '~'; lower++ {
		upper[lower] = lower - 'a' + 'A'
	}
	return upper
}

// Anope starts the services (NickServ and SASL) of the InspIRCd given, and waits until they are linked. After a restart
// of InspIRCd they link again by themselves within about a second.
func Anope(ctx context.Context, dir string, uplink *Server) (*Server, error) {
	// As root it would wait three seconds and warn.
	as, err := unlessRoot("irc")
	if err != nil {
		return nil, err
	}
	dir, err = folder(dir, as, "data", "logs")
	if err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(uplink.Links, ":")
	if _, err := render(dir, "anope.conf", as, map[string]any{"Dir": dir, "UplinkPort": port}); err != nil {
		return nil, err
	}
	path, err := unconfined("anope", dir)
	if err != nil {
		return nil, err
	}
	return Run(ctx, Program{
		Name: "anope", Dir: dir,
		Command: []string{path, "--nofork", "--confdir=" + dir, "--config=anope.conf", "--dbdir=" + filepath.Join(dir, "data"),
			"--logdir=" + filepath.Join(dir, "logs"), "--modulesdir=/usr/lib/anope"},
		Says: "services.localhost (services) is done syncing", account: as,
	})
}

// Ngircd starts ngircd, an IRC server without IRCv3.
func Ngircd(ctx context.Context, dir string, options Options) (*Server, error) {
	return ngircd(ctx, dir, options, map[string]any{"Name": "ircd.localhost", "Other": LeafName, "UplinkPort": ""})
}

// NgircdLeaf starts a second ngircd, which can be linked to the one given: an operator on it says CONNECT ircd.localhost.
func NgircdLeaf(ctx context.Context, dir string, uplink *Server) (*Server, error) {
	_, port, _ := strings.Cut(uplink.Plain, ":")
	return ngircd(ctx, dir, Options{}, map[string]any{"Name": LeafName, "Other": "ircd.localhost", "UplinkPort": port})
}

func ngircd(ctx context.Context, dir string, options Options, values map[string]any) (*Server, error) {
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
	values["Dir"], values["Ports"] = dir, ports
	config, err := render(dir, "ngircd.conf", as, values)
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
