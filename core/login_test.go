package core

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"isthmus/core/stanza"
)

const loggedInWords = "You are logged in as al. The account is club@gw.example: put it into your contact list to see its state there. " +
	"Its rooms are what that address lists; write “list” to me to see them here."

func TestAPersonLogsInByAForm(t *testing.T) {
	v := visiting(t, newClub(byForm))
	said, id := v.command("gw.example", "login", "")
	v.is("first", said, "Who are you?; username; password")
	said, _ = v.command("gw.example", "login", id, "username", "al", "password", "wrong")
	v.is("a wrong password", said, "The password is wrong.; Who are you?; username al; password")
	said, _ = v.command("gw.example", "login", id, "username", "al", "password", "sesame")
	v.is("at last", said, loggedInWords)
	for _, want := range []string{"presence subscribe gw.example", "presence subscribe club@gw.example"} { // XEP-0100 §4.1.1
		if !slices.Contains(v.seen, want) {
			t.Errorf("there was no %q among %q", want, v.seen)
		}
	}
	e := v.asks("get", "gw.example", `<query xmlns='http://jabber.org/protocol/disco#items'/>`)
	v.is("the gateway's items", string(e.Children()[0].Append(nil)), `<query xmlns='http://jabber.org/protocol/disco#items'><item jid='club@gw.example' name='al'/></query>`)
	v.stands("club@gw.example", "")
	v.is("rooms", v.chats("list"), "Your rooms\nRoom | Address | Clients of yours inside\nBar | #bar%club@gw.example | 0")
	open, log := v.club.count()
	v.is("the club", log, "login of alicx7a64, connected by token of al")
	if open != 0 {
		t.Errorf("%d logins were not closed", open)
	}
}

func TestALoginMayHaveSeveralFormsAndMayBeRefused(t *testing.T) {
	v := visiting(t, newClub(byForm))
	_, id := v.command("gw.example", "login", "")
	said, _ := v.command("gw.example", "login", id, "username", "twice", "password", "sesame")
	v.is("second form", said, "Which code?; code")
	said, _ = v.command("gw.example", "login", id, "code", "1")
	v.is("at last", said, strings.ReplaceAll(loggedInWords, "as al.", "as twice."))
	_, id = v.command("gw.example", "login", "")
	said, _ = v.command("gw.example", "login", id, "username", "banned", "password", "sesame")
	v.is("banned", said, "error: You are banned from the club.")
	if open, _ := v.club.count(); open != 0 {
		t.Errorf("%d logins were not closed", open)
	}
}

func TestTheBotWaitsForWhatIsDoneElsewhere(t *testing.T) {
	v := visiting(t, newClub(byForm, byLink))
	v.is("the way", v.chats("login"), "Log in to Club\nBy a password: You need a password.\nHow do you want to log in?\n1. By a password\n2. By a link\n(“cancel” stops this.)")
	v.is("the link", v.chats("2"), "Follow the link\nOpen it:\nhttps://club.example/in\nCode: 42\n(“cancel” stops this.)")
	close(v.club.followed)
	v.is("at last", v.told(), strings.ReplaceAll(loggedInWords, "as al.", "as linked."))
}

func TestALoginThatIsCancelledEnds(t *testing.T) {
	v := visiting(t, newClub(byLink))
	v.chats("login")
	v.is("cancelled", v.chats("cancel"), "Cancelled.")
	for open := 1; open > 0; { // it is closed beside
		open, _ = v.club.count()
	}
	for range maxOpen {
		v.command("gw.example", "login", "")
	}
	said, _ := v.command("gw.example", "login", "")
	v.is("one too many", said, "error: You have begun too many logins. Finish one of them, or cancel it.")
}

func TestAnotherAccountOfANetworkNeedsANameOfItsOwn(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	_, id := v.command("gw.example", "login", "")
	said, _ := v.command("gw.example", "login", id, "username", "bo", "password", "sesame")
	v.is("alias", said, "You are logged in as bo; alias")
	said, _ = v.command("gw.example", "login", id, "alias", "club")
	v.is("taken", said, "Another account of yours is called “club”. Give another short name.; You are logged in as bo; alias club")
	said, _ = v.command("gw.example", "login", id, "alias", "a%b")
	v.is("no name", said, "“a%b” cannot be the short name of an account. Give one such as “work”: letters, digits, dots, hyphens and underscores.; You are logged in as bo; alias a%b")
	said, _ = v.command("gw.example", "login", id, "alias", "Work")
	if !strings.HasPrefix(said, "You are logged in as bo. The account is work@gw.example") {
		t.Error(said)
	}
	v.stands("club@gw.example", "")
	v.stands("work@gw.example", "")
	said, _ = v.command("gw.example", "accounts", "")
	v.is("accounts", said, "Your accounts; club | al | connected. | 1 | club@gw.example; work | bo | connected. | 1 | work@gw.example")
	v.writes(`<presence from='alice@example.org/phone' to='#bar%work@gw.example/bo'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
	v.presence("", "#bar%work@gw.example/bo")
	v.comes("al") // the same account again is no other one
	said, _ = v.command("gw.example", "accounts", "")
	if strings.Count(said, "gw.example") != 2 {
		t.Error(said)
	}
}

func TestAccountsComeBackAfterARestartAndTheirDataIsSealed(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	v.stops()
	v.starts()
	v.stands("club@gw.example", "")
	_, log := v.club.count()
	v.is("the club", log, "login of alicx7a64, connected by token of al, connected by token of al")
	accounts, err := v.store.Accounts(t.Context())
	if err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	if bytes.Contains(accounts[0].Data, []byte("token")) || bytes.Contains(accounts[0].Data, []byte("dG9rZW4")) || !bytes.Contains(accounts[0].Data, []byte(`"al"`)) {
		t.Errorf("stored as %s", accounts[0].Data)
	}
}

func TestRefusedCredentialsAreGivenAnew(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.club.expired["token of al"] = true
	v.comes("al")
	const words = "The club does not know you. To log in again, write “login” to isthmus@gw.example, or use the command “Log in” of gw.example."
	v.stands("club@gw.example", "xa "+words)
	said, _ := v.command("gw.example", "accounts", "")
	v.is("accounts", said, "Your accounts; club | al | not connected. "+words+" | 0 | club@gw.example")
	v.club.mu.Lock()
	v.club.expired = nil
	v.club.mu.Unlock()
	_, id := v.command("gw.example", "login", "")
	said, _ = v.command("gw.example", "login", id, "username", "al", "password", "sesame")
	v.is("again", said, "You are logged in again as al.")
	v.stands("club@gw.example", "")
}

func TestAnAccountIsRenamed(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	v.writes(`<presence from='alice@example.org/phone' to='#bar%club@gw.example/al'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
	v.presence("", "#bar%club@gw.example/al")
	said, id := v.command("club@gw.example", "rename", "")
	v.is("name", said, "Rename club; alias")
	v.writes(`<iq type='set' id='r' from='alice@example.org/phone' to='club@gw.example'><command xmlns='http://jabber.org/protocol/commands' node='rename' sessionid='` + id +
		`'><x xmlns='jabber:x:data' type='submit'><field var='alias'><value>home</value></field></x></command></iq>`)
	v.is("put out", v.presence("unavailable", "#bar%club@gw.example/al"), "The account club is called home now. Join its rooms under their new addresses.")
	v.presence("subscribe", "home@gw.example")
	said, _ = v.command("gw.example", "accounts", "")
	if !strings.Contains(said, "home | al | ") || strings.Contains(said, "club@") {
		t.Error(said)
	}
	v.writes(`<presence from='alice@example.org/phone' to='#bar%club@gw.example/al'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
	e := v.asks("get", "club@gw.example", `<query xmlns='http://jabber.org/protocol/disco#info'/>`)
	v.is("the old name", summary(e), "error: You have no account “club” here. To log in, write “login” to isthmus@gw.example, or use the command “Log in” of gw.example.")
	v.stops()
	v.starts()
	v.stands("home@gw.example", "")
}

func TestLoggingOutLeavesNothing(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	v.comes("stuck", "alias", "other")
	said, id := v.command("gw.example", "logout", "")
	v.is("which", said, "Log out of an account; account")
	said, _ = v.command("gw.example", "logout", id, "account", "club")
	v.is("out", said, "You are logged out of al, and what was kept of it is deleted.")
	_, id = v.command("other@gw.example", "logout", "")
	said, _ = v.command("other@gw.example", "logout", id, "account", "other")
	v.is("out, but", said, "You are logged out of stuck, and what was kept of it is deleted.; The network could not be told: end the login there too. It said: The club is closed.")
	if _, log := v.club.count(); !strings.Contains(log, "logout of token of al") || !strings.Contains(log, "logout of token of stuck") {
		t.Error(log)
	}
	said, _ = v.command("gw.example", "accounts", "")
	v.is("accounts", said, "You have no account here. To log in to one, write “login”.")
	if accounts, err := v.store.Accounts(t.Context()); err != nil || len(accounts) != 0 {
		t.Error(accounts, err)
	}
}

func TestUnregisteringLogsOut(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	e := v.asks("set", "gw.example", `<query xmlns='jabber:iq:register'><remove/></query>`)
	if e.Attr("type") != "result" {
		t.Errorf("%s", e.Append(nil))
	}
	if _, log := v.club.count(); !strings.HasSuffix(log, "logout of token of al") {
		t.Error(log)
	}
	if accounts, err := v.store.Accounts(t.Context()); err != nil || len(accounts) != 0 {
		t.Error(accounts, err)
	}
	for _, want := range []string{"presence unsubscribe gw.example", "presence unsubscribe club@gw.example"} {
		if !slices.Contains(v.seen, want) {
			t.Errorf("there was no %q among %q", want, v.seen)
		}
	}
}

func TestALoginOfOneFormRegistersInBand(t *testing.T) {
	v := visiting(t, newClub(byForm))
	e := v.asks("get", "gw.example", `<query xmlns='jabber:iq:register'/>`)
	if got := string(e.Append(nil)); !strings.Contains(got, "<username/><password/>") || strings.Contains(got, "registered") {
		t.Error(got)
	}
	e = v.asks("set", "gw.example", `<query xmlns='jabber:iq:register'><username>al</username><password>wrong</password></query>`)
	v.is("wrong", summary(e), "error: The password is wrong.")
	e = v.asks("set", "gw.example", `<query xmlns='jabber:iq:register'><username>al</username><password>sesame</password></query>`)
	if e.Attr("type") != "result" {
		t.Fatalf("%s", e.Append(nil))
	}
	said, _ := v.command("gw.example", "accounts", "")
	if !strings.Contains(said, "club@gw.example") {
		t.Error(said)
	}
	e = v.asks("get", "gw.example", `<query xmlns='jabber:iq:register'/>`)
	if got := string(e.Append(nil)); !strings.Contains(got, "<registered/>") || !strings.Contains(got, "max_history_length") {
		t.Error(got)
	}
	if open, _ := v.club.count(); open != 0 {
		t.Errorf("%d logins were not closed", open)
	}
}

func TestARoomIsLeftByACommand(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	v.writes(`<presence from='alice@example.org/phone' to='#bar%club@gw.example/al'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
	v.presence("", "#bar%club@gw.example/al")
	said, id := v.command("#bar%club@gw.example", "leave", "")
	v.is("sure?", said, "Leave the room for good")
	said, _ = v.command("#bar%club@gw.example", "leave", id)
	v.is("left", said, "You have left #bar. If your client has a bookmark that joins it, remove that too.")
	v.is("again", v.chats("leave #bar%club@gw.example"), "You are not in the room #bar.")
	v.is("no room", v.chats("leave someone@else.example"), "someone@else.example is no room of this gateway.")
	if _, log := v.club.count(); !strings.HasSuffix(log, "leave #bar") {
		t.Error(log)
	}
}

func TestARoomIsLeftByRemovingTheRegistrationWithIt(t *testing.T) { // XEP-0045 §7.10, XEP-0077 §3.2
	v := visiting(t, newClub(byForm))
	v.comes("al")
	v.stands("club@gw.example", "")
	e := v.asks("get", "#bar%club@gw.example", `<query xmlns='jabber:iq:register'/>`)
	if within(e, "query", "registered") == nil {
		t.Errorf("%s", e.Append(nil))
	}
	e = v.asks("set", "#bar%club@gw.example", `<query xmlns='jabber:iq:register'><remove/></query>`)
	if e.Attr("type") != "result" {
		t.Errorf("%s", e.Append(nil))
	}
	if _, log := v.club.count(); !strings.HasSuffix(log, "leave #bar") {
		t.Error(log)
	}
	e = v.asks("get", "#bar%club@gw.example", `<query xmlns='jabber:iq:register'/>`)
	v.is("not a member", summary(e), "error: To become a member, join the room.")
}

func TestWhenAnAccountIsConnectedIsASettingOfIts(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	v.stands("club@gw.example", "")
	said, id := v.command("club@gw.example", "configure", "")
	v.is("settings", said, "Your settings for club; only_while_online false; in_relays false")
	v.writes(`<iq type='set' id='c' from='alice@example.org/phone' to='club@gw.example'><command xmlns='http://jabber.org/protocol/commands' node='configure' sessionid='` + id +
		`'><x xmlns='jabber:x:data' type='submit'><field var='only_while_online'><value>1</value></field></x></command></iq>`)
	v.until(func(e *stanza.Element) bool { return e.Attr("id") == "c" })
	v.writes(`<presence from='alice@example.org/phone' to='gw.example'/>`)
	v.stands("club@gw.example", "")
	v.writes(`<presence type='unavailable' from='alice@example.org/phone' to='gw.example'/>`)
	for {
		v.writes(`<presence type='probe' from='alice@example.org/phone' to='club@gw.example'/>`)
		e := v.until(func(e *stanza.Element) bool { return e.Name == "presence" && e.Attr("from") == "club@gw.example" })
		if e.Attr("type") == "unavailable" {
			v.is("status", within(e, "status").Text(), "It is connected while you are online.")
			break
		}
	}
}

func TestWithoutAnAccountARoomSaysHowToGetOne(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.writes(`<presence from='alice@example.org/phone' to='#bar%club@gw.example/al'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
	e := v.hears("presence", "error", "#bar%club@gw.example/al")
	if within(e, "error", "registration-required") == nil {
		t.Errorf("%s", e.Append(nil))
	}
}

func TestDataThatCannotBeReadIsKeptAndAskedForAnew(t *testing.T) {
	v := visiting(t, newClub(byForm))
	v.comes("al")
	v.stops()
	sealed := v.keys
	v.keys = keys(t)
	v.starts()
	v.stands("club@gw.example", "xa The club does not know you. To log in again, write “login” to isthmus@gw.example, or use the command “Log in” of gw.example.")
	said, id := v.command("gw.example", "rename", "")
	v.is("rename", said, "Rename club; alias")
	said, _ = v.command("gw.example", "rename", id, "alias", "home")
	v.is("rename", said, "error: The credentials of this account cannot be read. Log in to it again first.")
	v.stops()
	v.keys = sealed
	v.starts()
	v.is("connect", v.chats("connect"), "The account club is being connected. Its presence, and “accounts”, tell how it stands.")
	v.stands("club@gw.example", "")
}
