package ircclient_test

import (
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
)

func TestTwoPeopleTalkInAChannel(t *testing.T) {
	start := servers.ForTest(t)
	for name, start := range map[string]func(servers.Options) *servers.Server{"inspircd": start.InspIRCd, "ngircd": start.Ngircd} {
		t.Run(name, func(t *testing.T) {
			server := start(servers.Options{})
			ida := ircclient.Dial(t, server.Plain, "ida")
			ida.Join(t, "#talk")
			bob := ircclient.DialTLS(t, server.TLS, "bob", nil)
			bob.Join(t, "#talk")
			ida.Expect(t, `^:bob!\S+ JOIN :?#talk$`)

			bob.Say(t, "#talk", "hello: all")
			said := ida.Expect(t, `^:(\S+)!\S+ PRIVMSG #talk :(.*)$`)
			if said[1] != "bob" || said[2] != "hello: all" {
				t.Errorf("got %q", said)
			}
			bob.ExpectNone(t, "PRIVMSG")

			bob.Send(t, "QUIT :bye")
			bob.ExpectEnd(t)
			ida.Expect(t, `^:bob!\S+ QUIT `)
		})
	}
}

func TestCapabilitiesAreThereWhenTheyAreAskedFor(t *testing.T) {
	server := servers.ForTest(t).InspIRCd(servers.Options{})
	ida := ircclient.Dial(t, server.Plain, "ida", "echo-message", "message-tags", "server-time")
	ida.Join(t, "#talk")
	ida.Say(t, "#talk", "to myself")
	ida.Expect(t, `^@\S*msgid=\S+ :ida!\S+ PRIVMSG #talk :to myself$`)
}

func TestBracketsAndBracesAreTheSameLettersInANickname(t *testing.T) {
	server := servers.ForTest(t).InspIRCd(servers.Options{})
	ircclient.Dial(t, server.Plain, "ida[x]")
	other := ircclient.Dial(t, server.Plain, "bob")
	other.Send(t, "NICK IDA{X}")
	other.Expect(t, `^:\S+ 433 bob IDA\{X\} `)
}

func TestAnAccountIsMadeAndUsedBySASL(t *testing.T) {
	start := servers.ForTest(t)
	server := start.InspIRCd(servers.Options{})
	services := start.Anope(server)
	ida := ircclient.Dial(t, server.Plain, "ida")
	ida.Say(t, "NickServ", "REGISTER secret ida@example.org")
	ida.Expect(t, `^:NickServ!\S+ NOTICE ida :.* registered`)
	ida.Send(t, "QUIT")
	ida.ExpectEnd(t)

	if err := services.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	ida = ircclient.Connect(t, server.Plain, nil)
	ida.Send(t, "CAP REQ :sasl", "NICK ida", "USER ida 0 * :ida")
	ida.Expect(t, `CAP \S+ ACK :?sasl`)
	ida.Send(t, "AUTHENTICATE PLAIN")
	ida.Expect(t, `AUTHENTICATE :?\+$`)
	ida.Send(t, "AUTHENTICATE AGlkYQBzZWNyZXQ=") // \0ida\0secret
	ida.Expect(t, `^:\S+ 903 `)
	ida.Send(t, "CAP END")
	ida.Expect(t, `^:\S+ 001 ida `)
}
