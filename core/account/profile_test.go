package account

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"isthmus/core/avatar"
	"isthmus/transports"
)

// withFaces is a network on which bob has a face and #go a picture.
func withFaces(t *testing.T, tell func(t *testing.T, w *world)) {
	story(t, func(t *testing.T, w *world) {
		w.shared.Pictures = avatar.New("gw.example", w.store, w.shared.Log)
		bob := user("Bob")
		bob.Picture = "v1"
		w.network.profiles = map[transports.UserID]transports.Profile{"bob": {User: bob, FullName: "Bob Builder", Title: "Builder", Email: "bob@net"}, "zoe": {User: user("Zoe")}}
		w.network.pictures = map[string][]byte{"v1": face(t, 3), "v2": face(t, 4), "go": face(t, 5)}
		tell(t, w)
	})
}

func face(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pictured(name, version string) transports.User {
	u := user(name)
	u.Picture = version
	return u
}

var (
	base64s = regexp.MustCompile(`[A-Za-z0-9+/=]{60,}`)
	hashes  = regexp.MustCompile(`\b[0-9a-f]{40}\b`)
)

// shown are the stanzas since the last time with their payloads; pictures and hashes are left out.
func (w *world) shown() string {
	w.t.Helper()
	w.settle()
	var lines []string
	for _, s := range w.stream.raw() {
		text := payload(s)
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", s.Kind, s.Type, s.From, hashes.ReplaceAllString(base64s.ReplaceAllString(text, "PICTURE"), "HASH")))
	}
	return strings.Join(lines, "\n")
}

func (w *world) wantShown(want ...string) {
	w.t.Helper()
	if got := w.shown(); got != strings.Join(want, "\n") {
		w.t.Errorf("shown\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

const (
	bobsMetadata = `<item id='HASH'><metadata xmlns='urn:xmpp:avatar:metadata'><info bytes='75' id='HASH' type='image/png' width='3' height='3'/></metadata></item>`
	bobAnnounced = `message headline bob%irc.net@gw.example: <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:avatar:metadata'>` + bobsMetadata + `</items></event>`
	hashUpdate   = `<x xmlns='vcard-temp:x:update'><photo>HASH</photo></x>`
)

func TestAContactHasAFaceAndACard(t *testing.T) {
	withFaces(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.sends(toBob("subscribe"))
		w.emits(transports.SubscriptionAnswered{User: pictured("Bob", "v1"), Granted: true}, transports.PresenceChanged{User: pictured("Bob", "v1"), Presence: transports.Presence{Show: transports.Present}})
		w.waits(presenceGap)
		w.wantShown("presence subscribed bob%irc.net@gw.example: ", "presence unavailable bob%irc.net@gw.example: ",
			"presence  bob%irc.net@gw.example: ", "presence  bob%irc.net@gw.example: "+hashUpdate, bobAnnounced)
		w.expectCommands("subscribe bob true", "picture bob v1")

		w.sends(iq("phone", "get", "bob%irc.net@gw.example", `<vCard xmlns='vcard-temp'/>`))
		w.wantShown(`iq result bob%irc.net@gw.example: <vCard xmlns='vcard-temp'><FN>Bob Builder</FN><NICKNAME>Bob</NICKNAME><PHOTO><TYPE>image/png</TYPE><BINVAL>PICTURE</BINVAL></PHOTO>` +
			`<EMAIL><INTERNET/><USERID>bob@net</USERID></EMAIL><TITLE>Builder</TITLE></vCard>`)
		w.sends(iq("phone", "get", "bob%irc.net@gw.example", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:metadata'/></pubsub>`))
		w.wantShown(`iq result bob%irc.net@gw.example: <pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:metadata'>` + bobsMetadata + `</items></pubsub>`)
		w.sends(iq("phone", "get", "bob%irc.net@gw.example", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='other'/></items></pubsub>`))
		w.expect("phone: q refused: item-not-found: Nothing is known of that here.")
		w.sends(iq("phone", "get", "bob%irc.net@gw.example", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'/></pubsub>`))
		w.wantShown(`iq result bob%irc.net@gw.example: <pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='HASH'><data xmlns='urn:xmpp:avatar:data'>PICTURE</data></item></items></pubsub>`)
		w.sends(iq("phone", "get", "bob%irc.net@gw.example", `<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>`))
		w.wantShown(`iq result bob%irc.net@gw.example: <vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Bob Builder</text></fn><nickname><text>Bob</text></nickname>` +
			`<email><text>bob@net</text></email><title><text>Builder</text></title></vcard>`)
		w.sends(iq("phone", "get", "nobody%irc.net@gw.example", `<vCard xmlns='vcard-temp'/>`))
		w.expect("phone: q refused: item-not-found: Nobody is called that.")
		w.network.taken()

		w.emits(transports.ProfileChanged{User: pictured("Bob", "v2")})
		w.waits(2 * presenceGap)
		w.wantShown("presence  bob%irc.net@gw.example: ", "presence  bob%irc.net@gw.example: "+hashUpdate, strings.ReplaceAll(bobAnnounced, "='3'", "='4'"))
		w.expectCommands("picture bob v2")
		w.emits(transports.ProfileChanged{User: user("Bob")})
		w.waits(2 * presenceGap)
		w.wantShown("presence  bob%irc.net@gw.example: <x xmlns='vcard-temp:x:update'><photo/></x>",
			"message headline bob%irc.net@gw.example: <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:avatar:metadata'><item id='none'><metadata xmlns='urn:xmpp:avatar:metadata'/></item></items></event>")
	})
}

func TestMembersAndRoomsHavePictures(t *testing.T) {
	withFaces(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.forget()
		in := state("alice", "Bob")
		in.Members[1].User.Picture = "v1"
		in.Picture = "go"
		w.emits(in)
		got := w.shown()
		for _, want := range []string{"message groupchat #go%irc.net@gw.example: <x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>",
			"#go%irc.net@gw.example/Bob: <x xmlns='http://jabber.org/protocol/muc#user'>"} {
			if !strings.Contains(got, want) {
				t.Errorf("shown\n%s\nwithout\n%s", got, want)
			}
		}
		const ask, hash = `<query xmlns='http://jabber.org/protocol/disco#info'/>`, `var='muc#roominfo_avatarhash' label='Avatar hash'><value>HASH</value>`
		w.sends(iq("desk", "get", "#go%irc.net@gw.example", ask)) // also before one comes in
		if got := w.shown(); !strings.Contains(got, hash) || !strings.Contains(got, "<feature var='vcard-temp'/>") {
			t.Errorf("the room is %s", got)
		}
		if last := got[strings.LastIndex(got, "#go%irc.net@gw.example/Bob"):]; !strings.Contains(last, hashUpdate) {
			t.Errorf("the last of bob is %s", last)
		}
		for _, to := range []string{"#go%irc.net@gw.example", "#go%irc.net@gw.example/Bob"} {
			w.sends(iq("phone", "get", to, `<vCard xmlns='vcard-temp'/>`))
			if got := w.shown(); !strings.Contains(got, "<BINVAL>PICTURE</BINVAL>") {
				t.Errorf("%s has %s", to, got)
			}
		}
		w.emits(transports.RoomChanged{Room: "#go"})
		w.expect("phone: <#go> 104 ")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", ask))
		if got := w.shown(); strings.Contains(got, "avatarhash") {
			t.Errorf("after the picture is gone the room is %s", got)
		}
		w.sends(iq("desk", "get", "#go%irc.net@gw.example/Bob", `<vCard xmlns='vcard-temp'/>`))
		w.expect("desk: q refused: item-not-found: Nothing is known of that here.")
	})
}

func TestWhereNothingIsKnownOfUsersThereIsNoCard(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(iq("phone", "get", "bob%irc.net@gw.example", `<vCard xmlns='vcard-temp'/>`))
		w.expect("phone: q refused: item-not-found: Nothing is known of that here.")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example/bob", `<vCard xmlns='vcard-temp'/>`))
		w.expect("phone: q refused: item-not-found: Nothing is known of that here.")
	})
}

func TestAwayMembersOfARoomAreShownSo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(how("bob", transports.Away, "lunch"), how("stranger", transports.Away, ""))
		w.expect("phone: bob is away (lunch)")
		w.emits(how("bob", transports.Away, "lunch"))
		w.expect()
		w.sends(join("laptop", "alice"))
		if got := w.stream.taken(); !strings.Contains(strings.Join(got, "\n"), "laptop: bob is away (lunch)") {
			t.Errorf("the laptop saw %q", got)
		}
		w.emits(how("bob", transports.Present, ""))
		w.expect("phone: bob is here", "laptop: bob is here")
	})
}
