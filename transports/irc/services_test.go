package irc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/servers"
	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/irc"
)

// ownCertificate makes a certificate with its key, as PEM in one line, as forms have it.
func ownCertificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "juliet"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	return strings.ReplaceAll(text, "\n", " ")
}

func TestTheServicesOfARealNetwork(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a real server takes seconds")
	}
	start := servers.ForTest(t)
	server := start.InspIRCd(servers.Options{})
	start.Anope(server)
	secured := irc.Network{Host: "localhost", Address: server.TLS, Fingerprint: server.Fingerprint, Burst: 100, Rate: 100}

	certificate := ownCertificate(t)
	p := dialPeer(t, server, "Juliet")
	said := func(words string) func([]string) bool {
		return func(line []string) bool {
			return line[1] == "NOTICE" && strings.Contains(strings.Join(line, " "), words)
		}
	}
	p.register()
	p.write("PRIVMSG NickServ :REGISTER wherefore juliet@example.org")
	p.await(said("registered"))
	p.write("NICK romeo", "PRIVMSG NickServ :LOGOUT")
	p.await(said("logged out"))

	t.Run("a password", func(t *testing.T) {
		g := newGuestWith(t, secured, transports.Options{"sasl_password": {"wherefore"}})
		if online := event(g, anything[transports.Online]); online.Self.Identity != "account:juliet" {
			t.Errorf("online as %+v", online.Self)
		}
		g.must(transports.Join{Room: "#balcony"})
		p.does("JOIN #balcony", "PRIVMSG NickServ :IDENTIFY Juliet wherefore")
		event(g, func(e transports.UserRenamed) bool {
			return e.Was == "romeo" && e.User.ID == "romeo" && e.User.Identity == "account:juliet"
		})
		p.does("PRIVMSG #balcony :it is the east")
		if m := event(g, anything[transports.Message]); m.From.Identity != "account:juliet" || m.At.IsZero() {
			t.Errorf("heard %+v", m)
		}
		p.does("PRIVMSG NickServ :LOGOUT")
		event(g, func(e transports.UserRenamed) bool {
			return e.Was == "romeo" && strings.HasPrefix(e.User.Identity, "mask:romeo!")
		})
		// A message is confirmed by its echo, which is not shown.
		g.must(transports.Send{Place: transports.InRoom("#balcony"), Text: text.Plain("O Romeo")})
		p.await(func(line []string) bool {
			return line[1] == "PRIVMSG" && strings.HasSuffix(strings.Join(line, " "), "O Romeo")
		})
		if err := g.do(transports.Send{Place: transports.TalkWith("nobody"), Text: text.Plain("x")}); err == nil || transports.AsFault(err).Kind != transports.NotFound {
			t.Errorf("a message to nobody gave %v", err)
		}
		g.must(transports.SetTopic{Room: "#balcony", Text: "end"})
		for topic := false; !topic; {
			switch e := (<-g.events).(type) {
			case transports.Message:
				if e.Own {
					t.Errorf("an echo was shown: %+v", e)
				}
			case transports.TopicChanged:
				topic = true
			}
		}
	})
	t.Run("a wrong password", func(t *testing.T) {
		g := newGuestWith(t, secured, transports.Options{"sasl_account": {"Juliet"}, "nick": {"other"}, "sasl_password": {"wrong"}})
		if err := <-g.ended; err == nil || transports.AsFault(err).Kind != transports.BadCredentials {
			t.Errorf("it gave %v", err)
		}
	})
	t.Run("a certificate", func(t *testing.T) {
		first := newGuestWith(t, secured, transports.Options{"nick": {"first"}, "sasl_account": {"Juliet"}, "sasl_password": {"wherefore"}, "client_certificate": {certificate}})
		if online := event(first, anything[transports.Online]); online.Self.Identity != "account:juliet" {
			t.Errorf("with a certificate that is not known and a password, online as %+v", online.Self)
		}
		first.must(transports.Instruct{Line: "PRIVMSG NickServ :CERT ADD"})
		event(first, func(m transports.Message) bool { return strings.Contains(m.Text.String(), "certificate list") })
		g := newGuestWith(t, secured, transports.Options{"nick": {"another"}, "client_certificate": {certificate}})
		if online := event(g, anything[transports.Online]); online.Self.Identity != "account:juliet" {
			t.Errorf("online as %+v", online.Self)
		}
	})
	t.Run("history", func(t *testing.T) {
		g := newGuestWith(t, secured, transports.Options{"nick": {"late"}})
		event(g, anything[transports.Online])
		p.does("JOIN #history", "MODE #history +H 10:1h", "PRIVMSG #history :before", "TOPIC #history :x")
		g.must(transports.Join{Room: "#history"})
		if m := event(g, anything[transports.Message]); m.Text.String() != "before" || m.At.IsZero() || m.From.ID != "romeo" {
			t.Errorf("heard %+v", m)
		}
	})
}

func TestAServerWithoutLoginIsNotEnteredInSilence(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a real server takes seconds")
	}
	server := servers.ForTest(t).Ngircd(servers.Options{})
	g := newGuestWith(t, plainNetwork(server), transports.Options{"sasl_password": {"wherefore"}})
	if err := <-g.ended; err == nil || transports.AsFault(err).Kind != transports.Offline || !strings.Contains(err.Error(), "log in") {
		t.Errorf("it gave %v", err)
	}
}

func TestThePeopleOfAGatewayAreToldApart(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		n := plainNetwork(server)
		n.WebIRC = servers.WebIRCPassword
		g := newGuest(t, n)
		event(g, anything[transports.Online])
		g.must(transports.Join{Room: "#balcony"})
		p := dialPeer(t, server, "romeo")
		p.register()
		p.write("WHOIS Juliet")
		p.await(func(line []string) bool {
			return line[1] == "311" && strings.HasPrefix(line[5], "fd") && strings.Contains(line[5], ":")
		})
	})
}
