//go:build unix

package component

import (
	"bytes"
	"context"
	"encoding/xml"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"isthmus/core/stanza"
)

// endless gives the same text again and again.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}

// BenchmarkRead is the way in: framer alone, framer and parser, and encoding/xml for comparison.
func BenchmarkRead(b *testing.B) {
	ballast := make([]byte, 64<<20) // what else a gateway holds, without which the collector would run all the time
	defer runtime.KeepAlive(ballast)
	source := func() *endless { return &endless{text: strings.Repeat(groupchat, 64)} }
	b.Run("framer", func(b *testing.B) {
		fr := newFramer(source(), testLimits)
		b.ReportAllocs()
		defer reportCPU(b)()
		b.SetBytes(int64(len(groupchat)))
		for b.Loop() {
			if _, err := fr.next(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stanza", func(b *testing.B) {
		fr, p := newFramer(source(), testLimits), newParser(testLimits)
		b.ReportAllocs()
		defer reportCPU(b)()
		b.SetBytes(int64(len(groupchat)))
		for b.Loop() {
			f, err := fr.next()
			if err != nil {
				b.Fatal(err)
			}
			r, err := p.parse(f)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.stanza(r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("baseline-encoding-xml", func(b *testing.B) {
		d := xml.NewDecoder(source())
		b.ReportAllocs()
		defer reportCPU(b)()
		b.SetBytes(int64(len(groupchat)))
		for b.Loop() {
			if _, err := stanza.FromTokens(d); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// sink is a connection over loopback whose other end throws away what it reads, but tells of barriers.
func sink(b *testing.B, barrier func(id string)) net.Conn {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	other, err := listener.Accept()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		conn.Close()
		other.Close()
	})
	go func() {
		buf := make([]byte, 1<<20)
		tail := 0
		for {
			n, err := other.Read(buf[tail:])
			if err != nil {
				return
			}
			seen, mark := buf[:tail+n], []byte("<iq type='get' id='")
			at := bytes.Index(seen, mark) // at most one is under way
			if at < 0 {
				tail = copy(buf, seen[max(0, len(seen)-len(mark)):])
				continue
			}
			id, _, whole := bytes.Cut(seen[at+len(mark):], []byte("'"))
			if whole {
				barrier(string(id))
				at = max(at+len(mark), len(seen)-len(mark))
			}
			tail = copy(buf, seen[at:])
		}
	}()
	return conn
}

// BenchmarkWrite is the way out: Show by one and by eight goroutines, and one write per stanza for comparison.
func BenchmarkWrite(b *testing.B) {
	ballast := make([]byte, 64<<20)
	defer runtime.KeepAlive(ballast)
	p := newParser(testLimits)
	r, err := p.parse(frame{data: []byte(strings.Replace(groupchat, "irc.example.org/juliet", "gw.localhost/juliet", 1))})
	if err != nil {
		b.Fatal(err)
	}
	out, err := p.stanza(r)
	if err != nil {
		b.Fatal(err)
	}
	size := int64(len(out.Append(nil)))
	for _, producers := range []int{1, 8} {
		name := map[int]string{1: "one", 8: "eight"}[producers]
		b.Run(name, func(b *testing.B) {
			c := New(Config{Domain: "gw.localhost", Secret: "s", Server: "unix:x", Log: slog.New(slog.DiscardHandler)}, nil, nil)
			conn := sink(b, c.out.answered)
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			c.out.connect()
			go c.out.write(ctx, conn)
			b.ReportAllocs()
			defer reportCPU(b)()
			b.SetBytes(size)
			b.ResetTimer()
			share(b.N, producers, func() { c.Show(out) })
			if err := c.Flush(ctx); err != nil {
				b.Fatal(err)
			}
		})
		b.Run("baseline-write-each-"+name, func(b *testing.B) {
			conn := sink(b, func(string) {})
			var mu sync.Mutex
			var buf []byte
			b.ReportAllocs()
			defer reportCPU(b)()
			b.SetBytes(size)
			b.ResetTimer()
			share(b.N, producers, func() {
				mu.Lock()
				defer mu.Unlock()
				buf = out.Append(buf[:0])
				if _, err := conn.Write(buf); err != nil {
					b.Error(err)
				}
			})
		})
	}
}

// share has so many goroutines do the work together.
func share(total, goroutines int, work func()) {
	var done sync.WaitGroup
	var taken atomic.Int64
	for range goroutines {
		done.Go(func() {
			for taken.Add(1) <= int64(total) {
				work()
			}
		})
	}
	done.Wait()
}

// reportCPU measures the processor time of the whole process, which other work on the machine disturbs less than the clock.
func reportCPU(b *testing.B) (done func()) {
	used := func() int64 {
		var r syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
			b.Fatal(err)
		}
		return r.Utime.Nano() + r.Stime.Nano()
	}
	start := used()
	return func() { b.ReportMetric(float64(used()-start)/float64(b.N), "cpu-ns/op") }
}
