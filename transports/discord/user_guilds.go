package discord

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/gorilla/websocket"

	"isthmus/transports"
)

// Discord tells a person's account of a large guild only what somebody looks at, and nobody's members but those that a list on the screen would have. So the
// guilds are subscribed to in which the person is in a room, with the beginning of the list of members of each such channel.

// opSubscribe subscribes to a guild (Lazy Guilds).
const opSubscribe = 14

const (
	// listPart is how many members a part of a list has, maxParts how many parts of one may be asked for.
	listPart = 100
	maxParts = 3
	// maxLists is of how many channels of a guild the list is asked for; many have the same.
	maxLists = 5
)

// subscription is what is subscribed to of a guild, nil where the person is in none of its rooms.
func (h *handler) subscription(guild string) map[string]any {
	g := h.world.guilds[guild]
	if g == nil || g.group {
		return nil
	}
	var parts [][2]int
	for i := range min(max((g.count+listPart-1)/listPart, 1), maxParts) {
		parts = append(parts, [2]int{i * listPart, (i+1)*listPart - 1})
	}
	channels := map[string][][2]int{}
	in := false
	for _, c := range h.world.ordered(guild) {
		if h.world.rooms[c.ID] {
			in = true
			if !c.isThread() && len(channels) < maxLists {
				channels[c.ID] = parts
			}
		}
	}
	if !in {
		return nil
	}
	return map[string]any{"guild_id": guild, "typing": true, "activities": true, "threads": true, "member_updates": true, "members": []string{}, "channels": channels}
}

// subscribeGuild subscribes to a guild, once, when it is its turn.
func (h *handler) subscribeGuild(guild string) {
	if !h.asUser || h.noSubscriptions || h.subscribing[guild] {
		return
	}
	h.mu.Lock()
	none := h.subscription(guild) == nil
	h.mu.Unlock()
	if none {
		return
	}
	if h.subscribing == nil {
		h.subscribing = map[string]bool{}
	}
	h.subscribing[guild] = true
	h.inItsTurn(func(h *handler) {
		h.mu.Lock()
		what := h.subscription(guild)
		h.mu.Unlock()
		delete(h.subscribing, guild)
		if what != nil && h.toldBy(guild) {
			_ = h.shardOf(guild).socket.write(opSubscribe, what)
		}
	})
}

// unknownOpcode is the code by which the gateway ends a connection where something was said that it does not know.
const unknownOpcode = 4001

// noteRefusal remembers that a gateway knows no subscriptions: it tells everything, or this account is to do without.
func (h *handler) noteRefusal(err error) {
	var c *websocket.CloseError
	if h.asUser && errors.As(err, &c) && c.Code == unknownOpcode && !h.noSubscriptions {
		h.env.Log.Info("Discord's gateway knows no subscriptions to servers. They are left out from now on.")
		h.noSubscriptions = true
	}
}

// listed takes a part of a guild's list of members. Who moves in it is none of the gateway's business, so those who leave the list are not taken for gone.
func (h *handler) listed(data json.RawMessage) {
	type entry struct {
		Member json.RawMessage `json:"member"`
	}
	var e struct {
		Guild string `json:"guild_id"`
		Count int    `json:"member_count"`
		Ops   []struct {
			Items []entry `json:"items"`
			Item  entry   `json:"item"`
		} `json:"ops"`
	}
	decode(data, &e)
	h.mu.Lock()
	g := h.world.guilds[e.Guild]
	if g == nil || g.group {
		h.mu.Unlock()
		return
	}
	if e.Count > 0 {
		g.count = e.Count
	}
	var members []member
	for _, op := range e.Ops {
		for _, item := range append(op.Items, op.Item) {
			if len(item.Member) == 0 {
				continue
			}
			var with struct {
				Presence presence `json:"presence"`
			}
			all := h.mergedMembers([]byte("[" + string(item.Member) + "]"))
			if decode(item.Member, &with); len(all) == 1 && with.Presence.Status != "" {
				with.Presence.User.ID = all[0].User.ID
				h.isNow(with.Presence)
			}
			members = append(members, all...)
		}
	}
	events := h.meetMembers(g, members)
	h.mu.Unlock()
	h.tell(events)
}

// meetMembers takes members of a guild who are told in passing, as many as are kept.
func (h *handler) meetMembers(g *guildState, all []member) (events []transports.Event) {
	for _, m := range all {
		was := g.members[m.User.ID]
		if was == nil && len(g.members) >= maxMembers || m.User.ID == h.world.self.ID && was != nil {
			continue
		}
		if was != nil && m.User.Username == "" {
			m.User = was.User
		}
		events = append(events, h.world.updated(g, was, g.put(m))...)
	}
	if !g.complete && g.count > 0 && len(g.members) >= g.count {
		g.complete = true
		for _, c := range h.world.ordered(g.id) {
			if h.world.rooms[c.ID] {
				events = append(events, h.world.room(c))
			}
		}
	}
	return events
}

// calledIn: somebody has mentioned the person in a channel that they see and are not in, so that they are in it from now on.
func (h *handler) calledIn(m *message) {
	h.mu.Lock()
	c, self := h.world.channels[m.ChannelID], h.world.self.ID
	in := c == nil || h.world.rooms[c.ID] || !h.settled || !c.talks() || !h.world.sees(c) || m.Author.ID == self || h.world.guilds[c.GuildID].unavailable
	in = in || slices.Contains(h.data.Left, m.ChannelID)
	mentioned := slices.ContainsFunc(m.Mentions, func(u user) bool { return u.ID == self })
	h.mu.Unlock()
	if !h.asUser || in || !mentioned {
		return
	}
	_, _ = h.join(transports.Join{Room: roomID(m.ChannelID)})
}
