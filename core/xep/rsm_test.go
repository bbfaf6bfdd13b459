package xep

import "testing"

func TestPagesAreAskedFor(t *testing.T) {
	for _, c := range []struct {
		set  string
		want Paging
		ok   bool
	}{
		{``, Paging{Max: -1}, true},
		{`<set xmlns='urn:other'><max>1</max></set>`, Paging{Max: -1}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'/>`, Paging{Max: -1}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'><max>10</max></set>`, Paging{Max: 10}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set>`, Paging{Max: 0}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><after>id1</after></set>`, Paging{Max: 10, After: "id1"}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'><before/></set>`, Paging{Max: -1, Last: true}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'><before>id1</before></set>`, Paging{Max: -1, Last: true, Before: "id1"}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><index>371</index></set>`, Paging{Max: 10, Indexed: true, Index: 371}, true},
		{`<set xmlns='http://jabber.org/protocol/rsm'><index>-1</index></set>`, Paging{Max: -1}, false},
		{`<set xmlns='http://jabber.org/protocol/rsm'><max>-1</max></set>`, Paging{Max: -1}, false},
		{`<set xmlns='http://jabber.org/protocol/rsm'><max/></set>`, Paging{Max: -1}, false},
		{`<set xmlns='http://jabber.org/protocol/rsm'><max>99999999999999999999</max></set>`, Paging{Max: -1}, false},
	} {
		got, ok := ParsePaging(read(t, query(c.set)).Child(nsMAM, "query"))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %v", c.set, got, ok)
		}
	}
}

func TestPagesAreDescribed(t *testing.T) {
	rendered(t, Set("a", "b", 3, 800, 1000),
		`<set xmlns='http://jabber.org/protocol/rsm'><first index='3'>a</first><last>b</last><count>800</count></set>`)
	rendered(t, Set("", "", 3, 800, 1000), `<set xmlns='http://jabber.org/protocol/rsm'><count>800</count></set>`) // XEP-0059 §2.6
	rendered(t, Set("a", "b", 1000, 1000, 1000),                                                                   // the archive counts no further
		`<set xmlns='http://jabber.org/protocol/rsm'><first>a</first><last>b</last></set>`)
}
