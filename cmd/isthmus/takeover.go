package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"isthmus/cmd/isthmus/biboumi"
	"isthmus/core"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// takeover brings what another gateway has kept into the store of this one.
type takeover struct {
	store     *store.Store
	book      *options.Book
	driver    transports.Driver
	about     transports.About
	policy    person.Policy
	addresses address.Config
	domain    string
	key       []byte // of occupant-ids
	// since is before all that the archive keeps.
	since    time.Time
	accounts map[account]int64
	rooms    map[[3]string]found

	people     map[string]bool // of whom something was taken
	sets, kept int             // options taken; options that have another value here already
	secrets    int
	persistent int
	taken      int             // messages
	archives   map[string]bool // of whom and where they are
	left       map[string]*leftBehind
	problems   []string
}

// account is what accounts are told apart by.
type account struct{ scope, owner string }

// found is where something belongs, or why it belongs nowhere.
type found struct {
	where options.Where
	room  stanza.JID
	why   string
}

// leftBehind counts what was not taken over for one reason.
type leftBehind struct{ options, messages int }

func newTakeover(ctx context.Context, s *store.Store, book *options.Book, ready core.Transport) (*takeover, error) {
	about := ready.Driver.About()
	t := &takeover{store: s, book: book, driver: ready.Driver, about: about, policy: ready.Policy,
		addresses: address.Config{Sigils: about.Sigils}, domain: ready.Component.Domain, accounts: map[account]int64{},
		rooms: map[[3]string]found{}, people: map[string]bool{}, archives: map[string]bool{}, left: map[string]*leftBehind{}}
	var err error
	if t.key, err = core.OccupantKey(ctx, s); err != nil {
		return nil, err
	}
	all, err := s.Accounts(ctx)
	for _, a := range all {
		if a.Transport == t.domain {
			t.accounts[account{a.Scope, a.Owner}] = a.ID
		}
	}
	return t, err
}

// find says where what a person has of a server and a channel belongs here.
func (t *takeover) find(owner, server, channel string) found {
	key := [3]string{owner, server, channel}
	f, known := t.rooms[key]
	if !known {
		f = t.look(owner, server, channel)
		t.rooms[key] = f
	}
	return f
}

func (t *takeover) look(owner, server, channel string) (f found) {
	jid, err := stanza.ParseJID(owner)
	if err != nil {
		return found{why: fmt.Sprintf("%q is no JID.", owner)}
	}
	if !t.policy.Allows(jid.Bare()) {
		return found{why: "People of " + jid.Domain + " may not use this transport, or not all of them (people: in the configuration)."}
	}
	f.where.Person = jid.Bare().String()
	if server == "" {
		return f
	}
	scope, err := t.driver.Scope(strings.ToLower(server))
	if err != nil {
		return found{why: server + ": " + transports.AsFault(err).Text}
	}
	f.where.Scope = string(scope)
	if channel == "" {
		return f
	}
	local, err := t.addresses.Localpart(address.Address{Kind: address.Room, Name: channel, Key: f.where.Scope})
	if err != nil {
		return found{why: fmt.Sprintf("%q at %s has no address here: %v.", channel, server, err)}
	}
	parsed, err := t.addresses.Parse(local)
	if err != nil {
		return found{why: fmt.Sprintf("%q at %s has no address here: %v.", channel, server, err)}
	}
	f.where.Place, f.room = parsed.Name, stanza.JID{Local: local, Domain: t.domain}
	return f
}

func (t *takeover) behind(why string) *leftBehind {
	if t.left[why] == nil {
		t.left[why] = &leftBehind{}
	}
	return t.left[why]
}

// options takes over what people have set, value by value: what they have set here already stays.
func (t *takeover) options(ctx context.Context, from *biboumi.Database) error {
	all, err := from.Options(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		f := t.find(o.Owner, o.Server, o.Channel)
		if f.why != "" {
			t.behind(f.why).options += len(o.Values)
			continue
		}
		if err := t.set(f.where, o); err != nil {
			return err
		}
	}
	return nil
}

func (t *takeover) set(where options.Where, from biboumi.Options) error {
	fields, own := options.GatewayFields, []transports.Field(nil)
	switch {
	case where.Place != "":
		fields, own = options.RoomFields, t.about.RoomFields
	case where.Scope != "":
		fields, own = nil, t.about.AccountFields
	}
	set := maps.Clone(t.book.Get(where))
	if set == nil {
		set = transports.Options{}
	}
	changed := false
	for _, name := range slices.Sorted(maps.Keys(from.Values)) {
		one := transports.Options{name: from.Values[name]}
		err := options.Check(fields, one)
		if err == nil {
			err = t.driver.Check(own, one)
		}
		switch has, there := set[name]; {
		case err != nil:
			t.problems = append(t.problems, fmt.Sprintf("Not taken over of %s, %s: %s", where.Person, site(where), transports.AsFault(err).Text))
			continue
		case there && !slices.Equal(has, one[name]):
			t.kept++
			continue
		case !there:
			set[name], changed = one[name], true
		}
		t.sets++
		if slices.ContainsFunc(own, func(f transports.Field) bool { return f.Name == name && (f.Kind == transports.Secret || f.Sealed) }) {
			t.secrets++
		}
		if name == options.Persistent && one[name][0] == "true" && where.Place != "" {
			t.persistent++
		}
	}
	t.people[where.Person] = true
	if !changed {
		return nil
	}
	done := make(chan error, 1)
	t.book.Set(where, set, func(err error) { done <- err })
	return <-done
}

// site is where options hold, for people.
func site(w options.Where) string {
	switch {
	case w.Scope == "":
		return "the gateway"
	case w.Place == "":
		return w.Scope
	}
	return w.Place + " at " + w.Scope
}

// summary says in sentences what was taken over, and what not.
func (t *takeover) summary(out io.Writer, contacts int) {
	fmt.Fprintf(out, "Taken over, or here already: %s of %s, of them %s (sealed) and %s; %s of %s.\n",
		count(t.sets, "option", "options"), count(len(t.people), "person", "people"), count(t.secrets, "secret", "secrets"),
		count(t.persistent, "persistent channel", "persistent channels"), count(t.taken, "message", "messages"), count(len(t.archives), "archive", "archives"))
	if t.persistent > 0 {
		fmt.Fprintln(out, "The gateway stays in a persistent channel from the next time on that its owner joins it.")
	}
	if t.kept > 0 {
		fmt.Fprintf(out, "Left as they are here: %s with another value.\n", count(t.kept, "option", "options"))
	}
	for _, problem := range t.problems {
		fmt.Fprintln(out, problem)
	}
	for _, why := range slices.Sorted(maps.Keys(t.left)) {
		fmt.Fprintf(out, "Not taken over: %s and %s. %s\n", count(t.left[why].options, "option", "options"), count(t.left[why].messages, "message", "messages"), why)
	}
	if contacts > 0 {
		fmt.Fprintf(out, "Not needed: %s of biboumi's roster, for people's own servers have them as well, and tell.\n", count(contacts, "contact", "contacts"))
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
