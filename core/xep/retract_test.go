package xep

import (
	"testing"
	"time"
)

func TestARetractionIsReadInBothItsForms(t *testing.T) {
	for child, want := range map[string]string{
		`<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>`:                                                "m1",
		`<apply-to xmlns='urn:xmpp:fasten:0' id='m1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>`: "m1",
		`<apply-to xmlns='urn:xmpp:fasten:0' id='m1'><other xmlns='urn:other'/></apply-to>`:                    "",
		`<retract xmlns='urn:xmpp:message-retract:1'/>`:                                                        "",
	} {
		if got := Retracts(read(t, `<message>`+child+`</message>`)); got != want {
			t.Errorf("%s: %q", child, got)
		}
	}
}

func TestARetractionHasAFallbackAndAnArchiveATombstone(t *testing.T) {
	all := Retraction("m1")
	rendered(t, all[0], `<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>`)
	rendered(t, all[2], `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'><body/></fallback>`)
	rendered(t, Tombstone("r1", time.UnixMilli(0)), `<retracted xmlns='urn:xmpp:message-retract:1' id='r1' stamp='1970-01-01T00:00:00.000Z'/>`)
}
