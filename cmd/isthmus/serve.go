package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"isthmus/configs"
	"isthmus/core"
	"isthmus/core/relay"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/web"

	"github.com/spf13/cobra"
)

func serveCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{Use: "serve", Short: "Run the gateway until it is told to stop", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), path) }}
	configFlag(cmd, &path)
	return cmd
}

func serve(ctx context.Context, path string) error {
	reloads := make(chan os.Signal, 1)
	signal.Notify(reloads, syscall.SIGHUP) // before all else, for without this it would end the program
	defer signal.Stop(reloads)
	defer runtime.KeepAlive(garbage())
	c, err := configs.Load(path)
	if err != nil {
		return err
	}
	var level slog.LevelVar
	level.Set(levelOf(c.Log))
	log := leveled(c.Log, &level)
	gateway := core.Config{Keep: keep(c.Archive), Version: versionText(), Contacts: c.Contacts, Log: log, Reloads: reloads,
		Reread: (&rereading{path: path, started: c, last: c, level: &level}).read}
	gateway.Web, gateway.Private, gateway.Files = webConfig(c.Web), c.Web.Private, files(c.Files)
	for _, t := range c.Transports {
		ready, err := transport(t)
		if err != nil {
			return err
		}
		gateway.Transports = append(gateway.Transports, ready)
	}
	gateway.Relays = relays(c.Relays)
	if gateway.Keys, err = seal.Open(c.KeyFile); err != nil {
		return err
	}
	if gateway.Store, err = store.Open(ctx, c.Store, log); err != nil {
		return err
	}
	log.Info("Isthmus is starting.", "version", gateway.Version, "transports", len(gateway.Transports))
	err = core.Run(ctx, gateway)
	if closed := gateway.Store.Close(); closed != nil && err == nil {
		err = fmt.Errorf("closing the store: %w", closed)
	}
	if err == nil {
		log.Info("Isthmus has stopped.")
	}
	return err
}

// garbage has Go's collector let garbage grow to half of what is in use, and to 8 MiB at least. By itself it lets garbage grow as large as what is
// in use: a lot where thousands of people are connected, and so little at the start that it would run a hundred times a second under load, for a
// fourth of the processor's time. The floor is memory that nobody touches, so that the machine never gives it; the collector takes it for memory
// in use. GOGC in the environment is the operator's word.
func garbage() (floor []byte) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	return make([]byte, 16<<20)
}

// webConfig is the public listener, nil for none.
func webConfig(w configs.Web) *web.Config {
	if w.Listen == "" {
		return nil
	}
	return &web.Config{Listen: w.Listen, URL: w.URL, Certificate: w.Certificate, Key: w.Key}
}

func files(f configs.Files) core.Files {
	const day = 24 * time.Hour
	return core.Files{Cache: f.Cache, CacheBytes: f.CacheSize << 20, Unused: time.Duration(f.CacheDays) * day, MaxFile: f.MaxFile << 20,
		ByWeb: f.Through == configs.ThroughWeb, Valid: time.Duration(f.ValidDays) * day, Service: f.UploadService, Hosts: f.Hosts}
}

func relays(configured []configs.Relay) (all []core.Relay) {
	for _, r := range configured {
		muc, _ := stanza.ParseJID(r.MUC) // configs.Load has checked it
		ready := core.Relay{MUC: muc, Nick: r.Nick, Puppets: *r.MaxPuppets, Policy: relay.Policy{Joins: r.Joins == configs.InWords, Notices: *r.Notices, CallEveryone: r.CallEveryone,
			Presence: map[string]relay.Presence{configs.Active: relay.Active, configs.All: relay.All}[r.Puppets]}}
		ready.Limits = relay.Limits{PerPerson: *r.PerPerson, PerRelay: *r.PerRelay, IgnoreNicks: expression(r.IgnoreNicks), IgnoreTexts: expression(r.IgnoreTexts)}
		ready.TopicsToMUC, ready.TopicsFromMUC = ways(r.Topics)
		ready.TypingToMUC, ready.TypingFromMUC = ways(r.Typing)
		if r.Puppets == configs.Nobody {
			ready.Puppets = 0
		}
		for _, room := range r.Rooms {
			owner, _ := stanza.ParseJID(room.Owner) // the zero JID for none
			ready.Rooms = append(ready.Rooms, core.RelayRoom{Transport: room.Transport, Network: room.Network, Room: room.Room, Owner: owner, Suffix: room.Suffix,
				Connections: room.Connections, ConnectionSuffix: room.ConnectionSuffix})
		}
		all = append(all, ready)
	}
	return all
}

// expression is what configs.Load has checked, nil for none.
func expression(s string) *regexp.Regexp {
	if s == "" {
		return nil
	}
	return regexp.MustCompile(s)
}

// ways are which way something goes.
func ways(word string) (toMUC, fromMUC bool) {
	return word == configs.ToMUC || word == configs.BothWays, word == configs.FromMUC || word == configs.BothWays
}

func keep(a configs.Archive) core.Keep {
	return core.Keep{Age: time.Duration(a.KeepDays) * 24 * time.Hour, Messages: a.KeepMessages}
}

func logger(c configs.Log) *slog.Logger { return leveled(c, levelOf(c)) }

func levelOf(c configs.Log) (level slog.Level) {
	if c.Level != "" {
		_ = level.UnmarshalText([]byte(c.Level)) // configs.Load has checked it
	}
	return level
}

func leveled(c configs.Log, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
