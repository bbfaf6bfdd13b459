// Package path measures the whole way of a message through the gateway, in one process with real sockets and nothing left out:
// policy, ids, journal, archive on disk.
package path

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"testing"

	"isthmus/core"
	"isthmus/core/component"
	policies "isthmus/core/person"
	"isthmus/core/seal"
	"isthmus/core/store"
	"isthmus/transports/irc"
)

const (
	room   = "#a%irc.example@gw.example"
	person = "alice@example/desk"
	join   = "<presence from='%s' to='%s/alice'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
)

// gateway runs Isthmus between the stubs and has one person join the room, where bob is and a crowd.
func gateway(b *testing.B, crowd int) (*xmppStub, net.Conn, *ircStub, net.Conn) {
	b.Helper()
	xmpp, network := newXMPPStub(b), newIRCStub(b, crowd)
	kept, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "isthmus.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	keys, err := seal.Open(filepath.Join(b.TempDir(), "key"))
	if err != nil {
		b.Fatal(err)
	}
	driver, err := irc.New(irc.Config{Networks: []irc.Network{{Host: "irc.example", Address: network.address, Plain: true, Burst: 1 << 30, Rate: 1 << 30}}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- core.Run(ctx, core.Config{Store: kept, Keys: keys, Log: slog.New(slog.DiscardHandler), Transports: []core.Transport{{
			Driver: driver, Policy: policies.Policy{People: policies.List{"example"}}, PrivateNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			Component: component.Config{Domain: "gw.example", Secret: "s", Server: "tcp://" + xmpp.address},
		}}})
	}()
	b.Cleanup(func() {
		go func() {
			for range xmpp.seen { // the stub goes on reading to the end
			}
		}()
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		if err := kept.Close(); err != nil {
			b.Error(err)
		}
	})
	server := <-xmpp.conn
	fmt.Fprintf(server, join, person, room)
	xmpp.await("<subject")
	return xmpp, server, network, <-network.conn
}

func BenchmarkFromIRCToXMPP(b *testing.B) {
	xmpp, _, _, ircServer := gateway(b, 0)
	b.ReportAllocs()
	b.ResetTimer()
	go func() {
		const line = ":bob!u@h PRIVMSG #a :hello, this is a typical line of a talk\r\n"
		batch := make([]byte, 0, 100*len(line))
		for sent := 0; sent < b.N; {
			batch = batch[:0]
			for ; sent < b.N && len(batch) < 99*len(line); sent++ {
				batch = append(batch, line...)
			}
			if _, err := ircServer.Write(batch); err != nil {
				return
			}
		}
	}()
	for range b.N {
		xmpp.await("<message ", "type='groupchat'")
	}
}

func BenchmarkFromXMPPToIRCWithReflection(b *testing.B) {
	xmpp, server, network, _ := gateway(b, 0)
	const window = 400 // messages under way: what a mailbox takes
	credit := make(chan struct{}, window)
	for range window {
		credit <- struct{}{}
	}
	b.ReportAllocs()
	b.ResetTimer()
	go func() {
		for i := range b.N {
			<-credit
			fmt.Fprintf(server, "<message type='groupchat' id='m%d' from='%s' to='%s'><body>hello, this is a typical line of a talk</body></message>", i, person, room)
		}
	}()
	go func() {
		for range network.heard {
		}
	}()
	for range b.N {
		xmpp.await("<message ", "type='groupchat'")
		credit <- struct{}{}
	}
}

// BenchmarkJoiningARoomOf5000 is from the person's presence to the room's subject: once with the connection to the network, and once for a second
// client of a person who is in the room.
func BenchmarkJoiningARoomOf5000(b *testing.B) {
	b.Run("network", func(b *testing.B) {
		xmpp, server, _, _ := gateway(b, 5000)
		for b.Loop() {
			b.StopTimer()
			fmt.Fprintf(server, "<presence type='unavailable' from='%s' to='%s/alice'/>", person, room)
			xmpp.await("<presence ", "type='unavailable'", "/alice'")
			b.StartTimer()
			fmt.Fprintf(server, join, person, room)
			xmpp.await("<subject")
		}
	})
	b.Run("second client", func(b *testing.B) {
		xmpp, server, _, _ := gateway(b, 5000)
		for b.Loop() { // a client that joins again gets all of it again
			fmt.Fprintf(server, join, "alice@example/phone", room)
			xmpp.await("<subject")
		}
	})
}
