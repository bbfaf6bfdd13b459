package xep

import "testing"

func TestACardHasANameAndAPicture(t *testing.T) {
	rendered(t, VCard("A & B", "d", []byte{1, 2, 3}), `<vCard xmlns='vcard-temp'><FN>A &amp; B</FN><NICKNAME>A &amp; B</NICKNAME><DESC>d</DESC>`+
		`<PHOTO><TYPE>image/png</TYPE><BINVAL>AQID</BINVAL></PHOTO></vCard>`)
	if !IsVCard(read(t, `<iq type='get'><vCard xmlns='vcard-temp'/></iq>`)) || IsVCard(read(t, `<iq type='set'><vCard xmlns='vcard-temp'/></iq>`)) {
		t.Error("the question is not told from others")
	}
}
