package account

import (
	"net/http"
	"strings"
	"testing"

	"isthmus/core/avatar"
	"isthmus/mapping/text"
	"isthmus/transports"
)

const partyURL = "https://up.example/party.png"

// emojiStory is a network whose people write with emoji of their own.
func emojiStory(t *testing.T, tell func(t *testing.T, w *world, pages *web)) {
	story(t, func(t *testing.T, w *world) {
		pages := &web{pages: map[string]string{partyURL: smallPicture(t)}}
		w.shared.Pictures = avatar.New("gw.example", w.store, w.shared.Log)
		w.shared.Emoji = avatar.NewEmoji(w.shared.Pictures, &http.Client{Transport: pages})
		w.rich(transports.Capabilities{})
		tell(t, w, pages)
	})
}

func customEmoji(name, url string) text.Span {
	return text.Span{Text: ":" + name + ":", Ref: text.Ref{Kind: text.Emoji, ID: name, URL: url}}
}

func TestAnEmojiOfTheNetworkIsAPictureForWhoCanShowIt(t *testing.T) {
	emojiStory(t, func(t *testing.T, w *world, _ *web) {
		said := text.Text{{Spans: []text.Span{{Text: "yes "}, customEmoji("party", partyURL), customEmoji("gone", "https://up.example/gone.png")}}}
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "b1", From: user("bob"), Text: said})
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "b2", From: user("bob"), Text: text.Plain("and on")})
		w.emits(transports.Edited{Place: transports.InRoom("#go"), ID: "b2", From: user("bob"), Text: text.Text{{Spans: []text.Span{{Text: "no "}, customEmoji("party", partyURL)}}}})
		all := w.stream.raw()
		if len(all) != 3 {
			t.Fatalf("%d stanzas", len(all))
		}
		first := string(all[0].Append(nil))
		name, rest, _ := strings.Cut(first, "src='cid:sha1+")
		hash, _, _ := strings.Cut(rest, "@bob.xmpp.org'")
		if !strings.Contains(name, "<body>yes :party::gone:</body>") || !strings.HasSuffix(name, "<p>yes <img alt=':party:' ") || !strings.Contains(rest, " width='4' height='3'/>:gone:</p>") || len(hash) != 40 {
			t.Fatalf("%s", first)
		}
		if edited := string(all[2].Append(nil)); !strings.Contains(edited, "<p>no <img alt=':party:' src='cid:sha1+"+hash) {
			t.Errorf("after the edit: %s", edited)
		}
		w.sends(iq("phone", "get", "#go%irc.net@gw.example/bob", `<data xmlns='urn:xmpp:bob' cid='sha1+`+hash+`@bob.xmpp.org'/>`))
		w.sends(iq("phone", "get", "#go%irc.net@gw.example/bob", `<data xmlns='urn:xmpp:bob' cid='sha1+00@bob.xmpp.org'/>`))
		answers := w.stream.raw()
		if len(answers) != 2 || answers[0].Type != "result" || answers[0].Child("urn:xmpp:bob", "data").Attr("type") != "image/jpeg" || answers[1].Type != "error" {
			for _, a := range answers {
				t.Errorf("%s", a.Append(nil))
			}
		}
	})
}

func TestAMessageThatIsOneEmojiIsAPictureForMoreClients(t *testing.T) {
	emojiStory(t, func(t *testing.T, w *world, _ *web) {
		lone := text.Text{{Spans: []text.Span{customEmoji("party", partyURL)}}}
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "b1", From: user("bob"), Text: lone},
			transports.Edited{Place: transports.InRoom("#go"), ID: "b1", From: user("bob"), Text: text.Plain("well")})
		all := w.stream.raw()
		if len(all) != 2 {
			t.Fatalf("%d stanzas", len(all))
		}
		message := string(all[0].Append(nil))
		for _, want := range []string{"<body>:party:</body>", "<media-type>image/png</media-type><name>party.png</name><desc>:party:</desc>", "target='" + partyURL + "'",
			"<sticker xmlns='urn:xmpp:stickers:0'/>", "for='urn:xmpp:sfs:0'"} {
			if !strings.Contains(message, want) {
				t.Errorf("without %s: %s", want, message)
			}
		}
		if edited := string(all[1].Append(nil)); !strings.Contains(edited, "<replace xmlns='urn:xmpp:message-correct:0'") {
			t.Errorf("the correction does not replace it: %s", edited)
		}
	})
}

func TestAPictureThatComesTooLateIsAName(t *testing.T) {
	emojiStory(t, func(t *testing.T, w *world, pages *web) {
		const slow = "https://up.example/slow.png"
		pages.pages[slow], pages.gate = smallPicture(t), make(chan struct{})
		said := text.Text{{Spans: []text.Span{{Text: "yes "}, customEmoji("slow", slow)}}}
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "b1", From: user("bob"), Text: said},
			transports.Message{Place: transports.InRoom("#go"), ID: "b2", From: user("bob"), Text: text.Plain("and on")})
		w.expect()
		w.waits(emojiWait)
		w.expect("phone: <bob> yes :slow:", "phone: <bob> and on")
		close(pages.gate)
		w.settle()
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "b3", From: user("bob"), Text: said})
		if all := w.stream.raw(); len(all) != 1 || !strings.Contains(string(all[0].Append(nil)), "<img alt=':slow:'") {
			t.Errorf("%v", all)
		}
	})
	emojiStory(t, func(t *testing.T, w *world, pages *web) {
		const slow = "https://up.example/slow.png"
		pages.pages[slow], pages.gate = smallPicture(t), make(chan struct{})
		said := text.Text{{Spans: []text.Span{{Text: "yes "}, customEmoji("slow", slow)}}}
		w.emits(transports.Message{Place: transports.InRoom("#go"), ID: "b1", From: user("bob"), Text: text.Plain("yes")},
			transports.Edited{Place: transports.InRoom("#go"), ID: "b1", From: user("bob"), Text: said})
		w.waits(emojiWait)
		close(pages.gate)
		w.settle()
		if p, ok := w.shared.Emoji.Known("irc.net", "slow", slow); !ok || p.Hash == "" {
			t.Error("nor is it known afterwards")
		}
	})
}
