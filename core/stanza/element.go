// Package stanza holds one whole XMPP stanza as a value: it is decoded once, read by whoever needs it, and rendered
// straight into the bytes of the stream.
package stanza

import (
	"slices"
	"strings"
)

// xmlSpace is the namespace that the prefix xml is bound to (Namespaces in XML 1.0 §3).
const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// Attr is an attribute; Space is empty but for prefixed ones such as xml:lang.
type Attr struct{ Space, Name, Value string }

// Node is an element, text, or XML that Append rendered before.
type Node struct {
	Element *Element
	Text    string
	// Raw is written as it is: it must have come from Append.
	Raw []byte
}

// Element is an XML element with its namespace. A child whose Space is empty is in the namespace of the element around it.
type Element struct {
	Space, Name string
	Attrs       []Attr
	Nodes       []Node
}

// New makes an element; attributes are given as names and values in turn, and those with an empty value are left out.
func New(space, name string, attrs ...string) *Element {
	e := &Element{Space: space, Name: name}
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			if e.Attrs == nil {
				e.Attrs = make([]Attr, 0, (len(attrs)-i)/2)
			}
			e.Attrs = append(e.Attrs, Attr{Name: attrs[i], Value: attrs[i+1]})
		}
	}
	return e
}

// Text makes an element that holds only text.
func Text(space, name, text string) *Element {
	return New(space, name).AddText(text)
}

// Add appends children, leaving out nil ones, and returns e.
func (e *Element) Add(children ...*Element) *Element {
	e.Nodes = slices.Grow(e.Nodes, len(children))
	for _, c := range children {
		if c != nil {
			e.Nodes = append(e.Nodes, Node{Element: c})
		}
	}
	return e
}

// AddText appends text and returns e.
func (e *Element) AddText(text string) *Element {
	if text != "" {
		e.Nodes = append(e.Nodes, Node{Text: text})
	}
	return e
}

// AddRaw appends what Append rendered before, and returns e.
func (e *Element) AddRaw(rendered []byte) *Element {
	e.Nodes = append(e.Nodes, Node{Raw: rendered})
	return e
}

// Set adds an attribute, or replaces the one of that name, and returns e.
func (e *Element) Set(name, value string) *Element {
	for i := range e.Attrs {
		if e.Attrs[i].Space == "" && e.Attrs[i].Name == name {
			e.Attrs[i].Value = value
			return e
		}
	}
	e.Attrs = append(e.Attrs, Attr{Name: name, Value: value})
	return e
}

// Attr is the value of the attribute without a namespace, empty where it is missing.
func (e *Element) Attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.Attrs {
		if a.Space == "" && a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Child is the first child of that name, nil where there is none; it may be asked of a nil element.
func (e *Element) Child(space, name string) *Element {
	if e == nil {
		return nil
	}
	for _, n := range e.Nodes {
		if n.Element != nil && n.Element.Is(space, name) {
			return n.Element
		}
	}
	return nil
}

// Children are the child elements in order.
func (e *Element) Children() []*Element {
	if e == nil {
		return nil
	}
	var all []*Element
	for _, n := range e.Nodes {
		if n.Element != nil {
			all = append(all, n.Element)
		}
	}
	return all
}

// Is tells whether the element has that namespace and name.
func (e *Element) Is(space, name string) bool { return e.Name == name && e.Space == space }

// Text is the text directly within the element.
func (e *Element) Text() string {
	if e == nil {
		return ""
	}
	if len(e.Nodes) == 1 {
		return e.Nodes[0].Text
	}
	var b strings.Builder
	for _, n := range e.Nodes {
		b.WriteString(n.Text)
	}
	return b.String()
}
