package irc

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestWhatAPersonSetsIsChecked(t *testing.T) {
	driver, err := New(Config{Any: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, good := range []transports.Options{
		{},
		{"nick": {"[alice]"}, "username": {"Alice"}, "realname": {"Alice Example"}, "encoding_in": {"windows-1251"}, "encoding_out": {"utf-8"}},
		{"ports": {"6667", "6668"}, "tls_ports": {"6697;7000"}, "address": {"irc.example.net"}, "verify_cert": {"0"}, "throttle_limit": {"-1"}},
		{"address": {"2001:db8::1"}, "fingerprint": {strings.Repeat("ab", 20)}, "after_connect_commands": {"PRIVMSG NickServ :identify x", ""}},
		{"fingerprint": {strings.Repeat("AB:", 31) + "AB"}, "nick": {""}, "throttle_limit": {""}},
	} {
		if err := driver.Check(accountFields, good); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for name, bad := range map[string][]string{
		"nick": {"two words"}, "username": {"a b"}, "encoding_in": {"klingon"}, "encoding_out": {"utf-16"}, "ports": {"0"}, "tls_ports": {"1;2;3;4;5;6;7;8;9"},
		"address": {"not a host"}, "verify_cert": {"perhaps"}, "fingerprint": {"12:34"}, "throttle_limit": {"many"}, "after_connect_commands": {"JOIN #a\r\nQUIT"},
		"realname": {"one", "two"}, "pass": {"x\nQUIT"}, "sasl_password": {strings.Repeat("x", 301)},
	} {
		fault := wantFault(t, driver.Check(accountFields, transports.Options{name: bad}), transports.Invalid, name)
		if !strings.HasSuffix(fault.Text, ".") && name != "username" {
			t.Errorf("%s: %q is no sentence", name, fault.Text)
		}
	}
}

func TestTheDefaultsOfTheFieldsAreRight(t *testing.T) {
	driver, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, fields := range [][]transports.Field{driver.About().AccountFields, driver.About().RoomFields} {
		for _, f := range fields {
			if err := driver.Check(fields, transports.Options{f.Name: f.Default}); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			if f.Label == "" || f.Help == "" {
				t.Errorf("%s has no words for people", f.Name)
			}
		}
	}
}

func TestAPersonSaysHowToReachAServerOnlyWhereTheOperatorHasNot(t *testing.T) {
	own := transports.Options{"address": {"irc.example.net"}, "ports": {"6667"}, "tls_ports": {"7000"}, "verify_cert": {"false"}, "fingerprint": {strings.Repeat("ab", 32)}}
	for _, c := range []struct {
		config  Config
		options transports.Options
		want    string
	}{
		{Config{Any: true}, own, "[{irc.example.net:7000 false false} {irc.example.net:6667 true false}]"},
		{Config{Any: true}, transports.Options{"ports": {"6667"}, "tls_ports": {}}, "[{irc.example.org:6667 true false}]"},
		{Config{Any: true}, transports.Options{"ports": {"6667"}}, "[{irc.example.org:6697 false false} {irc.example.org:6667 true false}]"},
		{Config{Any: true}, transports.Options{"address": {"irc.example.net"}}, "[{irc.example.net:6697 false false}]"},
		{Config{Any: true, Networks: []Network{{Host: host}}}, own, "[{irc.example.net:7000 false false} {irc.example.net:6667 true false}]"},
		{Config{Networks: []Network{{Host: host}}}, own, "[{irc.example.org:6697 false false}]"},
		{Config{Any: true, Networks: []Network{{Host: host, Address: "10.0.0.1:6697"}}}, own, "[{10.0.0.1:6697 false false}]"},
		{Config{Any: true, Networks: []Network{{Host: host, Password: "the operator's"}}}, own, "[{irc.example.org:6697 false false}]"},
	} {
		driver, err := New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		session, err := driver.Open(transports.Account{Scope: host, Options: c.options}, transports.Env{Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		n := session.(*Session).network
		if silent := driver.Advice(host) == ""; silent != n.own {
			t.Errorf("%+v: %q is told of it", c.config, driver.Advice(host))
		}
		if got := fmt.Sprint(n.addresses); got != c.want {
			t.Errorf("%+v with %v goes to %s, want %s", c.config, c.options, got, c.want)
		}
		if free := strings.Contains(c.want, "irc.example.net:7000"); free != n.unverified || free != (n.fingerprint != nil) {
			t.Errorf("%+v: unverified %v, fingerprint %x", c.config, n.unverified, n.fingerprint)
		}
	}
}

func TestThePersonsOptionsStandAtTheDoor(t *testing.T) {
	playAs(t, Config{}, Network{Password: "the operator's"}, transports.Options{
		"nick": {"Ally"}, "username": {"me"}, "realname": {"Alice Example"}, "pass": {"my own"},
	}, func(s *script) {
		s.expect("CAP LS 302", "PASS :my own", "NICK Ally", "USER me 0 * :Alice Example")
	})
	playAs(t, Config{Realname: "by isthmus"}, Network{}, transports.Options{"realname": {"Alice Example"}}, func(s *script) {
		s.expect("CAP LS 302", "NICK alice", "USER alice 0 * :by isthmus")
	})
}

func TestCommandsAfterConnectingComeBeforeAllElse(t *testing.T) {
	playAs(t, Config{}, Network{}, transports.Options{"after_connect_commands": {"PRIVMSG NickServ :identify secret", "", "MODE alice +x"}}, func(s *script) {
		s.hears()
		s.says(":irc.srv 001 alice :Welcome", ":irc.srv 422 alice :No MOTD")
		one[transports.Online](s)
		s.do(transports.Join{Room: "#room"})
		time.Sleep(joinGather)
		s.expect("PRIVMSG NickServ :identify secret", "MODE alice +x", "JOIN #room")
	})
}

func TestTheThrottleLimitIsTheBurst(t *testing.T) {
	for limit, want := range map[string]int{"3": 3, "0": 1, "-1": 30, "": 30, "not set": 10} {
		options := transports.Options{"throttle_limit": {limit}}
		if limit == "not set" {
			options = nil
		}
		playAs(t, Config{}, Network{}, options, func(s *script) {
			s.welcome()
			s.do(inRoom1(strings.Repeat("line\n", 30)))
			got := 0
			for _, line := range s.hears() {
				if strings.HasPrefix(line, "PRIVMSG") {
					got++
				}
			}
			if got != want {
				t.Errorf("with %q %d lines go at once, want %d", limit, got, want)
			}
		})
	}
}

func TestARoomCanHaveAnEncodingOfItsOwn(t *testing.T) {
	playAs(t, Config{}, Network{}, transports.Options{"encoding_in": {"ISO-8859-15"}}, func(s *script) {
		s.welcome()
		s.enter("#room", "alice bob")
		joined := s.do(transports.Join{Room: "#kino", Options: transports.Options{"encoding_in": {"windows-1251"}, "encoding_out": {"windows-1251"}}})
		time.Sleep(joinGather)
		s.expect("JOIN #kino")
		s.says(":alice!a@b JOIN #kino", ":irc.srv 332 alice #kino :\xef\xf0\xe8\xe2\xe5\xf2", ":irc.srv 366 alice #kino :End")
		if room := one[transports.Room](s); room.Topic.Text != "привет" {
			t.Errorf("the topic is %q", room.Topic.Text)
		}
		if err := joined.err(); err != nil {
			t.Fatal(err)
		}
		s.says(":bob!b@c PRIVMSG #kino :\xef\xf0\xe8\xe2\xe5\xf2", ":bob!b@c PRIVMSG #room :5 \xa4", ":bob!b@c PRIVMSG #kino :ünï")
		var heard []string
		for _, e := range s.told() {
			heard = append(heard, e.(transports.Message).Text.String())
		}
		if got := strings.Join(heard, "|"); got != "привет|5 €|ünï" {
			t.Errorf("heard %q", got)
		}
		s.hears()
		s.do(transports.Send{Place: transports.InRoom("#kino"), Text: text.Plain("да ☃")})
		if sent := s.hears(); len(sent) == 0 || sent[0] != "PRIVMSG #kino :\xe4\xe0 \x1a" {
			t.Errorf("sent %q", sent)
		}
	})
}

func TestAServerThatTakesUTF8OnlyGetsUTF8(t *testing.T) {
	playAs(t, Config{}, Network{}, transports.Options{"encoding_out": {"windows-1251"}}, func(s *script) {
		s.welcome("UTF8ONLY")
		s.do(talk("bob", "Привет"))
		if heard := s.hears(); len(heard) == 0 || heard[0] != "PRIVMSG bob :Привет" {
			t.Errorf("sent as %q", heard)
		}
	})
}

func TestEncodingsHaveTheNamesThatPeopleKnow(t *testing.T) {
	for name, want := range map[string]string{"latin-1": "ISO 8859-1", "Latin1": "ISO 8859-1", "ISO_8859-1": "ISO 8859-1", "iso8859-15": "ISO 8859-15", "8859_2": "ISO 8859-2",
		"latin-9": "ISO 8859-15", "cp1252": "Windows 1252", "WIN-1251": "Windows 1251", "koi8r": "KOI8-R", "KOI8_U": "KOI8-U"} {
		found, err := encodingNamed(name)
		if err != nil || fmt.Sprint(found) != want {
			t.Errorf("%q is %v (%v), want %s", name, found, err, want)
		}
	}
	for _, name := range []string{"latin-99", "cp9999", "utf-16", "koi8", ""} {
		if found, err := encodingNamed(name); err == nil {
			t.Errorf("%q is taken for %v", name, found)
		}
	}
}
