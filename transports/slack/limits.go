package slack

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The tiers of methods: how often a minute one may be called for a workspace. https://docs.slack.dev/apis/web-api/rate-limits
const (
	tier2 = 20
	tier3 = 50
	tier4 = 100
	// tierPost is "several hundred".
	tierPost = 300
)

var tiers = map[string]int{
	"users.info": tier4, "conversations.members": tier4, "conversations.create": tier2, "conversations.archive": tier2, "conversations.rename": tier2,
	"conversations.list": tier2, "users.list": tier2, "emoji.list": tier2, "files.getUploadURLExternal": tier4, "files.completeUploadExternal": tier4, "files.info": tier4,
	"auth.test": tier4, "apps.connections.open": tier2, "reactions.remove": tier2, "users.setPresence": tier2,
	"chat.postMessage": tierPost, // Slack itself bounds each channel to about one a second, with bursts, and says so by 429
}

const (
	// patience is how long a call may wait for its turn, unless its context says otherwise.
	patience = 5 * time.Second
	// defaultBlock is how long a method rests where Slack does not say; maxBlock bounds what it says.
	defaultBlock = 30 * time.Second
	maxBlock     = 10 * time.Minute
)

// limits has the calls of each method wait for their turn, so that Slack need not refuse them.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

// bucket is the rate of a method. What nobody waits for goes through behind first, which has only a part of it: so what a person does is never behind all of that.
type bucket struct {
	tokens, behind *rate.Limiter
	blocked        time.Time
}

func newLimits() *limits { return &limits{buckets: map[string]*bucket{}} }

// maxBuckets bounds the memory; idle ones are forgotten above it.
const maxBuckets = 10_000

// bucket is that of a method for those who share it. The caller holds the lock.
func (l *limits) bucket(who, method string) *bucket {
	key := who + " " + method
	b := l.buckets[key]
	if b == nil {
		tier := tiers[method]
		if tier == 0 {
			tier = tier3
		}
		if len(l.buckets) >= maxBuckets {
			for key, b := range l.buckets {
				if b.tokens.Tokens() >= float64(b.tokens.Burst()) && time.Now().After(b.blocked) {
					delete(l.buckets, key)
				}
			}
		}
		most := tier * 3 / 4
		b = &bucket{tokens: rate.NewLimiter(rate.Limit(float64(tier)/60), tier), behind: rate.NewLimiter(rate.Limit(float64(most)/60), most)}
		l.buckets[key] = b
	}
	return b
}

// take waits for the turn of a call: no longer than its patience, then it is refused with the time after which it can be tried again.
func (l *limits) take(ctx context.Context, who, method string) error {
	if patienceOf(ctx) > patience { // nobody waits for it
		if err := l.turn(ctx, who, method, true); err != nil {
			return err
		}
	}
	return l.turn(ctx, who, method, false)
}

func (l *limits) turn(ctx context.Context, who, method string, behind bool) error {
	l.mu.Lock()
	b := l.bucket(who, method)
	tokens := b.tokens
	if behind {
		tokens = b.behind
	}
	now := time.Now()
	reserved := tokens.ReserveN(now, 1)
	wait := max(reserved.DelayFrom(now), time.Until(b.blocked))
	if wait > patienceOf(ctx) {
		reserved.CancelAt(now)
		l.mu.Unlock()
		return &apiError{method: method, code: "ratelimited", wait: wait}
	}
	l.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	turn := time.NewTimer(wait)
	defer turn.Stop()
	select {
	case <-turn.C:
		return nil
	case <-ctx.Done():
		return notSent()
	}
}

// block has a method rest, as Slack asked for.
func (l *limits) block(who, method string, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(who, method)
	if until := time.Now().Add(min(wait, maxBlock)); until.After(b.blocked) {
		b.blocked = until
	}
}

// until is how long a method rests still; at least a second, for it is asked after a refusal.
func (l *limits) until(who, method string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(time.Until(l.bucket(who, method).blocked), time.Second)
}

// retryAfter is what a refusal says about the next try.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(header.Get("Retry-After")))
	if err != nil || seconds < 0 {
		return defaultBlock
	}
	return time.Duration(seconds) * time.Second
}

type patienceKey struct{}

// patient gives the calls of a context more time, or less, for their turn. Those with more than usual are such that nobody waits for.
func patient(ctx context.Context, wait time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, wait)
}

func patienceOf(ctx context.Context) time.Duration {
	if wait, ok := ctx.Value(patienceKey{}).(time.Duration); ok {
		return wait
	}
	return patience
}
