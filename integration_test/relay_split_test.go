package integration_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
	"isthmus/transports/slack/slacktest"
)

// splitTable has the two servers of the IRC network lose each other and find each other again. On the far one are dave and erin, who speak, and a dozen who do not.
func splitTable(t *testing.T, s *table) {
	s.configure(t, "\n    joins: notices\n    topics: to_muc")
	s.gateway.Signal(syscall.SIGHUP)
	s.back(t)
	if from, to, typing := s.ways(t); from || !to || !typing {
		t.Errorf("to the MUC alone, topics go from it %t, to it %t, typing %t", from, to, typing)
	}
	leaf := s.leaf()
	witness := s.client(t, "carol", "witness")
	join(t, witness, s.muc, "witness")
	here, there := operator(t, s.irc, "hubop"), operator(t, leaf, "leafoper")
	link(t, there)
	dave, erin := ircclient.Dial(t, leaf.Plain, "dave"), ircclient.Dial(t, leaf.Plain, "erin")
	far := []*ircclient.Client{dave, erin}
	for n := range 12 {
		far = append(far, ircclient.Dial(t, leaf.Plain, fmt.Sprint("quiet", n)))
	}
	for _, c := range far {
		c.Join(t, tabled)
	}
	bridge := "message[@type='groupchat'][@from='" + s.muc + "/bridge']"
	channel := tabled + " on " + host
	s.bob.Expect(t, bridge+"/body[text()~'and 6 others came into "+channel+"']")
	before := func(words, by string, say func()) (id string) {
		say()
		s.said = append(s.said, words)
		m := s.bob.Expect(t, "message[@type='groupchat'][@from='"+s.muc+"/"+by+"']/body[text()='"+words+"']")
		s.eventually(t, words+" on Discord", func() bool { return slices.Contains(s.onDiscord(), words) })
		s.eventually(t, words+" on Slack", func() bool { return slices.Contains(s.onSlack(), words) })
		return stanzaID(m)
	}
	asked := before("dave before the storm", "dave [irc]", func() { dave.Say(t, tabled, "dave before the storm") })
	before("erin before the storm", "erin [irc]", func() { erin.Say(t, tabled, "erin before the storm") })
	var ts string
	before("ida befor the storm", "Ida [slack]", func() { ts = s.slack.Post(s.ida, s.team, "ida befor the storm", nil) })

	here.Send(t, "SQUIT "+servers.LeafName+" :a storm")
	lost := "presence[@type='unavailable'][@from='" + s.muc + "/%s [irc]']/status[text()~'leaf.localhost']"
	s.bob.ExpectEach(t, fmt.Sprintf(lost, "dave"), fmt.Sprintf(lost, "erin"))
	s.bob.Expect(t, bridge+"/body[text()~'^quiet.* and 4 others left "+channel+"']") // one notice for all whom nobody sees leave
	dave.Say(t, tabled, "is anybody there?")
	say(t, s.bob, s.muc, "on the near side")
	s.heard(t, "bob", "on the near side")
	s.slack.Act(s.ida, "chat.update", slacktest.Object{"channel": s.team, "ts": ts, "text": "ida before the storm"})
	s.said[slices.Index(s.said, "ida befor the storm")] = "ida before the storm"
	erin.Send(t, "QUIT :enough")
	erin.ExpectEnd(t)

	link(t, there)
	s.bob.Expect(t, bridge+"/body[text()~'^(dave|quiet).* and 5 others came into "+channel+"']")
	dave.Say(t, tabled, "back again")
	s.heard(t, "carl", "back again")
	s.bob.Send(t, "<message to='{muc}' type='groupchat' id='s1'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>👍</reaction></reactions></message>", "muc", s.muc, "id", asked)
	s.eventually(t, "the correction and the reaction are on Discord", func() bool {
		for _, m := range s.discord.Messages(s.lounge) {
			if m["content"] == "dave before the storm" && strings.Contains(fmt.Sprint(m["reactions"]), "👍") {
				return slices.Contains(s.onDiscord(), "ida before the storm")
			}
		}
		return false
	})
	s.say(t, "after the split")
	var told []string
	for answer := witness.Ping(t, "localhost"); ; {
		m := witness.Expect(t)
		if m.Matches(answer) {
			break
		}
		if m.Matches(bridge + "/body") {
			told = append(told, m.Find("message/body").Text)
		}
	}
	if len(told) != 3 { // that they came, left, and came
		t.Errorf("the room was told %q", told)
	}
	leave(t, witness, s.muc, "witness")
	s.here(t, "alice", "bob", "bridge", "karl [irc]", "dave [irc]", "Ida [slack]", "Dora [discord]")
	for side, texts := range map[string][]string{"Slack": s.onSlack(), "Discord": s.onDiscord()} {
		if slices.ContainsFunc(texts, regexp.MustCompile(`is anybody there\?|left #table`).MatchString) {
			t.Errorf("%s has what was said on the far side only, or who went: %q", side, texts)
		}
	}
	dave.Send(t, "QUIT :bye")
	s.bob.Expect(t, "presence[@type='unavailable'][@from='"+s.muc+"/dave [irc]']")
	s.configure(t, "")
	s.gateway.Signal(syscall.SIGHUP)
	s.back(t)
}
