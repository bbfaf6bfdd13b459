package xep

import "testing"

func TestSpoilersAreMarked(t *testing.T) {
	for child, want := range map[string]bool{`<spoiler xmlns='urn:xmpp:spoiler:0'>the end</spoiler>`: true, `<spoiler xmlns='urn:other'/>`: false} {
		if got := IsSpoiler(read(t, `<message><body>x</body>`+child+`</message>`)); got != want {
			t.Errorf("%s: %v", child, got)
		}
	}
	rendered(t, Spoiler(), `<spoiler xmlns='urn:xmpp:spoiler:0'/>`)
}
