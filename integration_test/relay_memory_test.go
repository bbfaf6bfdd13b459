package integration_test

import (
	"fmt"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// starOverRestarts stops the gateway in order, and kills it.
var starOverRestarts = starScenario{"what is said in the room while the gateway is down comes over once, and what refers to earlier messages finds them", func(t *testing.T, s *star) {
	p := s.people(t)
	ida := fmt.Sprintf("Ida%d [loopback]", s.names)
	for i, end := range []func(){func() { s.stop(t) }, func() { s.gateway.Kill() }} {
		said := p.ida.Say(t, s.room, fmt.Sprint("hello ", i))
		m := s.hearsFrom(t, p.bob, ida, fmt.Sprint("hello ", i))
		stanzaID := m.Find("message/{urn:xmpp:sid:0}stanza-id").Attr("id")
		bobs := say(t, p.bob, s.muc, fmt.Sprint("good day ", i))
		p.ida.Hears(t, fmt.Sprint("good day ", i))
		p.carl.Expect(t, fmt.Sprint(`<bob> good day `, i))
		end()
		for n := range 30 { // more than either server shows to who enters
			say(t, p.bob, s.muc, fmt.Sprint("meanwhile ", i, " ", n, "."))
		}
		s.start(t)
		p.ida = s.TakeOver(t, p.ida.ID)
		for n := range 30 {
			p.carl.Expect(t, fmt.Sprint(`<bob> (\[.*\] )?meanwhile `, i, " ", n, `\.$`))
			p.ida.Hears(t, fmt.Sprint("meanwhile ", i, " ", n, "."))
		}
		if killed := i == 1; killed { // the network in memory has died with the gateway
			continue
		}
		p.ida.Do(t, transports.Edit{Place: transports.InRoom(s.room), ID: said, Text: text.Plain(fmt.Sprint("hello again ", i))})
		p.bob.Expect(t, "message[@from='"+s.muc+"/"+ida+"'][body[text()='hello again "+fmt.Sprint(i)+"']]/{urn:xmpp:message-correct:0}replace[@id='"+m.Attr("id")+"']")
		p.bob.Send(t, "<message to='{muc}' type='groupchat' id='{r}'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>👍</reaction></reactions></message>", "muc", s.muc, "id", stanzaID, "r", p.bob.NewID())
		loopbackclient.Expect(t, p.ida, func(e transports.Reacted) bool { return e.ID == said && len(e.Emoji) == 1 })
		p.bob.Send(t, "<message to='{muc}' type='groupchat' id='{c}'><body>good evening</body><replace xmlns='urn:xmpp:message-correct:0' id='{id}'/></message>", "muc", s.muc, "id", bobs, "c", p.bob.NewID())
		loopbackclient.Expect(t, p.ida, func(e transports.Edited) bool { return e.Text.String() == "good evening" })
		say(t, p.bob, s.muc, fmt.Sprint("the end ", i))
		p.carl.Expect(t, fmt.Sprint(`<bob> the end `, i))
		p.carl.ExpectNone(t, `meanwhile|good day`)
	}
	say(t, p.bob, s.muc, "the end of all")
	p.carl.Expect(t, `<bob> the end of all`)
	p.carl.ExpectNone(t, `meanwhile|good day`)
}}
