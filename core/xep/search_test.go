package xep

import (
	"strings"
	"testing"
)

func TestSearchesAreReadInBothWays(t *testing.T) {
	for text, want := range map[string]Search{
		`<iq type='get'><query xmlns='jabber:iq:search'/></iq>`:                                                                                                 {},
		`<iq type='set'><query xmlns='jabber:iq:search'><first>Bob</first><email> b@x </email></query></iq>`:                                                    {Words: "Bob b@x", Set: true},
		`<iq type='set'><query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='submit'><field var='nick'><value>Bob B</value></field></x></query></iq>`: {Words: "Bob B", Form: true, Set: true},
	} {
		if got, ok := ParseSearch(read(t, text)); !ok || got != want {
			t.Errorf("%s\nread as %+v %v", text, got, ok)
		}
	}
	if _, ok := ParseSearch(read(t, `<iq type='result'><query xmlns='jabber:iq:search'/></iq>`)); ok {
		t.Error("an answer passes for a search")
	}
}

func TestWhatIsFoundIsToldAsItWasAsked(t *testing.T) {
	found := []SearchItem{{JID: aliceJID.Bare(), Name: "Alice", Network: "net"}}
	rendered(t, SearchResults(Search{}, found), `<query xmlns='jabber:iq:search'><item jid='alice@example.org'><nick>Alice</nick></item></query>`)
	got := string(SearchResults(Search{Form: true}, found).Append(nil))
	for _, want := range []string{`<field type='hidden' var='FORM_TYPE'><value>jabber:iq:search</value></field>`, `<reported><field var='jid' label='Address' type='jid-single'/>`,
		`<item><field var='jid'><value>alice@example.org</value></field><field var='nick'><value>Alice</value></field><field var='network'><value>net</value></field></item>`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nis without\n%s", got, want)
		}
	}
	form := string(SearchForm("Write a name.", "Name").Append(nil))
	for _, want := range []string{`<query xmlns='jabber:iq:search'><instructions>Write a name.</instructions><nick/><x xmlns='jabber:x:data' type='form'>`, `var='nick' label='Name'`} {
		if !strings.Contains(form, want) {
			t.Errorf("%s\nis without\n%s", form, want)
		}
	}
}
