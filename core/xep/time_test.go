package xep

import (
	"testing"
	"time"
)

func TestTheTimeIsToldWithItsZone(t *testing.T) {
	at := time.Date(2026, 11, 23, 4, 5, 6, 7, time.FixedZone("", 2*3600))
	rendered(t, Time(at), `<time xmlns='urn:xmpp:time'><tzo>+02:00</tzo><utc>2026-11-23T02:05:06Z</utc></time>`)
	if !IsTime(read(t, `<iq type='get'><time xmlns='urn:xmpp:time'/></iq>`)) || IsTime(read(t, `<iq type='set'><time xmlns='urn:xmpp:time'/></iq>`)) {
		t.Error("the question is not told from others")
	}
}
