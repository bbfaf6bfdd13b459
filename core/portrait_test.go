package core

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/avatar"
	"isthmus/core/stanza"
)

func TestWhoSpeaksThroughASharedAccountHasTheirOwnFace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 20, 20))); err != nil {
			t.Fatal(err)
		}
		alice, asked, kept, failing := stanza.JID{Local: "alice", Domain: "example.org"}, 0, 0, true
		p := &portraits{all: map[string]*portrait{},
			request: func(iq *stanza.Stanza, _ time.Duration, answer func(*stanza.Stanza)) {
				asked++
				card := stanza.New("vcard-temp", "vCard").Add(stanza.New("vcard-temp", "PHOTO").Add(
					stanza.Text("vcard-temp", "BINVAL", base64.StdEncoding.EncodeToString(picture.Bytes()))))
				if iq.To != alice {
					t.Errorf("%s was asked", iq.To)
				}
				answer(iq.Result(card))
			},
			put: func(_ context.Context, p avatar.Picture) (string, error) {
				if failing {
					return "", errors.New("full")
				}
				kept++
				return "https://files.example/portrait." + kindOf(p), nil
			}}
		face := p.of(alice)
		synctest.Wait()
		if got := face(); got != "" {
			t.Errorf("the picture is at %q", got)
		}
		failing = false
		time.Sleep(portraitAgain + time.Second)
		face = p.of(alice)
		synctest.Wait()
		if got := face(); got != "https://files.example/portrait.png" {
			t.Errorf("the picture is at %q", got)
		}
		p.of(alice)
		time.Sleep(portraitFresh + time.Hour)
		p.of(alice)
		synctest.Wait()
		if asked != 3 || kept != 1 { // it is the same picture as before
			t.Errorf("asked %d times, kept %d times", asked, kept)
		}
		p.put = nil
		if p.of(alice) != nil {
			t.Error("a picture without a place for it")
		}
	})
}
