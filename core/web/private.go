package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Private is the operator's listener: /metrics for Prometheus, /debug/pprof/ for Go's profiles, /health for whoever watches the process. Nobody
// else is to reach it.
type Private struct {
	address string
	metrics *prometheus.Registry
	log     *slog.Logger
}

// NewPrivate makes the private listener on "host:port" or "unix:/path".
func NewPrivate(address string, log *slog.Logger) *Private {
	p := &Private{address: address, metrics: prometheus.NewRegistry(), log: log}
	p.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return p
}

// Metrics is where others register what they measure.
func (p *Private) Metrics() prometheus.Registerer { return p.metrics }

// Listen opens the listener.
func (p *Private) Listen() (net.Listener, error) { return listen(p.address) }

// Check tells whether it could listen.
func (p *Private) Check() error {
	l, err := p.Listen()
	if err != nil {
		return err
	}
	return l.Close()
}

// Serve serves on a listener of Listen until ctx ends.
func (p *Private) Serve(ctx context.Context, l net.Listener) error {
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{}))
	routes.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	routes.HandleFunc("GET /debug/pprof/", pprof.Index)
	routes.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	routes.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	routes.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	routes.HandleFunc("GET /debug/pprof/block", func(w http.ResponseWriter, r *http.Request) {
		sampled(w, r, "block", func(on bool) { runtime.SetBlockProfileRate(rate(on, 10_000)) }) // an event for each so many nanoseconds
	})
	routes.HandleFunc("GET /debug/pprof/mutex", func(w http.ResponseWriter, r *http.Request) {
		sampled(w, r, "mutex", func(on bool) { runtime.SetMutexProfileFraction(rate(on, 10)) })
	})
	return serve(ctx, l, routes, p.log)
}

func rate(on bool, sampling int) int {
	if on {
		return sampling
	}
	return 0
}

// sampled gives a profile that costs something while it is taken: of the next seconds that are asked for, 10 where nothing is said.
func sampled(w http.ResponseWriter, r *http.Request, profile string, sample func(on bool)) {
	query := r.URL.Query()
	if query.Get("seconds") == "" {
		query.Set("seconds", "10")
		r.URL.RawQuery = query.Encode()
	}
	sample(true)
	defer sample(false)
	pprof.Handler(profile).ServeHTTP(w, r)
}
