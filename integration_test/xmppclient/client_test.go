package xmppclient_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

func TestTwoPeopleTalk(t *testing.T) {
	start := servers.ForTest(t)
	for name, start := range map[string]func(servers.Options) *servers.Server{"prosody": start.Prosody, "ejabberd": start.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			server := start(servers.Options{})
			alice := xmppclient.Start(t, server, "alice", "desk")
			bob := xmppclient.Start(t, server, "bob", "phone")
			bob.Send(t, "<presence/>")
			bob.ExpectNext(t, "presence[@from='bob@localhost/phone']")

			alice.Send(t, "<message to='{to}' id='m1' type='chat'><body>{text}</body></message>", "to", bob.JID, "text", `5 < 6 & "so on"`)
			got := bob.Expect(t, "message[@from='alice@localhost/desk'][@id='m1']", `message/body[text()='5 < 6 & "so on"']`)
			if got.Attr("type") != "chat" {
				t.Errorf("got %s", got)
			}
			alice.ExpectNone(t, "message", alice.Ping(t, "localhost"))
		})
	}
}

func TestAClientAnswersPingsUntilItIsToldNotTo(t *testing.T) {
	server := servers.ForTest(t).Prosody(servers.Options{})
	alice := xmppclient.Start(t, server, "alice", "desk")
	bob := xmppclient.Start(t, server, "bob", "phone")
	alice.Expect(t, "iq[@type='result']", alice.Ping(t, bob.JID))
	bob.ExpectNext(t, "iq[@type='get']/{urn:xmpp:ping}ping")

	bob.Manual(t, "urn:xmpp:ping")
	answer := alice.Ping(t, bob.JID)
	ping := bob.ExpectNext(t, "iq[@type='get']/{urn:xmpp:ping}ping")
	alice.ExpectNone(t, answer, alice.Ping(t, "localhost"))
	bob.Send(t, "<iq type='error' to='{to}' id='{id}'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		"to", ping.Attr("from"), "id", ping.Attr("id"))
	alice.Expect(t, answer, "iq/error/{urn:ietf:params:xml:ns:xmpp-stanzas}gone")
}

func TestOthersSeeAClientGo(t *testing.T) {
	server := servers.ForTest(t).Prosody(servers.Options{})
	alice := xmppclient.Start(t, server, "alice", "desk")
	alice.Send(t, "<presence/>")
	alice.ExpectNext(t, "presence[not(@type)]")
	for resource, end := range map[string]func(*xmppclient.Client, testing.TB){"abrupt": (*xmppclient.Client).Abort, "polite": (*xmppclient.Client).Leave} {
		other := xmppclient.Start(t, server, "alice", resource)
		other.Send(t, "<presence/>")
		alice.Expect(t, "presence[not(@type)][@from='alice@localhost/"+resource+"']")
		end(other, t)
		alice.ExpectNext(t, "presence[@type='unavailable'][@from='alice@localhost/"+resource+"']")
	}
}

// recorder is a test that notes how it ended instead of ending.
type recorder struct {
	testing.TB
	failure string
}

func (r *recorder) Fatalf(format string, values ...any) {
	r.failure = fmt.Sprintf(format, values...)
	runtime.Goexit()
}

func TestAFailureShowsWhatCame(t *testing.T) {
	server := servers.ForTest(t).Prosody(servers.Options{})
	for name, fail := range map[string]func(testing.TB, *xmppclient.Client){
		"not next": func(t testing.TB, alice *xmppclient.Client) { alice.ExpectNext(t, "message/body") },
		"not none": func(t testing.TB, alice *xmppclient.Client) { alice.ExpectNone(t, "message", "iq") },
		"offline":  func(t testing.TB, alice *xmppclient.Client) { alice.Leave(t); alice.Expect(t, "message/body") },
	} {
		t.Run(name, func(t *testing.T) {
			alice := xmppclient.Start(t, server, "alice", name)
			alice.Send(t, "<message to='{to}' id='seen'/>", "to", alice.JID)
			failed := &recorder{TB: t}
			done := make(chan struct{})
			go func() { defer close(done); fail(failed, alice) }()
			<-done
			if !strings.Contains(failed.failure, `id="seen"`) {
				t.Errorf("the failure says: %q", failed.failure)
			}
		})
	}
}

func TestStanzasOfOneSenderAreGivenInTheOrderOfTheirArrival(t *testing.T) {
	server := servers.ForTest(t).Prosody(servers.Options{})
	alice := xmppclient.Start(t, server, "alice", "desk")
	bob := xmppclient.Start(t, server, "bob", "phone")
	for _, id := range []string{"1", "2", "3", "4"} {
		alice.Send(t, "<message to='{to}' id='{id}'/>", "to", bob.JID, "id", id)
	}
	both := bob.ExpectEach(t, "message[@id='3']", "message[@id='1']")
	if both[0].Attr("id") != "3" || both[1].Attr("id") != "1" {
		t.Errorf("got %v", both)
	}
	bob.ExpectNext(t, "message[@id='4']")
	bob.Drain(t, "localhost")
}
