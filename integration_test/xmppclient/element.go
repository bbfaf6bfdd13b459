package xmppclient

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Element is an XML element. Its own text is kept apart from that of its children.
type Element struct {
	Space, Name string // namespace and local name
	Attrs       []xml.Attr
	Text        string // its character data, joined
	Children    []*Element
}

// ParseElement reads one XML element.
func ParseElement(text string) (*Element, error) {
	decoder := xml.NewDecoder(strings.NewReader(text))
	var root *Element
	var open []*Element
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && root != nil {
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w in %q", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &Element{Space: token.Name.Space, Name: token.Name.Local}
			for _, attr := range token.Attr {
				if attr.Name.Space != "xmlns" && attr.Name != (xml.Name{Local: "xmlns"}) {
					e.Attrs = append(e.Attrs, attr)
				}
			}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.Children = append(parent.Children, e)
			} else {
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].Text += string(token)
			}
		}
	}
}

// Attr gives the value of an attribute, "" when it is absent. xml:lang is asked for by that name.
func (e *Element) Attr(name string) string {
	value, _ := e.attr(name)
	return value
}

func (e *Element) attr(name string) (string, bool) {
	for _, attr := range e.Attrs {
		if attrName(attr) == name {
			return attr.Value, true
		}
	}
	return "", false
}

func attrName(attr xml.Attr) string {
	switch attr.Name.Space {
	case "":
		return attr.Name.Local
	case "http://www.w3.org/XML/1998/namespace":
		return "xml:" + attr.Name.Local
	}
	return "{" + attr.Name.Space + "}" + attr.Name.Local
}

// Find gives the first element below this one (or this one itself) that a pattern leads to; see the package comment.
// It gives nil when there is none, and panics on a pattern that cannot be read.
func (e *Element) Find(pattern string) *Element {
	return mustParsePattern(pattern).find(e, clientNamespace)
}

// Matches says whether a pattern fits; see the package comment. It panics on a pattern that cannot be read.
func (e *Element) Matches(pattern string) bool { return e.Find(pattern) != nil }

// String writes the element as XML, each namespace where it changes. A stanza's own, jabber:client, is left out.
func (e *Element) String() string {
	var b strings.Builder
	e.write(&b, clientNamespace)
	return b.String()
}

func (e *Element) write(b *strings.Builder, outer string) {
	b.WriteString("<" + e.Name)
	if e.Space != outer {
		fmt.Fprintf(b, ` xmlns="%s"`, Escape(e.Space))
	}
	for _, attr := range e.Attrs {
		fmt.Fprintf(b, ` %s="%s"`, attrName(attr), Escape(attr.Value))
	}
	if e.Text == "" && len(e.Children) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">" + Escape(e.Text))
	for _, child := range e.Children {
		child.write(b, e.Space)
	}
	b.WriteString("</" + e.Name + ">")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// Escape writes text so that it can stand in XML, in an attribute too.
func Escape(text string) string { return escaper.Replace(text) }
