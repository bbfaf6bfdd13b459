package component

import (
	"errors"
	"strings"
	"unicode/utf8"

	"isthmus/core/stanza"
)

// Why the parser refuses a frame; each is ill-formed by XML 1.0, by Namespaces in XML 1.0 or by RFC 6120.
var (
	errSyntax    = errors.New("the stanza is not well-formed XML (XML 1.0 §2.1)")
	errCharacter = errors.New("the stanza holds a character that XML forbids (XML 1.0 §2.2)")
	errName      = errors.New("the stanza holds a name that is none (Namespaces in XML 1.0 §4)")
	errEntity    = errors.New("the stanza refers to an unknown entity (RFC 6120 §11.1)")
	errDuplicate = errors.New("the stanza has one attribute twice in an element (Namespaces in XML 1.0 §6.3)")
	errPrefix    = errors.New("the stanza has a prefix that is not declared, or a reserved one declared (Namespaces in XML 1.0 §3, §5)")
	errSpacing   = errors.New("the stanza has attributes without white space before them (XML 1.0 §3.1)")
	errNotOne    = errors.New("the frame is not one element")
	errForeign   = errors.New("the stanza is neither message nor presence nor iq (RFC 6120 §8)")
	errAddress   = errors.New("the stanza's from or to is missing or no JID (XEP-0114 §3)")
)

// parser turns frames into trees, one after another; it belongs to the reader. The strings of a tree share one copy of
// their frame, so who keeps a short one for long should clone it; the JIDs of a stanza's own addresses do not.
type parser struct {
	limits limits
	jids   *jidCache

	scope  []binding // the namespaces declared so far, the innermost last
	stream int       // how many of them hold for the whole stream

	s     string // the frame
	i     int    // how far it was read
	depth int

	first string        // the text read since the last tag, if it is one piece that stands so in the frame;
	text  []byte        // else what it was put together from
	attrs []stanza.Attr // those of the tag read last
	outer []stanza.Attr // those of the root
	nodes []stanza.Node // the children of all open elements
	store slabs
}

// tag is a start tag; its attributes are in parser.attrs.
type tag struct {
	raw, space, name string
	empty            bool // it ends the element too
}

// root is the outermost element of a frame. Its attributes and nodes are valid until the parser's next step.
type root struct {
	space, name string // space is empty for a stanza's own
	attrs       []stanza.Attr
	nodes       []stanza.Node
}

func newParser(l limits) *parser {
	p := &parser{limits: l, jids: newJIDCache()}
	p.scope = append(p.scope, binding{"xml", spaceXML}, binding{"", stanza.Namespace})
	p.stream = len(p.scope)
	return p
}

// header reads the start tag of the stream; the namespaces that it declares hold for all that follows.
func (p *parser) header(f frame) (root, error) {
	r, err := p.head(f)
	p.stream = len(p.scope)
	return r, err
}

// head reads no more of a frame than its start tag.
func (p *parser) head(f frame) (root, error) {
	p.begin(f)
	t, err := p.root()
	if err == nil && !utf8.ValidString(p.s[:p.i]) {
		err = errCharacter
	}
	return root{space: own(t.space), name: t.name, attrs: p.attrs}, err
}

// parse reads a whole frame.
func (p *parser) parse(f frame) (root, error) {
	p.begin(f)
	if !validRunes(p.s) {
		return root{}, errCharacter
	}
	t, err := p.root()
	if err != nil {
		return root{}, err
	}
	p.outer = append(p.outer[:0], p.attrs...)
	r := root{space: own(t.space), name: t.name, attrs: p.outer}
	if !t.empty {
		p.depth = 1
		if err := p.content(t.raw, r.space == ""); err != nil {
			return root{}, err
		}
		r.nodes = p.nodes
	}
	if p.i != len(p.s) {
		return root{}, errNotOne
	}
	return r, nil
}

func (p *parser) begin(f frame) {
	p.s, p.i, p.depth = string(f.data), 0, 0
	p.scope, p.nodes, p.attrs = p.scope[:p.stream], p.nodes[:0], p.attrs[:0]
	p.first, p.text = "", p.text[:0]
	p.store = slabs{elements: make([]stanza.Element, 0, max(f.elements-1, 0))}
}

// root reads the outermost start tag. One in no namespace is no stanza, though it would look like one (see own).
func (p *parser) root() (tag, error) {
	t, err := p.start()
	if err == nil && t.space == "" {
		err = errForeign
	}
	return t, err
}

// own makes the two namespaces of stanzas one: servers use either on a component's stream.
func own(space string) string {
	if space == stanza.Namespace || space == spaceClient {
		return ""
	}
	return space
}

// element reads a child element. Within is true while all elements around it are in the stanza's own namespace.
// An element in no namespace at all (xmlns=”) is read and left out: nobody can give it a meaning (RFC 6120 §8.4).
func (p *parser) element(within bool) (*stanza.Element, error) {
	outer := len(p.scope)
	t, err := p.start()
	if err != nil {
		return nil, err
	}
	var e *stanza.Element
	if t.space != "" {
		e = p.store.takeElement()
		e.Space, e.Name, e.Attrs = t.space, t.name, p.store.takeAttrs(p.attrs)
		if within && own(t.space) == "" {
			e.Space = ""
		}
	}
	if !t.empty {
		if p.depth++; p.depth > p.limits.depth {
			return nil, errTooDeep
		}
		first := len(p.nodes)
		if err := p.content(t.raw, e != nil && e.Space == ""); err != nil {
			return nil, err
		}
		if e != nil {
			e.Nodes = p.store.takeNodes(p.nodes[first:])
		}
		p.nodes = p.nodes[:first]
		p.depth--
	}
	p.scope = p.scope[:outer]
	return e, nil
}

// content reads what stands between a start tag and its end tag, and the end tag.
func (p *parser) content(name string, within bool) error {
	for {
		n := strings.IndexByte(p.s[p.i:], '<')
		if n < 0 || p.i+n+1 >= len(p.s) {
			return errSyntax
		}
		if n > 0 {
			if err := p.addText(p.s[p.i : p.i+n]); err != nil {
				return err
			}
			p.i += n
		}
		switch p.s[p.i+1] {
		case '/':
			p.endText()
			return p.end(name)
		case '!':
			if err := p.commentOrCDATA(); err != nil {
				return err
			}
		case '?':
			if err := p.instruction(); err != nil {
				return err
			}
		default:
			p.endText()
			e, err := p.element(within)
			if err != nil {
				return err
			}
			if e != nil {
				p.nodes = append(p.nodes, stanza.Node{Element: e})
			}
		}
	}
}

// end reads an end tag (XML 1.0 §3.1).
func (p *parser) end(name string) error {
	rest := p.s[p.i+2:]
	if !strings.HasPrefix(rest, name) {
		return errBadTags
	}
	p.i += 2 + len(name)
	p.white()
	if p.i == len(p.s) || p.s[p.i] != '>' {
		return errBadTags
	}
	p.i++
	return nil
}

// commentOrCDATA skips a comment (XML 1.0 §2.5) or takes the text of a CDATA section (§2.7).
func (p *parser) commentOrCDATA() error {
	rest := p.s[p.i:]
	if body, ok := strings.CutPrefix(rest, "<!--"); ok {
		n := strings.Index(body, "--")
		if n < 0 || !strings.HasPrefix(body[n:], "-->") {
			return errSyntax
		}
		p.i += n + len("<!---->")
		return validText(body[:n])
	}
	if body, ok := strings.CutPrefix(rest, "<![CDATA["); ok {
		n := strings.Index(body, "]]>")
		if n < 0 {
			return errSyntax
		}
		p.i += n + len("<![CDATA[]]>")
		return p.addCDATA(body[:n])
	}
	return errDoctype
}

// instruction skips a processing instruction (XML 1.0 §2.6).
func (p *parser) instruction() error {
	body := p.s[p.i+2:]
	n := strings.Index(body, "?>")
	if n < 0 {
		return errSyntax
	}
	target := body[:n]
	if i := strings.IndexAny(target, " \t\r\n"); i >= 0 {
		target = target[:i]
	}
	if strings.EqualFold(target, "xml") || strings.Contains(target, ":") || !validName(target) {
		return errName
	}
	p.i += n + len("<??>")
	return validText(body[:n])
}
