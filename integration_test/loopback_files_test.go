package integration_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
	"isthmus/mapping/msgid"
	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// photo is a PNG of 200×100.
func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	p := image.NewGray(image.Rect(0, 0, 200, 100))
	noise := rand.New(rand.NewPCG(1, 2)) // so that it does not become as small as its preview
	for i := range p.Pix {
		p.Pix[i] = byte(noise.IntN(256))
	}
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fetch gets what is at an address, as clients do.
func fetch(t *testing.T, client *http.Client, address string, header ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

// sharedFile is a message that is a file, of that name, type and size.
func sharedFile(name, kind string, size int) []string {
	return []string{"message/{jabber:x:oob}x/url", fmt.Sprintf("message/{urn:xmpp:sfs:0}file-sharing/{urn:xmpp:file:metadata:0}file"+
		"[name[text()='%s']][media-type[text()='%s']][size[text()='%d']]/{urn:xmpp:hashes:2}hash[@algo='sha-256']", name, kind, size)}
}

// addressOf is where a message that is a file has it.
func addressOf(t *testing.T, message *xmppclient.Element) string {
	t.Helper()
	const source = "message/{urn:xmpp:sfs:0}file-sharing/sources/{url-data}url-data"
	url := message.Find("message/body").Text
	if oob := message.Find("message/{jabber:x:oob}x/url").Text; oob != url || message.Find(source).Attr("target") != url {
		t.Fatalf("the addresses differ: %s", message)
	}
	return url
}

var loopbackFiles = []loopbackScenario{
	{"an uploaded picture reaches the network as a file, and the network's other people at the gateway as one", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		alice, bob := w.client(t, "alice", "desk"), w.client(t, "bob", "phone")
		join(t, alice, room, "Alice")
		join(t, bob, room, "Bob")
		content := photo(t)
		url := upload(t, alice, "cat.png", "image/png", content)
		alice.Send(t, shareStanza, "to", room, "type", "groupchat", "id", "f1", "url", url)
		heard := loopbackclient.Expect(t, ida, func(m transports.Message) bool { return len(m.Files) > 0 })
		if f := heard.Files[0]; len(heard.Files) != 1 || f.Name != "cat.png" || f.Type != "image/png" || f.Size != int64(len(content)) || f.Width != 200 || !heard.Text.Empty() {
			t.Errorf("Ida heard %+v", heard)
		}
		alice.Expect(t, "message[@type='groupchat'][@id='f1'][@from='"+room+"/Alice']/body[text()='"+url+"']", "message/{jabber:x:oob}x/url")
		got := bob.Expect(t, append(sharedFile("cat.png", "image/png", len(content)), "message[@type='groupchat'][@from='"+room+"/Alice']")...)
		if _, body := fetch(t, http.DefaultClient, addressOf(t, got)); !bytes.Equal(body, content) {
			t.Errorf("Bob got %d bytes, not %d", len(body), len(content))
		}
	}},
	{"files of the network come after their text, where the XMPP server keeps files, and stay in the history", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice")
		content := photo(t)
		message := ida.Do(t, transports.Send{Place: transports.InRoom(id), Text: text.Plain("look")},
			wire.File{Name: "cat.png", Type: "image/png", Description: "A cat asleep", Data: content}, wire.File{Name: "notes.txt", Type: "text/plain", Data: []byte("meow")}).Parts[0]
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace'][@id='"+msgid.Encode(string(message), 0)+"']/body[text()='look']")
		picture := alice.Expect(t, append(sharedFile("cat.png", "image/png", len(content)), "message[@id='"+msgid.Encode(string(message), 1)+"']",
			"message/{urn:xmpp:sfs:0}file-sharing[@disposition='inline']/{urn:xmpp:file:metadata:0}file[width[text()='200']][height[text()='100']][desc[text()='A cat asleep']]/{urn:xmpp:thumbs:1}thumbnail[@uri~'^data:image/jpeg;base64,']")...)
		notes := alice.Expect(t, append(sharedFile("notes.txt", "text/plain", 4), "message[@id='"+msgid.Encode(string(message), 2)+"']", "message/{urn:xmpp:sfs:0}file-sharing[@disposition='attachment']")...)
		if _, body := fetch(t, http.DefaultClient, addressOf(t, picture)); !bytes.Equal(body, content) {
			t.Errorf("the picture is %d bytes", len(body))
		}
		if _, body := fetch(t, http.DefaultClient, addressOf(t, notes)); string(body) != "meow" {
			t.Errorf("the notes are %q", body)
		}
		leave(t, alice, room, "Alice")
		bob := w.client(t, "bob", "phone")
		bob.Send(t, joinStanza, "room", room, "nick", "Bob")
		alice.Send(t, joinStanza, "room", room, "nick", "Alice")
		alice.Expect(t, "message[@type='groupchat']/{urn:xmpp:delay}delay", "message/body[text()='"+addressOf(t, picture)+"']")
	}},
	{"a file in a talk is a message, and goes with it when it is deleted", func(t *testing.T, w *loopbackWorld) {
		_, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "Alice")
		talk := transports.TalkWith(w.self(t, "Alice"))
		message := ida.Do(t, transports.Send{Place: talk, Text: text.Plain("for you")}, wire.File{Name: "poem.txt", Type: "text/plain", Data: []byte("roses")}).Parts[0]
		from := loopbackAddress(string(ida.ID))
		alice.Expect(t, append(sharedFile("poem.txt", "text/plain", 5), "message[@type='chat'][@from='"+from+"'][@id='"+msgid.Encode(string(message), 1)+"']")...)
		ida.Do(t, transports.Delete{Place: talk, ID: message})
		alice.Expect(t, "message[@from='"+from+"']/{urn:xmpp:message-retract:1}retract[@id='"+msgid.Encode(string(message), 1)+"']")
		alice.Expect(t, "message[@from='"+from+"']/{urn:xmpp:message-retract:1}retract[@id='"+msgid.Encode(string(message), 0)+"']")
	}},
	{"stickers of clients arrive as pictures, without the words that stand for them", func(t *testing.T, w *loopbackWorld) {
		_, room, ida, alice := w.inside(t)
		content := photo(t)
		picture := func() (description string) {
			t.Helper()
			heard := loopbackclient.Expect(t, ida, func(m transports.Message) bool { return len(m.Files) > 0 })
			if f := heard.Files[0]; !heard.Text.Empty() || f.Type != "image/png" || f.Size != int64(len(content)) || f.Width != 200 {
				t.Errorf("Ida heard %+v", heard)
			}
			return heard.Files[0].Description
		}
		alice.Send(t, "<message to='{room}' type='groupchat' id='s1'><body>😘</body><sticker xmlns='urn:xmpp:stickers:0' pack='p1'/><file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'>"+
			"<media-type>image/png</media-type><desc>😘</desc></file><sources><url-data xmlns='http://jabber.org/protocol/url-data' target='{url}'/></sources></file-sharing></message>",
			"room", room, "url", upload(t, alice, "kiss.png", "image/png", content))
		if words := picture(); words != "😘" {
			t.Errorf("for who cannot see it, it says %q", words)
		}
		alice.Expect(t, "message[@id='s1'][{urn:xmpp:stickers:0}sticker]/body[text()='😘']")
		sum := sha1.Sum(content)
		alice.Manual(t, "urn:xmpp:bob")
		alice.Send(t, "<message to='{room}' type='groupchat' id='s2'><body>A sticker was sent</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>"+
			"<p><img alt='Sticker' src='cid:sha1+{hash}@bob.xmpp.org'/></p></body></html></message>", "room", room, "hash", hex.EncodeToString(sum[:]))
		asked := alice.Expect(t, "iq[@type='get'][@from='"+room+"']", "iq/{urn:xmpp:bob}data[@cid~'"+hex.EncodeToString(sum[:])+"']")
		alice.Send(t, "<iq type='result' to='{room}' id='{id}'><data xmlns='urn:xmpp:bob' type='image/png'>{content}</data></iq>",
			"room", room, "id", asked.Attr("id"), "content", base64.StdEncoding.EncodeToString(content))
		picture()
		alice.Expect(t, "message[@id='s2']/body[text()='A sticker was sent']")
	}},
	{"nothing is fetched from the operator's own network, whoever names it", func(t *testing.T, w *loopbackWorld) {
		_, room, _, alice := w.inside(t)
		inside := "http://10.1.2.3/secret.txt"
		elsewhere := httptest.NewServer(http.RedirectHandler(inside, http.StatusFound))
		defer elsewhere.Close()
		for id, url := range map[string]string{"f1": inside, "f2": elsewhere.URL + "/cat.png", "f3": "http://[::ffff:10.1.2.3]/cat.png"} {
			alice.Send(t, shareStanza, "to", room, "type", "groupchat", "id", id, "url", url)
			alice.Expect(t, "message[@type='error'][@id='"+id+"']/error/"+conditions+"text[text()~'not allowed by the operator']")
		}
	}},
	{"the words beside a picture are corrected, and the picture stays; another one cannot take its place", func(t *testing.T, w *loopbackWorld) {
		_, room, ida, alice := w.inside(t)
		url := upload(t, alice, "cat.png", "image/png", photo(t))
		const captioned = "<message to='{room}' type='groupchat' id='{id}'><body>{words}</body><x xmlns='jabber:x:oob'><url>{url}</url></x><replace xmlns='urn:xmpp:message-correct:0' id='f1'/></message>"
		alice.Send(t, strings.Replace(captioned, "<replace xmlns='urn:xmpp:message-correct:0' id='f1'/>", "", 1), "room", room, "id", "f1", "words", "a dog", "url", url)
		heard := loopbackclient.Expect(t, ida, func(m transports.Message) bool { return len(m.Files) > 0 })
		alice.Expect(t, "message[@id='f1'][@from='"+room+"/Alice']/body[text()='a dog']")
		alice.Send(t, captioned, "room", room, "id", "f2", "words", "a cat", "url", url)
		if e := loopbackclient.Expect(t, ida, func(e transports.Edited) bool { return e.ID == heard.ID }); e.Text.String() != "a cat" {
			t.Errorf("Ida sees %q", e.Text)
		}
		alice.Expect(t, "message[@id='f2'][body[text()='a cat']][{jabber:x:oob}x]/{urn:xmpp:message-correct:0}replace[@id='f1']")
		alice.Send(t, captioned, "room", room, "id", "f3", "words", "a bird", "url", upload(t, alice, "bird.png", "image/png", photo(t)))
		alice.Expect(t, "message[@type='error'][@id='f3']/error/"+conditions+"text[text()~'not its files']")
	}},
	{"what is too large for the network goes as a link", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice")
		url := upload(t, alice, "film.bin", "application/octet-stream", make([]byte, 10_000_001))
		alice.Send(t, shareStanza, "to", room, "type", "groupchat", "id", "f1", "url", url)
		ida.Hears(t, url)
	}},
}

// Files are fetched from the gateway itself, and none is fetched from the network before somebody wants it.
func TestFilesByTheGatewaysOwnListener(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "web-") // the path of a unix socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "web")
	w := newLoopbackWorld(t, servers.ForTest(t).Prosody(servers.Options{Components: loopbackComponents}), fmt.Sprintf(`
web: {listen: "unix:%s", url: "http://gateway.localhost/gate", private: "unix:%s"}
files: {max_file_mib: 1, cache_mib: 2}
`, socket, socket+"p"))
	over := func(socket string) *http.Client {
		return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}}}
	}
	id, room := w.room(t)
	ida := w.AddPerson(t, "Ida Lovelace")
	ida.Join(t, id)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "Alice")

	send := func(f wire.File) {
		ida.Do(t, transports.Send{Place: transports.InRoom(id)}, f)
	}
	film := bytes.Repeat([]byte("0123456789"), 50_000)
	send(wire.File{Name: "film.mp4", Type: "video/mp4", Data: film})
	url := addressOf(t, alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:sfs:0}file-sharing/{urn:xmpp:file:metadata:0}file[name[text()='film.mp4']][size[text()='500000']]"))
	if !strings.HasPrefix(url, "http://gateway.localhost/gate/media/") || !strings.HasSuffix(url, "/film.mp4") {
		t.Fatalf("the address is %s", url)
	}
	response, body := fetch(t, over(socket), url, "Range", "bytes=499990-")
	if response.StatusCode != http.StatusPartialContent || string(body) != "0123456789" || response.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("%s %q %v", response.Status, body, response.Header)
	}
	if _, body = fetch(t, over(socket), url); !bytes.Equal(body, film) {
		t.Errorf("the film is %d bytes", len(body))
	}

	send(wire.File{Name: "page.html", Type: "text/html", Data: []byte("<script>alert(1)</script>")})
	page := addressOf(t, alice.Expect(t, "message/{urn:xmpp:sfs:0}file-sharing/{urn:xmpp:file:metadata:0}file/name[text()='page.html']"))
	response, _ = fetch(t, over(socket), page)
	if !strings.HasPrefix(response.Header.Get("Content-Disposition"), "attachment") || response.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a page can be run: %v", response.Header)
	}

	send(wire.File{Name: "huge.bin", Data: make([]byte, 2<<20)})
	alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()~'huge.bin, 2 MiB. The file is too large: at most 1 MiB']")

	// The address outlives a restart of the gateway, and so does what was fetched.
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	if _, body = fetch(t, over(socket), url); !bytes.Equal(body, film) {
		t.Errorf("after a restart the film is %d bytes", len(body))
	}
	if response, _ = fetch(t, over(socket), strings.Replace(url, "/media/", "/media/1", 1)); response.StatusCode != http.StatusNotFound {
		t.Errorf("a forged address: %s", response.Status)
	}
	if _, body = fetch(t, over(socket+"p"), "http://x/metrics"); !bytes.Contains(body, []byte(`isthmus_stream_up{transport="`+loopbackDomain+`"} 1`)) {
		t.Errorf("the metrics are\n%s", body)
	}
}
