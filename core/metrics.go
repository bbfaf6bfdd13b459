package core

import (
	"context"
	"time"

	"isthmus/core/media"
	"isthmus/core/person"
	"isthmus/core/store"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics measures the gateway when somebody asks.
type metrics struct {
	version  string
	store    *store.Store
	services []*service
	files    *media.Media
}

// measureTimeout bounds what waits for others.
const measureTimeout = 2 * time.Second

var (
	versionMetric  = describe("info", "The gateway's version.", "version")
	upMetric       = describe("stream_up", "1 while the stream to the XMPP server is up.", "transport")
	waitingMetric  = describe("stream_waiting_bytes", "What waits to be written to the XMPP server or to be confirmed by it.", "transport")
	stanzasMetric  = describe("stanzas_sent_total", "Stanzas handed to the XMPP server since the start.", "transport")
	accountsMetric = describe("accounts", "Accounts in use.", "transport")
	queueMetric    = describe("store_waiting_bytes", "What waits to be written to the store.")
	cacheMetric    = describe("files_cache_bytes", "The size of the cache for files.")
	cachedMetric   = describe("files_cached", "The files in the cache.")
	runningMetric  = describe("files_transfers", "File transfers under way.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("isthmus_"+name, help, labels, nil)
}

// Describe is for prometheus.Collector.
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{versionMetric, upMetric, waitingMetric, stanzasMetric, accountsMetric, queueMetric, cacheMetric, cachedMetric, runningMetric} {
		to <- d
	}
}

// Collect is for prometheus.Collector.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), measureTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(versionMetric, 1, m.version)
	gauge(queueMetric, float64(m.store.Waiting()))
	for _, s := range m.services {
		domain, state := s.face.jid.Domain, s.component.State()
		up := 0.0
		if state.Up {
			up = 1
		}
		gauge(upMetric, up, domain)
		gauge(waitingMetric, float64(state.Waiting), domain)
		to <- prometheus.MustNewConstMetric(stanzasMetric, prometheus.CounterValue, float64(state.Stanzas), domain)
		gauge(accountsMetric, float64(len(s.hub.Accounts(ctx, func(person.Key) bool { return true }))), domain)
	}
	if m.files != nil {
		bytes, files := m.files.Cache.Size()
		gauge(cacheMetric, float64(bytes))
		gauge(cachedMetric, float64(files))
		gauge(runningMetric, float64(m.files.Transfers()))
	}
}
