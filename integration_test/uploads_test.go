package integration_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"isthmus/integration_test/xmppclient"
)

// upload puts a file where the client's server has a place for files (XEP-0363), as clients do, and gives its address.
func upload(t *testing.T, c *xmppclient.Client, name, kind string, content []byte) string {
	t.Helper()
	id := c.NewID()
	c.Send(t, "<iq type='get' to='upload.localhost' id='{id}'><request xmlns='urn:xmpp:http:upload:0' filename='{name}' size='{size}' content-type='{type}'/></iq>",
		"id", id, "name", name, "size", strconv.Itoa(len(content)), "type", kind)
	const slot = "iq/{urn:xmpp:http:upload:0}slot"
	answer := c.Expect(t, "iq[@type='result'][@id='"+id+"']", slot)
	put := answer.Find(slot + "/put")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, put.Attr("url"), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	if header := answer.Find(slot + "/put/header"); header != nil {
		request.Header.Set(header.Attr("name"), header.Text)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Fatalf("the upload service answers %s", response.Status)
	}
	return answer.Find(slot + "/get").Attr("url")
}

// shareStanza is how clients send an uploaded file.
const shareStanza = "<message to='{to}' type='{type}' id='{id}'><body>{url}</body><x xmlns='jabber:x:oob'><url>{url}</url></x></message>"

var uploads = []scenario{
	{"a file that was uploaded is a link on IRC, once, and a file for one's other clients", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		url := upload(t, alice, "cat.txt", "text/plain", []byte("meow"))
		alice.Send(t, shareStanza, "to", room, "type", "groupchat", "id", "f1", "url", url)
		line := dora.Expect(t, "PRIVMSG "+channel+" :(.*)$")[1]
		if line != url {
			t.Errorf("IRC got %q, not %q", line, url)
		}
		dora.ExpectNone(t, "PRIVMSG")
		alice.Expect(t, "message[@type='groupchat'][@id='f1'][@from='"+room+"/alice']/body[text()='"+url+"']", "message/{jabber:x:oob}x/url[text()='"+url+"']")
		alice.Send(t, archiveQuery+"</set></query></iq>", "id", "a1", "room", room)
		alice.Expect(t, archived(room, "alice", url))
	}},
	{"a link that somebody writes on IRC is text", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora.Say(t, channel, "https://example.org/cat.jpg")
		alice.Expect(t, "message[@from='"+room+"/dora'][not({jabber:x:oob}x)][not({urn:xmpp:sfs:0}file-sharing)]/body[text()='https://example.org/cat.jpg']")
	}},
	{"an encrypted file is refused with a reason", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, shareStanza, "to", room, "type", "groupchat", "id", "f1", "url", "aesgcm://upload.localhost/cat.jpg#"+strings.Repeat("00", 44))
		alice.Expect(t, "message[@type='error'][@id='f1']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}text[text()~'encrypted']")
		dora.ExpectNone(t, "PRIVMSG")
	}},
}
