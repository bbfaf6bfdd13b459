// Package media carries files across: what people upload is fetched and handed to the network, and what comes from a network gets an
// address that any client can fetch, at the XMPP server's upload service (XEP-0363) or at our own web listener. It knows neither people nor accounts.
package media

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"

	"golang.org/x/sync/singleflight"
)

// Config is what all transports share.
type Config struct {
	// Cache holds the files on their way, and those that were asked for last.
	Cache *Cache
	// MaxFile is the largest file that is passed on in bytes.
	MaxFile int64
	// Store keeps which addresses were given out.
	Store *store.Store
	// Key signs the addresses of our own listener.
	Key []byte
	// Base is the public address of our own listener's folder for files, with a slash at its end; empty where files go through the XMPP
	// server's upload service.
	Base string
	// Valid is for how long an address can be fetched.
	Valid time.Duration
	Log   *slog.Logger
}

// Media is the part that all transports share.
type Media struct {
	Config
	// transfers are the turns of what is fetched for networks and for clients.
	transfers, served chan struct{}
	loads             loads
	openers           openers
	shares            singleflight.Group
}

// maxTransfers bounds the transfers in each direction at one time; others wait.
const maxTransfers = 16

// New makes the shared part.
func New(c Config) *Media {
	return &Media{Config: c, transfers: make(chan struct{}, maxTransfers), served: make(chan struct{}, maxTransfers)}
}

// begin waits for a turn; the function that it returns gives it back.
func begin(ctx context.Context, turns chan struct{}) (func(), error) {
	select {
	case turns <- struct{}{}:
		return func() { <-turns }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Transfers is how many are under way.
func (m *Media) Transfers() int { return len(m.transfers) + len(m.served) }

// Transport is what one component domain needs.
type Transport struct {
	*Media
	domain string
	http   *http.Client
	upload *uploader
}

// Clients are the two ways into the World Wide Web.
type Clients struct {
	// Guarded is for addresses that a person names.
	Guarded *http.Client
	// Trusted is for those that the operator's own XMPP server gives, which may be private.
	Trusted *http.Client
}

// Transport makes the part of one component domain. Files go by stream to the upload service, or to what is found by asking the server where none is named.
func (m *Media) Transport(domain string, clients Clients, stream Stream, server, service stanza.JID) *Transport {
	return &Transport{Media: m, domain: domain, http: bounded(clients.Guarded),
		upload: &uploader{stream: stream, http: direct(clients.Trusted), self: stanza.JID{Domain: domain}, server: server, named: service}}
}

// Expire removes, each hour until ctx ends, what was not fetched for so long and the addresses that are valid no longer.
func (m *Media) Expire(ctx context.Context, unused time.Duration) {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	for {
		m.Cache.Expire(time.Now().Add(-unused))
		if err := m.Store.PruneFiles(ctx, time.Now().UnixMilli()); err != nil && ctx.Err() == nil {
			m.Log.Error("The addresses of old files could not be removed from the store.", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-hourly.C:
		}
	}
}
