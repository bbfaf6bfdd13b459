package xep

import "testing"

func TestReceipts(t *testing.T) {
	for child, want := range map[string]bool{
		`<request xmlns='urn:xmpp:receipts'/>`: true, `<received xmlns='urn:xmpp:receipts' id='1'/>`: false, `<request xmlns='urn:other'/>`: false,
	} {
		if got := WantsReceipt(read(t, `<message>`+child+`</message>`)); got != want {
			t.Errorf("%s: %v", child, got)
		}
	}
	rendered(t, Receipt("m'1"), `<received xmlns='urn:xmpp:receipts' id='m&apos;1'/>`)
}
