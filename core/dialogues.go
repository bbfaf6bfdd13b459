package core

import (
	"context"
	"log/slog"
	"strings"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/media"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// dialogues are the commands of a transport, and where they are had: at the gateway, at accounts, at rooms, with the bot.
type dialogues struct {
	domain    string
	addresses address.Config
	driver    transports.Driver
	about     transports.About
	options   *options.Book
	store     *store.Store
	known     *register
	// logins are the accounts that came by logins; open counts the logins under way.
	logins *logins
	groups *groups
	open   *turnstile
	env    transports.Env
	log    *slog.Logger
	// media carries files, nil where none are carried; exporting holds a token while an export is made.
	media     *media.Transport
	exporting chan struct{}
	hub       *person.Hub
	relays    *relays
	faces     *dialog.Faces
	reply     func(*stanza.Stanza)
	// reload reads the configuration anew.
	reload func(context.Context) (Reloaded, error)
}

// handle takes what belongs to a dialogue. It is called by the hub's goroutine and does not block.
func (d *dialogues) handle(s *stanza.Stanza, to address.Address, policy person.Policy) bool {
	who := dialog.Asker{Person: s.From, Operator: policy.Operator(s.From), Place: s.To.Local}
	if to.Kind == address.Bot || to.Kind == address.Gateway && s.Kind == stanza.Message && d.addresses.Fixed == "" {
		d.bot(s, who, policy)
		return true
	}
	if s.Kind == stanza.Presence && to.Kind == address.Gateway {
		d.subscription(s)
	}
	if s.Kind != stanza.IQ {
		return false
	}
	if s.To.Resource != "" && to.Kind != address.Gateway {
		return d.refuseCommand(s)
	}
	menu := d.menu(to, policy)
	if answer := menu.Disco(s, "Commands", who.Operator); answer != nil {
		d.reply(answer)
		return true
	}
	if d.faces.Command(s, menu, who) {
		return true
	}
	switch to.Kind {
	case address.Gateway:
		return d.faces.Register(s, d.registration(policy), who) || d.gateway(s) || d.search(s)
	case address.Room:
		return d.hasLogins() && d.faces.Register(s, d.membership(to), who) || d.owner(s, to)
	}
	return false
}

// refuseCommand answers commands where there are none: at occupants and users.
func (d *dialogues) refuseCommand(s *stanza.Stanza) bool {
	info, _ := xep.IsInfo(s)
	items, _ := xep.IsItems(s)
	for _, e := range s.Payload {
		if s.Request() && (e.Space == xep.NSCommands || info == xep.NSCommands || items == xep.NSCommands) {
			d.reply(s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.FeatureNotImplemented, Text: "There are no commands at this address."}))
			return true
		}
	}
	return false
}

// bot is the gateway's voice, which people write to.
func (d *dialogues) bot(s *stanza.Stanza, who dialog.Asker, policy person.Policy) {
	switch {
	case s.Kind == stanza.Message && s.Type != "error" && !xep.Ephemeral(s):
		d.faces.Chat(s, d.menu(address.Address{Kind: address.Gateway}, policy), who)
	case s.Kind == stanza.Presence && (s.Type == "subscribe" || s.Type == "probe"):
		if s.Type == "subscribe" {
			d.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "subscribed", From: s.To, To: s.From.Bare()})
		}
		d.reply(&stanza.Stanza{Kind: stanza.Presence, From: s.To, To: s.From.Bare()})
	case s.Request():
		if node, ok := xep.IsInfo(s); ok && node == "" {
			d.reply(s.Result(xep.Info{Category: "client", Type: "bot", Name: d.about.Name, Features: []string{}}.Query("")))
			return
		}
		if xep.IsPing(s) {
			d.reply(s.Result())
			return
		}
		d.reply(s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable}))
	}
}

// gateway turns what a person knows someone by into an address (XEP-0100 §6.3).
func (d *dialogues) gateway(s *stanza.Stanza) bool {
	typed, set, ok := xep.ParseGateway(s)
	if !ok {
		return false
	}
	if !set {
		prompt, example := "Whom or which room do you want to reach? Write a name, then the network.", "name network"
		if d.addresses.Fixed != "" {
			prompt, example = "Whom or which room do you want to reach? Write a name.", "name"
		}
		d.reply(s.Result(xep.GatewayPrompt(prompt, example)))
		return true
	}
	go func() { // the network may be asked
		ctx, cancel := context.WithTimeout(context.Background(), searchTime)
		defer cancel()
		jid, problem := d.address(ctx, s.From, strings.Fields(strings.ReplaceAll(typed, ",", " ")))
		if problem != "" {
			d.reply(s.Refuse(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.NotAcceptable, Text: problem}))
			return
		}
		d.reply(s.Result(xep.GatewayAddress(jid)))
	}()
	return true
}

// find is the address of a user or room, by name and network, or by name alone where there is one network.
func (d *dialogues) find(owner stanza.JID, words []string) (stanza.JID, string) {
	if d.addresses.Fixed != "" && len(words) == 1 {
		words = append(words, d.addresses.Fixed)
	}
	if mine := d.logins.keysOf(owner); len(words) == 1 && len(mine) == 1 {
		words = append(words, mine[0].Key)
	}
	if len(words) != 2 {
		return stanza.JID{}, "Write a name and a network, with a space between them."
	}
	name, key := words[0], words[1]
	if _, err := d.scope(person.Key{Owner: owner, Key: key}); err != nil {
		return stanza.JID{}, account.Refusal(err).Text
	}
	kind := address.User
	if strings.ContainsRune(d.about.Sigils, rune(name[0])) {
		kind = address.Room
	}
	local, err := d.addresses.Localpart(address.Address{Kind: kind, Name: name, Key: key})
	if err != nil {
		return stanza.JID{}, err.Error()
	}
	return stanza.JID{Local: local, Domain: d.domain}, ""
}

// owner is a person's own configuration of a room (XEP-0045 §10.2).
func (d *dialogues) owner(s *stanza.Stanza, to address.Address) bool {
	submitted, ok := xep.ParseOwner(s)
	if !ok {
		return false
	}
	if _, destroy := xep.ParseDestroy(s); destroy { // that is the account's matter
		return false
	}
	command := d.configureRoom(to)
	go func() { // its steps may wait for the disk
		ctx, cancel := context.WithTimeout(context.Background(), setTime)
		defer cancel()
		outcome := command.Start(ctx, dialog.Asker{Person: s.From})
		if s.Type == "get" || outcome.Ask == nil {
			d.finish(s, outcome)
			return
		}
		answers, problem := outcome.Ask.Read(submitted)
		if submitted == nil || problem != "" {
			d.reply(s.Refuse(&stanza.Error{Type: xmpp.Modify, Condition: xmpp.BadRequest, Text: problem}))
			return
		}
		if submitted.Attr("type") != "cancel" {
			outcome = outcome.Then(ctx, answers)
		}
		if outcome.Problem != nil {
			d.reply(s.Refuse(outcome.Problem))
			return
		}
		d.reply(s.Result())
	}()
	return true
}

func (d *dialogues) finish(s *stanza.Stanza, outcome dialog.Outcome) {
	if outcome.Problem != nil {
		d.reply(s.Refuse(outcome.Problem))
		return
	}
	d.reply(s.Result(xep.RoomConfig(outcome.Ask)))
}
