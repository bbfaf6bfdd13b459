package xep

import (
	"testing"
)

// everyKind is a form with a field of each kind.
func everyKind() *Form {
	return &Form{Title: "Options\nof mine", Instructions: "One.\r\nTwo.", Fields: []Field{
		{Name: "FORM_TYPE", Kind: Hidden, Values: []string{"urn:x"}},
		{Kind: Fixed, Values: []string{"Read this.\nAnd this."}},
		{Name: "nick", Label: "Nick", Help: "What others\nsee.", Values: []string{"al&ice", "too many"}, Required: true},
		{Name: "after", Kind: Lines, Values: []string{"a", "b\nc"}},
		{Name: "limit", Kind: Number, Values: []string{"5"}},
		{Name: "tls", Kind: Switch, Values: []string{"1"}},
		{Name: "off", Kind: Switch},
		{Name: "pass", Kind: Secret, Values: []string{"hunter2"}},
		{Name: "colour", Kind: Choice, Values: []string{"r"}, Options: []Option{{"r", "Red"}, {Value: "g"}}},
		{Name: "days", Kind: Choices, Values: []string{"1", "2"}, Options: []Option{{"1", "Mon"}, {"2", "Tue"}}},
		{Name: "owner", Kind: JID, Values: []string{"a@example.org"}},
		{Name: "admins", Kind: JIDs, Values: []string{"a@example.org", "b@example.org"}},
	}}
}

func TestAFormShowsEachKindOfFieldAsTheStandardSays(t *testing.T) {
	rendered(t, everyKind().Element(), `<x xmlns='jabber:x:data' type='form'><title>Options of mine</title>`+
		`<instructions>One.</instructions><instructions>Two.</instructions>`+
		`<field type='hidden' var='FORM_TYPE'><value>urn:x</value></field>`+
		`<field type='fixed'><value>Read this.</value></field><field type='fixed'><value>And this.</value></field>`+
		`<field type='text-single' var='nick' label='Nick'><desc>What others see.</desc><required/><value>al&amp;ice</value></field>`+
		`<field type='text-multi' var='after'><value>a</value><value>b</value><value>c</value></field>`+
		`<field type='text-single' var='limit'><value>5</value></field>`+
		`<field type='boolean' var='tls'><value>true</value></field>`+
		`<field type='boolean' var='off'><value>false</value></field>`+
		`<field type='text-private' var='pass'/>`+ // no secret leaves us
		`<field type='list-single' var='colour'><value>r</value><option label='Red'><value>r</value></option><option><value>g</value></option></field>`+
		`<field type='list-multi' var='days'><value>1</value><value>2</value><option label='Mon'><value>1</value></option><option label='Tue'><value>2</value></option></field>`+
		`<field type='jid-single' var='owner'><value>a@example.org</value></field>`+
		`<field type='jid-multi' var='admins'><value>a@example.org</value><value>b@example.org</value></field></x>`)
}

func TestAReportHasFieldsAndATable(t *testing.T) {
	r := &Report{Title: "Rooms", Fields: []Field{{Name: "count", Label: "How many", Kind: Number, Values: []string{"2"}, Required: true, Help: "not here"}},
		Reported: []Field{{Name: "room", Label: "Room"}, {Name: "on", Kind: Switch}, {Name: "key", Kind: Secret}},
		Items:    []Answers{{"room": {"#a\nb"}, "on": {"true"}, "key": {"hunter2"}, "else": {"x"}}, {}}}
	rendered(t, r.Element(), `<x xmlns='jabber:x:data' type='result'><title>Rooms</title>`+
		`<field type='text-single' var='count' label='How many'><value>2</value></field>`+
		`<reported><field var='room' label='Room' type='text-single'/><field var='on' type='boolean'/><field var='key' type='text-private'/></reported>`+
		`<item><field var='room'><value>#a b</value></field><field var='on'><value>true</value></field><field var='key'><value/></field></item>`+
		`<item><field var='room'><value/></field><field var='on'><value>false</value></field><field var='key'><value/></field></item></x>`)
	rendered(t, (&Report{}).Element(), `<x xmlns='jabber:x:data' type='result'/>`)
}

func TestAnEmptyTableKeepsItsHead(t *testing.T) {
	rendered(t, (&Report{Reported: []Field{{Name: "room"}}}).Element(),
		`<x xmlns='jabber:x:data' type='result'><reported><field var='room' type='text-single'/></reported></x>`)
}

func TestAFormIsFilledWithWhatWasAnsweredBefore(t *testing.T) {
	form := everyKind()
	filled := form.Filled(Answers{"nick": {"bob"}, "after": {}, "FORM_TYPE": {"urn:evil"}, "": {"evil"}, "pass": {"x"}})
	for i, want := range map[int]string{0: "urn:x", 1: "Read this.\nAnd this.", 2: "bob", 4: "5"} {
		if got := (Answers{"": filled.Fields[i].Values}).Get(""); got != want {
			t.Errorf("field %d: %q", i, got)
		}
	}
	if len(filled.Fields[3].Values) != 0 {
		t.Error("what was cleared is there again")
	}
	if form.Fields[2].Values[0] != "al&ice" {
		t.Error("the form itself was changed")
	}
}

func TestAFieldIsCalledByItsLabelElseByItsName(t *testing.T) {
	for want, f := range map[string]Field{"Nick": {Name: "nick", Label: "Nick"}, "key": {Name: "key"}} {
		if got := f.Title(); got != want {
			t.Error(got)
		}
	}
	for want, o := range map[string]Option{"Red": {"r", "Red"}, "g": {Value: "g"}} {
		if got := o.Text(); got != want {
			t.Error(got)
		}
	}
}
