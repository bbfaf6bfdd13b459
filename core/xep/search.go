package xep

import (
	"strings"

	"isthmus/core/stanza"
)

// NSSearch is the namespace of the search for people (XEP-0055 §7).
const NSSearch = "jabber:iq:search"

// Search is what a client asks of a search.
type Search struct {
	// Words are all that it has written into the fields, empty in the question for what may be written.
	Words string
	// Form: it sends a data form, and gets a report (XEP-0055 §2.3); else it uses the fields of old, and gets items.
	Form bool
	// Set: it searches.
	Set bool
}

// searchFields are those that XEP-0055 §2.1 names; one is enough, and all are taken for words.
var searchFields = []string{"first", "last", "nick", "email"}

// ParseSearch finds such a request (XEP-0055 §2).
func ParseSearch(s *stanza.Stanza) (Search, bool) {
	q := s.Child(NSSearch, "query")
	if !s.Request() || q == nil {
		return Search{}, false
	}
	found := Search{Set: s.Type == "set"}
	x := q.Child(nsForm, "x")
	answers, problem := Submitted(x)
	found.Form = x != nil && problem == ""
	var words []string
	for _, name := range searchFields {
		words = append(words, answers.Get(name), q.Child(NSSearch, name).Text())
	}
	found.Words = strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	return found, true
}

// SearchForm asks what to look for, in both ways (XEP-0055 §2.1, §2.3).
func SearchForm(instructions, label string) *stanza.Element {
	f := Form{Title: "Search", Instructions: instructions, Fields: []Field{
		{Name: "FORM_TYPE", Kind: Hidden, Values: []string{NSSearch}}, {Name: "nick", Label: label, Required: true}}}
	return stanza.New(NSSearch, "query").Add(stanza.Text("", "instructions", instructions), stanza.New("", "nick"), f.Element())
}

// SearchItem is someone who was found.
type SearchItem struct {
	JID           stanza.JID
	Name, Network string
}

// SearchResults are those who were found, in the way in which it was asked (XEP-0055 §2.2, §2.3).
func SearchResults(asked Search, all []SearchItem) *stanza.Element {
	q := stanza.New(NSSearch, "query")
	if asked.Form {
		r := Report{Fields: []Field{{Name: "FORM_TYPE", Kind: Hidden, Values: []string{NSSearch}}},
			Reported: []Field{{Name: "jid", Label: "Address", Kind: JID}, {Name: "nick", Label: "Name"}, {Name: "network", Label: "Network"}}}
		for _, i := range all {
			r.Items = append(r.Items, Answers{"jid": {i.JID.String()}, "nick": {i.Name}, "network": {i.Network}})
		}
		return q.Add(r.Element())
	}
	for _, i := range all {
		q.Add(stanza.New("", "item", "jid", i.JID.String()).Add(stanza.Text("", "nick", i.Name)))
	}
	return q
}
