package xmppclient

import "testing"

const joined = `<presence xmlns='jabber:client' from='#a%irc.example@gw/bob' xml:lang='en'>
<x xmlns='http://jabber.org/protocol/muc#user'><item role='none' nick='b&apos;b'/><status code='100'/><status code='307'/></x></presence>`

func TestAPatternFitsWhatItDescribes(t *testing.T) {
	for _, c := range []struct {
		stanza, pattern string
		fits            bool
	}{
		{joined, "presence", true},
		{joined, "*", true},
		{joined, "message", false},
		{joined, "presence[@from='#a%irc.example@gw/bob']", true},
		{joined, "presence[@from~'/bob$'][not(@type)]", true},
		{joined, "presence[@type]", false},
		{joined, "presence[@from!='x']", true},
		{joined, "presence[@type!='x']", false},
		{joined, "presence[@xml:lang='en']", true},
		{joined, "presence/{muc#user}x/status[@code='307']", true},
		{joined, "presence/{http://jabber.org/protocol/muc#user}x/status[@code='110']", false},
		{joined, "presence/{muc#user}x[status[@code='100']][status[@code='307']][not(status[@code='110'])]", true},
		{joined, "presence/{muc#user}x[not(item)]", false},
		{joined, `presence/{muc#user}x/item[@nick="b'b"]`, true},
		{joined, "presence/x", false},
		{joined, "presence/{muc#user}*/item", true},
		{joined, "{jabber:client}presence/*/*[@role='none']", true},
		{`<message xmlns='jabber:client'><body>a ] / 'b'</body></message>`, `message/body[text()="a ] / 'b'"]`, true},
		{`<message xmlns='jabber:client'><body/></message>`, "message[body]", true},
		{`<message xmlns='jabber:client'><body/></message>`, "message/body[text()]", false},
		{`<message xmlns='jabber:client'><body xmlns='urn:evil'>x</body></message>`, "message/body", false},
		{`<message xmlns='jabber:client'><a xmlns='urn:a'/><a xmlns='urn:a'><b/></a></message>`, "message/{urn:a}a/b", true},
		{`<message xmlns='jabber:server'/>`, "message", false},
	} {
		stanza, err := ParseElement(c.stanza)
		if err != nil {
			t.Fatal(err)
		}
		if got := stanza.Matches(c.pattern); got != c.fits {
			t.Errorf("%s on %s: %v", c.pattern, stanza, got)
		}
	}
}

func TestAPatternThatCannotBeReadIsRefused(t *testing.T) {
	for _, pattern := range []string{"", "/", "a/", "a[", "a[@]", "a[@b=c]", "a[@b='c]", "a[not(@b]", "{urn:x", "a]", "a[text()~'(']", "a b"} {
		t.Run(pattern, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was read", pattern)
				}
			}()
			mustParsePattern(pattern)
		})
	}
}

func TestAnElementIsWrittenAsItWasRead(t *testing.T) {
	stanza, err := ParseElement(joined)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseElement(`<x xmlns="jabber:client">` + stanza.String() + `</x>`)
	if err != nil {
		t.Fatal(err)
	}
	if want, got := stanza.String(), again.Children[0].String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if id := stanza.Find("presence/{muc#user}x/item").Attr("nick"); id != "b'b" {
		t.Errorf("nick is %q", id)
	}
}

func FuzzAnElementThatIsReadCanBeWritten(f *testing.F) {
	f.Add(joined)
	f.Add(`<a xmlns:b='urn:b' b:c='d'>&lt;<e xmlns=''/>]]&gt;</a>`)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseElement(text)
		if err != nil {
			return
		}
		first.Matches("*/{urn:a}b[@c]")
		_ = first.String()
	})
}
