package xep

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRequestsAboutARegistrationAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		text                   string
		ok, set, remove, alone bool
		answers                Answers
		problem                string
	}{
		"asked":           {`<iq type='get'><query xmlns='jabber:iq:register'/></iq>`, true, false, false, false, Answers{}, ""},
		"removed":         {`<iq type='set'><query xmlns='jabber:iq:register'><remove/></query></iq>`, true, true, true, true, Answers{}, ""},
		"removed and set": {`<iq type='set'><query xmlns='jabber:iq:register'><remove/><nick>a</nick></query></iq>`, true, true, true, false, Answers{"nick": {"a"}}, ""},
		"fields":          {`<iq type='set'><query xmlns='jabber:iq:register'><nick>a</nick><password/><evil>x</evil><nick xmlns='urn:x'>b</nick></query></iq>`, true, true, false, false, Answers{"nick": {"a"}, "password": {""}}, ""},
		"a form before fields": {`<iq type='set'><query xmlns='jabber:iq:register'><nick>a</nick><x xmlns='jabber:x:data' type='submit'><field var='nick'><value>b</value></field></x></query></iq>`,
			true, true, false, false, Answers{"nick": {"b"}}, ""},
		"a bad form":   {`<iq type='set'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='form'/></query></iq>`, true, true, false, true, nil, "The form is not of the type submit."},
		"a result":     {`<iq type='result'><query xmlns='jabber:iq:register'/></iq>`, false, false, false, false, nil, ""},
		"another":      {`<iq type='set'><query xmlns='urn:x'/></iq>`, false, false, false, false, nil, ""},
		"no IQ at all": {`<message type='set'><query xmlns='jabber:iq:register'/></message>`, false, false, false, false, nil, ""},
	} {
		r, ok := ParseRegister(read(t, c.text))
		if ok != c.ok || r.Set != c.set || r.Remove != c.remove || r.Alone != c.alone {
			t.Errorf("%s: %+v, %v", name, r, ok)
		}
		answers, problem := r.Answers()
		if diff := cmp.Diff(c.answers, answers); diff != "" || problem != c.problem {
			t.Errorf("%s: %s\n%s", name, problem, diff)
		}
	}
}

func TestARegistrationIsAskedForAsAFormAndAsFieldsForOldClients(t *testing.T) {
	form := &Form{Instructions: "Who are\nyou?", Fields: []Field{{Name: "nick", Values: []string{"al"}, Required: true}, {Name: "password", Kind: Secret, Values: []string{"x"}},
		{Name: "realname"}}}
	const asked = `<x xmlns='jabber:x:data' type='form'><instructions>Who are</instructions><instructions>you?</instructions>` +
		`<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>` +
		`<field type='text-single' var='nick'><required/><value>al</value></field><field type='text-private' var='password'/><field type='text-single' var='realname'/></x></query>`
	rendered(t, Registration(form, false), `<query xmlns='jabber:iq:register'><instructions>Who are you?</instructions><nick>al</nick><password/>`+asked)
	rendered(t, Registration(form, true), `<query xmlns='jabber:iq:register'><registered/><instructions>Who are you?</instructions><nick>al</nick><password/>`+asked)
	if len(form.Fields) != 3 {
		t.Error("the form itself was changed")
	}
}

func TestAFormThatOldClientsCannotShowSaysWhereElseToRegister(t *testing.T) {
	form := &Form{Fields: []Field{{Name: "FORM_TYPE", Kind: Hidden, Values: []string{"urn:x"}}, {Name: "nick"}, {Name: "network", Required: true}}}
	rendered(t, Registration(form, false), `<query xmlns='jabber:iq:register'><instructions>Your client does not show the form for this. Write to the bot of this gateway instead.</instructions>`+
		`<x xmlns='jabber:x:data' type='form'><field type='hidden' var='FORM_TYPE'><value>urn:x</value></field><field type='text-single' var='nick'/>`+
		`<field type='text-single' var='network'><required/></field></x></query>`)
}

func TestWhatTheEndOfARegistrationNeedsIsAsked(t *testing.T) {
	rendered(t, Unregistration(&Form{Fields: []Field{{Name: "sure", Kind: Switch}}}), `<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='form'>`+
		`<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register:cancel</value></field><field type='boolean' var='sure'><value>false</value></field></x></query>`)
}
