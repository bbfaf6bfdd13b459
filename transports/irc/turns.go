package irc

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// turns spreads the connections of all accounts to one host, so that a network does not see hundreds in one second.
type turns struct {
	perSecond float64
	mu        sync.Mutex
	hosts     map[string]*rate.Limiter
}

// pruneTurns is how many hosts may be known before those are forgotten that nobody waits for.
const pruneTurns = 256

// wait returns when a connection may be made, or with the error of the context.
func (t *turns) wait(ctx context.Context, at endpoint) error {
	return t.of(at).Wait(ctx)
}

func (t *turns) of(at endpoint) *rate.Limiter {
	host, _, err := net.SplitHostPort(at.address)
	if err != nil {
		host = at.address
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter := t.hosts[host]
	if limiter == nil {
		if len(t.hosts) >= pruneTurns {
			now := time.Now()
			for known, other := range t.hosts {
				if other.TokensAt(now) >= float64(other.Burst()) {
					delete(t.hosts, known)
				}
			}
		}
		limiter = rate.NewLimiter(rate.Limit(t.perSecond), max(1, int(2*t.perSecond)))
		t.hosts[host] = limiter
	}
	return limiter
}
