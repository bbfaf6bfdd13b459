package slack_test

import (
	"strings"
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/slack"
)

func TestAWrongOptionIsNamed(t *testing.T) {
	for want, c := range map[string]slack.Config{
		"api: ":             {API: "slack.com"},
		"socket: ":          {Socket: "https://slack.example"},
		"presence_every: ":  {PresenceEvery: time.Millisecond},
		"token_every: ":     {TokenEvery: time.Millisecond},
		"belong together":   {ClientID: "1.2", ClientSecret: "hush"},
		"begins with xapp-": {ClientID: "1.2", ClientSecret: "hush", AppToken: "xoxb-1"},
	} {
		if _, err := slack.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gave %v, want %q", c, err, want)
		}
	}
	d, err := slack.New(slack.Config{API: "https://slack.example/api"})
	if err != nil {
		t.Fatal(err)
	}
	for key, good := range map[string]bool{"T0ACME": true, "e0org": true, "acme": false, "": false, "t0/x": false} {
		if _, err := d.Scope(key); (err == nil) != good {
			t.Errorf("the workspace %q gave %v", key, err)
		}
	}
	session, err := d.Open(transports.Account{Scope: "t0acme", Data: []byte("{}")}, transports.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Run(t.Context(), func(transports.Event) {}); transports.AsFault(err).Kind != transports.BadCredentials {
		t.Errorf("an account without tokens gave %v", err)
	}
}
