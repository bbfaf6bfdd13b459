package xep

import "testing"

func TestPreferencesOfAnArchive(t *testing.T) {
	for text, want := range map[string]ArchivePreferences{
		`<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>`:                          {Default: "never"},
		`<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>bob@x</jid></always><never/></prefs>`: {Default: "roster", Exceptions: true},
		`<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never><jid>bob@x</jid></never></prefs>`:  {Default: "always", Exceptions: true},
	} {
		if got, set, ok := ParseArchivePreferences(read(t, `<iq type='set'>`+text+`</iq>`)); got != want || !set || !ok {
			t.Errorf("%s: %+v", text, got)
		}
	}
	if _, set, ok := ParseArchivePreferences(read(t, `<iq type='get'><prefs xmlns='urn:xmpp:mam:2'/></iq>`)); set || !ok {
		t.Error("the question")
	}
	if _, _, ok := ParseArchivePreferences(read(t, `<iq type='result'><prefs xmlns='urn:xmpp:mam:2'/></iq>`)); ok {
		t.Error("an answer is no question")
	}
	rendered(t, ArchivePreferences{Default: "always"}.Element(), `<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>`)
}
