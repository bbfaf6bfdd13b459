package xep

import (
	"slices"
	"strconv"
	"strings"

	"isthmus/core/stanza"

	"mellium.im/xmpp/form"
	"mellium.im/xmpp/jid"
)

// Answers are values by the names of fields. What was not answered is missing; what was cleared is there without values.
type Answers map[string][]string

// Get is the first value of that name, empty where there is none.
func (a Answers) Get(name string) string {
	if values := a[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Text are all values of that name, one on each line.
func (a Answers) Text(name string) string { return strings.Join(a[name], "\n") }

// On tells whether a Switch is on (XEP-0004 §3.3: "1" or "true").
func (a Answers) On(name string) bool { return a.Get(name) == "true" || a.Get(name) == "1" }

// Submitted reads the values of a form that a client sends, not yet checked against what was asked; x may be nil.
// XEP-0050 §3.5.1 has the type cancel mean submit. The problem is a text for the sender, empty where there is none.
func Submitted(x *stanza.Element) (answers Answers, problem string) {
	answers = Answers{}
	if x == nil {
		return answers, ""
	}
	if t := form.Type(x.Attr("type")); !x.Is(nsForm, "x") || t != form.TypeSubmit && t != form.TypeCancel {
		return nil, "The form is not of the type submit."
	}
	for _, field := range x.Children() {
		if !field.Is(nsForm, "field") || field.Attr("type") == string(form.TypeFixed) {
			continue
		}
		name := field.Attr("var")
		if name == "" { // §3.2
			return nil, "A field of the form has no name."
		}
		if _, twice := answers[name]; twice {
			return nil, "A field is in the form twice."
		}
		values := []string{}
		for _, v := range field.Children() {
			if !v.Is(nsForm, "value") {
				continue
			}
			if len(v.Children()) > 0 {
				return nil, "A value in the form is not plain text."
			}
			values = append(values, v.Text())
		}
		answers[name] = values
	}
	return answers, ""
}

// Read is what a client answers to the form: Submitted and Check in one.
func (f *Form) Read(x *stanza.Element) (answers Answers, problem string) {
	if answers, problem = Submitted(x); problem != "" {
		return nil, problem
	}
	return f.Check(answers)
}

// Check makes sure that the answers fit the form, and writes them in one way. Those that the form did not ask for are left
// out (XEP-0004 §3.1), hidden ones are taken from the form, and a Secret that is empty is one that was not answered.
// The problem is a text for the sender, empty where there is none; it never repeats a value.
func (f *Form) Check(given Answers) (answers Answers, problem string) {
	answers = Answers{}
	for i := range f.Fields {
		field := &f.Fields[i]
		values, ok := given[field.Name]
		switch {
		case field.Kind == Fixed:
			continue
		case field.Kind == Hidden:
			if ok && !slices.Equal(values, field.Values) {
				return nil, "The hidden field " + field.Name + " was changed."
			}
			answers[field.Name] = field.Values
			continue
		case !ok:
			if field.Required {
				return nil, field.missing()
			}
			continue
		}
		if values, problem = field.Check(values); problem != "" {
			return nil, problem
		}
		if len(values) > 0 || field.Kind != Secret {
			answers[field.Name] = values
		}
	}
	return answers, ""
}

func (f *Field) missing() string { return f.Title() + " is missing." }

// Check makes sure that the values are an answer to the field, and writes them in one way. The problem is a text for the
// sender, empty where there is none; it never repeats a value.
func (f *Field) Check(given []string) (values []string, problem string) {
	values = f.Kind.tidy(given)
	switch {
	case len(values) == 0 && f.Required:
		return nil, f.missing()
	case len(values) > 1 && !f.Kind.many():
		return nil, f.Title() + " takes one value only."
	}
	for i, v := range values {
		written, ok := f.write(v)
		if !ok {
			return nil, f.Title() + " must be " + f.expects() + "."
		}
		values[i] = written
	}
	if f.Kind == JIDs || f.Kind == Choices { // §3.3: duplicates must be ignored
		values = unique(values)
	}
	return values, ""
}

// tidy leaves out what is no value: nothing at all, and around all but free text the white space.
func (k FieldKind) tidy(given []string) []string {
	values := []string{}
	for _, v := range given {
		switch k {
		case Lines:
			values = append(values, splitLines(v)...)
			continue
		case Number, Switch, JID, JIDs:
			v = strings.TrimSpace(v)
		}
		if v != "" {
			values = append(values, v)
		}
	}
	if k == Lines && len(values) == 1 && values[0] == "" {
		return []string{}
	}
	return values
}

// write gives the one way in which a value is written, and whether it is one.
func (f *Field) write(v string) (string, bool) {
	switch f.Kind {
	case Number:
		n, err := strconv.ParseInt(v, 10, 64)
		return strconv.FormatInt(n, 10), err == nil
	case Switch: // §3.3
		return choose(v == "1" || v == "true", "true", "false"), v == "0" || v == "1" || v == "true" || v == "false"
	case Choice, Choices:
		return v, slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == v })
	case JID, JIDs:
		if _, err := jid.Parse(v); err != nil { // stricter than what a stream must take
			return "", false
		}
		j, err := stanza.ParseJID(v)
		return j.String(), err == nil
	}
	return v, !strings.ContainsAny(v, "\r\n")
}

// expects says what a value of the field is.
func (f *Field) expects() string {
	switch f.Kind {
	case Number:
		return "a whole number"
	case Switch:
		return "yes or no"
	case Choice, Choices:
		return "one of the options"
	case JID, JIDs:
		return "an address such as alice@example.org"
	}
	return "a single line"
}

func unique(values []string) []string {
	once := []string{}
	for _, v := range values {
		if !slices.Contains(once, v) {
			once = append(once, v)
		}
	}
	return once
}
