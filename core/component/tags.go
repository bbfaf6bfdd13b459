package component

import (
	"encoding/xml"
	"strings"

	"isthmus/core/stanza"
)

const (
	spaceStream = "http://etherx.jabber.org/streams"
	spaceClient = "jabber:client"
	spaceXML    = "http://www.w3.org/XML/1998/namespace"
	spaceXMLNS  = "http://www.w3.org/2000/xmlns/"
)

// binding is the declaration of a namespace; the default one has no prefix.
type binding struct{ prefix, space string }

// start reads a start tag, the namespaces that it declares and its attributes (XML 1.0 §3.1, Namespaces in XML 1.0).
func (p *parser) start() (tag, error) {
	p.i++
	t := tag{}
	prefix, name, err := p.name()
	if err != nil {
		return t, err
	}
	t.name, t.raw = name, name
	if prefix != "" {
		t.raw = p.s[p.i-len(prefix)-1-len(name) : p.i]
	}
	p.attrs = p.attrs[:0]
	outer := len(p.scope)
	for count := 0; ; count++ {
		spaced := p.white()
		if p.i == len(p.s) {
			return t, errSyntax
		}
		if p.s[p.i] == '>' {
			p.i++
			break
		}
		if strings.HasPrefix(p.s[p.i:], "/>") {
			p.i += len("/>")
			t.empty = true
			break
		}
		if !spaced {
			return t, errSpacing
		}
		if count == p.limits.attrs {
			return t, errTooMany
		}
		if err := p.attribute(outer); err != nil {
			return t, err
		}
	}
	var ok bool
	if t.space, ok = p.lookup(prefix); !ok {
		return t, errPrefix
	}
	return t, p.resolve()
}

// attribute reads one attribute or declaration.
func (p *parser) attribute(outer int) error {
	prefix, name, err := p.name()
	if err != nil {
		return err
	}
	p.white()
	if p.i == len(p.s) || p.s[p.i] != '=' {
		return errSyntax
	}
	p.i++
	p.white()
	if p.i == len(p.s) {
		return errSyntax
	}
	quote := p.s[p.i]
	if quote != '\'' && quote != '"' {
		return errSyntax
	}
	p.i++
	n := strings.IndexByte(p.s[p.i:], quote)
	if n < 0 {
		return errSyntax
	}
	value, err := p.value(p.s[p.i : p.i+n])
	p.i += n + 1
	if err != nil {
		return err
	}
	switch {
	case prefix == "" && name == "xmlns":
		return p.declare(outer, "", value)
	case prefix == "xmlns":
		return p.declare(outer, name, value)
	}
	p.attrs = append(p.attrs, stanza.Attr{Space: prefix, Name: name, Value: value})
	return nil
}

// declare binds a prefix to a namespace, within the rules of Namespaces in XML 1.0 §3 and §5.
func (p *parser) declare(outer int, prefix, space string) error {
	if (prefix == "xml") != (space == spaceXML) || prefix == "xmlns" || space == spaceXMLNS || (prefix != "" && space == "") {
		return errPrefix
	}
	for _, b := range p.scope[outer:] {
		if b.prefix == prefix {
			return errDuplicate
		}
	}
	if len(p.scope) >= 2*p.limits.attrs { // every name is looked for among them
		return errTooMany
	}
	p.scope = append(p.scope, binding{prefix, space})
	return nil
}

func (p *parser) lookup(prefix string) (string, bool) {
	for i := len(p.scope) - 1; i >= 0; i-- {
		if p.scope[i].prefix == prefix {
			return p.scope[i].space, true
		}
	}
	return "", false
}

// resolve turns the attributes' prefixes into namespaces; those without a prefix are in none (Namespaces in XML 1.0 §6.2).
func (p *parser) resolve() error {
	for i := range p.attrs {
		a := &p.attrs[i]
		if a.Space != "" {
			var ok bool
			if a.Space, ok = p.lookup(a.Space); !ok {
				return errPrefix
			}
		}
		for _, b := range p.attrs[:i] {
			if b.Name == a.Name && b.Space == a.Space {
				return errDuplicate
			}
		}
	}
	return nil
}

// white skips white space and tells whether there was some.
func (p *parser) white() bool {
	from := p.i
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\n' || p.s[p.i] == '\t' || p.s[p.i] == '\r') {
		p.i++
	}
	return p.i > from
}

// name reads a qualified name (Namespaces in XML 1.0 §4).
func (p *parser) name() (prefix, local string, err error) {
	from, colon, ascii := p.i, -1, true
	for p.i < len(p.s) {
		c := p.s[p.i]
		if !nameByte[c] {
			break
		}
		if c == ':' && colon < 0 {
			colon = p.i
		}
		ascii = ascii && c < 0x80
		p.i++
	}
	whole := p.s[from:p.i]
	local = whole
	if colon >= 0 {
		prefix, local = p.s[from:colon], p.s[colon+1:p.i]
		if !nameStart(prefix) || strings.IndexByte(local, ':') >= 0 {
			return "", "", errName
		}
	}
	if !nameStart(local) || (!ascii && !(validName(local) && (prefix == "" || validName(prefix)))) {
		return "", "", errName
	}
	return prefix, local, nil
}

// nameByte has the bytes of names in ASCII, and all others of UTF-8 for validName to judge.
var nameByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '_' || c == ':' || c == '-' || c == '.'
	}
	return t
}()

func nameStart(s string) bool {
	return s != "" && s[0] != '-' && s[0] != '.' && s[0] != ':' && (s[0] < '0' || s[0] > '9')
}

// validName asks the standard library, which has the tables (XML 1.0 §2.3); names outside ASCII are that rare.
func validName(name string) bool {
	t, err := xml.NewDecoder(strings.NewReader("<" + name + "/>")).RawToken()
	start, ok := t.(xml.StartElement)
	return err == nil && ok && start.Name.Space == "" && start.Name.Local == name && len(start.Attr) == 0
}
