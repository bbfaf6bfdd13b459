package xep

import "testing"

func TestUnstyledMessagesAreMarked(t *testing.T) {
	for child, want := range map[string]bool{
		`<unstyled xmlns='urn:xmpp:styling:0'/>`: true, `<unstyled xmlns='urn:other'/>`: false, ``: false,
	} {
		if got := Unstyled(read(t, `<message><body>*x*</body>`+child+`</message>`)); got != want {
			t.Errorf("%s: %v", child, got)
		}
	}
}
