package store

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func eachBenchmark(b *testing.B, run func(b *testing.B, url string)) {
	b.Run("sqlite", func(b *testing.B) { run(b, sqliteURL(b)) })
	b.Run("postgres", func(b *testing.B) { run(b, postgresURL(b)) })
}

// benchRow is the n-th row of a place in which somebody says something every ten seconds.
func benchRow(n int) Row {
	at := int64(1_767_225_600_000 + 10_000*n)
	return Row{Seq: Arrival(at), Transport: "slack.example.org", Scope: "t0abc123", Place: "c0123456789", ID: fmt.Sprintf("1767225600.%06d", n),
		Author: "u0123456789", Nick: "somebody", Stanza: fmt.Sprintf("stanza-%d", n), At: at, Content: make([]byte, 200)}
}

// 64 producers, each of which waits for the commit of one row before it hands over the next.
func BenchmarkGroupCommit(b *testing.B) {
	eachBenchmark(b, func(b *testing.B, url string) {
		s := opened(b, url)
		var group sync.WaitGroup
		b.ResetTimer()
		for producer := range 64 {
			group.Go(func() {
				for n := producer; n < b.N; n += 64 {
					if err := s.write(b.Context(), Append{benchRow(n)}); err != nil {
						b.Error(err)
					}
				}
			})
		}
		group.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// Producers that do not wait fill whole batches.
func BenchmarkStream(b *testing.B) {
	eachBenchmark(b, func(b *testing.B, url string) {
		s := opened(b, url)
		b.ResetTimer()
		for n := range b.N {
			s.Write(nil, Append{benchRow(n)})
		}
		if err := s.write(b.Context()); err != nil { // an empty unit ends after all before it
			b.Error(err)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// Commands that end a while after they began.
func BenchmarkJournal(b *testing.B) {
	eachBenchmark(b, func(b *testing.B, url string) {
		s := opened(b, url)
		const underWay = 400
		var ids [underWay]int64
		b.ResetTimer()
		for n := range b.N {
			id := &ids[n%underWay]
			if *id != 0 {
				s.Write(nil, End{*id})
			}
			*id = NextID()
			s.Write(nil, Begin{Command{ID: *id, Account: 1, Transport: "irc.example.org", From: "somebody@example.org/desk",
				To: "#room%irc.example.net@irc.example.org", Stanza: "an id", Data: make([]byte, 60)}})
		}
		if err := s.write(b.Context()); err != nil {
			b.Error(err)
		}
	})
}

func BenchmarkPage(b *testing.B) {
	const many = 100_000
	eachBenchmark(b, func(b *testing.B, url string) {
		s := opened(b, url)
		middle := ""
		for n := range many {
			r := benchRow(n)
			if n == many/2 {
				middle = r.ID
			}
			s.Write(nil, Append{r})
		}
		commit(b, s, OpenSpan{"alice", "slack.example.org", "t0abc123", "c0123456789", 1})
		if strings.HasPrefix(url, "postgres") { // which it does by itself within a minute
			execute(b, url, "ANALYZE")
		}
		q := Query{Transport: "slack.example.org", Scope: "t0abc123", Place: "c0123456789", Person: "alice", Max: 50}
		first, last, after, recent := q, q, q, q
		last.Last = true
		after.After = middle
		recent.Since = benchRow(many - 500).At
		for name, q := range map[string]Query{"first": first, "last": last, "middle": after, "recent": recent} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if page, err := s.Page(b.Context(), q); err != nil || len(page.Rows) != 50 {
						b.Fatal(len(page.Rows), err)
					}
				}
			})
		}
	})
}
