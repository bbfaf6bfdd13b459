package discord_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/discordfake"
	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestEveryoneIsCalledWhereThatIsMeantAndTheBotMay(t *testing.T) {
	v := settled(t)
	c := send(inLobby(v), "")
	c.Text = text.ParseStyling("@channel lunch, `@here` is code\n> @everyone").Everyone(text.CallEveryone, "channel")
	for _, may := range []bool{false, true} {
		want := "@channel lunch, `@here`"
		if may {
			want = "@everyone lunch, `@\u200bhere`"
			v.Allow(v.guild, everything|1<<17)
			v.Say(v.lobby, v.owner, "you may", nil)
			next(v, func(m transports.Message) bool { return m.Text.String() == "you may" })
		}
		for _, who := range []*transports.Persona{nil, as("Bob")} {
			c.As, c.Nonce = who, c.Nonce+1
			id := v.do(c).Parts[0]
			m := v.Await(want, func(m discordfake.Object) bool { return m["id"] == string(id) })
			content, _ := m["content"].(string)
			if m["mention_everyone"] != may || !strings.HasPrefix(content, want) || may && strings.Count(content, "@everyone") != 1 {
				t.Errorf("where it may (%t), the message is %v", may, m)
			}
			v.do(transports.Edit{Place: inLobby(v), ID: id, Text: text.Plain("dinner, @everyone"), As: who})
			m = v.Await("the edit", func(m discordfake.Object) bool { return m["id"] == string(id) && m["content"] == "dinner, @everyone" })
			if m["mention_everyone"] != false {
				t.Errorf("an edit that is to call nobody is %v", m)
			}
		}
	}
}

func TestWhoMayNotCallEveryoneIsHeardToDoSoByNobody(t *testing.T) {
	v := settled(t)
	v.JoinGuild(v.guild, v.ida)
	for _, said := range []struct {
		by   string
		want text.Ref
	}{{v.ida, text.Ref{}}, {v.owner, text.Ref{Kind: text.MentionEveryone, ID: "here"}}} {
		v.Say(v.lobby, said.by, "@here", nil)
		if e := next(v, func(m transports.Message) bool { return m.Text.String() == "@here" }); e.Text[0].Spans[0].Ref != said.want {
			t.Errorf("%s is heard as %+v", e.From.Name, e.Text)
		}
	}
}
