package discord

import (
	"encoding/json"
	"time"

	"isthmus/transports"
)

// askEvery is how far apart the members of guilds are asked for: a connection takes 120 payloads in a minute, heartbeats too (Gateway, Rate Limiting).
const askEvery = time.Second

// wantsMembers tells that the members of a guild are not all known, and are to be.
func (g *guildState) wantsMembers() bool { return !g.complete && g.count <= maxMembers }

// inItsTurn has something asked for when it is its turn.
func (h *handler) inItsTurn(ask func(*handler)) {
	now := time.Now()
	turn := h.asked.Add(askEvery)
	if turn.Before(now) {
		turn = now
	}
	h.asked = turn
	h.later(turn.Sub(now), ask)
}

// askMembers asks for the members of a guild when it is its turn (Gateway Events, Request Guild Members).
func (h *handler) askMembers(guild string) {
	h.inItsTurn(func(h *handler) {
		h.mu.Lock()
		g := h.world.guilds[guild]
		ask := g != nil && g.wantsMembers()
		h.mu.Unlock()
		switch {
		case !ask:
		case h.toldBy(guild):
			_ = h.shardOf(guild).socket.write(opRequestMembers, map[string]any{"guild_id": guild, "query": "", "limit": 0})
		default: // the connection is being made again
			h.askMembers(guild)
		}
	})
}

// later has something done between two events, unless the session has ended by then.
func (h *handler) later(wait time.Duration, do func(*handler)) {
	if wait <= 0 {
		do(h)
		return
	}
	queue := h.link.queue
	time.AfterFunc(wait, func() { queue.put(item{task: do}) })
}

// askedTooOften has the members of a guild asked for again when Discord lets it (Gateway Events, Rate Limited).
func (h *handler) askedTooOften(data json.RawMessage) {
	var e struct {
		Opcode int    `json:"opcode"`
		After  json64 `json:"retry_after"`
		Meta   struct {
			Guild string `json:"guild_id"`
		} `json:"meta"`
	}
	decode(data, &e)
	if wait := seconds(string(e.After)); e.Opcode == opRequestMembers && wait > 0 {
		h.later(wait, func(h *handler) { h.askMembers(e.Meta.Guild) })
	}
}

func (h *handler) membersTold(data json.RawMessage) {
	var e struct {
		Guild   string   `json:"guild_id"`
		Members []member `json:"members"`
		Index   int      `json:"chunk_index"`
		Count   int      `json:"chunk_count"`
	}
	decode(data, &e)
	h.mu.Lock()
	g := h.world.guilds[e.Guild]
	if g == nil {
		h.mu.Unlock()
		return
	}
	var events []transports.Event
	for _, m := range e.Members {
		if isSnowflake(m.User.ID) {
			if was := g.members[m.User.ID]; was != nil && m.User.ID != h.world.self.ID {
				events = append(events, h.world.updated(g, was, g.put(m))...)
			} else {
				g.put(m)
			}
		}
	}
	last := e.Index >= e.Count-1
	if last && !g.complete {
		g.completed()
	}
	h.mu.Unlock()
	h.tell(events)
	if last {
		h.refresh(e.Guild)
		h.awaitVoices(e.Guild)
	}
}
