package relay

import (
	"context"
	"errors"
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestAPuppetHasThePictureOfItsUser(t *testing.T) {
	story(t, func(c *Config) {
		c.Rooms[0].Picture = func(_ context.Context, u transports.User) (string, *stanza.Element, error) {
			if u.Picture == "broken" {
				return "", xep.Card{FullName: u.Name}.Temp(), errors.New("no picture")
			}
			time.Sleep(time.Second)
			return "hash-of-" + u.Picture, xep.Card{FullName: u.Name + " with " + u.Picture}.Temp(), nil
		}
	}, func(w *world) {
		say := func(user, id, picture string) {
			w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: transports.MessageID(id), Text: text.Plain("hello"),
				From: transports.User{ID: transports.UserID(user), Name: user, Picture: picture}}
		}
		say("ida", "m1", "v1")
		w.hears("ida [one] enters", "ida [one]: hello")
		time.Sleep(2 * time.Second)
		w.hears("ida [one] shows hash-of-v1")
		say("ida", "m2", "v2")
		time.Sleep(2 * time.Second)
		w.hears("ida [one]: hello", "ida [one] shows hash-of-v2")
		say("eve", "m3", "broken")
		time.Sleep(2 * time.Second)
		w.hears("eve [one] enters", "eve [one]: hello")
		for _, to := range []string{"ida@one.example/relay", "ida@one.example", "eve@one.example"} { // servers ask the bare JID
			ask := xep.VCardRequest(jid(t, "team@muc.example/alice"), jid(t, to))
			ask.ID, ask.To = "v", jid(t, to)
			w.muc.handle(ask)
			time.Sleep(2 * time.Second)
		}
		w.hears("alice is told by ida@one.example/relay: ida with v2", "alice is told by ida@one.example: ida with v2", "alice is told by eve@one.example: eve")
		w.one.events <- left("ida")
		w.settle()
		w.muc.taken()
		say("ida", "m4", "v2")
		w.hears("ida [one] enters", "ida [one]: hello") // with it
	})
}

func TestPeopleOfTheMUCAndOfOtherNetworksAreShownWithTheirPictures(t *testing.T) {
	story(t, func(c *Config) {
		c.Face = func(who Speaker, at stanza.JID, photo string) string { return "https://" + at.Resource + "/" + photo }
		c.Rooms[0].Face = func(u transports.User) string { return "https://one/" + string(u.ID) }
	}, func(w *world) {
		w.muc.says("alice", "a1", body("hello"))
		w.got(w.two, "alice: hello looking like https://alice/")
		w.muc.mu.Lock()
		w.muc.handle((&stanza.Stanza{Kind: stanza.Presence, From: w.muc.relay.MUC.WithResource("alice"), To: w.muc.relay.JID}).Add(
			xep.PictureUpdate("abc"), (xep.OccupantItem{Role: "participant"}).Element()))
		w.muc.mu.Unlock()
		w.muc.says("alice", "a2", body("see me"))
		w.got(w.two, "alice: see me looking like https://alice/abc")
		w.muc.mu.Lock()
		w.muc.handle((&stanza.Stanza{Kind: stanza.Presence, From: w.muc.relay.MUC.WithResource("alice"), To: w.muc.relay.JID}).Add(
			xep.PictureUpdate(""), (xep.OccupantItem{Role: "participant"}).Element()))
		w.muc.mu.Unlock()
		w.muc.says("alice", "a3", body("see me no more"))
		w.got(w.two, "alice: see me no more")
		w.one.say("ida", "m1", "hi")
		w.settle()
		w.got(w.two, "ida: hi looking like https://one/ida")
	})
}
