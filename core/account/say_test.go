package account

import (
	"strings"
	"testing"

	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

func plain(s string) text.Text { return text.Plain(s) }

func TestAMessageIsReflectedToAllResourcesWhenTheNetworkHasConfirmedIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("laptop", "alice"))
		w.forget()
		w.holds()
		w.sends(`<message type='groupchat' id='m1'` + from("phone") + `to='#go%irc.net@gw.example'><body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>` +
			`<stanza-id xmlns='urn:xmpp:sid:0' by='#go%irc.net@gw.example' id='forged'/></message>`)
		w.expectCommands("send #go hello")
		w.expect()
		if n := w.journal(); n != 1 {
			t.Errorf("%d commands in the journal while it is on its way", n)
		}
		w.decides(nil)

		all := w.stream.raw()
		rows := w.rows()
		if len(all) != 2 || len(rows) != 1 {
			t.Fatalf("%d stanzas, %d rows", len(all), len(rows))
		}
		for i, resource := range []string{"phone", "laptop"} {
			want := `<message type='groupchat' id='m1' from='#go%irc.net@gw.example/alice' to='alice@example.org/` + resource + `'>` +
				`<stanza-id xmlns='urn:xmpp:sid:0' by='#go%irc.net@gw.example' id='` + rows[0].ID + `'/>` +
				`<body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>` +
				`<occupant-id xmlns='urn:xmpp:occupant-id:0' id='` + xep.NewOccupantKey([]byte("key")).ID("#go%irc.net@gw.example", "alice") + `'/></message>`
			if got := string(all[i].Append(nil)); got != want {
				t.Errorf("to the %s went\n  %s\nwant\n  %s", resource, got, want)
			}
		}
		if n := w.journal(); n != 0 {
			t.Errorf("%d commands left in the journal", n)
		}
	})
}

func TestARefusedMessageComesBackAndNothingStays(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.denies(transports.Forbidden, "The room is moderated.")
		w.sends(groupchat("phone", "m1", "hello"))
		w.expect("phone: m1 refused: forbidden: The room is moderated.")
		if n, rows := w.journal(), w.rows(); n != 0 || len(rows) != 0 {
			t.Errorf("%d commands in the journal, %d rows", n, len(rows))
		}
	})
}

func TestLinesBecomeMessagesAndTheFirstKeepsTheID(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside()
		w.sends(groupchat("phone", "m1", "one\ntwo\r\n\nthree"))
		w.expectCommands("send #go one", "send #go two", "send #go three")
		ids := map[string]string{}
		for _, s := range w.stream.raw() {
			ids[string(s.Rendered[:strings.Index(string(s.Rendered), "</body>")])] = s.ID
		}
		if len(ids) != 3 || ids["<body>one"] != "m1" || ids["<body>two"] == "m1" || ids["<body>two"] == ids["<body>three"] {
			t.Errorf("ids: %v", ids)
		}
	})
}

func TestAMessageOfWhichLinesFailHasOneError(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside()
		w.denies(transports.RateLimited, "Too fast.")
		w.sends(groupchat("phone", "m1", "one\ntwo\nthree"))
		w.expect("phone: m1 refused: resource-constraint: Too fast.")

		w.network.answer = nil
		w.holds()
		w.sends(groupchat("phone", "m2", "one\ntwo"))
		w.decides(nil)
		w.decides(&transports.Fault{Kind: transports.RateLimited, Text: "Too fast."})
		w.expect("phone: <alice> one", "phone: m2 refused: resource-constraint: Too fast.")
	})
}

func TestMessagesOfOthersKeepTheirPlaceBesideOnesOwn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.holds()
		w.sends(groupchat("phone", "m1", "mine"))
		w.emits(hears("bob", "before"))
		// The confirmation and what comes after it arrive at once: the own message is still on its way to the disk.
		w.account.mail.put(func() {
			w.network.held[0](transports.Result{}, nil)
			w.account.mail.put(func() { w.account.event(hears("bob", "after")) })
			w.account.mail.put(func() { w.account.event(transports.UserLeft{User: user("bob")}) })
		})
		w.expect("phone: <bob> before", "phone: <alice> mine", "phone: <bob> after", "phone: bob is gone")
		if rows := w.rows(); len(rows) != 3 || rows[1].Nick != "alice" {
			t.Errorf("the archive has another order: %d rows", len(rows))
		}
	})
}

func TestWhatCannotBeSaid(t *testing.T) {
	for _, c := range []struct{ name, stanza, want string }{
		{"outside", groupchat("laptop", "m1", "hi"), "laptop: m1 refused: not-acceptable: You are not in this room. Join it first."},
		{"in no room", strings.ReplaceAll(groupchat("phone", "m1", "hi"), "#go", "#rust"), "phone: m1 refused: not-acceptable: You are not in this room. Join it first."},
		{"chat to a room", chat("phone", "m1", "#go%irc.net@gw.example", "hi"), "phone: m1 refused: bad-request: A message to a room must be of the type groupchat."},
		{"groupchat to an occupant", strings.Replace(groupchat("phone", "m1", "hi"), "gw.example'", "gw.example/bob'", 1), "phone: m1 refused: bad-request: A message to one person must not be of the type groupchat."},
		{"groupchat to a user", strings.Replace(groupchat("phone", "m1", "hi"), "#go", "bob", 1), "phone: m1 refused: bad-request: A message to one person must not be of the type groupchat."},
		{"to nobody", chat("phone", "m1", "%irc.net@gw.example", "hi"), "phone: m1 refused: bad-request: This address is of nobody. Write the nick as its resource: %network@gateway/nick."},
		{"to an occupant who is not there", chat("phone", "m1", "#go%irc.net@gw.example/zoe", "hi"), "phone: m1 refused: item-not-found: Nobody of that nick is in the room."},
		{"nothing but line breaks", groupchat("phone", "m1", "\n\n"), "phone: m1 refused: bad-request: The message has no text."},
		{"a reaction", `<message type='groupchat' id='m1'` + from("phone") + `to='#go%irc.net@gw.example'><reactions xmlns='urn:xmpp:reactions:0' id='x'/></message>`,
			"phone: m1 refused: feature-not-implemented: There are no reactions there: say it in words."},
		{"encrypted", `<message type='groupchat' id='m1'` + from("phone") + `to='#go%irc.net@gw.example'><body>fallback</body><encrypted xmlns='eu.siacs.conversations.axolotl'/></message>`,
			"phone: m1 refused: not-acceptable: This message is encrypted, and nobody on the other side could read it. Switch encryption off for this chat and send it again."},
	} {
		t.Run(c.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.inside("bob")
				w.sends(c.stanza)
				w.expect(c.want)
				w.expectCommands()
				if n := w.journal(); n != 0 {
					t.Errorf("%d commands in the journal", n)
				}
			})
		})
	}
}

func TestWhatNobodyMissesIsNeverAnswered(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		const typing = `><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`
		w.inside("bob")
		w.sends(`<message type='groupchat'` + from("phone") + `to='#go%irc.net@gw.example'` + typing)
		w.sends(`<message type='chat'` + from("phone") + `to='bob%irc.net@gw.example'` + typing)
		w.sends(`<message type='error'` + from("phone") + `to='bob%irc.net@gw.example'><body>x</body></message>`)
		w.breaks(transports.Offline, "Gone.")
		w.forget()
		w.sends(`<message type='groupchat'` + from("phone") + `to='#go%irc.net@gw.example'` + typing)
		w.expect()
	})
}

func TestActionsAndStyles(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(groupchat("phone", "m1", "/me waves *hard*"))
		w.expectCommands("send #go /me waves *hard*")
		w.expect("phone: <alice> /me waves *hard*")
		wave := hears("bob", "waves back")
		wave.Style = transports.Does
		w.emits(wave)
		w.expect("phone: <bob> /me waves back")
	})
}

func TestASubjectIsChangedByTheNetwork(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		const subject = `<message type='groupchat' id='s1'`
		w.sends(subject + from("phone") + `to='#go%irc.net@gw.example'><subject>new</subject></message>`)
		w.expectCommands("topic #go new")
		w.expect()
		w.emits(transports.TopicChanged{Room: "#go", Topic: transports.Topic{Text: "new", By: "alice"}})
		w.expect(`phone: subject "new"`)
		w.denies(transports.Forbidden, "Operators only.")
		w.sends(subject + from("phone") + `to='#go%irc.net@gw.example'><subject/></message>`)
		w.expect("phone: s1 refused: forbidden: Operators only.")
	})
}

func TestMessagesGoOutInTheOrderTheyWereSaid(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside()
		var want []string
		for i := range 20 {
			body := strings.Repeat("x", i+1)
			if taken, _ := w.offer(groupchat("phone", body, body)); !taken {
				t.Fatal("not taken")
			}
			want = append(want, "phone: <alice> "+body)
		}
		w.expect(want...)
	})
}

func TestAMessageThatTheGatewayCannotWriteDownIsNotSent(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		if err := w.store.Close(); err != nil {
			t.Fatal(err)
		}
		w.sends(groupchat("phone", "m1", "hello"))
		w.expectCommands()
		w.expect("phone: m1 refused: internal-server-error: The gateway could not write this down and did not send it.")
	})
}
