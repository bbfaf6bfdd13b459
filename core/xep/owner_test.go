package xep

import (
	"strings"
	"testing"
)

func TestARoomsConfigurationIsAFormOfItsOwnType(t *testing.T) {
	got := string(RoomConfig(&Form{Fields: []Field{{Name: "persistent", Kind: Switch, Values: []string{"true"}}}}).Append(nil))
	for _, part := range []string{"muc#owner", "<value>http://jabber.org/protocol/muc#roomconfig</value>", "var='persistent'"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s lacks %s", got, part)
		}
	}
}

func TestRequestsOfOwnersAreRead(t *testing.T) {
	if x, ok := ParseOwner(read(t, `<iq type='get'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>`)); !ok || x != nil {
		t.Error("the question for the form")
	}
	if x, ok := ParseOwner(read(t, `<iq type='set'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>`)); !ok || x == nil {
		t.Error("the form handed in")
	}
	if reason, ok := ParseDestroy(read(t, `<iq type='set'><query xmlns='http://jabber.org/protocol/muc#owner'><destroy><reason>spam</reason></destroy></query></iq>`)); !ok || reason != "spam" {
		t.Error("the request to destroy")
	}
	if _, ok := ParseDestroy(read(t, `<iq type='set'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>`)); ok {
		t.Error("a request to destroy out of nowhere")
	}
	if _, ok := ParseOwner(read(t, `<iq type='result'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>`)); ok {
		t.Error("a result is no request")
	}
}
