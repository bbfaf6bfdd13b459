package slack

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"isthmus/transports"
)

// clientOf is a client of a server in Slack's place.
func clientOf(t *testing.T, answer http.HandlerFunc) *client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	driver, err := New(Config{API: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return driver.client("xoxp-secret", transports.Env{}, nil)
}

func TestNoTokenGoesToAnotherHost(t *testing.T) {
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := clientOf(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) })
		if _, err := c.read(t.Context(), "conversations.info", url.Values{"channel": {"C1"}}, nil); err == nil {
			t.Errorf("a redirection (%d) is an answer", status)
		}
		if _, _, err := c.web().PostMessage("C1"); err == nil {
			t.Errorf("a redirection (%d) is an answer to a message", status)
		}
	}
	if asked {
		t.Error("the other host was asked")
	}
}

func TestAListWhoseCursorStaysEnds(t *testing.T) {
	calls := 0
	c := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		_, _ = w.Write([]byte(`{"ok":true,"response_metadata":{"next_cursor":"again"}}`))
	})
	whole, err := c.pages(t.Context(), "users.list", url.Values{}, 100, func(json.RawMessage) (bool, error) { return true, nil })
	if whole || err != nil || calls != 2 {
		t.Errorf("%d pages were read, whole %t, %v", calls, whole, err)
	}
}
