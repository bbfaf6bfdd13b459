package integration_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/xmppclient"
)

// crewed is the channel of a second relay, in which people of the MUC are on IRC themselves; two of them at the same time.
const crewed = "#crew"

// crew is the MUC of that relay.
func (s *star) crew() string { return "crew" + strings.TrimPrefix(s.muc, "team") }

// aboard are people in that relay: two of the MUC, one on IRC.
func (s *star) aboard(t *testing.T) (bob, carol *xmppclient.Client, dora *ircclient.Client) {
	t.Helper()
	bob, carol = s.client(t, "bob", "desk"), s.client(t, "carol", "desk")
	join(t, bob, s.crew(), "bob")
	join(t, carol, s.crew(), "carol")
	return bob, carol, s.onIRC(t, "dora", crewed)
}

var connectionScenarios = []starScenario{
	{"people of the MUC are on IRC themselves, and no strangers to the relay", func(t *testing.T, s *star) {
		bob, carol, dora := s.aboard(t)
		for _, words := range []string{"one", "two", "three"} {
			say(t, bob, s.crew(), words)
			carol.Expect(t, "message/body[text()='"+words+"']")
			say(t, carol, s.crew(), words+" more")
			bob.Expect(t, "message/body[text()='"+words+" more']")
		}
		for _, words := range []string{"one", "two", "three"} { // in order, over two connections
			dora.Expect(t, `^:bob\|x!\S+ PRIVMSG `+crewed+` :`+words+`$`)
			dora.Expect(t, `^:carol\|x!\S+ PRIVMSG `+crewed+` :`+words+` more$`)
		}
		dora.Say(t, crewed, "bob|x: I see you")
		bob.ExpectNone(t, "presence[@from~'"+s.crew()+"/bob|x']", "message[@from='"+s.crew()+"/dora [irc]']/body[text()='bob: I see you']")
		dora.Say(t, "bob|x", "in private?")
		dora.Expect(t, `^:bob\|x!\S+ NOTICE dora :.*nobody reads what you write to me`)
		bob.Send(t, "<presence to='{muc}/robert'/>", "muc", s.crew())
		dora.Expect(t, `^:bob\|x!\S+ NICK :?robert\|x`)
		dora.Send(t, "WHOIS robert|x")
		dora.Expect(t, ` 311 \S+ robert\|x ~?\w+x[0-9a-f]{4} `) // a user name of his own, for whom the MUC hides
		alice := s.client(t, "alice", "third")
		join(t, alice, s.crew(), "alice")
		say(t, alice, s.crew(), "a third one")
		dora.Expect(t, `^:bridge!\S+ PRIVMSG `+crewed+` :<alice> a third one$`) // over the limit the relay speaks
		leave(t, alice, s.crew(), "alice")
		dora.Send(t, "QUIT :bye")
	}},
	{"whom the channel puts out is told, and who is banned there is not heard there", func(t *testing.T, s *star) {
		_, carol, dora := s.aboard(t)
		say(t, carol, s.crew(), "hello")
		nick := dora.Expect(t, `^:(\S+\|x)!\S+ PRIVMSG `+crewed+` :hello$`)[1]
		s.holder.Send(t, "KICK "+crewed+" "+nick+" :noise")
		carol.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/bridge']/body[text()~'You were put out of #crew on "+host+" by holder .noise.']")
		say(t, carol, s.crew(), "sorry")
		nick = dora.Expect(t, `^:(\S+\|x)!\S+ PRIVMSG `+crewed+` :sorry$`)[1]
		s.holder.Send(t, "MODE "+crewed+" +b "+nick+"!*@*", "KICK "+crewed+" "+nick+" :enough")
		carol.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/bridge']/body[text()~'not passed on to it']")
		say(t, carol, s.crew(), "am I heard?")
		carol.Expect(t, "message[@type='chat'][@from='"+s.crew()+"/bridge']/body[text()~'Your message did not reach #crew']")
		dora.ExpectNone(t, `am I heard`)
		s.holder.Send(t, "MODE "+crewed+" -b "+nick+"!*@*")
	}},
}
