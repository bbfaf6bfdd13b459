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

// change sets how many connections a second may be made to each host; 0 is the default.
func (t *turns) change(perSecond float64) {
	if perSecond == 0 {
		perSecond = defaultConnectRate
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.perSecond = perSecond
	for _, limiter := range t.hosts {
		limiter.SetLimit(rate.Limit(perSecond))
		limiter.SetBurst(atOnce(perSecond))
	}
}

func atOnce(perSecond float64) int { return max(1, int(2*perSecond)) }

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
		limiter = rate.NewLimiter(rate.Limit(t.perSecond), atOnce(t.perSecond))
		t.hosts[host] = limiter
	}
	return limiter
}
