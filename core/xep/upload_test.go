package xep

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnUploadServiceIsKnownWithItsLimit(t *testing.T) {
	const info = `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:http:upload:0'/>`
	for text, want := range map[string]int64{
		info + `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>urn:xmpp:http:upload:0</value></field><field var='max-file-size'><value>5242880</value></field></x></query></iq>`: 5242880,
		info + `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>urn:xmpp:http:upload</value></field><field var='max-file-size'><value>1</value></field></x></query></iq>`:         0,
		info + `</query></iq>`: 0,
	} {
		if service, ok := ParseUploadService(read(t, text)); !ok || service.Largest != want || service.Purposes != nil {
			t.Errorf("%s: %+v, %v", text, service, ok)
		}
	}
	if _, ok := ParseUploadService(read(t, `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:http:upload'/></query></iq>`)); ok {
		t.Error("the older version is taken for the current one")
	}
}

func TestASlotIsAskedForAndRead(t *testing.T) {
	rendered(t, UploadService{}.SlotRequest("a&b.jpg", 7, "image/jpeg", ForMessage), `<request xmlns='urn:xmpp:http:upload:0' filename='a&amp;b.jpg' size='7' content-type='image/jpeg'/>`)
	service, _ := ParseUploadService(read(t, `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:http:upload:0'/>
		<feature var='urn:xmpp:http:upload:purpose:0#message'/></query></iq>`))
	rendered(t, service.SlotRequest("a.jpg", 7, "image/jpeg", ForMessage), `<request xmlns='urn:xmpp:http:upload:0' filename='a.jpg' size='7' content-type='image/jpeg'><message xmlns='urn:xmpp:http:upload:purpose:0'/></request>`)
	rendered(t, service.SlotRequest("a.jpg", 7, "image/jpeg", ForProfile), `<request xmlns='urn:xmpp:http:upload:0' filename='a.jpg' size='7' content-type='image/jpeg'/>`)
	slot, ok := ParseSlot(read(t, `<iq type='result'><slot xmlns='urn:xmpp:http:upload:0'><put url='https://x.example/p'><header name='authorization'>Basic&#13;&#10; abc</header>
		<header name='Host'>evil</header><header name='cookie'>a=b</header></put><get url='https://x.example/g'/></slot></iq>`))
	want := Slot{Put: "https://x.example/p", Get: "https://x.example/g", Header: map[string][]string{"Authorization": {"Basic abc"}, "Cookie": {"a=b"}}}
	if diff := cmp.Diff(want, slot); !ok || diff != "" {
		t.Error(ok, diff)
	}
	for _, bad := range []string{`<iq type='result'/>`, `<iq><slot xmlns='urn:xmpp:http:upload:0'><put url='file:///etc/passwd'/><get url='https://x.example/g'/></slot></iq>`} {
		if _, ok := ParseSlot(read(t, bad)); ok {
			t.Errorf("%s is taken for a slot", bad)
		}
	}
}

func TestARefusalTellsHowLargeAFileMayBe(t *testing.T) {
	if largest, ok := ParseTooLarge(read(t, `<iq type='error'><error type='modify'><file-too-large xmlns='urn:xmpp:http:upload:0'><max-file-size>20000</max-file-size></file-too-large></error></iq>`)); !ok || largest != 20000 {
		t.Error(largest, ok)
	}
	if _, ok := ParseTooLarge(read(t, `<iq type='error'><error type='cancel'/></iq>`)); ok {
		t.Error("another error is taken for it")
	}
}

func TestWhatBelongsToAServerIsRead(t *testing.T) {
	got := ParseItems(read(t, `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#items'><item jid='upload.x.example'/><item jid='x' node='n'/><item jid='@'/></query></iq>`))
	if len(got) != 1 || got[0].String() != "upload.x.example" {
		t.Error(got)
	}
}
