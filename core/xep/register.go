package xep

import (
	"slices"
	"strings"

	"isthmus/core/stanza"
)

// NSRegister is the namespace of in-band registration (XEP-0077 §9), and the type of its form (§10.2).
const NSRegister = "jabber:iq:register"

// NSUnregister is the type of a form that cancels a registration (XEP-0077 §10.2).
const NSUnregister = "jabber:iq:register:cancel"

// legacyFields are those that stand in the query itself (XEP-0077 §14.1), without the obsolete ones.
var legacyFields = []string{"username", "nick", "password", "name", "first", "last", "email", "address", "city", "state",
	"zip", "phone", "url", "date"}

// RegisterRequest is what a client asks about its registration.
type RegisterRequest struct {
	// Set: the client gives something, else it asks what is wanted.
	Set bool
	// Remove asks to end the registration; Alone tells that nothing else stands beside it (XEP-0077 §3.2).
	Remove, Alone bool
	// Form is the form that is given, else nil.
	Form *stanza.Element
	// Legacy are the fields that stand in the query itself.
	Legacy Answers
}

// ParseRegister finds a request about a registration (XEP-0077 §3).
func ParseRegister(s *stanza.Stanza) (RegisterRequest, bool) {
	q := s.Child(NSRegister, "query")
	if !s.Request() || q == nil {
		return RegisterRequest{}, false
	}
	r := RegisterRequest{Set: s.Type == "set", Form: q.Child(nsForm, "x"), Remove: q.Child(NSRegister, "remove") != nil,
		Alone: len(q.Children()) == 1, Legacy: Answers{}}
	for _, e := range q.Children() {
		if e.Space == NSRegister && slices.Contains(legacyFields, e.Name) {
			r.Legacy[e.Name] = append(r.Legacy[e.Name], e.Text())
		}
	}
	return r, true
}

// Answers are those given; the form goes before the fields of the query (XEP-0077 §4). The problem is
// a text for the sender, empty where there is none.
func (r RegisterRequest) Answers() (answers Answers, problem string) {
	if r.Form != nil {
		return Submitted(r.Form)
	}
	return r.Legacy, ""
}

// Registration is what the answer to a get asks for: the form, and the fields in the query for clients that know no forms,
// unless a required field has no place there (XEP-0077 §6). registered tells that there is a registration, whose present
// values are in the form (§3.1).
func Registration(f *Form, registered bool) *stanza.Element {
	q := stanza.New(NSRegister, "query")
	if registered {
		q.Add(stanza.New("", "registered"))
	}
	instructions, legacy := f.Instructions, legacyElements(f)
	if len(legacy) == 0 { // §6: without fields, the instructions are all that such a client shows
		instructions += " Your client does not show the form for this. Write to the bot of this gateway instead."
	}
	q.Add(stanza.Text("", "instructions", strings.TrimSpace(oneLine(instructions)))).Add(legacy...)
	return q.Add(typed(f, NSRegister).Element())
}

// Unregistration asks for what the end of a registration needs; it stands in the error answer (XEP-0077 §3.2).
func Unregistration(f *Form) *stanza.Element {
	return stanza.New(NSRegister, "query").Add(typed(f, NSUnregister).Element())
}

// typed is the form with the type that names its fields (XEP-0077 §4).
func typed(f *Form, formType string) *Form {
	if slices.ContainsFunc(f.Fields, func(field Field) bool { return field.Name == "FORM_TYPE" }) {
		return f
	}
	t := *f
	t.Fields = append([]Field{{Name: "FORM_TYPE", Kind: Hidden, Values: []string{formType}}}, f.Fields...)
	return &t
}

func legacyElements(f *Form) []*stanza.Element {
	var all []*stanza.Element
	for i := range f.Fields {
		field := &f.Fields[i]
		fits := slices.Contains(legacyFields, field.Name) && (field.Kind == Line || field.Kind == Number || field.Kind == Secret)
		switch {
		case fits:
			all = append(all, stanza.Text("", field.Name, Answers{"": field.shown()}.Get("")))
		case field.Required:
			return nil
		}
	}
	return all
}
