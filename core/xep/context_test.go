package xep

import "testing"

func TestAMessageKeepsItsPlaceButNoForgedId(t *testing.T) {
	s := read(t, `<message><body>x</body><thread>t</thread><origin-id xmlns='urn:xmpp:sid:0' id='o'/><stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='r@x'/>`+
		`<replace xmlns='urn:xmpp:message-correct:0' id='m'/><other xmlns='urn:other'/></message>`)
	var got string
	for _, e := range Context(s) {
		got += e.Name + " "
	}
	if got != "thread origin-id replace " {
		t.Errorf("%q", got)
	}
}
