package xmppclient

import (
	"fmt"
	"regexp"
	"strings"
)

const clientNamespace = "jabber:client"

// pattern is a path of steps; each leads from an element to those of its children that fit.
type pattern []step

type step struct {
	space string // "" for that of the parent
	name  string // "*" for any, of any namespace unless space is given
	tests []test
}

// test is one [condition] of a step.
type test func(e *Element) bool

// find gives the first element that the path leads to when its first step is e itself.
func (p pattern) find(e *Element, outer string) *Element {
	if !p[0].fits(e, outer) {
		return nil
	}
	if len(p) == 1 {
		return e
	}
	return p[1:].findBelow(e)
}

func (p pattern) findBelow(e *Element) *Element {
	for _, child := range e.Children {
		if found := p.find(child, e.Space); found != nil {
			return found
		}
	}
	return nil
}

func (s step) fits(e *Element, outer string) bool {
	if s.name != "*" && s.name != e.Name {
		return false
	}
	if s.space != "" && s.space != e.Space || s.space == "" && s.name != "*" && e.Space != outer {
		return false
	}
	for _, test := range s.tests {
		if !test(e) {
			return false
		}
	}
	return true
}

func mustParsePattern(text string) pattern {
	p := &patternParser{rest: text}
	path, err := p.path()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("expected / or [ or the end")
	}
	if err != nil {
		panic(fmt.Sprintf("the pattern %s cannot be read before %q: %v", text, p.rest, err))
	}
	return path
}

type patternParser struct{ rest string }

func (p *patternParser) take(prefix string) bool {
	rest, ok := strings.CutPrefix(p.rest, prefix)
	p.rest = rest
	return ok
}

var (
	elementName   = regexp.MustCompile(`^(\*|[\pL_][\pL\d_.-]*)`)
	attributeName = regexp.MustCompile(`^[\pL_][\pL\d_.:-]*`)
)

func (p *patternParser) name(kind *regexp.Regexp) (string, error) {
	name := kind.FindString(p.rest)
	if name == "" {
		return "", fmt.Errorf("expected a name")
	}
	p.rest = p.rest[len(name):]
	return name, nil
}

func (p *patternParser) path() (pattern, error) {
	var path pattern
	for {
		s, err := p.step()
		if err != nil {
			return nil, err
		}
		path = append(path, s)
		if !p.take("/") {
			return path, nil
		}
	}
}

func (p *patternParser) step() (s step, err error) {
	if p.take("{") {
		space, rest, closed := strings.Cut(p.rest, "}")
		if !closed {
			return s, fmt.Errorf("expected } after a namespace")
		}
		if s.space, p.rest = space, rest; !strings.Contains(space, ":") && space != "vcard-temp" { // the one namespace without a colon
			s.space = "http://jabber.org/protocol/" + space
		}
	}
	if s.name, err = p.name(elementName); err != nil {
		return s, err
	}
	for p.take("[") {
		t, err := p.test()
		if err != nil {
			return s, err
		}
		if !p.take("]") {
			return s, fmt.Errorf("expected ]")
		}
		s.tests = append(s.tests, t)
	}
	return s, nil
}

func (p *patternParser) test() (test, error) {
	switch {
	case p.take("not("):
		inner, err := p.test()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("expected )")
		}
		return func(e *Element) bool { return !inner(e) }, err
	case p.take("@"):
		name, err := p.name(attributeName)
		if err != nil {
			return nil, err
		}
		return p.comparison(func(e *Element) (string, bool) { return e.attr(name) })
	case p.take("text()"):
		return p.comparison(func(e *Element) (string, bool) { return e.Text, e.Text != "" })
	}
	path, err := p.path()
	return func(e *Element) bool { return path.findBelow(e) != nil }, err
}

// comparison reads ='value', !='value' or ~'regular expression'; without one, being there is enough.
func (p *patternParser) comparison(value func(*Element) (string, bool)) (test, error) {
	switch {
	case p.take("="):
		want, err := p.quoted()
		return func(e *Element) bool { got, there := value(e); return there && got == want }, err
	case p.take("!="):
		other, err := p.quoted()
		return func(e *Element) bool { got, there := value(e); return there && got != other }, err
	case p.take("~"):
		source, err := p.quoted()
		if err != nil {
			return nil, err
		}
		expression, err := regexp.Compile(source)
		return func(e *Element) bool { got, there := value(e); return there && expression.MatchString(got) }, err
	}
	return func(e *Element) bool { _, there := value(e); return there }, nil
}

func (p *patternParser) quoted() (string, error) {
	for _, quote := range []string{"'", `"`} {
		if p.take(quote) {
			value, rest, closed := strings.Cut(p.rest, quote)
			if !closed {
				return "", fmt.Errorf("expected a closing %s", quote)
			}
			p.rest = rest
			return value, nil
		}
	}
	return "", fmt.Errorf("expected a quoted value")
}
