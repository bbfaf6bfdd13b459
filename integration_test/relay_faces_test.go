package integration_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // in which it is shown
	"image/png"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/discordfake"
	"isthmus/transports/slack/slacktest"
)

// showBob has bob publish a picture, and then another one. What Slack and Discord are told they fetch as they would.
func showBob(t *testing.T, s *table) {
	networks := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "gateway.localhost:80" {
			network, address = "unix", s.web
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}}
	var before string
	for _, colour := range []color.RGBA{{R: 200, A: 255}, {B: 200, A: 255}} {
		s.publish(t, colour)
		s.bob.Send(t, "<presence to='{muc}/bob'/>", "muc", s.muc) // as clients do when it has changed; the server adds the hash
		s.eventually(t, "bob has his picture", func() bool {
			s.names++
			words := fmt.Sprint("look at me ", s.names)
			say(t, s.bob, s.muc, words)
			s.heard(t, "bob", words)
			onSlack, onDiscord := "", ""
			for _, m := range s.slack.Messages(s.team) {
				if icons, _ := m["icons"].(slacktest.Object); m["text"] == words && icons != nil {
					onSlack, _ = icons["image_48"].(string)
				}
			}
			onDiscord, _ = s.discord.Await(words, func(m discordfake.Object) bool { return m["content"] == words })["avatar_url"].(string)
			if onSlack != onDiscord || onSlack == before || onSlack == "" {
				time.Sleep(time.Second)
				return false
			}
			if s.web != "" && !strings.HasPrefix(onSlack, "http://gateway.localhost/faces/") {
				t.Errorf("he is at %s", onSlack)
			}
			response, data := fetch(t, networks, onSlack)
			shown, _, err := image.Decode(bytes.NewReader(data))
			if err != nil || response.Header.Get("Content-Type") != "image/jpeg" {
				t.Fatalf("at %s is %s, %v: %v", onSlack, response.Status, response.Header, err)
			}
			if r, _, b, _ := shown.At(10, 10).RGBA(); r > b != (colour.R > colour.B) {
				t.Fatalf("at %s is another picture", onSlack)
			}
			if before != "" {
				if response, _ := fetch(t, networks, before); response.StatusCode != http.StatusOK {
					t.Errorf("what he looked like before is gone from %s: %s", before, response.Status)
				}
			}
			before = onSlack
			return true
		})
	}
}

// publish makes a picture bob's: by XEP-0084 where the server shows that in rooms as well (XEP-0398), else by his vCard.
func (s *table) publish(t *testing.T, colour color.RGBA) {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 96, 96))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(colour), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	data, hash := base64.StdEncoding.EncodeToString(b.Bytes()), fmt.Sprintf("%x", sha1.Sum(b.Bytes()))
	publish := "<iq type='set' id='{iq}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:avatar:{node}'><item id='{hash}'>%s</item></publish>" +
		"<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>" +
		"<field var='pubsub#access_model'><value>open</value></field></x></publish-options></pubsub></iq>" // else nobody in a room sees it
	set := func(form string, values ...string) {
		iq := s.bob.NewID()
		s.bob.Send(t, form, append([]string{"iq", iq}, values...)...)
		s.bob.Expect(t, "iq[@type='result'][@id='"+iq+"']")
	}
	if s.web != "" {
		set("<iq type='set' id='{iq}'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>{data}</BINVAL></PHOTO></vCard></iq>", "data", data)
		return
	}
	set(fmt.Sprintf(publish, "<data xmlns='urn:xmpp:avatar:data'>{data}</data>"), "node", "data", "hash", hash, "data", data)
	set(fmt.Sprintf(publish, "<metadata xmlns='urn:xmpp:avatar:metadata'><info id='{hash}' bytes='{size}' type='image/png'/></metadata>"),
		"node", "metadata", "hash", hash, "size", fmt.Sprint(b.Len()))
}
