package core

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isthmus/core/component"
	"isthmus/core/media"
	"isthmus/core/person"
	"isthmus/core/web"
)

// ask fetches an address over a unix socket.
func ask(t *testing.T, socket, path string) (int, string) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	response, err := c.Get("http://gateway" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// paged is a network whose driver has a page of its own.
type paged struct{ network }

func (paged) Pages(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, address+" has "+r.URL.Path) })
}

func TestTheGatewayTellsTheOperatorHowItIsDoing(t *testing.T) {
	s, dir := newServer(t), t.TempDir()
	private, public := filepath.Join(dir, "p"), filepath.Join(dir, "w")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{
			Store: openStore(t), Log: slog.New(slog.DiscardHandler), Version: "1.2.3", Private: "unix:" + private,
			Web:   &web.Config{Listen: "unix:" + public, URL: "https://x.example"},
			Files: Files{Cache: filepath.Join(dir, "files"), CacheBytes: 1000, MaxFile: 1000, ByWeb: true},
			Transports: []Transport{{Driver: paged{}, Policy: person.Policy{People: []string{"example.org"}},
				Component: component.Config{Domain: "gw.example", Secret: "s3cret", Server: "tcp://" + s.listener.Addr().String()}}},
		})
	}()
	s.accepts()
	status, metrics := ask(t, private, "/metrics")
	for deadline := time.Now().Add(patience); !strings.Contains(metrics, `stream_up{transport="gw.example"} 1`) && time.Now().Before(deadline); {
		status, metrics = ask(t, private, "/metrics") // until the stream is up at our end, too
	}
	if status, page := ask(t, public, "/transport/gw.example/back?code=1"); status != http.StatusOK || page != "https://x.example/transport/gw.example has /back" {
		t.Errorf("the driver's page is %d: %s", status, page)
	}
	for _, want := range []string{`isthmus_info{version="1.2.3"} 1`, `isthmus_stream_up{transport="gw.example"} 1`, `isthmus_accounts{transport="gw.example"} 0`,
		"isthmus_files_cache_bytes 0", "isthmus_store_waiting_bytes", "go_goroutines"} {
		if status != http.StatusOK || !strings.Contains(metrics, want) {
			t.Errorf("%d: %q is missing in\n%s", status, want, metrics)
		}
	}
	if status, body := ask(t, public, media.Path+"1.2.3/a.txt"); status != http.StatusNotFound || !strings.Contains(body, "no such file") {
		t.Error(status, body)
	}
	if status, _ := ask(t, public, "/metrics"); status != http.StatusNotFound {
		t.Error("metrics are public")
	}
	cancel()
	s.answersBarriers()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAListenerThatCannotBeOpenedEndsTheStart(t *testing.T) {
	err := Run(t.Context(), Config{Store: openStore(t), Log: slog.New(slog.DiscardHandler), Private: "unix:/nowhere/at/all"})
	if err == nil || !strings.Contains(err.Error(), "/nowhere/at/all") {
		t.Error(err)
	}
}
