package main

import (
	"context"
	"testing"
	"time"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
)

func TestIdaGreetsAnswersGoesAndComesBack(t *testing.T) {
	server := servers.ForTest(t).InspIRCd(servers.Options{})
	ctx, dismiss := context.WithCancel(t.Context())
	ready, gone := make(chan error), make(chan error, 1)
	go func() { gone <- runIda(ctx, server.Plain, 100*time.Millisecond, ready) }()
	if err := <-ready; err != nil {
		t.Fatal(err)
	}

	guest := ircclient.Dial(t, server.Plain, "guest")
	guest.Join(t, channel)
	guest.Expect(t, `^:ida!\S+ PRIVMSG #lobby :Welcome, guest!`)
	guest.Say(t, channel, "nice weather")
	guest.ExpectNone(t, "PRIVMSG")
	guest.Say(t, channel, "Hello Ida, how are you?")
	guest.Expect(t, `^:ida!\S+ PRIVMSG #lobby :guest: .*You said: Hello Ida, how are you\?$`)
	guest.Say(t, "ida", "psst")
	guest.Expect(t, `^:ida!\S+ PRIVMSG guest :.*psst$`)

	guest.Say(t, channel, "ida: bye!")
	guest.Expect(t, `^:ida!\S+ PRIVMSG #lobby :Bye!`)
	guest.Expect(t, `^:ida!\S+ PART #lobby`)
	guest.Expect(t, `^:ida!\S+ JOIN :?#lobby`)
	guest.Expect(t, `^:ida!\S+ PRIVMSG #lobby :Here I am again`)

	dismiss()
	guest.Expect(t, `^:ida!\S+ QUIT`)
	if err := <-gone; err == nil {
		t.Error("ida went without saying why")
	}
}

func TestIdaKnowsHerName(t *testing.T) {
	for said, want := range map[string]struct {
		rest  string
		named bool
	}{
		"ida: bye":      {"bye", true},
		"@Ida bye":      {"bye", true},
		"hello ida!":    {"hello ida!", true},
		"idaho is nice": {"idaho is nice", false},
		"a holiday":     {"a holiday", false},
		"bye":           {"bye", false},
		"":              {"", false},
	} {
		if rest, named := withoutName(said); rest != want.rest || named != want.named {
			t.Errorf("%q: got %q, %v", said, rest, named)
		}
	}
}
