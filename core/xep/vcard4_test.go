package xep

import "testing"

func TestACardInItsFourthVersion(t *testing.T) {
	rendered(t, Card{FullName: "Bob B", Nick: "bob", Title: "Dr", Note: "hi", TimeZone: "+01:00", Email: "b@x", Phone: "1", Organisation: "Org", Department: "Dep", URLs: []string{"http://x", "http://y"}}.Four(),
		`<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Bob B</text></fn><nickname><text>bob</text></nickname><email><text>b@x</text></email><tel><text>1</text></tel>`+
			`<tz><text>+01:00</text></tz><title><text>Dr</text></title><org><text>Org</text><text>Dep</text></org><url><uri>http://x</uri></url><url><uri>http://y</uri></url><note><text>hi</text></note></vcard>`)
	if !IsVCard4(read(t, `<iq type='get'><vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/></iq>`)) || IsVCard4(read(t, `<iq type='get'><vCard xmlns='vcard-temp'/></iq>`)) {
		t.Error("a request is not known")
	}
}
