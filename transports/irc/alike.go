package irc

import (
	"maps"
	"reflect"
	"sync"

	"isthmus/transports"
)

// maxAlike bounds the hosts of which it is known what they say of themselves.
const maxAlike = 1000

// alike holds what servers say of themselves once for all accounts that hear the same: by host, as it was last heard.
type alike struct {
	mu    sync.Mutex
	hosts map[string]heard
}

// heard does not change.
type heard struct {
	support *isupport
	can     *transports.Capabilities
	offered map[string]string
	on      map[string]bool
}

// share has a connection keep what another one has heard as well, where that is the same.
func (a *alike) share(c *connection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	host := c.network.host
	last := a.hosts[host]
	if last.support == nil || *last.support != *c.support {
		last.support = c.support
	}
	if can := c.can.Load(); last.can == nil || !reflect.DeepEqual(last.can, can) {
		last.can = can
	}
	if !maps.Equal(last.offered, c.caps.offered) {
		last.offered = c.caps.offered
	}
	if !maps.Equal(last.on, c.caps.on) {
		last.on = c.caps.on
	}
	if len(a.hosts) >= maxAlike {
		a.hosts = nil
	}
	put(&a.hosts, host, last)
	c.support, c.caps.offered, c.caps.on, c.caps.shared = last.support, last.offered, last.on, true
	c.can.Store(last.can)
}
