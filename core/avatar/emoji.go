package avatar

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// maxEmojiSource is the largest picture of an emoji that is fetched, in bytes.
	maxEmojiSource = 1 << 20
	// emojiTimeout bounds the fetching of one, and emojiRetry is how long one that failed is left alone.
	emojiTimeout = 10 * time.Second
	emojiRetry   = 10 * time.Minute
	// maxEmojiFetches bounds those that are fetched at a time, and maxFailed those that are remembered to have failed.
	maxEmojiFetches = 4
	maxFailed       = 1000
)

// Emoji fetches the pictures of custom emoji, and keeps them among those of a transport. Accounts share it, hence the mutex.
type Emoji struct {
	cache *Cache
	http  *http.Client
	turns chan struct{}

	mu     sync.Mutex
	failed map[Key]time.Time
}

var errBusy = errors.New("too many pictures are being fetched")

// NewEmoji makes it over a cache. The client is for addresses that a network gives, and refuses what the operator does not allow.
func NewEmoji(c *Cache, guarded *http.Client) *Emoji {
	return &Emoji{cache: c, http: guarded, turns: make(chan struct{}, maxEmojiFetches), failed: map[Key]time.Time{}}
}

// emojiKey is how the picture of an emoji is kept: by the emoji's id, in the version that its address stands for.
func emojiKey(scope, id, url string) Key { return Key{scope, "emoji " + id, url} }

// Known describes a picture that was read before, without its Data: one that there is not has no Hash. ok is false where it must be read first.
func (e *Emoji) Known(scope, id, url string) (p Picture, ok bool) {
	k := emojiKey(scope, id, url)
	if p, ok := e.cache.Known(k); ok {
		return p, true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at, failed := e.failed[k]
	return Picture{}, failed && time.Since(at) < emojiRetry
}

// Get describes the picture at an address: of HTTP, or a data: URI. One that there is not has no Hash.
func (e *Emoji) Get(ctx context.Context, scope, id, url string) Picture {
	if p, ok := e.Known(scope, id, url); ok {
		return p
	}
	k := emojiKey(scope, id, url)
	p, err := e.cache.Get(ctx, k, InLine, func(ctx context.Context) ([]byte, error) { return e.fetch(ctx, url) })
	if err == nil || errors.Is(err, errBusy) || ctx.Err() != nil {
		return p
	}
	e.cache.log.Info("The picture of an emoji cannot be shown.", "emoji", id, "error", err)
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.failed) >= maxFailed {
		clear(e.failed)
	}
	e.failed[k] = time.Now()
	return Picture{}
}

func (e *Emoji) fetch(ctx context.Context, url string) ([]byte, error) {
	if encoded, ok := strings.CutPrefix(url, "data:"); ok {
		_, content, ok := strings.Cut(encoded, ";base64,")
		if !ok || len(content) > maxEmojiSource {
			return nil, ErrUnknown
		}
		return base64.StdEncoding.DecodeString(content)
	}
	ctx, cancel := context.WithTimeout(ctx, emojiTimeout)
	defer cancel()
	select {
	case e.turns <- struct{}{}:
		defer func() { <-e.turns }()
	case <-ctx.Done():
		return nil, errBusy
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "Isthmus")
	response, err := e.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxEmojiSource+1))
	if err == nil && len(content) > maxEmojiSource {
		err = ErrTooLarge
	}
	return content, err
}
