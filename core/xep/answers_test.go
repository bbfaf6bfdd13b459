package xep

import (
	"encoding/xml"
	"strings"
	"testing"

	"isthmus/core/stanza"

	"github.com/google/go-cmp/cmp"
)

// data is an element of data forms.
func data(t *testing.T, kind, fields string) *stanza.Element {
	t.Helper()
	return read(t, `<iq><x xmlns='jabber:x:data' type='`+kind+`'>`+fields+`</x></iq>`).Child(nsForm, "x")
}

func TestWhatAClientSubmitsIsChecked(t *testing.T) {
	const nick = `<field var='nick'><value>bob</value></field>`
	for name, c := range map[string]struct {
		kind, fields string
		want         Answers
		problem      string
	}{
		"everything": {"submit", `<field var='FORM_TYPE'><value>urn:x</value></field><field var='nick' type='text-single'><value>bob</value></field>` +
			`<field var='after'><value>a</value><value/><value>b</value></field><field var='limit'><value> 007 </value></field>` +
			`<field var='tls'><value>1</value></field><field var='off'><value>false</value></field><field var='pass'><value> hunter2</value></field>` +
			`<field var='colour'><value>g</value></field><field var='days'><value>2</value><value>1</value><value>2</value></field>` +
			`<field var='owner'><value>Alice@Example.ORG</value></field><field var='admins'><value>a@x.org</value><value>A@X.org</value></field>`,
			Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}, "after": {"a", "", "b"}, "limit": {"7"}, "tls": {"true"}, "off": {"false"}, "pass": {" hunter2"},
				"colour": {"g"}, "days": {"2", "1"}, "owner": {"alice@example.org"}, "admins": {"a@x.org"}}, ""},
		"only what is required":       {"submit", nick, Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}}, ""},
		"cancel means submit":         {"cancel", nick, Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}}, ""},
		"cleared":                     {"submit", nick + `<field var='after'><value/></field><field var='owner'/>`, Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}, "after": {}, "owner": {}}, ""},
		"an empty secret stays":       {"submit", nick + `<field var='pass'><value/></field>`, Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}}, ""},
		"a field that was not asked":  {"submit", nick + `<field var='root'><value>1</value></field><field type='fixed'><value>x</value></field><other/>`, Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}}, ""},
		"of another namespace":        {"submit", nick + `<field xmlns='urn:evil' var='tls'><value>1</value></field>`, Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}}, ""},
		"lines with newlines":         {"submit", nick + `<field var='after'><value>a&#13;&#10;b</value></field>`, Answers{"FORM_TYPE": {"urn:x"}, "nick": {"bob"}, "after": {"a", "b"}}, ""},
		"missing":                     {"submit", ``, nil, "Nick is missing."},
		"required but empty":          {"submit", `<field var='nick'><value/></field>`, nil, "Nick is missing."},
		"a newline in a line":         {"submit", `<field var='nick'><value>a&#10;QUIT</value></field>`, nil, "Nick must be a single line."},
		"a newline in a secret":       {"submit", nick + `<field var='pass'><value>a&#13;b</value></field>`, nil, "pass must be a single line."},
		"two values of one":           {"submit", `<field var='nick'><value>a</value><value>b</value></field>`, nil, "Nick takes one value only."},
		"no number":                   {"submit", nick + `<field var='limit'><value>many</value></field>`, nil, "limit must be a whole number."},
		"too great a number":          {"submit", nick + `<field var='limit'><value>9223372036854775808</value></field>`, nil, "limit must be a whole number."},
		"no boolean":                  {"submit", nick + `<field var='tls'><value>maybe</value></field>`, nil, "tls must be yes or no."},
		"an option that is not there": {"submit", nick + `<field var='colour'><value>Red</value></field>`, nil, "colour must be one of the options."},
		"one of the options is not":   {"submit", nick + `<field var='days'><value>1</value><value>8</value></field>`, nil, "days must be one of the options."},
		"no address":                  {"submit", nick + `<field var='owner'><value>@x</value></field>`, nil, "owner must be an address such as alice@example.org."},
		"a hidden field changed":      {"submit", nick + `<field var='FORM_TYPE'><value>urn:evil</value></field>`, nil, "The hidden field FORM_TYPE was changed."},
		"a form of ours":              {"form", nick, nil, "The form is not of the type submit."},
		"without a type":              {"", nick, nil, "The form is not of the type submit."},
		"without a name":              {"submit", `<field><value>a</value></field>`, nil, "A field of the form has no name."},
		"the same twice":              {"submit", nick + nick, nil, "A field is in the form twice."},
		"an element in a value":       {"submit", `<field var='nick'><value>a<b/></value></field>`, nil, "A value in the form is not plain text."},
	} {
		t.Run(name, func(t *testing.T) {
			got, problem := everyKind().Read(data(t, c.kind, c.fields))
			if problem != c.problem {
				t.Errorf("the problem is %q, not %q", problem, c.problem)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMissingFormIsAnEmptyOne(t *testing.T) {
	if _, problem := everyKind().Read(nil); problem != "Nick is missing." {
		t.Error(problem)
	}
	if answers, problem := (&Form{Fields: []Field{{Name: "key"}}}).Read(nil); problem != "" || len(answers) != 0 {
		t.Error(answers, problem)
	}
}

func TestAnswersAreReadByName(t *testing.T) {
	a := Answers{"one": {"x", "y"}, "none": {}, "on": {"true"}, "on too": {"1"}, "off": {"false"}}
	if a.Get("one") != "x" || a.Get("none") != "" || a.Get("absent") != "" || a.Text("one") != "x\ny" || a.Text("absent") != "" {
		t.Error("another value")
	}
	if !a.On("on") || !a.On("on too") || a.On("off") || a.On("absent") {
		t.Error("another switch")
	}
}

// FuzzForm: whatever a client submits is either refused or answers the form, in a way that is accepted again as it is; and no refusal
// repeats what was written.
func FuzzForm(f *testing.F) {
	for _, s := range []string{
		`<field var='nick'><value>bob</value></field><field var='days'><value>1</value><value>2</value></field>`,
		`<field var='nick'><value>a&#10;b</value></field>`, `<field var='nick'><value>a</value></field><field var='pass'><value>hunter2&#10;</value></field>`,
		`<field var='nick'><value>a</value></field><field var='owner'><value>a@b/c</value></field>`, `<field/>`, `<reported/><item/>`,
		`<field var='nick'><value>a</value></field><field var='admins'><value>@</value><value>ﬁ@x</value></field>`,
		`<field var='nick'><value>x</value></field><field var='after'><value>&#13;</value></field><field var='limit'><value>-0</value></field>`,
	} {
		f.Add("submit", s)
	}
	f.Fuzz(func(t *testing.T, kind, fields string) {
		e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(`<x xmlns='jabber:x:data'>` + fields + `</x>`)))
		if err != nil {
			return
		}
		form := everyKind()
		answers, problem := form.Read(e.Set("type", kind))
		if problem != "" {
			if answers != nil {
				t.Errorf("refused, and yet %q", answers)
			}
			return
		}
		if answers.Get("nick") == "" {
			t.Error("what is required is missing")
		}
		for i := range form.Fields {
			field := &form.Fields[i]
			for _, v := range answers[field.Name] {
				if strings.ContainsAny(v, "\r\n") {
					t.Errorf("%s has a newline: %q", field.Name, v)
				}
			}
			if len(answers[field.Name]) > 1 && !field.Kind.many() {
				t.Errorf("%s has %d values", field.Name, len(answers[field.Name]))
			}
		}
		again, problem := form.Check(answers)
		if problem != "" {
			t.Errorf("%q is refused at the second look: %s", answers, problem)
		}
		if diff := cmp.Diff(answers, again); diff != "" {
			t.Error(diff)
		}
	})
}
