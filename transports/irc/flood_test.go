package irc

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/transports"
)

func TestAFloodNeverGetsUsDisconnected(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.block = make(chan struct{}) // the archive writes
		const many = 10_000
		words := strings.Repeat("x", 400)
		for i := range many {
			if _, err := fmt.Fprintf(s.server, ":bob!b@h PRIVMSG alice :%d %s\r\n", i, words); err != nil {
				t.Fatalf("after %d lines the driver takes no more: %v", i, err)
			}
		}
		s.says("PING :are you there") // the core is still busy
		s.expect("PONG :are you there")
		time.Sleep(10 * time.Minute) // however long
		s.says("PING :still")
		s.expect("PONG :still")
		close(s.block)
		synctest.Wait()
		events := s.told()
		if len(events) != many {
			t.Fatalf("%d of %d lines were told", len(events), many)
		}
		for i, e := range events {
			if m := e.(transports.Message); !strings.HasPrefix(m.Text.String(), fmt.Sprint(i, " ")) {
				t.Fatalf("line %d is %.20q", i, m.Text.String())
			}
		}
	})
}

func TestAPingIsAnsweredHoweverItIsWritten(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		for _, before := range []string{"PING", "  ping", ":irc.srv PING", "@time=2020-01-02T03:04:05Z PING", "@a=b;c  :irc.srv  PiNg"} {
			s.says(before + " :are you there")
			s.expect("PONG :are you there")
		}
		s.says("PINGS :are you there", ":PING!a@b PRIVMSG alice :PING")
		s.expect()
	})
}

func TestWhatWaitsIsBounded(t *testing.T) {
	b := new(inbox)
	b.open(func() {}) // who begins, and takes when the test says so
	long := bytes.Repeat([]byte("x"), 1<<20)
	for len(b.lines) < maxInbox {
		b.put(long)
	}
	all := len(b.lines)
	full := make(chan bool)
	go func() { full <- b.put([]byte("more")) }()
	select {
	case <-full:
		t.Fatal("there is room over the bound")
	case <-time.After(10 * time.Millisecond):
	}
	_, lines, open, _ := b.take(nil)
	if len(lines) != all || !open {
		t.Fatalf("took %d of %d bytes", len(lines), all)
	}
	if !<-full {
		t.Error("the line was lost")
	}
	b.close()
	if _, left, open, _ := b.take(lines[:10]); len(left) != 10 || !open {
		t.Errorf("of 10 bytes that were left there are %d, open %v", len(left), open)
	}
	if _, last, open, _ := b.take(nil); string(last) != "more\n" || !open {
		t.Errorf("the last line is %q, open %v", last, open)
	}
	if _, last, open, more := b.take(nil); len(last) > 0 || open || !more {
		t.Errorf("at the end there is %q, open %v, more %v", last, open, more)
	}
	b.lines = long
	b.stop()
	if b.put(long) {
		t.Error("a line was taken after the end")
	}
}

func TestOurOwnGhostIsWaitedFor(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.server.Close()
		s.fault(transports.Offline)
		s.run()
		s.hears()
		s.says(":irc.srv 433 * alice :Nickname is already in use.")
		if fault := s.fault(transports.Offline, "still in use"); fault.Wait != ghostWait {
			t.Errorf("to wait %v", fault.Wait)
		}
		time.Sleep(ghostWithin) // whose it is now, we do not know
		s.run()
		s.hears()
		s.says(":irc.srv 433 * alice :Nickname is already in use.")
		s.fault(transports.Conflict)
	})
}

func TestThousandsComeBackToAServerAtThePaceThatTheOperatorSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		driver, err := New(Config{ConnectRate: 10, Networks: []Network{{Host: host, Plain: true}}})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var came []time.Time
		env := transports.Env{Log: quiet, Dial: func(context.Context, string, string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			came = append(came, time.Now())
			return nil, syscall.ECONNREFUSED
		}}
		const people = 3000
		var running sync.WaitGroup
		for i := range people { // whose connections broke in the same moment
			session, err := driver.Open(transports.Account{Scope: host, Person: fmt.Sprint("p", i), Name: fmt.Sprint("p", i)}, env)
			if err != nil {
				t.Fatal(err)
			}
			running.Go(func() { session.Run(t.Context(), func(transports.Event) {}) })
		}
		running.Wait()
		if len(came) != people {
			t.Fatalf("%d of %d came", len(came), people)
		}
		for i := range came[:people-31] {
			if within := came[i+31].Sub(came[i]); within < time.Second { // a burst of two seconds' worth, and a second's
				t.Fatalf("32 connections within %v", within)
			}
		}
		if took := came[people-1].Sub(came[0]); took > people/10*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestConnectionsOfManyPeopleAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		driver, err := New(Config{ConnectRate: 5})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for range 35 {
			if err := driver.turns.wait(t.Context(), endpoint{address: "irc.example.org:6697"}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began).Round(time.Second); took != 5*time.Second {
			t.Errorf("35 connections took %v", took)
		}
		driver.turns.wait(t.Context(), endpoint{address: "irc.example.net:6697"})
		if took := time.Since(began).Round(time.Second); took != 5*time.Second {
			t.Errorf("another host waits too: %v", took)
		}
		for i := range 10 * pruneTurns {
			driver.turns.wait(t.Context(), endpoint{address: fmt.Sprintf("host%d:6697", i)})
			time.Sleep(time.Second)
		}
		if known := len(driver.turns.hosts); known > pruneTurns {
			t.Errorf("%d hosts are remembered", known)
		}
	})
}
