package integration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

const (
	kickMembers    = 1 << 1
	manageMessages = 1 << 13
)

// governTable has alice, who owns the MUC, put people out and take messages away: where the relay may, that happens on their network, else she is told.
func governTable(t *testing.T, s *table) {
	alice := s.client(t, "alice", "throne")
	join(t, alice, s.muc, "owner")
	seen := func(nick, words string) (stanzaID string) {
		t.Helper()
		m := alice.Expect(t, "message[@type='groupchat'][@from='"+s.muc+"/"+nick+"']/body[text()='"+words+"']")
		return m.Find("message/{urn:xmpp:sid:0}stanza-id").Attr("id")
	}
	admin := func(item string, values ...string) {
		t.Helper()
		iq := alice.NewID()
		alice.Send(t, "<iq type='set' id='{iq}' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'>"+item+"</query></iq>", append([]string{"iq", iq, "muc", s.muc}, values...)...)
		alice.Expect(t, "iq[@type='result'][@id='"+iq+"']")
	}
	kick := func(nick string) {
		t.Helper()
		admin("<item nick='{nick}' role='none'><reason>rude</reason></item>", "nick", nick)
	}
	told := func(words string) {
		t.Helper()
		alice.Expect(t, "message[@type='chat'][@from='"+s.muc+"/bridge']/body[text()~'"+words+"']")
	}
	s.slack.Post(s.ida, s.team, "rude on Slack", nil)
	seen("Ida [slack]", "rude on Slack")
	kick("Ida [slack]")
	told("^Ida could not be put out of .*(scope|permission|right).* It has no effect there; when they write again, they come back.$")
	s.discord.Say(s.lounge, s.dora, "rude on Discord", nil)
	spam := seen("Dora [discord]", "rude on Discord")
	kick("Dora [discord]")
	told("^Dora could not be put out of .* has not the right to.* It has no effect there; when they write again, they come back.$")

	s.discord.Allow(s.guild, may|kickMembers|manageMessages)
	s.discord.Say(s.lounge, s.dora, "rude again", nil)
	again := seen("Dora [discord]", "rude again")
	if s.web == "" { // of these servers, Prosody's rooms know moderation
		for _, id := range []string{spam, again} { // XEP-0425 in the form that its module has
			alice.Send(t, "<iq type='set' id='{iq}' to='{muc}'><apply-to xmlns='urn:xmpp:fasten:0' id='{id}'><moderate xmlns='urn:xmpp:message-moderate:0'><retract xmlns='urn:xmpp:message-retract:0'/><reason>rude</reason></moderate></apply-to></iq>",
				"iq", alice.NewID(), "muc", s.muc, "id", id)
		}
		rude := func(texts []string) bool {
			return slices.Contains(texts, "rude on Discord") || slices.Contains(texts, "rude again")
		}
		s.eventually(t, "what is moderated is gone from all networks", func() bool { return !rude(s.onSlack()) && !rude(s.onDiscord()) })
		s.carl.Expect(t, `NOTICE `+tabled+` :owner has deleted a message of Dora's that was said at `)
	}
	kick("Dora [discord]")
	s.discord.Asked("DELETE /guilds/" + s.guild + "/members/" + s.dora)
	s.discord.JoinGuild(s.guild, s.dora) // who is let in again
	s.discord.Allow(s.guild, may)

	mallory := ircclient.Dial(t, s.irc.Plain, "mallory")
	mallory.Join(t, tabled)
	mallory.Say(t, tabled, "buy this")
	seen("mallory [irc]", "buy this")
	jid := s.addressIn(t, alice, "mallory [irc]")
	admin("<item jid='{jid}' affiliation='outcast'><reason>spam</reason></item>", "jid", jid)
	s.carl.Expect(t, ` MODE `+tabled+` \+b `)
	s.carl.Expect(t, ` KICK `+tabled+` mallory :.*spam`)
	s.holder.Send(t, "MODE "+tabled+" -b mallory!*@*", "INVITE mallory "+tabled) // somebody there thinks otherwise
	leave(t, alice, s.muc, "owner")
	s.discord.Say(s.lounge, s.dora, "I am back", nil)
	s.heard(t, "dora", "I am back")
}

// addressIn is the address of an occupant, which moderators see.
func (s *table) addressIn(t *testing.T, c *xmppclient.Client, nick string) string {
	t.Helper()
	iq := c.NewID()
	c.Send(t, "<iq type='get' id='{iq}' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item role='participant'/></query></iq>", "iq", iq, "muc", s.muc)
	for _, item := range c.Expect(t, "iq[@type='result'][@id='"+iq+"']").Children[0].Children {
		if item.Attr("nick") == nick {
			jid, _, _ := strings.Cut(item.Attr("jid"), "/")
			return jid
		}
	}
	t.Fatalf("%s is not there", nick)
	return ""
}

// threads has an action seen as one, and a thread of Slack answered from the MUC.
func threads(t *testing.T, s *table) {
	say(t, s.bob, s.muc, "/me waves to all")
	s.carl.Expect(t, `PRIVMSG `+tabled+` :\x01?.*bob\W+waves to all`)
	for side, texts := range map[string]func() []string{"Slack": s.onSlack, "Discord": s.onDiscord} {
		s.eventually(t, "bob waves on "+side, func() bool {
			return slices.ContainsFunc(texts(), func(text string) bool { return strings.Trim(text, "_") == "waves to all" && text != "waves to all" })
		})
	}
	s.carl.Say(t, tabled, "\x01ACTION waves back\x01")
	s.bob.Expect(t, "message[@type='groupchat'][@from~'/.arl .irc.$']/body[text()='/me waves back']")

	root := s.slack.Post(s.ida, s.team, "let us talk of the sea", nil)
	s.heard(t, "ida", "let us talk of the sea")
	s.slack.Post(s.ida, s.team, "it is blue", slacktest.Object{"thread_ts": root})
	m := s.bob.Expect(t, "message[@type='groupchat'][@from='"+s.muc+"/Ida [slack]'][thread]/body[text()~'it is blue']")
	s.bob.Send(t, "<message to='{muc}' type='groupchat' id='sea'><body>and deep</body><thread>{thread}</thread></message>", "muc", s.muc, "thread", m.Find("message/thread").Text)
	s.eventually(t, "bob's answer is in the thread", func() bool {
		return slices.ContainsFunc(s.slack.Messages(s.team), func(m slacktest.Object) bool { return m["text"] == "and deep" && m["thread_ts"] == root })
	})
	s.discord.Await("bob's answer", func(m discordfake.Object) bool {
		c, _ := m["content"].(string)
		return strings.HasSuffix(c, "and deep")
	})
	s.carl.Expect(t, `<bob> .*and deep$`)
}

// ways tells which way topics go between the MUC and IRC, and whether it is seen in the MUC that Dora writes.
func (s *table) ways(t *testing.T) (topicsFrom, topicsTo, typingTo bool) {
	t.Helper()
	s.names++
	n := fmt.Sprint(" ", s.names, ".")
	alice := s.client(t, "alice", "topic")
	join(t, alice, s.muc, "topic")
	alice.Send(t, "<iq type='set' id='{iq}' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='bridge' role='moderator'/></query></iq>", "muc", s.muc, "iq", alice.NewID())
	s.discord.Say(s.lounge, s.dora, "dora is here"+n, nil)
	s.heard(t, "dora", "dora is here"+n)

	alice.Send(t, "<message to='{muc}' type='groupchat' id='{id}'><subject>of alice{n}</subject></message>", "muc", s.muc, "n", n, "id", alice.NewID())
	alice.Expect(t, "message/subject[text()='of alice"+n+"']")
	say(t, alice, s.muc, "alice ends"+n)
	topicsFrom = s.carl.Expect(t, `( TOPIC | PRIVMSG )`+tabled+` :(<topic> alice ends|of alice)`+n)[1] == " TOPIC "
	s.holder.Send(t, "TOPIC "+tabled+" :of holder"+n)
	s.carl.Expect(t, ` TOPIC `+tabled+` :of holder`+n)
	s.carl.Say(t, tabled, "carl ends"+n)
	s.discord.Type(s.lounge, s.dora)
	s.discord.Say(s.lounge, s.dora, "dora ends"+n, nil)
	for ends := 0; ends < 2; {
		m := alice.Expect(t)
		topicsTo = topicsTo || m.Matches("message/subject[text()='of holder"+n+"']")
		typingTo = typingTo || m.Matches("message[@from='"+s.muc+"/Dora [discord]']/{http://jabber.org/protocol/chatstates}composing")
		if m.Matches("message/body[text()~'^(dora|carl) ends" + n + "']") {
			ends++
		}
	}
	leave(t, alice, s.muc, "topic")
	return topicsFrom, topicsTo, typingTo
}
