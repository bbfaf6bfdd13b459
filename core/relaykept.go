package core

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
)

// kept is a room of a network that somebody has joined with a MUC by a command. The first of a MUC says what else holds for the relay.
type kept struct {
	muc  stanza.JID
	room RelayRoom
	// by is who it was, zero where the MUC does not show that; at is when.
	by     stanza.JID
	at     time.Time
	paused pauses
	// password opens the MUC.
	password string
	// topics says which way they are passed on: some of topicsToMUC and topicsFromMUC.
	topics string
}

const (
	topicsBoth    = "both"
	topicsToMUC   = "to_muc"
	topicsFromMUC = "from_muc"
	topicsNone    = "none"
)

// What a row of the store holds of it.
const (
	rowBy, rowAt, rowTopics, rowOwner = "by", "at", "topics", "owner"
	rowPaused, rowPausedThere         = "paused", "paused_there"
	rowPassword, rowRoomPassword      = "password", "room_password"
)

func isPassword(name string) bool { return name == rowPassword || name == rowRoomPassword }

const (
	// usualNick is what relays are called that people set up.
	usualNick = "relay"
	// maxKept is how many rooms one person may join with rooms of theirs.
	maxKept = 20
)

// row is what the store has of it.
func (all *relays) row(k kept) store.Relay {
	row := store.Relay{MUC: k.muc.String(), Transport: k.room.Transport, Network: k.room.Network, Room: k.room.Room}
	by, owner := "", ""
	if !k.by.IsZero() {
		by = k.by.String()
	}
	if !k.room.Owner.IsZero() {
		owner = k.room.Owner.String()
	}
	row.Data = all.keys.PackOptions(map[string][]string{rowBy: {by}, rowAt: {strconv.FormatInt(k.at.UnixMilli(), 10)}, rowPaused: {strconv.FormatBool(k.paused.muc)}, rowPausedThere: {strconv.FormatBool(k.paused.network)},
		rowTopics: {k.topics}, rowOwner: {owner}, rowPassword: {k.password}, rowRoomPassword: {k.room.Password}}, isPassword, row.Where())
	return row
}

// load reads what was kept.
func (all *relays) load(ctx context.Context) error {
	rows, err := all.store.Relays(ctx)
	if err != nil {
		return fmt.Errorf("reading the relays from the store: %w", err)
	}
	for _, row := range rows {
		fields, err := all.keys.UnpackOptions(row.Data, row.Where())
		if err != nil {
			all.log.Error("A relay's passwords cannot be read. Restore the key file, or set it up again.", "muc", row.MUC, "room", row.Room, "error", err)
		}
		muc, bad := stanza.ParseJID(row.MUC)
		if bad != nil {
			all.log.Error("A relay in the store is not understood and is left out.", "muc", row.MUC, "error", bad)
			continue
		}
		k := kept{muc: muc, room: RelayRoom{Transport: row.Transport, Network: row.Network, Room: row.Room, Password: first(fields[rowRoomPassword])},
			paused: pauses{first(fields[rowPaused]) == "true", first(fields[rowPausedThere]) == "true"}, password: first(fields[rowPassword]), topics: first(fields[rowTopics])}
		k.by, _ = stanza.ParseJID(first(fields[rowBy]))
		k.room.Owner, _ = stanza.ParseJID(first(fields[rowOwner]))
		at, _ := strconv.ParseInt(first(fields[rowAt]), 10, 64)
		k.at = time.UnixMilli(at)
		all.kept = append(all.kept, k)
	}
	slices.SortStableFunc(all.kept, func(x, y kept) int { return x.at.Compare(y.at) })
	return nil
}

// keep has a room joined with a MUC from now on; problem says to a person why not.
// words are what is said on both sides when they are joined.
func (all *relays) keep(ctx context.Context, k kept, words string) (problem string) {
	var err error
	committed := make(chan error, 1)
	ok := all.do(ctx, func() {
		if other := all.taken(k.room); !other.IsZero() {
			problem = "The room " + k.room.Room + " is in the relay of " + other.String() + " already. A room can be in one relay only, or messages would go round."
			return
		}
		mine := 0
		for _, other := range all.kept {
			if other.by == k.by && !k.by.IsZero() || k.by.IsZero() && other.muc == k.muc {
				mine++
			}
		}
		if mine >= maxKept {
			problem = "You have joined " + strconv.Itoa(maxKept) + " rooms already, and more are not allowed. Remove one first."
			return
		}
		all.kept = append(all.kept, k)
		all.unhost(k.muc)
		all.welcome = welcome{k.muc, k.room.key(), words}
		defer func() { all.welcome = welcome{} }()
		if err = all.follow(); err != nil {
			all.kept = all.kept[:len(all.kept)-1]
			_ = all.follow() // as it was before
			return
		}
		all.store.Write(func(err error) { committed <- err }, store.PutRelay{Relay: all.row(k)})
	})
	switch {
	case problem != "":
		return problem
	case err != nil:
		return err.Error()
	case !ok:
		return "The gateway is shutting down. Try again in a moment."
	}
	return stored(ctx, committed)
}

// stored waits until something is on disk; problem says to a person why it is not.
func stored(ctx context.Context, committed <-chan error) (problem string) {
	select {
	case err := <-committed:
		if err == nil {
			return ""
		}
	case <-ctx.Done():
	}
	return "It works now, but could not be written to disk: after a restart it will be as it was before. Tell the operator."
}

// alter changes what is kept of a room, or removes it where change is nil; there is false where that has happened already.
func (all *relays) alter(ctx context.Context, of kept, change func(*kept)) (there bool, problem string) {
	committed := make(chan error, 1)
	ok := all.do(ctx, func() {
		i := slices.IndexFunc(all.kept, func(k kept) bool { return k.muc == of.muc && k.room == of.room })
		if i < 0 {
			return
		}
		there = true
		row := all.row(all.kept[i])
		var written store.Change = store.DropRelay{Relay: row}
		if change == nil {
			all.kept = slices.Delete(slices.Clone(all.kept), i, i+1)
		} else {
			all.kept = slices.Clone(all.kept)
			change(&all.kept[i])
			written = store.PutRelay{Relay: all.row(all.kept[i])}
		}
		if err := all.follow(); err != nil {
			all.log.Error("A relay cannot work.", "error", err)
		}
		all.store.Write(func(err error) { committed <- err }, written)
	})
	switch {
	case !ok:
		return there, "The gateway is shutting down. Try again in a moment."
	case !there:
		return false, ""
	}
	return true, stored(ctx, committed)
}

// renamed has relays go on through a login that its owner has given another name.
func (all *relays) renamed(ctx context.Context, from, to loginOf) {
	all.do(ctx, func() {
		kept := slices.Clone(all.kept)
		var changes []store.Change
		for i, k := range kept {
			if k.room.Owner.IsZero() || k.room.login() != from {
				continue
			}
			changes = append(changes, store.DropRelay{Relay: all.row(k)})
			kept[i].room.Network = to.key.Key
			changes = append(changes, store.PutRelay{Relay: all.row(kept[i])})
		}
		if len(changes) == 0 {
			return
		}
		all.kept = kept
		if err := all.follow(); err != nil {
			all.log.Error("A relay cannot work.", "error", err)
		}
		all.store.Write(func(err error) {
			if err != nil {
				all.log.Error("The new name of a login could not be kept with its relays. After a restart they have to be set up again.", "error", err)
			}
		}, changes...)
	})
}

// forget removes what a person has set up on a transport, and what uses a login of theirs.
func (all *relays) forget(ctx context.Context, transport string, who stanza.JID) {
	for _, k := range all.list(ctx) {
		if !k.configured && k.room.Transport == transport && (k.by == who || k.room.Owner == who) {
			all.alter(ctx, k.kept, nil)
		}
	}
}

// listed is a room of a relay, for a list.
type listed struct {
	kept
	// configured: it is the operator's.
	configured bool
}

// list are all rooms of relays, by their MUCs.
func (all *relays) list(ctx context.Context) (rooms []listed) {
	all.do(ctx, func() {
		for _, r := range all.configured {
			for _, room := range r.Rooms {
				rooms = append(rooms, listed{kept{muc: r.MUC, room: room}, true})
			}
		}
		for _, k := range all.kept {
			rooms = append(rooms, listed{kept: k})
		}
	})
	slices.SortStableFunc(rooms, func(x, y listed) int { return strings.Compare(x.muc.String(), y.muc.String()) })
	return rooms
}
