package discord

import (
	"context"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"isthmus/transports"
)

const (
	// identifyWindow is the time in which shards that share a turn may begin one session.
	identifyWindow = 5 * time.Second
	// identifyPause is the longest time after which a session is begun when another was refused, a fifth of it the shortest (Gateway, Resuming).
	identifyPause = 5 * time.Second
	// reserve is the part of the day's identifies from which on what is left is spread over the time that is left.
	reserve = 2
)

// identifies keeps the budget of identifies of each token: when it is overdrawn, Discord ends all sessions of the bot and takes its token away. How much
// is left over all runs of the program Discord says itself. Where it is less than half, each session waits for twice its part of the time, also the first one
// of a run: so a gateway that crashes again and again never uses it up.
type identifies struct {
	began  time.Time
	window time.Duration
	mu     sync.Mutex
	// last is when a session was begun, by the token, and by the token and the turn.
	last map[string]time.Time
}

// take waits for a shard's turn to identify. It refuses, with the wait, where the budget is used up or must last.
func (b *identifies) take(ctx context.Context, token string, shard int, limit discordgo.SessionInformation) error {
	rest := time.Duration(limit.ResetAfter) * time.Millisecond
	if limit.Total > 0 && limit.Remaining <= 0 {
		return &transports.Fault{Kind: transports.RateLimited, Wait: rest,
			Text: "The bot has connected as often as Discord lets it in a day. It is connected again when the time is over."}
	}
	turn := token + " " + strconv.Itoa(shard%max(limit.MaxConcurrency, 1))
	for {
		wait, spread := b.claim(token, turn, limit, rest)
		switch {
		case wait <= 0:
			return nil
		case spread && wait > b.window:
			return &transports.Fault{Kind: transports.RateLimited, Wait: wait,
				Text: "The bot has connected so often today that Discord will soon let it no more, so the gateway waits before it tries again. If this goes on, look into the log for why the connections end."}
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// claim takes a turn, or says how long there is none; spread tells that this is for the budget to last.
func (b *identifies) claim(token, turn string, limit discordgo.SessionInformation, rest time.Duration) (wait time.Duration, spread bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if last, before := b.last[turn]; before {
		if wait := last.Add(b.window).Sub(now); wait > 0 {
			return wait, false
		}
	}
	if limit.Total > 0 && limit.Remaining < limit.Total/reserve {
		last, before := b.last[token]
		if !before {
			last = b.began
		}
		if wait := last.Add(2 * rest / time.Duration(limit.Remaining)).Sub(now); wait > 0 {
			return wait, true
		}
	}
	b.last[token], b.last[turn] = now, now
	return 0, false
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
func identify(token string, intents int, sh *shard) map[string]any {
	of := map[string]any{
		"token": token, "intents": intents, "large_threshold": 250,
		"properties": map[string]string{"os": runtime.GOOS, "browser": "isthmus", "device": "isthmus"},
	}
	if sh.of > 1 {
		of["shard"] = []int{sh.id, sh.of}
	}
	return of
}
