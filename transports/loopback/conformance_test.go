package loopback_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
	"isthmus/transports/transporttest"
)

// patience bounds every wait. Only a defect waits that long.
const patience = 60 * time.Second

const scope transports.Scope = "loopback"

// start makes a driver that runs until the test ends.
func start(t *testing.T, config loopback.Config) *loopback.Driver {
	t.Helper()
	driver, err := loopback.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- driver.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return driver
}

// must carries out a command of a person that cannot fail.
func must(t *testing.T, p *loopback.Person, c transports.Command) transports.Result {
	t.Helper()
	result, err := p.Do(c)
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return result
}

// next waits for an event of a type that fits; others before it are passed over.
func next[E transports.Event](t *testing.T, p *loopback.Person, fits func(E) bool) E {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		event := p.Next(ctx)
		if event == nil {
			var none E
			t.Fatalf("no %T came", none)
		}
		if e, is := event.(E); is && (fits == nil || fits(e)) {
			return e
		}
	}
}

// peer is Ida, who does what the laws want of another user.
type peer struct {
	t    *testing.T
	ida  *loopback.Person
	seen []transports.Event
}

func (p *peer) do(c transports.Command) { p.t.Helper(); must(p.t, p.ida, c) }

func (p *peer) say(in transports.Place, words string) {
	p.t.Helper()
	p.do(transports.Send{Place: in, Text: text.Plain(words)})
}

// sees waits for an event; those that have come before count as well, each once.
func (p *peer) sees(what string, fits func(transports.Event) bool) transports.Event {
	p.t.Helper()
	for i, e := range p.seen {
		if fits(e) {
			p.seen = slices.Delete(p.seen, i, i+1)
			return e
		}
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	for {
		e := p.ida.Next(ctx)
		switch {
		case e == nil:
			p.t.Fatalf("Ida does not see %s", what)
		case fits(e):
			return e
		}
		p.seen = append(p.seen, e)
	}
}

// id is what Ida calls the message with these words.
func (p *peer) id(words string) transports.MessageID {
	p.t.Helper()
	return p.sees("the message "+words, func(e transports.Event) bool {
		m, is := e.(transports.Message)
		return is && m.Text.String() == words
	}).(transports.Message).ID
}

// peer gives the harness its other user.
func (p *peer) acts() transporttest.Peer {
	in := transports.InRoom
	return transporttest.Peer{
		Name:  "Ida Lovelace",
		Join:  func(room transports.RoomID) { p.do(transports.Join{Room: room}) },
		Leave: func(room transports.RoomID) { p.do(transports.Leave{Room: room}) },
		Say:   func(room transports.RoomID, words string) { p.say(in(room), words) },
		Act: func(room transports.RoomID, words string) {
			p.do(transports.Send{Place: in(room), Style: transports.Does, Text: text.Plain(words)})
		},
		Tell:     func(to transports.User, words string) { p.say(transports.TalkWith(to.ID), words) },
		Hears:    func(words string) { p.t.Helper(); p.id(words) },
		SetTopic: func(room transports.RoomID, words string) { p.do(transports.SetTopic{Room: room, Text: words}) },
		Kick: func(room transports.RoomID, user transports.User, reason string) {
			p.do(transports.SetRole{Room: room, User: user.ID, Reason: reason})
		},
		Rename: func(name string) { p.do(transports.SetName{Name: name}) },
		Sees:   func(what string, fits func(transports.Event) bool) { p.t.Helper(); p.sees(what, fits) },
		Send: func(room transports.RoomID, name, content string) {
			p.do(transports.Send{Place: in(room), Files: []transports.Upload{upload(name, content)}})
		},
		Type: func(room transports.RoomID, on bool) { p.do(transports.SetTyping{Place: in(room), On: on}) },
		Subscribe: func(user transports.User, yes bool) {
			p.do(transports.Subscribe{User: user.ID, On: yes})
		},
		Authorize:   func(user transports.User, yes bool) { p.do(transports.Authorize{User: user.ID, Allow: yes}) },
		SetPresence: func(presence transports.Presence) { p.do(transports.SetPresence{Presence: presence}) },
		Describe:    p.ida.Describe,
		Wear: func(room transports.RoomID, titles ...string) {
			var hats []transports.Hat
			for i, title := range titles {
				hats = append(hats, transports.Hat{ID: title, Title: title, Colour: uint32(i) * 0x1f2f3f})
			}
			p.ida.Wear(room, hats...)
		},
		SetPicture: func(data []byte, mediaType string) { p.ida.SetPicture(data, mediaType) },
		Invite: func(room transports.RoomID, user transports.User, reason string) {
			p.do(transports.Invite{Room: room, User: user.ID, Reason: reason})
		},
		Quit: func() { p.ida.Quit("bye") },
	}
}

// aboutMessages are what Ida does to messages, where they have ids.
func (p *peer) aboutMessages(acts *transporttest.Peer) {
	in := transports.InRoom
	acts.Edit = func(room transports.RoomID, words, now string) {
		p.do(transports.Edit{Place: in(room), ID: p.id(words), Text: text.Plain(now)})
	}
	acts.Delete = func(room transports.RoomID, words string) { p.do(transports.Delete{Place: in(room), ID: p.id(words)}) }
	reacted := map[string]transports.MessageID{}
	acts.React = func(room transports.RoomID, words string, emoji ...string) {
		if reacted[words] == "" {
			reacted[words] = p.id(words)
		}
		p.do(transports.React{Place: in(room), ID: reacted[words], Emoji: emoji})
	}
	acts.Reply = func(room transports.RoomID, words, answer string) {
		p.do(transports.Send{Place: in(room), Text: text.Plain(answer), ReplyTo: &transports.Reference{ID: p.id(words)}})
	}
	acts.Read = func(room transports.RoomID, words string) {
		p.do(transports.MarkRead{Place: in(room), Upto: p.id(words)})
	}
}

func harness(t *testing.T, config loopback.Config) transporttest.Harness {
	t.Helper()
	driver := start(t, config)
	network := driver.Network(scope)
	p := &peer{t: t, ida: network.AddPerson("Ida Lovelace")}
	h := transporttest.Harness{
		Driver:  driver,
		Account: transports.Account{Scope: scope, Person: "tester", Name: "Tess"},
		Env:     transports.Env{Log: slog.New(slog.DiscardHandler)},
		Room:    network.AddRoom("Lobby", ""), Other: network.AddRoom("Attic", ""),
		Cut:  func() { network.Cut(network.Find("Tess"), &transports.Fault{Kind: transports.Offline, Text: "Cut."}) },
		Peer: p.acts(),
	}
	if len(config.Only) > 0 { // what the others cannot do, Ida cannot do either
		can := transporttest.Peer{Name: h.Peer.Name, Join: h.Peer.Join, Leave: h.Peer.Leave, Say: h.Peer.Say, Act: h.Peer.Act, Tell: h.Peer.Tell,
			Hears: h.Peer.Hears, SetTopic: h.Peer.SetTopic, Kick: h.Peer.Kick, Rename: h.Peer.Rename, Quit: h.Peer.Quit,
			Describe: h.Peer.Describe, SetPicture: h.Peer.SetPicture}
		h.Peer = can
	} else {
		p.aboutMessages(&h.Peer)
	}
	if config.Logins {
		tess := network.AddPerson("Tess")
		network.AddLogin(tess.ID, "tess", "secret", "123456")
		h.Account.Data = loggedIn(t, driver)
		h.Answer = func(_ string, step transports.Step) transports.Options {
			if step.Show != nil {
				network.Approve(step.Show.Code, tess.ID, nil)
			}
			return transports.Options{"name": {"Tess"}, "password": {"secret"}, "code": {"123456"}}
		}
	}
	return h
}

// loggedIn is what a login as Tess comes to.
func loggedIn(t *testing.T, d *loopback.Driver) []byte {
	t.Helper()
	login, _ := begin(t, d, "form")
	return answer(t, login, "name", "tess", "password", "secret").Done.Data
}

func TestTheLawsHold(t *testing.T) {
	for name, config := range map[string]loopback.Config{
		"with everything":         {},
		"with logins and limits":  {Logins: true, MaxText: 200, MaxFile: 1000, Emoji: []string{"👍", "👎", "🎉"}, MaxReactions: 2},
		"with ids of each one's":  {IDs: "own", Durable: true},
		"without lists":           {Without: []string{"contact_lists"}},
		"with as good as nothing": {IDs: "none", Only: []string{"topics", "names", "roles"}, SingleLine: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // some of them wait for answers that nobody gives
			transporttest.Run(t, func(t *testing.T) transporttest.Harness { return harness(t, config) })
		})
	}
}
