package xep

import (
	"testing"
	"time"
)

func TestADelayIsWrittenInUTCToTheMillisecond(t *testing.T) {
	at := time.Date(2024, 2, 29, 13, 0, 0, 123_456_789, time.FixedZone("", 3600))
	rendered(t, Delay(roomJID, at), `<delay xmlns='urn:xmpp:delay' from='#go%irc.net@gw.example' stamp='2024-02-29T12:00:00.123Z'/>`)
}

func TestStampsOfClientsAreRead(t *testing.T) {
	noon := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2024-02-29T12:00:00Z": noon, "2024-02-29T14:00:00+02:00": noon, "2024-02-29T12:00:00.5Z": noon.Add(time.Second / 2),
		"2024-02-29T12:00:00": {}, "2024-02-30T12:00:00Z": {}, "yesterday": {}, "": {},
	} {
		got, err := ParseStamp(text)
		if (err == nil) != !want.IsZero() || !got.Equal(want) {
			t.Errorf("ParseStamp(%q) = %v, %v", text, got, err)
		}
	}
}
