package xep

import "testing"

func TestTheGatewaysCard(t *testing.T) {
	rendered(t, VCard("Net", "A gateway", []byte{1, 2}), `<vCard xmlns='vcard-temp'><FN>Net</FN><NICKNAME>Net</NICKNAME>`+
		`<PHOTO><TYPE>image/png</TYPE><BINVAL>AQI=</BINVAL></PHOTO><DESC>A gateway</DESC></vCard>`)
	if !IsVCard(read(t, `<iq type='get'><vCard xmlns='vcard-temp'/></iq>`)) || IsVCard(read(t, `<iq type='set'><vCard xmlns='vcard-temp'/></iq>`)) {
		t.Error("a request is not known")
	}
}

func TestACardHasWhatIsKnown(t *testing.T) {
	rendered(t, Card{}.Temp(), `<vCard xmlns='vcard-temp'/>`)
	rendered(t, Card{FullName: "Bob B", Nick: "bob", Title: "Dr", Note: "hi", TimeZone: "+01:00", Email: "b@x", Phone: "1", Organisation: "Org", Department: "Dep", URLs: []string{"http://x", "http://y"}}.Temp(),
		`<vCard xmlns='vcard-temp'><FN>Bob B</FN><NICKNAME>bob</NICKNAME><TEL><VOICE/><NUMBER>1</NUMBER></TEL><EMAIL><INTERNET/><USERID>b@x</USERID></EMAIL>`+
			`<TZ>+01:00</TZ><TITLE>Dr</TITLE><ORG><ORGNAME>Org</ORGNAME><ORGUNIT>Dep</ORGUNIT></ORG><URL>http://x</URL><DESC>hi</DESC></vCard>`)
}

func TestAPersonsPictureIsInTheirVCard(t *testing.T) {
	request := VCardRequest(roomJID, aliceJID)
	if request.To != aliceJID.Bare() || request.Child("vcard-temp", "vCard") == nil {
		t.Errorf("asked by %s", request.Append(nil))
	}
	for answer, want := range map[string]string{
		`<iq type='result' id='1'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>aGVs` + "\n" + ` bG8=</BINVAL></PHOTO></vCard></iq>`: "hello",
		`<iq type='result' id='1'><vCard xmlns='vcard-temp'><PHOTO><BINVAL>?</BINVAL></PHOTO></vCard></iq>`:                                           "",
		`<iq type='result' id='1'><vCard xmlns='vcard-temp'/></iq>`:                                                                                   "",
		`<iq type='error' id='1'><vCard xmlns='vcard-temp'><PHOTO><BINVAL>aGVsbG8=</BINVAL></PHOTO></vCard></iq>`:                                     "",
	} {
		if got := string(ParsePhoto(read(t, answer))); got != want {
			t.Errorf("%s: %q", answer, got)
		}
	}
	if ParsePhoto(nil) != nil {
		t.Error("a picture out of nothing")
	}
}
