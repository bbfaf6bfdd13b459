package xep

import (
	"slices"
	"strings"

	"isthmus/core/stanza"

	"mellium.im/xmpp/form"
)

// FieldKind is how a field of a form is shown and what it takes.
type FieldKind uint8

// The kinds of field (XEP-0004 §3.3).
const (
	Line    FieldKind = iota // one line of text
	Lines                    // several lines, each a value
	Number                   // a whole number
	Switch                   // "true" or "false"
	Secret                   // one line that is never shown again; left empty it stays as it is
	Choice                   // one of the options
	Choices                  // any of the options
	JID                      // one address
	JIDs                     // any number of addresses
	Fixed                    // a text to read
	Hidden                   // what comes back as it was sent
)

// fieldTypes are the names of the kinds; numbers have none of their own.
var fieldTypes = [...]form.FieldType{Line: form.TypeText, Lines: form.TypeTextMulti, Number: form.TypeText, Switch: form.TypeBoolean,
	Secret: form.TypeTextPrivate, Choice: form.TypeList, Choices: form.TypeListMulti, JID: form.TypeJID, JIDs: form.TypeJIDMulti,
	Fixed: form.TypeFixed, Hidden: form.TypeHidden}

// many tells whether a field of the kind takes more than one value (XEP-0004 §3.2).
func (k FieldKind) many() bool { return k == Lines || k == Choices || k == JIDs || k == Hidden }

// Option is one of the answers that a Choice or Choices offers.
type Option struct{ Value, Label string }

// Text is what a person reads of it.
func (o Option) Text() string {
	if o.Label != "" {
		return o.Label
	}
	return o.Value
}

// Field is one question of a form, or one value of a report.
type Field struct {
	// Name is how programs call it, Label how people do.
	Name, Label string
	// Help says what it does and what may be written.
	Help string
	Kind FieldKind
	// Values are the present ones. Those of a Secret are never written.
	Values   []string
	Options  []Option
	Required bool
}

// Title is what a person calls the field.
func (f *Field) Title() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}

// Form asks for answers.
type Form struct {
	Title, Instructions string
	Fields              []Field
}

// Report tells results: fields, and a table where Reported are the columns and Items the rows.
type Report struct {
	Title, Instructions string
	Fields              []Field
	Reported            []Field
	Items               []Answers
}

// Filled is the form with those answers as the present values.
func (f *Form) Filled(answers Answers) *Form {
	filled := *f
	filled.Fields = slices.Clone(f.Fields)
	for i := range filled.Fields {
		field := &filled.Fields[i]
		if values, ok := answers[field.Name]; ok && field.Kind != Fixed && field.Kind != Hidden {
			field.Values = values
		}
	}
	return &filled
}

// Element is the form for a client to fill in (XEP-0004 §3.1).
func (f *Form) Element() *stanza.Element {
	x := newForm(form.TypeForm, f.Title, f.Instructions)
	for i := range f.Fields {
		x.Add(f.Fields[i].elements(true)...)
	}
	return x
}

// Element is the report as a form of the type result (XEP-0004 §3.1, §3.4).
func (r *Report) Element() *stanza.Element {
	x := newForm(form.TypeResult, r.Title, r.Instructions)
	for i := range r.Fields {
		x.Add(r.Fields[i].elements(false)...)
	}
	if len(r.Reported) == 0 {
		return x
	}
	head := stanza.New("", "reported")
	for _, f := range r.Reported {
		head.Add(stanza.New("", "field", "var", f.Name, "label", f.Label, "type", string(fieldTypes[f.Kind])))
	}
	x.Add(head)
	for _, answers := range r.Items {
		item := stanza.New("", "item")
		for _, f := range r.Reported { // §3.4: each field of the head, with a value that may be empty
			f.Values = answers[f.Name]
			values := f.shown()
			if len(values) == 0 {
				values = []string{""}
			}
			item.Add(withValues(stanza.New("", "field", "var", f.Name), values))
		}
		x.Add(item)
	}
	return x
}

func newForm(kind form.Type, title, instructions string) *stanza.Element {
	x := stanza.New(nsForm, "x", "type", string(kind))
	if title != "" {
		x.Add(stanza.Text("", "title", oneLine(title)))
	}
	for _, line := range splitLines(instructions) { // §3: no newlines, but several elements
		if line != "" {
			x.Add(stanza.Text("", "instructions", line))
		}
	}
	return x
}

// elements render the field; a fixed text of several lines becomes several fields (XEP-0004 §3.3).
func (f *Field) elements(asked bool) []*stanza.Element {
	if f.Kind == Fixed {
		var all []*stanza.Element
		for _, line := range f.shown() {
			all = append(all, withValues(stanza.New("", "field", "type", string(form.TypeFixed), "label", f.Label), []string{line}))
		}
		return all
	}
	e := stanza.New("", "field", "type", string(fieldTypes[f.Kind]), "var", f.Name, "label", f.Label)
	if asked && f.Help != "" {
		e.Add(stanza.Text("", "desc", oneLine(f.Help)))
	}
	if asked && f.Required {
		e.Add(stanza.New("", "required"))
	}
	withValues(e, f.shown())
	if f.Kind == Choice || f.Kind == Choices {
		for _, o := range f.Options {
			e.Add(stanza.New("", "option", "label", o.Label).Add(stanza.Text("", "value", o.Value)))
		}
	}
	return []*stanza.Element{e}
}

func withValues(e *stanza.Element, values []string) *stanza.Element {
	for _, v := range values {
		e.Add(stanza.Text("", "value", v))
	}
	return e
}

// shown are the values as they may be written: no secrets, no newlines, and no more than the kind has (XEP-0004 §3.2).
func (f *Field) shown() []string {
	var values []string
	switch f.Kind {
	case Secret:
		return nil
	case Lines, Fixed:
		for _, v := range f.Values {
			values = append(values, splitLines(v)...)
		}
		return values
	case Switch:
		return []string{choose(Answers{"": f.Values}.On(""), "true", "false")}
	}
	for _, v := range f.Values {
		values = append(values, oneLine(v))
	}
	if len(values) > 1 && !f.Kind.many() {
		values = values[:1]
	}
	return values
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func splitLines(s string) []string { return strings.Split(newlines.Replace(s), "\n") }

func oneLine(s string) string { return strings.ReplaceAll(newlines.Replace(s), "\n", " ") }
