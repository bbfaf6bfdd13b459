package account

import (
	"encoding/xml"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/options"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// world is an account with a scripted network behind it, a recording stream before it and a real store below it.
type world struct {
	t       *testing.T
	stream  *stream
	network *network
	store   *store.Store
	shared  *Transport
	account *Account
	// keep is told when an account that is new is stored.
	keep  func()
	login *Login // of the account, nil where it came into being by its use
}

// story runs a scenario with faked time: sleeping costs nothing, and settle waits until everything has come to rest.
func story(t *testing.T, tell func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, stream: &stream{}, network: newNetwork(), store: s}
		keys, err := seal.Open(filepath.Join(t.TempDir(), "key"))
		if err != nil {
			t.Fatal(err)
		}
		set, err := options.Load(t.Context(), s, keys, "gw.example", transports.About{}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		w.shared = &Transport{
			Options: set,
			Domain:  "gw.example", About: transports.About{Kind: "irc", Name: "IRC", Sigils: "#", Open: true}, Driver: w.network,
			Addresses: address.Config{Sigils: "#"}, Stream: w.stream, Store: s, OccupantKey: xep.NewOccupantKey([]byte("key")), Log: slog.New(slog.DiscardHandler),
		}
		w.open()
		t.Cleanup(func() {
			w.stream.leavesOpen(false)
			w.account.Stop("The story is over.")
			<-w.account.Done()
			s.Close()
		})
		tell(t, w)
	})
}

// open makes the account of alice@example.org on irc.net, as the hub does when a stanza comes.
func (w *world) open() {
	w.account = New(w.shared, Identity{ID: 7, Login: w.login, Keep: w.keep}, jid("alice@example.org"), "irc.net", "irc.net", 1000)
	w.account.Run(func() {})
}

// settle waits until nothing is under way, also not changes that the store lets gather.
func (w *world) settle() {
	synctest.Wait()
	time.Sleep(gathering)
	synctest.Wait()
}

// gathering is longer than the store lets changes gather, and shorter than all that a scenario waits for.
const gathering = 5 * time.Millisecond

// sends has one of alice's clients send a stanza; as the hub does, it makes another account when this one has ended.
func (w *world) sends(text string) {
	w.t.Helper()
	taken, ended := w.offer(text)
	if ended {
		w.open()
		taken, _ = w.offer(text)
	}
	if !taken {
		w.t.Fatalf("not taken: %s", text)
	}
	w.settle()
}

func (w *world) offer(text string) (taken, ended bool) {
	s := parse(w.t, text)
	to, err := w.shared.Addresses.Parse(s.To.Local)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.account.Handle(s, to)
}

// expect fails unless exactly this was sent to the XMPP server since the last time, as brief writes it.
func (w *world) expect(want ...string) {
	w.t.Helper()
	w.settle()
	if got := w.stream.taken(); !slices.Equal(got, want) {
		w.t.Errorf("to the server went\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// expectCommands fails unless the network was asked exactly for this since the last time.
func (w *world) expectCommands(want ...string) {
	w.t.Helper()
	w.settle()
	if got := w.network.taken(); !slices.Equal(got, want) {
		w.t.Errorf("the network was asked for\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// emits has something happen on the network.
func (w *world) emits(events ...transports.Event) {
	w.t.Helper()
	for _, e := range events {
		w.network.current(w.t).emit(e)
	}
	w.settle()
}

// online is a network that has accepted alice under the nick.
func (w *world) online(nick string) {
	w.emits(transports.Online{Self: user(nick), Can: transports.Capabilities{SingleLine: true,
		Features: transports.Topics | transports.Names | transports.Roles | transports.Affiliations |
			transports.Invitations | transports.Instructions | transports.Questions}})
}

// inside is alice's phone in #go with these others, everything that led there forgotten.
func (w *world) inside(others ...string) {
	w.sends(join("phone", "alice"))
	w.online("alice")
	w.emits(state(append([]string{"alice"}, others...)...))
	w.settle()
	w.forget()
}

func (w *world) forget() {
	w.settle()
	w.stream.taken()
	w.network.taken()
}

// waits lets time pass.
func (w *world) waits(d time.Duration) {
	time.Sleep(d)
	w.settle()
}

// rows are what the archive holds of #go.
func (w *world) rows() []store.Row {
	w.t.Helper()
	w.settle()
	page, err := w.store.Page(w.t.Context(), store.Query{Account: 7, Place: "#go", Max: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	return page.Rows
}

// occupants are the resources that the store has as joined, with room and nick.
func (w *world) occupants() []string {
	w.t.Helper()
	w.settle()
	all, err := w.store.Occupants(w.t.Context(), "gw.example")
	if err != nil {
		w.t.Fatal(err)
	}
	var list []string
	for _, o := range all {
		list = append(list, o.Resource+" in "+o.Room+" as "+o.Nick)
	}
	return list
}

// journal counts the commands that have not ended.
func (w *world) journal() int {
	w.t.Helper()
	w.settle()
	all, err := w.store.Commands(w.t.Context(), "gw.example")
	if err != nil {
		w.t.Fatal(err)
	}
	return len(all)
}

func parse(t *testing.T, text string) *stanza.Stanza {
	t.Helper()
	e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(text)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return &stanza.Stanza{Kind: stanza.Kind(e.Name), Type: e.Attr("type"), ID: e.Attr("id"),
		From: jid(e.Attr("from")), To: jid(e.Attr("to")), Payload: e.Children()}
}

func jid(text string) stanza.JID {
	j, err := stanza.ParseJID(text)
	if err != nil {
		panic(text + ": " + err.Error())
	}
	return j
}

func user(name string) transports.User {
	return transports.User{ID: transports.UserID(strings.ToLower(name)), Name: name}
}

// state is the true state of #go.
func state(members ...string) transports.Room { return stateOf("#go", members...) }

func stateOf(id transports.RoomID, members ...string) transports.Room {
	r := transports.Room{Room: id, Complete: true}
	for _, name := range members {
		r.Members = append(r.Members, transports.Member{User: user(name), Role: transports.Participant})
	}
	return r
}

// The stanzas of alice's clients.

func from(resource string) string { return ` from='alice@example.org/` + resource + `' ` }

func join(resource, nick string) string {
	return `<presence` + from(resource) + `to='#go%irc.net@gw.example/` + nick + `'><x xmlns='http://jabber.org/protocol/muc'/></presence>`
}

func leave(resource string) string {
	return `<presence type='unavailable'` + from(resource) + `to='#go%irc.net@gw.example/alice'/>`
}

func groupchat(resource, id, body string) string {
	return `<message type='groupchat' id='` + id + `'` + from(resource) + `to='#go%irc.net@gw.example'><body>` + body + `</body></message>`
}

func chat(resource, id, to, body string) string {
	return `<message type='chat' id='` + id + `'` + from(resource) + `to='` + to + `'><body>` + body + `</body></message>`
}

func iq(resource, kind, to, payload string) string {
	return `<iq type='` + kind + `' id='q'` + from(resource) + `to='` + to + `'>` + payload + `</iq>`
}
