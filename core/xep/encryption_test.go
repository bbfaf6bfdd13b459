package xep

import "testing"

func TestEncryptedMessagesAreRecognised(t *testing.T) {
	for child, want := range map[string]bool{
		`<encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/>`: true,
		`<encrypted xmlns='eu.siacs.conversations.axolotl'/>`:                             true,
		`<encrypted xmlns='urn:xmpp:omemo:1'/>`:                                           true,
		`<encrypted xmlns='urn:xmpp:omemo:2'/>`:                                           true,
		`<x xmlns='jabber:x:encrypted'>…</x>`:                                             true,
		`<openpgp xmlns='urn:xmpp:openpgp:0'/>`:                                           true,
		`<encrypted xmlns='urn:other'/>`:                                                  false,
		`<encrypted/>`:                                                                    false,
		``:                                                                                false,
	} {
		if got := Encrypted(read(t, `<message><body>fallback</body>`+child+`</message>`)); got != want {
			t.Errorf("%s: %v", child, got)
		}
	}
}
