package account

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isthmus/core/media"
	"isthmus/core/options"
	"isthmus/core/stanza"
	"isthmus/transports"
)

const (
	filesAt = "https://gw.example/media/"
	catURL  = "https://up.example/cat.png"
	catOOB  = `<x xmlns='jabber:x:oob'><url>` + catURL + `</url></x>`
)

// web is what is in the World Wide Web, by address. An address that begins to answer only later does so when the gate is closed.
type web struct {
	pages map[string]string
	gate  chan struct{}
}

func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.gate != nil && strings.Contains(r.URL.Path, "slow") {
		select {
		case <-w.gate:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	content, ok := w.pages[r.URL.String()]
	if !ok {
		return nil, errors.New("10.1.2.3: the address is private")
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: int64(len(content)), Body: io.NopCloser(strings.NewReader(content)), Request: r}, nil
}

// smallPicture is a PNG of 4×3.
func smallPicture(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fileStory is a rich network that takes files, and a gateway that carries them.
func fileStory(t *testing.T, can transports.Capabilities, tell func(t *testing.T, w *world, pages *web)) {
	story(t, func(t *testing.T, w *world) {
		cache, err := media.OpenCache(filepath.Join(t.TempDir(), "files"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		pages := &web{pages: map[string]string{catURL: smallPicture(t)}}
		w.network.files = map[transports.FileID]string{"f1": smallPicture(t), "f2": "hello"}
		w.shared.Media = media.New(media.Config{Cache: cache, MaxFile: 1 << 20, Store: w.store, Key: []byte("key"), Base: filesAt, Valid: time.Hour,
			Log: slog.New(slog.DiscardHandler)}).Transport("gw.example", media.Clients{Guarded: &http.Client{Transport: pages}, Trusted: &http.Client{Transport: pages}}, w.stream, stanza.JID{Domain: "example.org"}, stanza.JID{})
		can.Features |= transports.Uploads
		w.rich(can)
		tell(t, w, pages)
	})
}

func TestAnUploadGoesToTheNetworkAsAFile(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		w.sends(about("m1", `<body>`+catURL+`</body>`+catOOB))
		w.expectCommands("send #go  [cat.png image/png 76 4×3]")
		w.expect("phone: <alice> " + catURL)
		w.sends(about("m2", `<body>look
`+catURL+`</body><file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>Tom.png</name></file><sources><url-data xmlns='http://jabber.org/protocol/url-data' target='`+catURL+`'/></sources></file-sharing>`))
		w.expectCommands("send #go look [Tom.png image/png 76 4×3]")
		w.expect("phone: <alice> look\n" + catURL + " (file Tom.png  )")
		if used, _ := w.shared.Media.Cache.Size(); used != 0 {
			t.Errorf("%d bytes are left", used)
		}
	})
}

func TestAFileTooLargeForTheNetworkGoesAsALink(t *testing.T) {
	fileStory(t, transports.Capabilities{MaxFile: 10}, func(t *testing.T, w *world, pages *web) {
		w.sends(about("m1", `<body>`+catURL+`</body>`+catOOB))
		w.sends(about("m2", `<body>a cat</body>`+catOOB))
		w.expectCommands("send #go "+catURL, "send #go a cat\n"+catURL)
	})
}

func TestWhereThereAreNoFilesAnUploadIsALinkAndOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(about("m1", `<body>`+catURL+`</body>`+catOOB))
		w.sends(about("m2", `<body>a cat</body>`+catOOB))
		w.sends(about("m3", catOOB))
		w.expectCommands("send #go "+catURL, "send #go a cat", "send #go "+catURL, "send #go "+catURL)
		got := w.stream.raw()
		if len(got) != 4 || strings.Contains(string(got[1].Append(nil)), "jabber:x:oob") || !strings.Contains(string(got[2].Append(nil)), "jabber:x:oob") || got[3].ID != "m3" {
			for _, s := range got {
				t.Errorf("%s", s.Append(nil))
			}
		}
	})
}

func TestWhatCannotBeFetchedIsAnErrorAndTellsNothingOfTheOperatorsNetwork(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		w.sends(about("m1", `<body>https://up.example/gone</body><x xmlns='jabber:x:oob'><url>https://up.example/gone</url></x>`))
		w.expectCommands()
		w.expect("phone: m1 refused: not-acceptable: Your file was not sent, because it could not be fetched: its server cannot be reached from here, or is not allowed by the operator of the gateway. Try again, or send its address as text.")
		if n := w.journal(); n != 0 {
			t.Errorf("%d commands are in the journal", n)
		}
	})
}

func TestFilesThatNobodyCouldOpenAreRefused(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		w.sends(about("m1", `<body>aesgcm://up.example/cat.png#0011</body>`))
		w.sends(about("m2", `<body>aesgcm://up.example/cat.png#0011</body><x xmlns='jabber:x:oob'><url>aesgcm://up.example/cat.png#0011</url></x>`))
		w.sends(about("m3", `<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'/><sources><jinglepub xmlns='urn:xmpp:jinglepub:1'/></sources></file-sharing>`))
		const sealed = " refused: not-acceptable: This file is encrypted, and nobody on the other side could open it. Switch encryption off for this chat and send it again."
		w.expect("phone: m1"+sealed, "phone: m2"+sealed,
			"phone: m3 refused: feature-not-implemented: This file can be had from your own client only. Send it by your server's upload service (HTTP upload).")
		w.expectCommands()
	})
}

func TestASlowUploadHoldsUpItsOwnConversationOnly(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		pages.gate = make(chan struct{})
		pages.pages["https://up.example/slow"] = "at last"
		w.sends(about("m1", `<x xmlns='jabber:x:oob'><url>https://up.example/slow</url></x>`))
		w.sends(about("m2", `<body>did you get it?</body>`))
		w.sends(with("m3", `<body>wait</body>`))
		w.expectCommands("send bob wait")
		close(pages.gate)
		w.expectCommands("send #go  [slow.txt text/plain 7 0×0]", "send #go did you get it?")
	})
}

func TestFilesOfTheNetworkAreMessagesOfTheirOwnAfterTheText(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		m := said("b1", "bob", "two files")
		m.Files = []transports.File{{ID: "f1", Name: "Tom"}, {ID: "f2", Name: "a.txt", Type: "text/plain"}}
		w.emits(m, said("b2", "bob", "that was it"))
		w.settle()
		got := w.stream.raw()
		var ids []string
		for _, s := range got {
			ids = append(ids, s.ID)
		}
		if strings.Join(ids, " ") != "b1 b1#1 b1#2 b2" {
			t.Errorf("ids %q", ids)
		}
		for i, want := range []string{"phone: <bob> two files", "phone: <bob> [ours] (file Tom.png image/png 76)", "phone: <bob> [ours] (file a.txt text/plain )", "phone: <bob> that was it"} {
			if i < len(got) && brief(got[i]) != want {
				t.Errorf("%q, not %q", brief(got[i]), want)
			}
		}
		if page := w.asks("", ""); len(page.bodies) != 4 || !strings.HasPrefix(page.bodies[1], "bob "+filesAt) {
			t.Errorf("the archive has %q", page.bodies)
		}
		w.forget()
		w.emits(transports.Deleted{Place: inGo, ID: "b1", By: user("bob")})
		const fallback = "A message was deleted, but your client cannot show it."
		w.expect("phone: <bob> "+fallback+" (retracts b1#1)", "phone: <bob> "+fallback+" (retracts b1#2)", "phone: <bob> "+fallback+" (retracts b1)")
	})
}

func TestAFileAloneIsTheMessage(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		m := transports.Message{Place: transports.TalkWith("bob"), ID: "b1", From: user("bob"), Files: []transports.File{{ID: "f1", Name: "Tom", Type: "image/png", Size: 76}}}
		w.emits(m)
		w.settle()
		got := w.stream.raw()
		if len(got) != 1 || got[0].ID != "b1" || brief(got[0]) != "alice@example.org: chat from bob%irc.net@gw.example: [ours] (file Tom.png image/png 76)" {
			for _, s := range got {
				t.Errorf("%s\n%s", brief(s), s.Append(nil))
			}
		}
		w.sends(with("m1", `<reactions xmlns='urn:xmpp:reactions:0' id='b1'><reaction>👍</reaction></reactions>`))
		w.expectCommands("react to b1 in bob: 👍")
		m.ID, m.Text, m.Files[0].Name = "b2", plain("see"), "Tom.png"
		w.emits(m)
		w.forget()
		w.emits(transports.Deleted{Place: m.Place, ID: "b2", By: user("bob")})
		const gone = "alice@example.org: chat from bob%irc.net@gw.example: A message was deleted, but your client cannot show it. (retracts "
		w.expect(gone+"b2#1)", gone+"b2)")
	})
}

func TestAllPartsOfAMessageGoWithItAlsoAfterARestart(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		m := transports.Message{Place: transports.TalkWith("bob"), ID: "b1", From: user("bob"), Text: plain("see"), Files: []transports.File{{ID: "f1", Name: "Tom.png"}, {ID: "f2", Name: "a.txt"}}}
		w.emits(m)
		w.account.Stop("Restart.")
		<-w.account.Done()
		w.open()
		w.sends(join("phone", "alice"))
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Deletions}})
		w.forget()
		w.emits(transports.Deleted{Place: m.Place, ID: "b1", By: user("bob")})
		const gone = "alice@example.org: chat from bob%irc.net@gw.example: A message was deleted, but your client cannot show it. (retracts "
		w.expect(gone+"b1#1)", gone+"b1#2)", gone+"b1)")
	})
}

func TestAModeratorTakesAwayAMessageWithAllItsParts(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		m := said("b1", "bob", "look")
		m.Files = []transports.File{{ID: "f1", Name: "Tom.png"}}
		w.emits(m)
		w.forget()
		// What the moderator points at is the picture.
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", `<moderate id='b1#1' xmlns='urn:xmpp:message-moderate:1'><retract xmlns='urn:xmpp:message-retract:1'/></moderate>`))
		w.expectCommands("delete b1 in #go")
		const gone = "phone: <#go> A message was deleted by a moderator, but your client cannot show it. (retracts "
		w.expect("phone: q result ", gone+"b1#1) (moderated by alice)", gone+"b1) (moderated by alice)")
		if page := w.asks("", ""); strings.Contains(strings.Join(page.bodies, "|"), filesAt) || strings.Contains(strings.Join(page.bodies, "|"), "look") {
			t.Errorf("the archive has %q", page.bodies)
		}
	})
}

func TestWhereNothingIsArchivedAllPartsOfAMessageGoWithIt(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		w.sets("#go", transports.Options{options.RecordHistory: {"false"}})
		m := said("b1", "bob", "look")
		m.Files = []transports.File{{ID: "f1", Name: "Tom.png"}}
		w.emits(m)
		w.forget()
		w.emits(transports.Deleted{Place: inGo, ID: "b1", By: user("bob")})
		const gone = "phone: <bob> A message was deleted, but your client cannot show it. (retracts "
		w.expect(gone+"b1#1)", gone+"b1)")
	})
}

func TestAFileInACorrectionIsRefused(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		w.sends(about("m1", `<body>a dog</body>`))
		w.forget()
		w.sends(about("m2", `<body>`+catURL+`</body>`+catOOB+replaceM1))
		w.expectCommands()
		w.expect("phone: m2 refused: feature-not-implemented: Only the text of a message can be corrected there, not its files. Take the message back and send the file as a message of its own.")
	})
}

func TestTheTextBesideAFileIsCorrectedAndTheFileStays(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		w.network.answer = func(transports.Command) (transports.Result, error, bool) { // the text, and the file
			return transports.Result{Parts: []transports.MessageID{"n1", "n2"}}, nil, false
		}
		w.sends(about("m1", `<body>a dog</body>`+catOOB))
		w.forget()
		w.sends(about("m2", `<body>a cat</body>`+catOOB+replaceM1))
		w.expectCommands("edit n1 in #go: a cat")
		got := w.stream.raw()
		if len(got) != 1 || !strings.Contains(string(got[0].Append(nil)), "<body>a cat</body>") || !strings.Contains(string(got[0].Append(nil)), "jabber:x:oob") {
			t.Errorf("%s", got[0].Append(nil))
		}
		w.sends(about("m3", `<body>a cat</body><x xmlns='jabber:x:oob'><url>https://up.example/other.png</url></x>`+replaceM1))
		w.expectCommands()
	})
}

func TestWordsThatAreAddedToAFileDoNotReplaceIt(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		m := said("b1", "bob", "")
		m.Files = []transports.File{{ID: "f1", Name: "Tom.png", Type: "image/png"}}
		w.emits(m)
		w.forget()
		w.emits(transports.Edited{Place: inGo, ID: "b1", From: user("bob"), Text: plain("my cat")})
		w.expect("phone: <bob> my cat")
	})
}

func TestAFileThatCannotBeShownIsNamed(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		m := said("b1", "bob", "")
		m.Files = []transports.File{{ID: "f9", Name: "lost.png", Type: "image/png", Size: 2048}, {ID: "f8", Name: "film.mp4", Size: 1 << 30}}
		w.emits(m)
		w.expect("phone: <bob> (A file that cannot be shown here: lost.png, 2 KiB. The network has lost it.)",
			"phone: <bob> (A file that cannot be shown here: film.mp4, 1 GiB. The file is too large: at most 1 MiB can be passed on.)")
	})
}

func TestAFileThatTakesLongFollowsItsMessage(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, pages *web) {
		w.shared.Media.Base = "" // to the XMPP server, which has to have the file before anyone can be told where
		m := said("b1", "bob", "it comes")
		m.Files = []transports.File{{ID: "f1", Name: "slow.png", Type: "image/png"}}
		w.emits(m, said("b2", "bob", "or not?"))
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			return iq.Result(stanza.New("http://jabber.org/protocol/disco#items", "query"))
		})
		w.settle()
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			return iq.Result(stanza.New("http://jabber.org/protocol/disco#info", "query").Add(stanza.New("http://jabber.org/protocol/disco#info", "feature", "var", "urn:xmpp:http:upload:0")))
		})
		w.expect()
		w.waits(16 * time.Second)
		w.expect("phone: <bob> it comes", "phone: <bob> or not?")
		w.waits(5 * time.Second)
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			const space = "urn:xmpp:http:upload:0"
			return iq.Result(stanza.New(space, "slot").Add(stanza.New(space, "put", "url", catURL), stanza.New(space, "get", "url", catURL)))
		})
		w.expect("phone: <bob> " + catURL + " (file slow.png image/png 76)")
	})
}

func TestOnAGatewayThatCarriesNoFilesTheyAreNamed(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		m := said("b1", "bob", "")
		m.Files = []transports.File{{ID: "f1", Name: "Tom.png"}, {ID: "f2", Name: "a.pdf", URL: "https://files.example/a.pdf"}}
		w.emits(m)
		w.expect("phone: <bob> (A file that cannot be shown here: Tom.png. This gateway carries no files.)",
			"phone: <bob> https://files.example/a.pdf (file a.pdf  )")
	})
}

func TestAStickerThatOnlyTheClientHasIsAskedOfIt(t *testing.T) {
	fileStory(t, transports.Capabilities{}, func(t *testing.T, w *world, _ *web) {
		sum := sha1.Sum([]byte(smallPicture(t)))
		const sticker = `<body>A sticker was sent</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p><img alt='Sticker' src='cid:sha1+%x@bob.xmpp.org'/></p></body></html>`
		w.sends(about("m1", fmt.Sprintf(sticker, sum)))
		w.expectCommands()
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			if iq.To.String() != "alice@example.org/phone" || iq.From.String() != "#go%irc.net@gw.example" {
				t.Errorf("asked %s as %s", iq.To, iq.From)
			}
			return iq.Result(stanza.Text("urn:xmpp:bob", "data", base64.StdEncoding.EncodeToString([]byte(smallPicture(t)))))
		})
		w.expectCommands("send #go  [sticker.png image/png 76 4×3]")
		w.expect("phone: <alice> A sticker was sent")
		w.sends(about("m2", fmt.Sprintf(sticker, sha1.Sum(nil))))
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			return iq.Result(stanza.Text("urn:xmpp:bob", "data", "PHNjcmlwdD4="))
		})
		w.sends(about("m3", fmt.Sprintf(sticker, sum)))
		w.waits(bitWait) // and nobody answers
		w.expectCommands()
		const refused = " refused: not-acceptable: Your sticker was not sent, because your client did not hand it over. Send it as a picture."
		w.expect("phone: m2"+refused, "phone: m3"+refused)
	})
}
