package dialog_test

import (
	"context"
	"fmt"

	"isthmus/core/dialog"
	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// A gateway describes a command once. Clients run it as an ad-hoc command, and people by writing to the bot.
func Example() {
	greet := dialog.Command{Node: "greet", Name: "Greet someone", Words: []string{"greet", "name"}, Help: "Says hello.",
		Start: func(context.Context, dialog.Asker) dialog.Outcome {
			form := &xep.Form{Title: "Whom?", Fields: []xep.Field{{Name: "name", Label: "Name", Required: true}}}
			return dialog.Outcome{Ask: form, Then: func(_ context.Context, a xep.Answers) dialog.Outcome {
				return dialog.Outcome{Note: "Hello " + a.Get("name") + "!"}
			}}
		}}
	menu := dialog.Menu{greet}

	replies := make(chan *stanza.Stanza)
	faces := dialog.New(func(s *stanza.Stanza) { replies <- s }) // in the gateway: Stream.Reply
	go faces.Run(context.Background())

	alice := stanza.JID{Local: "alice", Domain: "example.org", Resource: "phone"}
	bot := stanza.JID{Local: "bot", Domain: "gw.example"}
	s := &stanza.Stanza{Kind: stanza.Message, Type: "chat", From: alice, To: bot}
	s.Add(stanza.Text("", "body", "greet Bob"))

	who := dialog.Asker{Person: s.From, Place: "bot"}
	if !faces.Command(s, menu, who) { // an IQ would have been taken here, or by faces.Register, or answered by menu.Disco
		faces.Chat(s, menu, who)
	}
	fmt.Println((<-replies).ChildText("", "body"))
	// Output: Hello Bob!
}
