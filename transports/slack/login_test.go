package slack_test

import (
	"strings"
	"testing"

	"isthmus/transports"
	"isthmus/transports/slack"
)

func TestEachRefusalOfATokenSaysWhatToChange(t *testing.T) {
	w := newWorkspace(t)
	tess := w.AddUser("Tess")
	good, app := w.Token(tess, scopes), w.AppToken()
	poor, dead := w.Token(tess, "chat:write"), w.Token(tess, scopes)
	w.Revoke(dead, "account_inactive")
	off := w.AppToken()
	w.Revoke(off, "link_disabled")
	d := start(t, slack.Config{API: w.API()})
	bot := w.AddUser("Bot")
	bot.Bot = true
	for _, c := range []struct{ token, app, says string }{
		{w.Token(bot, scopes), app, "choose to log in as a bot"},
		{"", "", "Both tokens are missing"},
		{good, "", "App-Level Token is missing"},
		{"", app, "User OAuth Token is missing"},
		{app, good, "each other's places"},
		{"hunter2", app, "begins with xoxp-"},
		{"xoxe.xoxp-1", app, "token rotation"},
		{"xoxc-1", app, "token of a browser"},
		{good, "xoxp-2", "begins with xapp-"},
		{"xoxp-unknown", app, "does not accept the User OAuth Token"},
		{dead, app, "account inactive"},
		{poor, app, "lacks permissions: channels:history"},
		{good, "xapp-unknown", "does not accept the App-Level Token"},
		{good, off, "Socket Mode is turned off"},
	} {
		login, err := d.Login("tokens", "tester", transports.Env{})
		if err != nil {
			t.Fatal(err)
		}
		step, err := login.Answer(t.Context(), transports.Options{"token": {c.token}, "app_token": {c.app}})
		if err != nil || step.Form == nil || !strings.Contains(step.Form.Problem, c.says) {
			t.Errorf("%q, %q: %+v, %v; want %q", c.token, c.app, step.Form, err, c.says)
			continue
		}
		if strings.Contains(step.Form.Problem, good) || !strings.Contains(step.Form.Text, "socket_mode_enabled: true") {
			t.Errorf("the form says %+v", step.Form)
		}
	}
}
