package xep

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"isthmus/core/stanza"
)

// FuzzWhateverAClientSends reads any stanza as everything that it might be; what a client sends must never end the program.
func FuzzWhateverAClientSends(f *testing.F) {
	f.Add(query(submitted(`<field var='start'><value>2010-06-07T00:00:00Z</value></field><field><value/></field>`) + `<set xmlns='http://jabber.org/protocol/rsm'><max>1</max></set>`))
	f.Add(`<presence><x xmlns='http://jabber.org/protocol/muc'><history seconds='1' since='x'/><password>p</password></x></presence>`)
	f.Add(`<iq type='set'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='a' role='none'><reason/></item></query></iq>`)
	f.Add(`<message type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:a@b</gone></error></message>`)
	f.Add(`<message><body>https://x/a</body>` + catOOB + catSFS + `<reference xmlns='urn:xmpp:reference:0'><media-sharing xmlns='urn:xmpp:sims:1'/></reference></message>`)
	f.Add(`<iq><slot xmlns='urn:xmpp:http:upload:0'><put url='https://x/p'><header name='Cookie'>a&#10;b</header></put><get url='https://x/g'/></slot></iq>`)
	f.Add(`<message>` + submitted(`<field var='ids'/>`) + `</message>`)
	f.Add(`<iq type='set'><prefs xmlns='urn:xmpp:mam:2' default='never'><never><jid>a</jid></never></prefs></iq>`)
	f.Add(`<message><privilege xmlns='urn:xmpp:privilege:2'><perm access='iq'><namespace ns='a' type='both'/></perm></privilege></message>`)
	f.Add(`<iq type='set'><query xmlns='jabber:iq:roster'><item jid='a@b' name='n'><group>g</group></item></query></iq>`)
	f.Add(`<iq type='set'><query xmlns='jabber:iq:search'><nick>n</nick></query></iq>`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(text)))
		if err != nil {
			return
		}
		s := &stanza.Stanza{Kind: stanza.Kind(e.Name), Type: e.Attr("type"), Payload: e.Children()}
		now := time.Now()
		if j, ok := ParseJoin(s, now); ok && j.Password != s.Child(NSMUC, "x").Child(NSMUC, "password").Text() {
			t.Errorf("another password: %q", j.Password)
		}
		if IsArchiveQuery(s) {
			if q, problem := ParseArchiveQuery(s); problem == "" && q.Page.Max < -1 {
				t.Errorf("a page of %d", q.Page.Max)
			}
		}
		ParseArchivePreferences(s)
		ParseDestroy(s)
		if IsVoiceRequest(s) && s.Child(nsForm, "x") == nil {
			t.Error("a request without its form")
		}
		if items, ok := ParseAdmin(s); !ok && items != nil {
			t.Error("items of what is no request")
		}
		if _, ok := IsInfo(s); ok && IsPing(s) && s.Kind != stanza.IQ {
			t.Error("a request that is no IQ")
		}
		body := s.ChildText("", "body")
		shared := ParseShared(s, body)
		for _, file := range shared.Files {
			if _, ok := webAddress(file.URL); !ok || file.Size < 0 || !strings.Contains(shared.Links(body), file.URL) {
				t.Errorf("a file %+v", file)
			}
		}
		if slot, ok := ParseSlot(s); ok {
			for _, values := range slot.Header {
				if strings.ContainsAny(strings.Join(values, ""), "\r\n") {
					t.Errorf("headers %q", slot.Header)
				}
			}
		}
		ParseUploadService(s)
		ParseItems(s)
		ParseTooLarge(s)
		if items, ok := ParseRoster(s); ok {
			for _, i := range items {
				if i.JID.IsZero() {
					t.Error("an entry of nobody")
				}
			}
		}
		if g, ok := ParsePrivileges(s); ok && g.Space == "" {
			t.Error("privileges of no version")
		}
		if found, ok := ParseSearch(s); ok && found.Words != strings.TrimSpace(found.Words) {
			t.Errorf("looks for %q", found.Words)
		}
		ParseNodeRequest(s)
		ParseIdle(s)
		IQAnswer(s)
		Encrypted(s)
		Ephemeral(s)
		Unreachable(s)
	})
}
