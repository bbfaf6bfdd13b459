package xep

import (
	"testing"
	"time"
)

func TestTheUptimeIsInWholeSeconds(t *testing.T) {
	rendered(t, Last(90*time.Second+900*time.Millisecond), `<query xmlns='jabber:iq:last' seconds='90'/>`)
	if !IsLast(read(t, `<iq type='get'><query xmlns='jabber:iq:last'/></iq>`)) || IsLast(read(t, `<iq type='get'><query xmlns='jabber:iq:version'/></iq>`)) {
		t.Error("the question is not told from others")
	}
}
