package xep

import (
	"testing"
	"time"
)

func TestSinceWhenSomeoneIsIdle(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	rendered(t, Idle(at), `<idle xmlns='urn:xmpp:idle:1' since='2026-05-01T12:00:00.000Z'/>`)
	if Idle(time.Time{}) != nil {
		t.Error("nobody knows, and yet it is told")
	}
	if got := ParseIdle(read(t, `<presence><idle xmlns='urn:xmpp:idle:1' since='2026-05-01T12:00:00Z'/></presence>`)); !got.Equal(at) {
		t.Errorf("read as %v", got)
	}
	for _, text := range []string{`<presence/>`, `<presence><idle xmlns='urn:xmpp:idle:1' since='noon'/></presence>`} {
		if got := ParseIdle(read(t, text)); !got.IsZero() {
			t.Errorf("%s: read as %v", text, got)
		}
	}
}
