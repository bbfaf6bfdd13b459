package core

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"isthmus/core/media"
	"isthmus/core/stanza"
	"isthmus/core/web"
)

// Files says how the files that people and networks send are carried.
type Files struct {
	// Cache is the folder of those on their way and those asked for last, at most CacheBytes in all, each for Unused after it was last asked for. Where it
	// is empty no files are carried, and what people upload stays a link.
	Cache      string
	CacheBytes int64
	Unused     time.Duration
	// MaxFile is the largest file that is passed on in bytes.
	MaxFile int64
	// ByWeb has clients fetch the files of networks at Web, for as long as Valid; else they are put to the XMPP server's upload service (XEP-0363).
	ByWeb bool
	Valid time.Duration
	// Service is the JID of the upload service, empty to look for it.
	Service string
	// Hosts are those that may be at private addresses: "host" or "host:port".
	Hosts []string
}

// newMedia makes what carries files, nil where none are carried.
func newMedia(ctx context.Context, c Config, site *web.Server) (*media.Media, error) {
	if c.Files.Cache == "" {
		return nil, nil
	}
	cache, err := media.OpenCache(c.Files.Cache, c.Files.CacheBytes)
	if err != nil {
		return nil, err
	}
	key, err := c.Store.Setting(ctx, "file-key", randomKey)
	if err != nil {
		return nil, fmt.Errorf("reading the key of files' addresses from the store: %w", err)
	}
	config := media.Config{Cache: cache, MaxFile: c.Files.MaxFile, Store: c.Store, Key: key, Valid: c.Files.Valid, Log: c.Log}
	if c.Files.ByWeb && site != nil {
		config.Base = site.URL(media.Path)
	}
	m := media.New(config)
	if config.Base != "" {
		site.Handle(media.Pattern, m)
	}
	return m, nil
}

// files is a transport's part of what carries files, nil where none are carried.
func (s *service) files(c Config, m *media.Media, domain string) *media.Transport {
	if m == nil {
		return nil
	}
	_, parent, _ := strings.Cut(domain, ".")
	named, _ := stanza.ParseJID(c.Files.Service) // the configuration was checked
	clients := media.Clients{Guarded: client(except(c.Files.Hosts, s.guard.dialer().DialContext)), Trusted: client((&net.Dialer{Timeout: dialTimeout}).DialContext)}
	return m.Transport(domain, clients, s.component, stanza.JID{Domain: parent}, named)
}
