package discord

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"isthmus/transports"
)

const (
	// globalRate is how many requests one token may make in a second (Rate Limits, Global Rate Limit).
	globalRate = 50
	// invalidLimit of invalidWindow bars an address from Discord (Rate Limits, Invalid Request Limit); we stop well before.
	invalidLimit  = 8_000
	invalidWindow = 10 * time.Minute
	// longestWait is how long a request waits for its turn by itself; the core is told of longer ones.
	longestWait = 5 * time.Second
	// maxBuckets bounds what is remembered of buckets.
	maxBuckets = 10_000
)

// limits keep the driver within what Discord allows. They are one for all accounts: invalid requests count for the address, all else for the token or the webhook.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*bucket // by token, bucket and what the route is about
	names   map[string]string  // of buckets, by route
	global  map[string]*bucket // by token
	invalid []time.Time
}

type bucket struct {
	remaining int
	reset     time.Time
}

func newLimits() *limits {
	return &limits{buckets: map[string]*bucket{}, names: map[string]string{}, global: map[string]*bucket{}}
}

// route says what a request is counted by.
type route struct {
	// owner is the token, or the webhook where it needs none; name is the method with the path's pattern; major the id of the channel, guild or webhook.
	owner, name, major string
}

func (l *limits) key(r route) string {
	name := l.names[r.name]
	if name == "" {
		name = r.name
	}
	return r.owner + " " + name + " " + r.major
}

// take waits until a request may be made.
func (l *limits) take(ctx context.Context, r route) error {
	began := time.Now()
	for {
		wait := l.claim(r)
		if wait <= 0 {
			return nil
		}
		if time.Since(began)+wait > longestWait {
			return &transports.Fault{Kind: transports.RateLimited, Text: "Too much was sent to Discord in a short time. Try again in a while.", Wait: wait}
		}
		if err := sleep(ctx, wait); err != nil {
			return notSent()
		}
	}
}

// claim takes a turn, or says how long there is none.
func (l *limits) claim(r route) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if wait := l.barred(now); wait > 0 {
		return wait
	}
	g := l.global[r.owner]
	if g == nil || !now.Before(g.reset) {
		g = &bucket{globalRate, now.Add(time.Second)}
		l.global[r.owner] = g
	}
	b := l.buckets[l.key(r)]
	if b != nil && b.remaining <= 0 && now.Before(b.reset) {
		return b.reset.Sub(now)
	}
	if g.remaining <= 0 {
		return g.reset.Sub(now)
	}
	g.remaining--
	if b != nil {
		b.remaining-- // below zero after the reset, until the answer tells
	}
	return 0
}

// barred is how long nothing may be asked at all, for too much was invalid.
func (l *limits) barred(now time.Time) time.Duration {
	for len(l.invalid) > 0 && now.Sub(l.invalid[0]) > invalidWindow {
		l.invalid = l.invalid[1:]
	}
	if len(l.invalid) < invalidLimit {
		return 0
	}
	return l.invalid[0].Add(invalidWindow).Sub(now)
}

// note learns from an answer, and says how long to wait before the request may be made again, where it was refused for being too fast.
func (l *limits) note(r route, status int, h http.Header, body []byte) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	scope := h.Get("X-RateLimit-Scope")
	if status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests && scope != "shared" {
		l.invalid = append(l.invalid, now)
	}
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		if len(l.buckets) > maxBuckets {
			clear(l.buckets)
			clear(l.names)
			clear(l.global)
		}
		l.names[r.name] = name
		if remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining")); err == nil {
			l.buckets[l.key(r)] = &bucket{remaining, now.Add(seconds(h.Get("X-RateLimit-Reset-After")))}
		}
	}
	if status != http.StatusTooManyRequests {
		return 0
	}
	var said struct {
		Code   int    `json:"code"`
		After  json64 `json:"retry_after"`
		Global bool   `json:"global"`
	}
	decode(body, &said)
	wait := max(seconds(string(said.After)), seconds(h.Get("Retry-After")), seconds(h.Get("X-RateLimit-Reset-After")))
	if wait == 0 {
		wait = time.Second
	}
	if said.Code == slowMode { // it is the channel's, and ends when somebody switches it off
		return wait
	}
	if said.Global || h.Get("X-RateLimit-Global") == "true" || scope == "global" {
		l.global[r.owner] = &bucket{0, now.Add(wait)}
	} else {
		l.buckets[l.key(r)] = &bucket{0, now.Add(wait)}
	}
	return wait
}

// json64 is a number as it is written.
type json64 string

// seconds reads a number of seconds with a fraction; anything else is none.
func seconds(s string) time.Duration {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f <= 0 || f > 1e6 {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
