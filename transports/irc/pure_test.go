package irc

import (
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"

	"isthmus/transports"
)

func TestOddLinesAreReadAsTheyAreMeant(t *testing.T) {
	for line, want := range map[string]string{
		"AUTHENTICATE :+":                   "AUTHENTICATE [+]",
		"@a ":                               "",
		"@":                                 "",
		":only.a.prefix":                    "",
		"   ":                               "",
		"ping x":                            "PING [x]",
		"JOIN #a ":                          "JOIN [#a]",
		":n!u@h  PRIVMSG   #a  :b  c ":      "n PRIVMSG [#a b  c ]",
		"@time=x;y  :n!u@h@i PRIVMSG a ::x": "n PRIVMSG [a :x]",
		"TOPIC #a :":                        "TOPIC [#a ]",
		":b\x01ad!u@h PRIVMSG a :x":         "",
		"PRIVMSG a :nul\x00byte":            "PRIVMSG [a nulbyte]",
		"PRIVMSG a :\xff":                   "PRIVMSG [a ÿ]",
		"MODE #a +ov b :c":                  "MODE [#a +ov b c]",
		":irc.srv 005 me NICKLEN=30 CHANTYPES=# :is on": "irc.srv 005 [me NICKLEN=30 CHANTYPES=# is on]",
	} {
		got := ""
		if m, ok := parse([]byte(line), charmap.ISO8859_1); ok {
			got = strings.TrimSpace(fmt.Sprint(m.Name, " ", m.Command, " ", m.Params))
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", line, got, want)
		}
	}
}

func TestTagsAreUnescaped(t *testing.T) {
	m, ok := parse([]byte(`@a=\s\:\\\r\n\q;bare;time=2020-01-02T03:04:05.678Z;account=x\ :n PING`), charmap.ISO8859_1)
	if !ok || m.tag("a") != " ;\\\r\nq" || m.tag("bare") != "" || m.tag("account") != "x" || m.tag("b") != "" {
		t.Errorf("tags of %+v", m)
	}
	if at := m.at(); at.UnixMilli() != 1577934245678 {
		t.Errorf("at %v", at)
	}
	if m, _ := parse([]byte("@time=yesterday PING"), charmap.ISO8859_1); !m.at().IsZero() {
		t.Error("a time that is none")
	}
}

func TestALineOverTheBoundIsCutAndTheNextIsWhole(t *testing.T) {
	long := strings.Repeat("x", maxLine-1) + "ééé" + strings.Repeat("y", 1<<20)
	lines := newLineReader(iotest.HalfReader(strings.NewReader(long + "\r\nnext\r\nunfinished")))
	first, err := lines.next()
	if err != nil || string(first) != strings.Repeat("x", maxLine-1) {
		t.Errorf("the first line has %d bytes, %v", len(first), err)
	}
	if second, err := lines.next(); err != nil || string(second) != "next" {
		t.Errorf("the second line is %q, %v", second, err)
	}
	if third, err := lines.next(); err == nil {
		t.Errorf("an unfinished line is given: %q", third)
	}
}

func TestNamesThatAreTheSameToAServer(t *testing.T) {
	for _, c := range []struct{ mapping, name, folded string }{
		{"ascii", "Foo[]\\~É", "foo[]\\~É"},
		{"rfc1459", "Foo[]\\~É", "foo{}|^É"},
		{"rfc1459-strict", "Foo[]\\~", "foo{}|~"},
		{"rfc7613", "FooÉ[]", "fooé[]"},
	} {
		if got := casemapNamed(c.mapping).fold(c.name); got != c.folded {
			t.Errorf("%s folds %q to %q, want %q", c.mapping, c.name, got, c.folded)
		}
	}
}

func TestWhatAServerSaysOfItself(t *testing.T) {
	s := usualSupport
	for _, token := range strings.Fields("PREFIX=(Yqaohv)!~&@%+ CHANTYPES=#! NICKLEN=16 MODES= LINELEN=2048 STATUSMSG=@ TARGMAX=NAMES:1,JOIN:5 CHANMODES=be,k,l,m,extra CASEMAPPING=ascii X -Y PREFIX=nonsense LINELEN=x") {
		s.learn(token)
	}
	if s.prefixModes != "Yqaohv" || s.prefixSigns != "!~&@%+" || s.chanTypes != "#!" || s.nickLen != 16 || s.modes != 20 || s.lineLen != 2048 ||
		s.statusMsg != "@" || s.joinTargets != 5 || s.chanModes != [4]string{"be", "k", "l", "m"} || s.casemap != foldASCII {
		t.Errorf("learnt %+v", s)
	}
	if affiliation, role := s.standing(s.privilege('Y'), false); affiliation != transports.Owner || role != transports.Moderator {
		t.Errorf("a mode over all others gives %d %d", affiliation, role)
	}
	for _, token := range []string{"PREFIX", "CHANTYPES", "NICKLEN", "MODES", "LINELEN", "STATUSMSG", "TARGMAX", "CHANMODES", "CASEMAPPING"} {
		s.learn("-" + token)
	}
	if s != usualSupport {
		t.Errorf("after all was taken back: %+v", s)
	}
	if s.learn("PREFIX="); s.prefixModes != "" {
		t.Errorf("nobody has a standing, but there are %q", s.prefixModes)
	}
}

func TestUsernamesAreWords(t *testing.T) {
	for person, want := range map[string]string{"juliet": "juliet", "Juliet.Capulet": "juliet.cap", "ü@\r\n x": "x", "--": "isthmus", "": "isthmus"} {
		if got := username(person); got != want {
			t.Errorf("%q becomes %q, want %q", person, got, want)
		}
	}
}
