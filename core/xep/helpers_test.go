package xep

import (
	"encoding/xml"
	"strings"
	"testing"

	"isthmus/core/stanza"
)

// read makes a stanza of its XML.
func read(t *testing.T, text string) *stanza.Stanza {
	t.Helper()
	e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(text)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	s := &stanza.Stanza{Kind: stanza.Kind(e.Name), Type: e.Attr("type"), ID: e.Attr("id"), Payload: e.Children()}
	s.From, s.To = address(t, e.Attr("from")), address(t, e.Attr("to"))
	return s
}

func address(t *testing.T, text string) stanza.JID {
	t.Helper()
	if text == "" {
		return stanza.JID{}
	}
	j, err := stanza.ParseJID(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return j
}

// rendered fails unless the element is written exactly so.
func rendered(t *testing.T, e *stanza.Element, want string) {
	t.Helper()
	if got := string(e.Append(nil)); got != want {
		t.Errorf("rendered\n  %s\nwant\n  %s", got, want)
	}
}

var (
	roomJID  = stanza.JID{Local: "#go%irc.net", Domain: "gw.example"}
	aliceJID = stanza.JID{Local: "alice", Domain: "example.org", Resource: "phone"}
)
