package irc

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

// stsServer is a server with two doors: a plain one, which names the port of the other.
func stsServer(t *testing.T, shown *signed, duration int) (plain string, served chan string) {
	t.Helper()
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	}
	open, secured := listen(), listen()
	_, port, _ := net.SplitHostPort(secured.Addr().String())
	served = make(chan string, 20)
	serve := func(l net.Listener, name string, capability string, wrap func(net.Conn) net.Conn) {
		for {
			socket, err := l.Accept()
			if err != nil {
				return
			}
			served <- name
			socket = wrap(socket)
			in := bufio.NewScanner(socket)
			for in.Scan() {
				if strings.HasPrefix(in.Text(), "CAP LS") {
					fmt.Fprintf(socket, ":s CAP * LS :sts=%s\r\n", capability)
				}
				if strings.HasPrefix(in.Text(), "CAP END") {
					fmt.Fprint(socket, ":s 433 * alice :in use\r\n") // the way here is what is tested
				}
			}
			socket.Close()
		}
	}
	go serve(open, "plain", "port="+port, func(c net.Conn) net.Conn { return c })
	go serve(secured, "secured", fmt.Sprintf("duration=%d", duration), func(c net.Conn) net.Conn {
		return tls.Server(c, &tls.Config{Certificates: []tls.Certificate{shown.Certificate}})
	})
	return open.Addr().String(), served
}

func TestAServerThatWantsTLSGetsIt(t *testing.T) {
	for _, c := range []struct {
		duration int
		want     string
	}{{3600, "plain secured secured"}, {0, "plain secured plain secured"}} {
		good := certificate(t, host, -time.Hour, time.Hour, nil)
		address, served := stsServer(t, good, c.duration)
		driver, err := New(Config{Networks: []Network{{Host: host, Address: address, Plain: true}}})
		if err != nil {
			t.Fatal(err)
		}
		driver.roots = x509.NewCertPool()
		driver.roots.AddCert(good.Leaf)
		for range 2 { // two people, one after the other
			session, err := driver.Open(transports.Account{Scope: host, Name: "alice"}, transports.Env{Log: quiet, Dial: new(net.Dialer).DialContext})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			wantFault(t, session.Run(ctx, func(transports.Event) {}), transports.Conflict)
			cancel()
		}
		var got []string
		for range strings.Fields(c.want) {
			select {
			case name := <-served:
				got = append(got, name)
			case <-time.After(time.Minute):
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("with a duration of %d the doors were %v, want %s", c.duration, got, c.want)
		}
	}
}

func TestWhatAServerSaysOfTLS(t *testing.T) {
	for value, want := range map[string]demand{
		"port=6697": {port: 6697}, "duration=60,port=6697,preload": {port: 6697, duration: time.Minute, lasting: true}, "duration=0": {lasting: true},
		"": {}, "port=0,duration=x": {}, "port=99999": {}, "duration=9999999999": {}, "duration=2000000000": {duration: policyAtMost, lasting: true},
	} {
		if got := readDemand(value); got != want {
			t.Errorf("%q is read as %+v, want %+v", value, got, want)
		}
	}
}

func TestAPolicyLeavesNobodyAChoice(t *testing.T) {
	now := time.Now()
	s := secured{hosts: map[string]policy{}}
	all := []endpoint{{address: "a.example:6667", plain: true}, {address: "b.example:6697"}}
	s.upgrade(all[0], 7000, now)
	if got := fmt.Sprint(s.apply(all, now)); got != "[{a.example:7000 false true} {b.example:6697 false false}]" {
		t.Errorf("the ways are %s", got)
	}
	if got := fmt.Sprint(s.apply(all, now.Add(upgradeHolds))); got != "[{a.example:6667 true false} {b.example:6697 false false}]" {
		t.Errorf("later the ways are %s", got)
	}
}
