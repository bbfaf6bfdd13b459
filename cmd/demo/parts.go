package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/template"
	"time"

	"isthmus/integration_test/servers"
)

// The ports are fixed, so that addresses in bookmarks and clients stay good, and uncommon.
var ports = servers.Ports{C2S: 15222, Component: 15347, HTTP: 15280, Plain: 16667, TLS: 16697, Links: 16700}

const (
	network = "demo"   // how addresses call the IRC network
	channel = "#lobby" // where ida is
	room    = channel + "%" + network + "@irc.localhost"

	// A room of the XMPP server itself, which a relay joins with ida's channel.
	mucs   = "muc.localhost"
	joined = "lobby@" + mucs

	// The network in memory: its people are in the contact list, and in a room of their own.
	contactsDomain  = "loopback.localhost"
	contactsNetwork = "loopback"
	contactsRoom    = "#c1%" + contactsNetwork + "@" + contactsDomain // the first room on a new network, the residents' Lobby

	idaAbsence = 10 * time.Second // how long ida stays away when she is told bye
)

// contacts is the component of the network in memory.
var contacts = servers.Component{Domain: contactsDomain, Secret: servers.Gateway.Secret}

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.tmpl"))

// values are what the templates speak of.
func values(state string) map[string]any {
	return map[string]any{
		"State": state, "Ports": ports, "Gateway": servers.Gateway, "Host": servers.Host,
		"Network": network, "Channel": channel, "Room": room, "Contacts": contacts, "Lobby": contactsRoom, "Joined": joined, "MUCs": mucs,
		"Page": fmt.Sprintf("http://localhost:%d/", ports.HTTP),
	}
}

// parts are the running parts of the demo.
type parts struct {
	servers []*servers.Server
	ended   chan error // what ended by itself first; holds one
	ida     chan struct{}
	dismiss context.CancelFunc
}

// start starts the parts, each when those that it needs are ready.
func (p *parts) start(ctx context.Context, state, webRoot, isthmus string) error {
	say("Starting the XMPP server (Prosody), the IRC server (InspIRCd) and Isthmus …")
	options := servers.Options{Ports: ports, WebRoot: webRoot, Network: "Demo", Components: []servers.Component{servers.Gateway, contacts}}
	if _, err := p.add(servers.Prosody(ctx, filepath.Join(state, "prosody"), options)); err != nil {
		return err
	}
	irc, err := p.add(servers.InspIRCd(ctx, filepath.Join(state, "inspircd"), options))
	if err != nil {
		return err
	}
	if err := p.startIda(ctx, irc.Plain); err != nil {
		return err
	}
	_, err = p.add(startIsthmus(ctx, state, isthmus))
	return err
}

// add keeps a started server, to be stopped, and watches it.
func (p *parts) add(server *servers.Server, err error) (*servers.Server, error) {
	var taken *servers.PortTaken
	if errors.As(err, &taken) {
		return nil, fmt.Errorf("%w (does another demo run?)", err)
	}
	if err != nil {
		return nil, err
	}
	p.servers = append(p.servers, server)
	go func() {
		<-server.Done()
		p.report(fmt.Errorf("%s ended by itself\n%s", server.Name, server.LogTail()))
	}()
	return server, nil
}

// report hands over the first end; later ones come of stopping, and are no news.
func (p *parts) report(err error) {
	select {
	case p.ended <- err:
	default:
	}
}

func (p *parts) startIda(ctx context.Context, address string) error {
	ctx, p.dismiss = context.WithCancel(ctx)
	p.ida = make(chan struct{})
	ready := make(chan error)
	go func() {
		defer close(p.ida)
		if err := runIda(ctx, address, idaAbsence, ready); err != nil && ctx.Err() == nil {
			p.report(err)
		}
	}()
	return <-ready
}

// stop stops the parts in the reverse order of their start and waits for each.
func (p *parts) stop() {
	if len(p.servers) > 0 {
		say("\nStopping …")
	}
	if p.dismiss != nil {
		p.dismiss()
		<-p.ida
	}
	for i := len(p.servers) - 1; i >= 0; i-- {
		if err := p.servers[i].Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "demo:", err)
		}
	}
}

// startIsthmus writes Isthmus's configuration, starts it, and waits until the XMPP server has let its component in.
func startIsthmus(ctx context.Context, state, binary string) (*servers.Server, error) {
	config := filepath.Join(state, "isthmus.yaml")
	if err := writeFile(config, "isthmus.yaml.tmpl", values(state)); err != nil {
		return nil, err
	}
	return servers.Run(ctx, servers.Program{Name: "isthmus", Dir: state, Command: []string{binary, "serve", "--config", config},
		Says: "The stream to the XMPP server is up."})
}

func writeWelcome(to io.Writer, state string, pageReady bool) error {
	v := values(state)
	v["PageReady"] = pageReady
	return templates.ExecuteTemplate(to, "welcome.txt.tmpl", v)
}

func writeFile(path, name string, values any) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := templates.ExecuteTemplate(file, name, values); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
