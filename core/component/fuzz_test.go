package component

import (
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"isthmus/core/stanza"
)

var testLimits = limits{size: 1 << 20, depth: 32, elements: 8192, attrs: 64}

const testHeader = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' xmlns:db='jabber:server:dialback' id='1'>"

// groupchat is a message as Prosody 0.12 writes it.
const groupchat = "<message type='groupchat' id='a1b2c3d4-e5f6' from='#go-nuts%irc.libera.chat@irc.example.org/juliet' to='romeo@montague.example/orchard' xml:lang='en'>" +
	"<body>But soft, what light through yonder window breaks? It is the east &amp; Juliet is the sun.</body>" +
	"<origin-id id='a1b2c3d4-e5f6' xmlns='urn:xmpp:sid:0'/><stanza-id by='#go-nuts%irc.libera.chat@irc.example.org' id='1700000000-42' xmlns='urn:xmpp:sid:0'/>" +
	"<occupant-id id='qzXh7w3WgZb0' xmlns='urn:xmpp:occupant-id:0'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>"

var xmlSeeds = []string{
	groupchat,
	"<iq/>",
	"<presence from='a@b/c' to='d@e'><show>away</show><x xmlns='http://jabber.org/protocol/muc'/></presence>",
	"<message><body xmlns='jabber:client'>x</body><body xmlns=''>none</body><body xmlns='urn:evil'>x</body></message>",
	"<message><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' xml:lang='de'><body>x</body></message></forwarded></message>",
	"<a>x<![CDATA[<&]]]>]]>y<!-- c -->z</a>", "<a><![CDATA[]]></a>", "<a><!----></a>", "<a><!-- a--b --></a>", "<a><!---></a>-->", "<a>]]></a>", "<a>]]&gt;</a>",
	"<a b='\r\n\t\r&#13;&#10;'>\r\n\r&#13;</a>", "<a b=\"'\" c='\"'/>", "<a b='>'/>", "<a b='<'/>", "<a b='&lt;'/>", "<a b = '1'\n/>",
	"<a b='1'c='2'/>", "<a b='1' b='2'/>", "<a b=1/>", "<a b/>", "<a/ >", "<a / >", "< a/>", "<a></a >", "<a></ a>", "<a></b>", "<a><b></a>", "<a><b></a></b>",
	"<p:a xmlns:p='urn:p' p:b='1'/>", "<p:a/>", "<a p:b='1'/>", "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='' q:b=''/>", "<a xmlns:p=''/>", "<a xmlns:xml='urn:x'/>",
	"<a xmlns:xmlns='x'/>", "<a:b:c xmlns:a='x'/>", "<:a/>", "<a:/>", "<a:1 xmlns:a='x'/>", "<é ü='ö'>ä</é>", "<a\u0300/>", "<\u0300/>", "<a xmlns='x' xmlns='y'/>",
	"<a>&#0;</a>", "<a>&#x1F600;&#128512;&#xd800;&#xFFFE;&#x110000;&#00000000000000000000000000000065;</a>", "<a>&#99999999999999999999;</a>", "<a>&nbsp;</a>", "<a>&</a>", "<a>&amp</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#X41;</a>",
	"<a>\x00</a>", "<a>\x1f</a>", "<a>\x7f\u0085</a>", "<a>\xff</a>", "<a>\xed\xa0\x80</a>", "<a>\uFFFE</a>", "<a>\uFFFF</a>", "<a b='\x01'/>", "<a><!--\x01--></a>",
	"<a><?pi x?></a>", "<a><?xml version='1.0'?></a>", "<?pi?><a/>", "<a><??></a>", "<a><!DOCTYPE x></a>", "<!DOCTYPE a [<!ENTITY e '>'>]><a>&e;</a>",
	"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>", "296<a/>", "<a/>x", "<a/><b/>", "</stream:stream>",
	strings.Repeat("<a>", 33) + strings.Repeat("</a>", 33), "<a>" + strings.Repeat("<b/>x", 20) + "</a>", "<xml:a/>", "<a xml:xmlns='1' db:xmlns='2'/>", "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
	"<a xmlns='\n' xmlns:b='\t' b:c=''/>",
}

// FuzzParser holds the parser against encoding/xml in both directions.
func FuzzParser(f *testing.F) {
	for _, s := range xmlSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if strings.Contains(in, "'xmlns'") || strings.Contains(in, `"xmlns"`) {
			t.Skip("encoding/xml cannot tell a namespace named xmlns from a declaration")
		}
		ours, whole, err := parseOne(in)
		if err == nil {
			theirs, _, err := oracle(whole, true)
			if err != nil {
				t.Fatalf("encoding/xml refuses what we accept: %v\n%q", err, in)
			}
			if !reflect.DeepEqual(theirs, ours) { // cmp takes exponential time for deep trees
				t.Fatalf("%q became\n%q, and by encoding/xml\n%q", in, ours.Append(nil), theirs.Append(nil))
			}
			return
		}
		theirs, depth, oracleErr := oracle(in, false)
		if oracleErr == nil && !mayRefuse(err, in, theirs, depth) {
			t.Fatalf("encoding/xml accepts what we refuse: %v\n%q", err, in)
		}
	})
}

// mayRefuse tells whether encoding/xml is known to be laxer than the standards where we refuse.
func mayRefuse(err error, in string, theirs *stanza.Element, depth int) bool {
	switch {
	case errors.Is(err, errDuplicate), errors.Is(err, errPrefix), errors.Is(err, errSpacing):
		return true
	case errors.Is(err, errName): // several colons
		return strings.Contains(in, ":")
	case errors.Is(err, errCharacter): // control characters in comments
		return strings.Contains(in, "<!--")
	case errors.Is(err, errEntity): // references to surrogates
		return strings.Contains(string(theirs.Append(nil)), "\uFFFD")
	case errors.Is(err, errForeign):
		return theirs.Space == "none"
	case errors.Is(err, errTooDeep):
		return depth > testLimits.depth
	case errors.Is(err, errTooMany):
		return strings.Count(in, "=") > testLimits.attrs
	}
	return false
}

// parseOne reads the first element of in.
func parseOne(in string) (*stanza.Element, string, error) {
	fr := newFramer(strings.NewReader(testHeader+in), testLimits)
	p := newParser(testLimits)
	h, err := fr.header()
	if err != nil {
		return nil, "", err
	}
	if _, err := p.header(h); err != nil {
		return nil, "", err
	}
	f, err := fr.next()
	if err != nil {
		return nil, "", err
	}
	if f.refused != nil {
		return nil, "", f.refused
	}
	r, err := p.parse(f)
	if err != nil {
		return nil, "", err
	}
	e := &stanza.Element{Space: r.space, Name: r.name, Attrs: r.attrs, Nodes: r.nodes}
	return normalise(e), string(f.data), nil
}

// oracle reads in, which must be one element and nothing else but text before it, by encoding/xml.
// Instructions are of no interest, or no reason to refuse it.
func oracle(in string, instructions bool) (*stanza.Element, int, error) {
	errOther := errors.New("not one element")
	d := xml.NewDecoder(strings.NewReader(testHeader + in + "</stream:stream>"))
	var open []*stanza.Element
	var whole *stanza.Element
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if whole == nil {
				return nil, 0, errOther
			}
			return normalise(whole), depth, nil
		}
		if err != nil {
			return nil, 0, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			within := len(open) > 0
			for _, o := range open[min(1, len(open)):] {
				within = within && o.Space == ""
			}
			e := &stanza.Element{Space: token.Name.Space, Name: token.Name.Local}
			if e.Space == "" {
				e.Space = "none"
			} else if within {
				e.Space = own(e.Space)
			}
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
					e.Attrs = append(e.Attrs, stanza.Attr{Space: a.Name.Space, Name: a.Name.Local, Value: a.Value})
				}
			}
			switch {
			case len(open) == 1 && whole != nil:
				return nil, 0, errOther
			case len(open) == 1:
				whole = e
			case len(open) > 1:
				open[len(open)-1].Add(e)
			}
			open = append(open, e)
			depth = max(depth, len(open)-1)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 1 {
				open[len(open)-1].AddText(string(token))
			} else if whole != nil && len(open) == 1 {
				return nil, 0, errOther
			}
		case xml.ProcInst:
			if !instructions {
				return nil, 0, errOther
			}
		case xml.Directive:
			if len(open) > 1 {
				return nil, 0, errOther
			}
		}
	}
}

// normalise joins neighbouring text, leaves out elements in no namespace and makes white space in attributes spaces
// (which encoding/xml does not do).
func normalise(e *stanza.Element) *stanza.Element {
	value := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' && unicode.IsSpace(r) {
				return ' '
			}
			return r
		}, s)
	}
	out := &stanza.Element{Space: value(e.Space), Name: e.Name}
	for _, a := range e.Attrs {
		out.Attrs = append(out.Attrs, stanza.Attr{Space: value(a.Space), Name: a.Name, Value: value(a.Value)})
	}
	for _, n := range e.Nodes {
		last := len(out.Nodes) - 1
		switch {
		case n.Element != nil && n.Element.Space == "none":
		case n.Element != nil:
			out.Nodes = append(out.Nodes, stanza.Node{Element: normalise(n.Element)})
		case last >= 0 && out.Nodes[last].Element == nil:
			out.Nodes[last].Text += n.Text
		default:
			out.Nodes = append(out.Nodes, stanza.Node{Text: n.Text})
		}
	}
	return out
}

// FuzzFramer cuts the same bytes into pieces of all sizes: the frames must not depend on them.
func FuzzFramer(f *testing.F) {
	for i, s := range xmlSeeds {
		f.Add(s+s, uint64(i), uint16(1<<15))
		f.Add(strings.Join(xmlSeeds, ""), uint64(i), uint16(40*i))
		f.Add(s+"<b/>", uint64(i), uint16(len(s)/2))
	}
	f.Fuzz(func(t *testing.T, in string, seed uint64, size uint16) {
		l := limits{size: int(size) + 1, depth: 4, elements: 16, attrs: 64}
		whole, err1 := frames(strings.NewReader(in), l, 0)
		pieces, err2 := frames(&chopped{in, seed}, l, 1)
		if diff := cmp.Diff(whole, pieces); diff != "" || !errors.Is(err2, err1) {
			t.Fatalf("(-whole +pieces) %v, %v\n%s\n%q", err1, err2, diff, in)
		}
	})
}

type framed struct {
	Size, Elements int
	Data           string
	Refused        string
}

func frames(r io.Reader, l limits, buffer int) (out []framed, err error) {
	fr := newFramer(r, l)
	if buffer > 0 {
		fr.buf = make([]byte, buffer)
	}
	for {
		f, err := fr.next()
		if err != nil {
			return out, err
		}
		one := framed{Size: f.size, Elements: f.elements}
		if f.refused != nil {
			one.Refused = f.refused.Error()
		} else {
			one.Data = string(f.data)
		}
		out = append(out, one)
	}
}

// chopped reads a text in pieces of 1 to 8 bytes.
type chopped struct {
	rest string
	seed uint64
}

func (c *chopped) Read(p []byte) (int, error) {
	if c.rest == "" {
		return 0, io.EOF
	}
	c.seed = c.seed*6364136223846793005 + 1442695040888963407
	n := copy(p[:min(len(p), int(c.seed>>61)+1)], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// FuzzRoundTrip renders a stanza made of arbitrary strings and reads it back.
func FuzzRoundTrip(f *testing.F) {
	f.Add("id", "a@b/c", "text", "value", "urn:x")
	f.Add("'\"<>&", "é@x/]]>", "\r\n\t\x00\uFFFE\xff]]>", "\n", "a'b")
	f.Fuzz(func(t *testing.T, id, address, text, value, space string) {
		from, err := stanza.ParseJID(address)
		if err != nil {
			t.Skip()
		}
		deep := stanza.New(space, "deep", "k", value).AddText(text)
		deep.Attrs = append(deep.Attrs, stanza.Attr{Space: spaceXML, Name: "lang", Value: value})
		if space != "" && space != spaceXML && space != spaceXMLNS {
			deep.Attrs = append(deep.Attrs, stanza.Attr{Space: space, Name: "k", Value: value})
		}
		in := &stanza.Stanza{Kind: stanza.Message, Type: value, ID: id, Lang: text, From: from, To: stanza.JID{Domain: "gw.localhost"}}
		in.Add(stanza.Text("", "body", text), stanza.New("urn:outer", "outer").Add(deep))
		bytes := in.Append(nil)
		if space == spaceXML || space == spaceXMLNS {
			t.Skip("namespaces that nothing may be in")
		}
		fr, p := newFramer(strings.NewReader(testHeader+string(bytes)), testLimits), newParser(testLimits)
		h, _ := fr.header()
		if _, err := p.header(h); err != nil {
			t.Fatal(err)
		}
		frame, err := fr.next()
		if err != nil || frame.refused != nil || len(frame.data) != len(bytes) {
			t.Fatal(err, frame.refused, string(bytes))
		}
		r, err := p.parse(frame)
		if err != nil {
			t.Fatal(err, string(bytes))
		}
		out, err := p.stanza(r)
		if err != nil {
			if _, jidErr := stanza.ParseJID(legal(from.String())); jidErr != nil {
				t.Skip("an address that only its replacements make bad")
			}
			t.Fatal(err, string(bytes))
		}
		if out.ID != legal(id) || out.ChildText("", "body") != legal(text) || out.Lang != legal(text) || out.Type != legal(value) {
			t.Fatalf("%q became %q", bytes, out.Append(nil))
		}
		if again := string(out.Append(nil)); again != string(bytes) && from.String() == legal(from.String()) && space == legal(space) && space != spaceClient && space != stanza.Namespace {
			t.Fatalf("%q became %q", bytes, again)
		}
	})
}

// legal is what becomes of a text that XML may not be able to hold.
func legal(s string) string {
	var b strings.Builder
	for i, r := range s {
		if !validRune(r) || (r == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD")) {
			r = '\uFFFD'
		}
		b.WriteRune(r)
	}
	return b.String()
}
