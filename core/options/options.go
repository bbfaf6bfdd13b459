// Package options keeps what people have set, for the gateway, for an account, for a room: in memory for who asks, in the
// store with secrets sealed. What the values mean is their driver's matter, or the core's for the fields here.
package options

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"

	"isthmus/core/seal"
	"isthmus/core/store"
	"isthmus/transports"
)

// The names of the core's own fields, as people of other gateways know them.
const (
	RecordHistory    = "record_history"
	MaxHistoryLength = "max_history_length"
	Persistent       = "persistent"
	SharePresence    = "share_presence"
)

// GatewayFields are what a person sets for all of a transport.
var GatewayFields = []transports.Field{
	{Name: RecordHistory, Label: "Keep what is said", Help: "Whether the rooms that you are in are archived for you.", Kind: transports.Switch, Default: []string{"true"}},
	{Name: MaxHistoryLength, Label: "Messages shown on joining", Help: "How many earlier messages a room shows when you come in, at most.", Kind: transports.Number, Default: []string{"20"}},
	{Name: Persistent, Label: "Stay in all rooms", Help: "Whether the gateway stays in your rooms when your last client leaves, and shows you later what was said.", Kind: transports.Switch, Default: []string{"false"}},
	{Name: SharePresence, Label: "Show how you are", Help: "Whether the networks learn that you are there, away or busy, and your status.", Kind: transports.Switch, Default: []string{"true"}},
}

// RoomFields are what a person sets for one room, before the driver's own; without them those of the gateway hold.
var RoomFields = []transports.Field{
	{Name: Persistent, Label: "Stay in the room", Help: "Whether the gateway stays in the room when your last client leaves.", Kind: transports.Switch},
	{Name: RecordHistory, Label: "Keep what is said", Help: "Whether the room is archived for you; unset is as for all of the gateway.", Kind: transports.Leaning},
}

// Where is what options are for: the gateway where Scope and Place are empty, an account where Place is, else a room.
type Where struct{ Person, Scope, Place string }

// Book holds the options of a transport's people. Accounts and dialogues share it, hence the mutex.
type Book struct {
	transport string
	store     *store.Store
	keys      *seal.Keys
	secret    map[string]bool
	// gateway are the fields of the gateway with the operator's defaults.
	gateway []transports.Field
	// writing is held from the change in memory until the store has it, so that both have the same order; mu is for memory alone.
	writing sync.Mutex
	mu      sync.RWMutex
	all     map[Where]transports.Options
	// left is what is sealed with a key that is missing: it stays in the store until the person sets it anew.
	left map[Where]map[string]string
}

// Load reads the options of a transport. Secrets that cannot be opened are told in the log and left out; in the store they stay.
func Load(ctx context.Context, s *store.Store, keys *seal.Keys, transport string, about transports.About, log *slog.Logger) (*Book, error) {
	b := &Book{transport: transport, store: s, keys: keys, secret: map[string]bool{}, gateway: GatewayFields, all: map[Where]transports.Options{}, left: map[Where]map[string]string{}}
	for _, f := range slices.Concat(about.AccountFields, about.RoomFields) {
		b.secret[f.Name] = f.Kind == transports.Secret || f.Sealed
	}
	rows, err := s.Options(ctx, transport)
	if err != nil {
		return nil, fmt.Errorf("reading what people have set: %w", err)
	}
	for _, row := range rows {
		values, err := keys.UnpackOptions(row.Data, row.Where())
		if err != nil {
			log.Error("Some of what a person has set cannot be read. Restore the key file, or have them set it again.", "person", row.Person, "scope", row.Scope, "error", err)
			b.left[Where{row.Person, row.Scope, row.Place}] = keys.Unopened(row.Data, row.Where())
		}
		b.all[Where{row.Person, row.Scope, row.Place}] = values
	}
	return b, nil
}

// GatewayFields are what a person sets for all of the transport, with the operator's defaults.
func (b *Book) GatewayFields() []transports.Field { return b.gateway }

// StayByDefault has the gateway stay in the rooms of everyone who has not said otherwise. It is called before the book is used.
func (b *Book) StayByDefault() {
	b.gateway = slices.Clone(b.gateway)
	for i := range b.gateway {
		if b.gateway[i].Name == Persistent {
			b.gateway[i].Default = []string{"true"}
		}
	}
}

// Get is what was set there, and only there. It must not be changed.
func (b *Book) Get(w Where) transports.Options {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.all[w]
}

// Set replaces what is set there; done, which may be nil, hears when it is on disk. Empty options remove it.
func (b *Book) Set(w Where, o transports.Options, done func(error)) {
	b.Change(w, func(transports.Options) transports.Options { return o }, done)
}

// Mark sets one value there, or removes it where it is empty, and leaves all others as they are.
func (b *Book) Mark(w Where, name, value string, done func(error)) {
	b.Change(w, func(o transports.Options) transports.Options {
		o[name] = []string{value}
		if value == "" {
			delete(o, name)
		}
		return o
	}, done)
}

// Change sets there what change makes of what is set, which it may alter; nobody else sets anything meanwhile.
func (b *Book) Change(w Where, change func(transports.Options) transports.Options, done func(error)) {
	b.writing.Lock()
	defer b.writing.Unlock()
	now := maps.Clone(b.Get(w))
	if now == nil {
		now = transports.Options{}
	}
	o := change(now)
	row := store.Options{Transport: b.transport, Person: w.Person, Scope: w.Scope, Place: w.Place}
	if len(o) > 0 {
		row.Data = b.keys.PackOptions(o, func(name string) bool { return b.secret[name] }, row.Where())
	}
	b.mu.Lock()
	row.Data = b.withLeft(w, o, row.Data)
	if len(o) > 0 {
		b.all[w] = maps.Clone(o)
	} else {
		delete(b.all, w)
	}
	b.mu.Unlock()
	b.store.Write(done, store.PutOptions{Options: row})
}

// withLeft adds to the data of options what could not be opened of them and is not set anew.
func (b *Book) withLeft(w Where, o transports.Options, data []byte) []byte {
	maps.DeleteFunc(b.left[w], func(name, _ string) bool { _, anew := o[name]; return anew })
	if len(b.left[w]) == 0 {
		return data
	}
	with, err := seal.AddSealed(data, b.left[w])
	if err != nil {
		return data // it is of our own making, so it can be read
	}
	return with
}

// Move gives what a person has set for a scope, and for its places, to another one; done, which may be nil, hears when it is on disk.
func (b *Book) Move(person, from, to string, done func(error)) {
	b.writing.Lock()
	defer b.writing.Unlock()
	b.mu.Lock()
	var changes []store.Change
	for w, o := range b.all {
		if w.Person != person || w.Scope != from || from == "" {
			continue
		}
		row := store.Options{Transport: b.transport, Person: person, Scope: from, Place: w.Place}
		changes = append(changes, store.PutOptions{Options: row})
		delete(b.all, w)
		delete(b.left, w) // sealed for the one place, it cannot be opened in another
		if to != "" {
			w.Scope, row.Scope = to, to
			b.all[w] = o
			row.Data = b.keys.PackOptions(o, func(name string) bool { return b.secret[name] }, row.Where())
			changes = append(changes, store.PutOptions{Options: row})
		}
	}
	b.mu.Unlock()
	b.store.Write(done, changes...)
}

// Drop removes what a person has set for a scope, and for its places.
func (b *Book) Drop(person, scope string, done func(error)) { b.Move(person, scope, "", done) }

// Forget drops what a person has set from memory; the store forgets the person as a whole.
func (b *Book) Forget(person string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.all, func(w Where, _ transports.Options) bool { return w.Person == person })
	maps.DeleteFunc(b.left, func(w Where, _ map[string]string) bool { return w.Person == person })
}

// People are all who have set anything, in order.
func (b *Book) People() []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	people := map[string]bool{}
	for w := range b.all {
		people[w.Person] = true
	}
	return slices.Sorted(maps.Keys(people))
}

// Switch is a switch of a room: set there, or else for the gateway, or else the default.
func (b *Book) Switch(w Where, name string) bool {
	if v, ok := b.Get(w)[name]; ok && len(v) > 0 {
		return v[0] == "true"
	}
	return b.Get(Where{Person: w.Person}).Get(b.gateway, name) == "true"
}

// HistoryLength is how many messages a person wants to see on joining.
func (b *Book) HistoryLength(person string) int {
	n, err := strconv.Atoi(b.Get(Where{Person: person}).Get(b.gateway, MaxHistoryLength))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Marked are the places for which a switch is set, in order.
func (b *Book) Marked(name string) []Where {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var all []Where
	for w, o := range b.all {
		if v := o[name]; len(v) > 0 && v[0] == "true" {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(x, y Where) int {
		return slices.Compare([]string{x.Person, x.Scope, x.Place}, []string{y.Person, y.Scope, y.Place})
	})
	return all
}

// Check says what is wrong with values for the core's own fields.
func Check(fields []transports.Field, o transports.Options) error {
	for _, f := range fields {
		for _, v := range o[f.Name] {
			switch f.Kind {
			case transports.Switch, transports.Leaning:
				if v != "true" && v != "false" {
					return &transports.Fault{Kind: transports.Invalid, Text: f.Label + ": is yes or no."}
				}
			case transports.Number:
				if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 10_000 {
					return &transports.Fault{Kind: transports.Invalid, Text: f.Label + ": is a number from 0 to 10000."}
				}
			}
		}
	}
	return nil
}
