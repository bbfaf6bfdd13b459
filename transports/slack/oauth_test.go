package slack_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"isthmus/transports"
	"isthmus/transports/slack"
)

// pages serves a driver's pages until the test ends.
func pages(t *testing.T, d *slack.Driver) {
	t.Helper()
	routes := http.NewServeMux()
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	routes.Handle("/transport/slack/", http.StripPrefix("/transport/slack", d.Pages(server.URL+"/transport/slack")))
}

var shownCode = regexp.MustCompile(`monospace">([A-Z0-9]+)<`)

// open opens an address in a browser, and gives the page that it leads to.
func open(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// browse authorises the app, and gives the code that the page shows.
func browse(t *testing.T, address string) string {
	t.Helper()
	body := open(t, address)
	code := shownCode.FindStringSubmatch(body)
	if code == nil {
		t.Fatalf("the page shows no code: %s", body)
	}
	return code[1]
}

// linked begins a login by a link.
func linked(t *testing.T, d *slack.Driver) (transports.Login, string) {
	t.Helper()
	login, err := d.Login("link", "tester", transports.Env{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(login.Close)
	step, err := login.Begin(t.Context())
	if err != nil || step.Show == nil {
		t.Fatalf("the login begins with %+v, %v", step, err)
	}
	return login, step.Show.URL
}

func TestALinkIsGoodOnceAndForWhoKnowsTheCode(t *testing.T) {
	w := newWorkspace(t)
	tess := w.AddUser("Tess")
	w.Browser = tess
	d := start(t, offer(t, w, slack.Config{}))
	login, err := d.Login("link", "tester", transports.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := login.Begin(t.Context()); transports.AsFault(err).Kind != transports.Unsupported {
		t.Errorf("without a listener it begins with %v", err)
	}
	pages(t, d)

	login, address := linked(t, d)
	browse(t, address)
	if body := open(t, address); !strings.Contains(body, "used up") { // Slack would send them back with another grant
		t.Errorf("the link leads a second time to %s", body)
	}
	step, err := login.Wait(t.Context())
	if err != nil || step.Form == nil {
		t.Fatalf("the browser's return gave %+v, %v", step, err)
	}
	for range 2 {
		if step, err = login.Answer(t.Context(), transports.Options{"code": {"GUESSED1"}}); err != nil || step.Form == nil || step.Form.Problem == "" {
			t.Fatalf("a guessed code gave %+v, %v", step, err)
		}
	}
	if _, err = login.Answer(t.Context(), transports.Options{"code": {"GUESSED2"}}); transports.AsFault(err).Kind != transports.Forbidden {
		t.Errorf("a third guess gave %v", err)
	}

	login, address = linked(t, d)
	w.Browser = nil
	if body := open(t, address); !strings.Contains(body, "Nothing was allowed") {
		t.Errorf("a refusal leads to %s", body)
	}
	if _, err := login.Wait(t.Context()); transports.AsFault(err).Kind != transports.Forbidden {
		t.Errorf("a refusal gave %v", err)
	}

	w.Browser = tess
	login, address = linked(t, d)
	login.Close()
	if body := open(t, address); !strings.Contains(body, "used up") {
		t.Errorf("the link of a login that was closed leads to %s", body)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := login.Wait(ended); err == nil {
		t.Error("a wait that was given up gave nothing")
	}
}
