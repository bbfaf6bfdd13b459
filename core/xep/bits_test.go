package xep

import "testing"

func TestBitsAreAskedForByTheirHash(t *testing.T) {
	for text, want := range map[string]string{
		`<iq type='get'><data xmlns='urn:xmpp:bob' cid='sha1+8f35FE@bob.xmpp.org'/></iq>`: "8f35fe",
		`<iq type='get'><data xmlns='urn:xmpp:bob' cid='sha-256+00@bob.xmpp.org'/></iq>`:  "",
		`<iq type='get'><data xmlns='urn:xmpp:bob'/></iq>`:                                "",
	} {
		if hash, ok := ParseBitRequest(read(t, text)); !ok || hash != want {
			t.Errorf("%s: %q %v", text, hash, ok)
		}
	}
	for _, text := range []string{`<iq type='result'><data xmlns='urn:xmpp:bob'/></iq>`, `<message type='get'><data xmlns='urn:xmpp:bob'/></message>`, `<iq type='get'/>`} {
		if _, ok := ParseBitRequest(read(t, text)); ok {
			t.Errorf("%s is taken for a request", text)
		}
	}
	rendered(t, Bit("8f", "image/png", []byte("x")), `<data xmlns='urn:xmpp:bob' cid='sha1+8f@bob.xmpp.org' type='image/png' max-age='2592000'>eA==</data>`)
}

func TestABitIsTheOneThatWasAskedFor(t *testing.T) {
	const x = "11f6ad8ec52a2984abaafd7c3b516503785c2072" // of "x"
	rendered(t, BitRequest(x), `<data xmlns='urn:xmpp:bob' cid='sha1+`+x+`@bob.xmpp.org'/>`)
	for text, want := range map[string]bool{
		`<iq type='result'><data xmlns='urn:xmpp:bob'>eA
		==</data></iq>`: true,
		`<iq type='result'><data xmlns='urn:xmpp:bob'>eQ==</data></iq>`: false, // another content
		`<iq type='result'><data xmlns='urn:xmpp:bob'>?</data></iq>`:    false,
		`<iq type='result'/>`: false,
		`<iq type='error'><data xmlns='urn:xmpp:bob'>eA==</data></iq>`: false,
	} {
		if content, ok := ParseBit(read(t, text), x); ok != want || ok && string(content) != "x" {
			t.Errorf("%s: %q %v", text, content, ok)
		}
	}
}
