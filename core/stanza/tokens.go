package stanza

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// FromTokens reads one element from a stream of tokens, which is how mellium's payload types write themselves.
func FromTokens(r xml.TokenReader) (*Element, error) {
	var open []*Element
	for {
		token, err := r.Token()
		switch t := token.(type) {
		case xml.StartElement:
			e := &Element{Space: t.Name.Space, Name: t.Name.Local}
			for _, a := range t.Attr {
				if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
					e.Attrs = append(e.Attrs, Attr{Space: a.Name.Space, Name: a.Name.Local, Value: a.Value})
				}
			}
			if len(open) > 0 {
				open[len(open)-1].Add(e)
			}
			open = append(open, e)
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].AddText(string(t))
			}
		case xml.EndElement:
			if len(open) == 0 {
				return nil, errors.New("end of an element that never began")
			}
			if len(open) == 1 {
				return open[0], nil
			}
			open = open[:len(open)-1]
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// Parse reads what Append rendered: elements one after the other. What cannot be read is left out.
func Parse(rendered []byte) []*Element {
	d := xml.NewDecoder(io.MultiReader(strings.NewReader("<x>"), bytes.NewReader(rendered), strings.NewReader("</x>")))
	e, err := FromTokens(d)
	if err != nil {
		return nil
	}
	return e.Children()
}

// Tokens reads the element as tokens, which is how mellium's payload types read themselves.
func (e *Element) Tokens() xml.TokenReader {
	return &tokens{list: e.tokens(nil)}
}

type tokens struct{ list []xml.Token }

func (t *tokens) Token() (xml.Token, error) {
	if len(t.list) == 0 {
		return nil, io.EOF
	}
	next := t.list[0]
	t.list = t.list[1:]
	return next, nil
}

func (e *Element) tokens(list []xml.Token) []xml.Token {
	start := xml.StartElement{Name: xml.Name{Space: e.Space, Local: e.Name}}
	for _, a := range e.Attrs {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Space: a.Space, Local: a.Name}, Value: a.Value})
	}
	list = append(list, start)
	for _, n := range e.Nodes {
		if n.Element != nil {
			list = n.Element.tokens(list)
		} else {
			list = append(list, xml.CharData(n.Text))
		}
	}
	return append(list, start.End())
}
