package core

import (
	"context"

	"isthmus/core/relay"
	"isthmus/core/stanza"
)

// pauses are the sides that want nothing to pass. Each ends its own alone, for both must agree.
type pauses struct{ muc, network bool }

func (p pauses) any() bool { return p.muc || p.network }

// says tells people of it.
func (p pauses) says() string {
	switch {
	case p.muc && p.network:
		return "paused from both sides"
	case p.network:
		return "paused by who runs the room on the network"
	case p.muc:
		return "paused"
	}
	return ""
}

// ordered takes what people who run a room of a network tell a relay there. It is called by the relay's goroutine, and does not block.
func (all *relays) ordered(muc stanza.JID, room RelayRoom) func(relay.Order, string) {
	key := room.key()
	return func(order relay.Order, by string) {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), setTime)
			defer cancel()
			for _, k := range all.list(ctx) {
				if k.muc == muc && k.room.key() == key {
					all.obey(ctx, k, order, by)
					return
				}
			}
		}()
	}
}

// obey carries out an order of somebody who runs a room of a network.
func (all *relays) obey(ctx context.Context, k listed, order relay.Order, by string) {
	there := func(words string) {
		if star := all.now.Load().byMUC[k.muc]; star != nil {
			star.TellThere(ctx, k.room.key(), words)
		}
	}
	joined := "This room is joined with the chat room " + k.muc.String()
	switch {
	case order == relay.OrderHelp:
		there("I join this room with a chat room elsewhere. Who runs this room can tell me: bridges (with which), pause, resume, unbridge (end it).")
	case order == relay.OrderList:
		there(joined + ": " + all.state(ctx, k) + ".")
	case k.configured:
		there(joined + " by the operator of the gateway, who alone can change that. To end it here, put me out of this room.")
	case order == relay.OrderRemove:
		there("As " + by + " wants it, I leave: this room is no longer joined with " + k.muc.String() + ".")
		all.remove(ctx, k, by+", who runs the room on the network, has ended that this room is joined with "+k.room.Room+" of "+k.room.Network+".")
	case order == relay.OrderPause && !k.paused.network:
		words := "Paused, as " + by + " wants it: nothing passes between " + k.room.Room + " of " + k.room.Network + " and " + k.muc.String() + ". Who runs " + k.room.Room + " ends that by “resume”."
		all.altered(ctx, k, func(k *kept) { k.paused.network = true }, words, there)
		there(words)
	case order == relay.OrderResume && k.paused.network:
		words := "As " + by + " wants it, what is said in one of " + k.room.Room + " of " + k.room.Network + " and " + k.muc.String() + " is heard in the other again."
		if k.paused.muc {
			words = by + " agrees that it goes on, but an owner or admin of " + k.muc.String() + " has paused it, and must resume it too."
		}
		all.altered(ctx, k, func(k *kept) { k.paused.network = false }, words, there)
		there(words)
	case order == relay.OrderResume && k.paused.muc:
		there("An owner or admin of " + k.muc.String() + " has paused this, and alone can resume it.")
	default:
		there(joined + ": " + all.state(ctx, k) + ". There is nothing to change.")
	}
}

// altered changes what is kept of a relay, tells the MUC, and those on the network what went wrong.
func (all *relays) altered(ctx context.Context, k listed, change func(*kept), words string, there func(string)) {
	changed, problem := all.alter(ctx, k.kept, change)
	if problem != "" {
		there(problem)
	}
	if changed {
		all.tell(k.muc, words)
		all.log.Info("A relay was changed by who runs its room on the network.", "muc", k.muc.String(), "room", k.room.Room, "network", k.room.Network)
	}
}

// remove ends a relay that the MUC itself has not ended, and tells it why before.
func (all *relays) remove(ctx context.Context, k listed, words string) {
	if star := all.now.Load().byMUC[k.muc]; star != nil {
		star.Tell(ctx, words)
	}
	if _, problem := all.alter(ctx, k.kept, nil); problem != "" {
		all.log.Error("The end of a relay could not be kept. After a restart it works again.", "muc", k.muc.String(), "room", k.room.Room)
		return
	}
	all.log.Info("A relay was ended from outside its chat room.", "muc", k.muc.String(), "room", k.room.Room, "network", k.room.Network, "reason", words)
}

// closed ends the relays that others have set up through somebody's login and may not use it for any more. They are told to the owner, by their MUCs.
func (all *relays) closed(ctx context.Context, l *logins, login loginOf) (mucs []string) {
	for _, k := range all.list(ctx) {
		if k.configured || k.room.Owner.IsZero() || k.room.login() != login || l.opens(k.room, k.by) {
			continue
		}
		all.remove(ctx, k, "The owner of the account "+k.room.Network+" has closed it to who joined this room with "+k.room.Room+" through it, so that ends now. An owner or admin of this room can join it anew through another account.")
		mucs = append(mucs, k.muc.String())
	}
	return mucs
}
