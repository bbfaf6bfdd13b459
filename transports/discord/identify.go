package discord

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"isthmus/transports"
)

const (
	identifyWindow = 5 * time.Second
	// reserve is the part of the day's identifies from which on what is left is spread over the time that is left.
	reserve = 4
)

// identifies keeps the budget of identifies of each token: when it is overdrawn, Discord ends all sessions of the bot and takes its token away.
type identifies struct {
	mu   sync.Mutex
	last map[string][]time.Time
}

// startLimit is what a token has left (Gateway, Session Start Limit Object).
type startLimit struct {
	Total       int   `json:"total"`
	Remaining   int   `json:"remaining"`
	ResetAfter  int64 `json:"reset_after"` // in milliseconds
	Concurrency int   `json:"max_concurrency"`
}

// take waits for a turn to identify. It refuses, with the wait, where the budget is used up.
func (b *identifies) take(ctx context.Context, token string, limit startLimit) error {
	rest := time.Duration(limit.ResetAfter) * time.Millisecond
	if limit.Total > 0 && limit.Remaining <= 0 {
		return &transports.Fault{Kind: transports.RateLimited, Wait: rest,
			Text: "The bot has connected as often as Discord lets it in a day. It is connected again when the time is over."}
	}
	for {
		wait := b.claim(token, limit, rest)
		if wait <= 0 {
			return nil
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (b *identifies) claim(token string, limit startLimit, rest time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	times := b.last[token]
	for len(times) > 1 && now.Sub(times[0]) >= identifyWindow {
		times = times[1:]
	}
	if n := max(limit.Concurrency, 1); len(times) >= n {
		if wait := times[len(times)-n].Add(identifyWindow).Sub(now); wait > 0 {
			return wait
		}
	}
	if limit.Total > 0 && limit.Remaining < limit.Total/reserve && len(times) > 0 {
		if wait := times[len(times)-1].Add(rest / time.Duration(limit.Remaining)).Sub(now); wait > 0 {
			return wait
		}
	}
	b.last[token] = append(times, now)
	return 0
}

// The intents (Gateway Intents). The last three are privileged.
const (
	intentGuilds            = int(discordgo.IntentGuilds)
	intentModeration        = int(discordgo.IntentGuildModeration)
	intentExpressions       = int(discordgo.IntentGuildEmojis)
	intentMessages          = int(discordgo.IntentGuildMessages)
	intentReactions         = int(discordgo.IntentGuildMessageReactions)
	intentTyping            = int(discordgo.IntentGuildMessageTyping)
	intentDirectMessages    = int(discordgo.IntentDirectMessages)
	intentDirectReactions   = int(discordgo.IntentDirectMessageReactions)
	intentDirectTyping      = int(discordgo.IntentDirectMessageTyping)
	intentMembers           = int(discordgo.IntentGuildMembers)
	intentPresences         = int(discordgo.IntentGuildPresences)
	intentContent           = int(discordgo.IntentMessageContent)
	intentsWithoutPrivilege = intentGuilds | intentModeration | intentExpressions | intentMessages | intentReactions | intentTyping | intentDirectMessages |
		intentDirectReactions | intentDirectTyping
)

// application is what Discord knows of a bot's application.
type application struct {
	ID    string `json:"id"`
	Flags *int64 `json:"flags"` // nil where the server does not tell
}

// The flags of an application that has a privileged intent (Application Flags), for any number of guilds or for fewer than a hundred.
const (
	flagPresences = 1<<12 | 1<<13
	flagMembers   = 1<<14 | 1<<15
	flagContent   = 1<<18 | 1<<19
)

func (a application) has(flag int64) bool { return a.Flags == nil || *a.Flags&flag != 0 }

// intents are those that are asked for. Where one that is needed was switched off, the gateway says so, and the person hears what to switch on.
func (a application) intents() int {
	all := intentsWithoutPrivilege | intentMembers | intentContent
	if a.Flags != nil && a.has(flagPresences) {
		all |= intentPresences
	}
	return all
}

// identify is what a new session begins with.
func identify(token string, intents int) map[string]any {
	return map[string]any{
		"token": token, "intents": intents, "large_threshold": 250,
		"properties": map[string]string{"os": runtime.GOOS, "browser": "isthmus", "device": "isthmus"},
	}
}
