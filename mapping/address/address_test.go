package address_test

import (
	"strings"
	"testing"

	"isthmus/mapping/address"
)

var (
	many = address.Config{Sigils: "#&", Bot: "isthmus-bot"}
	one  = address.Config{Sigils: "#&", Bot: "isthmus-bot", Fixed: "irc.libera.chat"}
)

func gateway() address.Address { return address.Address{} }
func bot() address.Address     { return address.Address{Kind: address.Bot} }
func account(key string) address.Address {
	return address.Address{Kind: address.Account, Key: key}
}
func room(name, key string) address.Address {
	return address.Address{Kind: address.Room, Name: name, Key: key}
}
func user(name, key string) address.Address {
	return address.Address{Kind: address.User, Name: name, Key: key}
}
func anyone(key string) address.Address {
	return address.Address{Kind: address.Anyone, Key: key}
}

// What we write reads back as the same address: these localparts are canonical.
func TestAddressesThatPeopleHaveInTheirBookmarks(t *testing.T) {
	const libera = "irc.libera.chat"
	for _, c := range []struct {
		name      string
		config    address.Config
		localpart string
		want      address.Address
	}{
		{"the gateway", many, "", gateway()},
		{"the bot", many, "isthmus-bot", bot()},
		{"an IRC server", many, libera, account(libera)},
		{"an alias of an account", many, "libera", account("libera")},
		{"a Slack team", many, "t0abc", account("t0abc")},
		{"a server by its IPv6 address", many, `\3a\3a1`, account("::1")},
		{"a channel", many, "#go-nuts%irc.libera.chat", room("#go-nuts", libera)},
		{"a channel by alias", many, "#go-nuts%libera", room("#go-nuts", "libera")},
		{"a channel with an @", many, `#b\40byfoot%irc.libera.chat`, room("#b@byfoot", libera)},
		{"a channel with / and :", many, `#a\2fb\3ac%irc.libera.chat`, room("#a/b:c", libera)},
		{"a channel with a %", many, "#50%off%irc.libera.chat", room("#50%off", libera)},
		{"a channel that ends with a %", many, "#50%%irc.libera.chat", room("#50%", libera)},
		{"a local channel, whose & cannot stand raw", many, `\26local%irc.libera.chat`, room("&local", libera)},
		{"a channel without a name but #", many, "#%irc.libera.chat", room("#", libera)},
		{"a second #", many, "##c++%irc.libera.chat", room("##c++", libera)},
		{"a Slack room", many, "#c0123%t0abc", room("#c0123", "t0abc")},
		{"a Discord channel", many, "#81384788765712384%81384788765712380", room("#81384788765712384", "81384788765712380")},
		{"a nick", many, "alice%irc.libera.chat", user("alice", libera)},
		{"a nick of odd characters", many, `[a]^{b}|\` + "`%irc.libera.chat", user("[a]^{b}|\\`", libera)},
		{"a Slack user", many, "u0123%t0abc", user("u0123", "t0abc")},
		{"a user named %", many, "%%irc.libera.chat", user("%", libera)},
		{"the bot's name as a nick", many, "isthmus-bot%irc.libera.chat", user("isthmus-bot", libera)},
		{"anyone on a server", many, "%irc.libera.chat", anyone(libera)},
		{"Cyrillic stays readable", many, "#привет%irc.libera.chat", room("#привет", libera)},
		{"Japanese stays readable", many, "#日本ラーメン%irc.libera.chat", room("#日本ラーメン", libera)},
		{"Korean stays readable", many, "#한국%irc.libera.chat", room("#한국", libera)},
		{"French stays readable", many, "#école%irc.libera.chat", room("#école", libera)},
		{"Greek stays readable", many, "#γειά%irc.libera.chat", room("#γειά", libera)},
		{"ß is escaped", many, `#stra\c3\9fe%irc.libera.chat`, room("#straße", libera)},
		{"an emoji is escaped", many, `#\f0\9f\99\82%irc.libera.chat`, room("#🙂", libera)},
		{"Hebrew is escaped, it would need the bidi rule", many, `#\d7\a9\d7\9c%irc.libera.chat`, room("#של", libera)},
		{"the text of an escape", many, `#\5c40%irc.libera.chat`, room(`#\40`, libera)},
		{"the text of one of our escapes", many, `#\5cc3\9f%irc.libera.chat`, room(`#\c3\9f`, libera)},
		{"a space inside", many, `new\20alias`, account("new alias")},

		{"fixed: the server", one, "", gateway()},
		{"fixed: the bot", one, "isthmus-bot", bot()},
		{"fixed: a channel", one, "#go-nuts", room("#go-nuts", libera)},
		{"fixed: a % is a literal part of a channel", one, "#foo%x", room("#foo%x", libera)},
		{"fixed: a local channel", one, `\26local`, room("&local", libera)},
		{"fixed: a nick", one, "alice", user("alice", libera)},
		{"fixed: a % is a literal part of a nick", one, "alice%x", user("alice%x", libera)},
		{"fixed: nobody is anyone", one, "%irc.libera.chat", user("%irc.libera.chat", libera)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.config.Parse(c.localpart)
			if err != nil || got != c.want {
				t.Errorf("Parse(%q) = %+v, %v, want %+v", c.localpart, got, err, c.want)
			}
			back, err := c.config.Localpart(c.want)
			if err != nil || back != c.localpart {
				t.Errorf("Localpart(%+v) = %q, %v, want %q", c.want, back, err, c.localpart)
			}
		})
	}
}

func TestWhatServersPassOnRawMeansTheSame(t *testing.T) {
	for name, c := range map[string]struct{ raw, canonical string }{
		"upper-case ASCII":               {"#Go-Nuts%IRC.Libera.Chat", "#go-nuts%irc.libera.chat"},
		"upper-case escape":              {`#A\2FB%Irc`, `#a\2fb%irc`},
		"upper-case escape of ours":      {`#STRA\C3\9FE%irc`, `#stra\c3\9fe%irc`},
		"upper-case bot":                 {"ISTHMUS-Bot", "isthmus-bot"},
		"raw ß":                          {"#straße%irc", `#stra\c3\9fe%irc`},
		"raw upper-case Greek":           {"#ΣΑΣ%irc", `#\ce\a3\ce\91\ce\a3%irc`},
		"raw ligature":                   {"#ﬁ%irc", `#\ef\ac\81%irc`},
		"raw superscript":                {"#a²%irc", `#a\c2\b2%irc`},
		"raw characters of XEP-0106":     {`#a "b"&'c'/:<>@%irc`, `#a\20\22b\22\26\27c\27\2f\3a\3c\3e\40%irc`},
		"escape of a readable character": {`#\c3\a9%irc`, `#\c3\a9%irc`},
		"needless escape of a backslash": {`#c\5cnet%irc`, `#c\net%irc`},
		"combining mark":                 {"#e\u0301%irc", `#e\cc\81%irc`},
		"soft hyphen and zero width":     {"#a\u00ad\u200b%irc", `#a\c2\ad\e2\80\8b%irc`},
		"private use":                    {"#\ue000%irc", `#\ee\80\80%irc`},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := many.Parse(c.raw)
			if err != nil {
				t.Fatalf("Parse(%q): %v", c.raw, err)
			}
			if got, err := many.Localpart(raw); err != nil || got != c.canonical {
				t.Errorf("Localpart(Parse(%q)) = %q, %v, want %q", c.raw, got, err, c.canonical)
			}
			if canonical, err := many.Parse(c.canonical); err != nil || canonical != raw {
				t.Errorf("Parse(%q) = %+v, %v, but Parse(%q) = %+v", c.canonical, canonical, err, c.raw, raw)
			}
		})
	}
}

func TestAWrongAddressIsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		config          address.Config
		localpart, says string
	}{
		"a room without its network":      {many, "#go-nuts", "lacks its network: write \"#go-nuts%network\""},
		"a local room without it":         {many, `\26go`, "lacks its network"},
		"nothing after the %":             {many, "alice%", "network is missing"},
		"only a %":                        {many, "%", "network is missing"},
		"a network that looks like rooms": {many, "alice%#go", "lacks its network"},
		"the bot as a network":            {many, "alice%isthmus-bot", "no network"},
		"a space first":                   {many, `\20alice%irc`, "begins or ends with a space"},
		"a raw space first":               {many, ` alice%irc`, "begins or ends with a space"},
		"a space last":                    {many, `alice%irc\20`, "begins or ends with a space"},
		"a space first in the network":    {many, `alice%\20irc`, "begins or ends with a space"},
		"nothing but a space":             {many, " ", "begins or ends with a space"},
		"fixed: a space first":            {one, `\20alice`, "begins or ends with a space"},
		"fixed: a space last":             {one, `#go\20`, "begins or ends with a space"},
		"not UTF-8":                       {many, "#a\xff%irc", "not UTF-8"},
		"a line feed":                     {many, "#a\nQUIT%irc", "control characters"},
		"a C1 control":                    {many, "#a\u0085%irc", "control characters"},
		"delete":                          {many, "#a\x7f%irc", "control characters"},
		"too long":                        {many, "#" + strings.Repeat("a", 1020) + "%ir", "too long"},
		"too long once escaped":           {many, "#" + strings.Repeat("ß", 200) + "%irc", "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			if a, err := c.config.Parse(c.localpart); err == nil {
				t.Errorf("Parse(%q) = %+v, want an error", c.localpart, a)
			} else if !strings.Contains(err.Error(), c.says) {
				t.Errorf("Parse(%q): %q does not say %q", c.localpart, err, c.says)
			}
		})
	}
}

func TestTheLongestAddressIsStillOne(t *testing.T) {
	localpart := "#" + strings.Repeat("a", 1018) + "%irc"
	if len(localpart) != address.MaxBytes {
		t.Fatalf("test has %d bytes", len(localpart))
	}
	a, err := many.Parse(localpart)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := many.Localpart(a); err != nil || back != localpart {
		t.Errorf("Localpart: %d bytes, %v", len(back), err)
	}
}

func TestWhatCannotBeWrittenIsExplained(t *testing.T) {
	const libera = "irc.libera.chat"
	for name, c := range map[string]struct {
		config address.Config
		from   address.Address
		says   string
	}{
		"no bot":                      {address.Config{Sigils: "#"}, bot(), "no bot"},
		"no such kind":                {many, address.Address{Kind: 9}, "kind 9"},
		"account without key":         {many, account(""), "network is missing"},
		"anyone without key":          {many, anyone(""), "network is missing"},
		"user without key":            {many, user("alice", ""), "network is missing"},
		"user without name":           {many, user("", libera), "needs a name"},
		"room without name":           {many, room("", libera), "needs a name"},
		"room without sigil":          {many, room("go", libera), "starts with one of #&"},
		"user with a sigil":           {many, user("#go", libera), "not of a user"},
		"user that begins with space": {many, user(" a", libera), "space"},
		"key with a %":                {many, user("a", "b%c"), "has a %"},
		"key with a sigil":            {many, room("#a", "#b"), "lacks its network"},
		"key of the bot":              {many, account("Isthmus-Bot"), "no network"},
		"key that ends with a space":  {many, account("irc "), "space"},
		"name is not UTF-8":           {many, user("\xff", libera), "not UTF-8"},
		"key is not UTF-8":            {many, account("\xff"), "not UTF-8"},
		"control character":           {many, room("#a\x00", libera), "control"},
		"too long":                    {many, room("#"+strings.Repeat("a", 1010), libera), "too long"},
		"too long once escaped":       {many, room("#"+strings.Repeat("ß", 200), libera), "too long"},
		"far too long":                {many, room("#"+strings.Repeat("\x00", 1<<20), libera), "too long"},
		"fixed: another server":       {one, room("#go", "irc.oftc.net"), "serves \"irc.libera.chat\" only"},
		"fixed: anyone":               {one, anyone(libera), "anyone"},
		"fixed: nick of the bot":      {one, user("Isthmus-bot", libera), "no user"},
		"fixed: ends with a space":    {one, room("#go ", libera), "space"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := c.config.Localpart(c.from); err == nil {
				t.Errorf("Localpart(%+v) = %q, want an error", c.from, got)
			} else if !strings.Contains(err.Error(), c.says) {
				t.Errorf("Localpart(%+v): %q does not say %q", c.from, err, c.says)
			}
		})
	}
}

func TestTheAccountOfAFixedServerIsTheGateway(t *testing.T) {
	if got, err := one.Localpart(account("IRC.Libera.Chat")); err != nil || got != "" {
		t.Errorf("Localpart = %q, %v, want none", got, err)
	}
}

// A caller that changes the kind of a room's address gets the account's.
func TestFieldsThatAKindLacksAreIgnored(t *testing.T) {
	a := room("#go", "libera")
	a.Kind = address.Account
	if got, err := many.Localpart(a); err != nil || got != "libera" {
		t.Errorf("Localpart(%+v) = %q, %v", a, got, err)
	}
	a.Kind = address.Gateway
	if got, err := many.Localpart(a); err != nil || got != "" {
		t.Errorf("Localpart(%+v) = %q, %v", a, got, err)
	}
}

func TestOperatorsAreToldWhatIsWrongInTheConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		config address.Config
		says   string // "" for a valid one
	}{
		"the usual":               {many, ""},
		"a fixed server":          {one, ""},
		"no bot":                  {address.Config{Sigils: "#"}, ""},
		"all channel types":       {address.Config{Sigils: "#&+!"}, ""},
		"no sigils":               {address.Config{}, "sigils"},
		"% as sigil":              {address.Config{Sigils: "#%"}, "sigils"},
		"@ as sigil":              {address.Config{Sigils: "@"}, "sigils"},
		"backslash as sigil":      {address.Config{Sigils: `\`}, "sigils"},
		"letter as sigil":         {address.Config{Sigils: "#C"}, "sigils"},
		"digit as sigil":          {address.Config{Sigils: "1"}, "sigils"},
		"space as sigil":          {address.Config{Sigils: "# "}, "sigils"},
		"delete as sigil":         {address.Config{Sigils: "\x7f"}, "sigils"},
		"non-ASCII sigil":         {address.Config{Sigils: "§"}, "sigils"},
		"invalid sigil":           {address.Config{Sigils: "\xff"}, "sigils"},
		"bot with a %":            {address.Config{Sigils: "#", Bot: "bot%irc"}, "bot"},
		"bot like a host":         {address.Config{Sigils: "#", Bot: "bot.example"}, "bot"},
		"bot like a room":         {address.Config{Sigils: "#", Bot: "#bot"}, "bot"},
		"bot in upper case":       {address.Config{Sigils: "#", Bot: "Bot"}, "bot"},
		"bot with a space":        {address.Config{Sigils: "#", Bot: " "}, "bot"},
		"bot with a backslash":    {address.Config{Sigils: "#", Bot: `b\20t`}, "bot"},
		"bot beyond ASCII":        {address.Config{Sigils: "#", Bot: "робот"}, "bot"},
		"bot too long":            {address.Config{Sigils: "#", Bot: strings.Repeat("b", 1024)}, "bot"},
		"fixed in upper case":     {address.Config{Sigils: "#", Fixed: "Irc.libera.chat"}, `write "irc.libera.chat"`},
		"fixed with a line feed":  {address.Config{Sigils: "#", Fixed: "irc\n"}, "fixed server"},
		"fixed that is not UTF-8": {address.Config{Sigils: "#", Fixed: "\xff"}, "fixed server"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.config.Validate()
			switch {
			case c.says == "" && err != nil:
				t.Errorf("Validate: %v", err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("Validate = %v, want an error about %q", err, c.says)
			}
		})
	}
}

func TestKindsHaveWords(t *testing.T) {
	for kind, want := range map[address.Kind]string{
		address.Gateway: "gateway", address.Bot: "bot", address.Account: "account",
		address.Room: "room", address.User: "user", address.Anyone: "anyone", 77: "kind 77",
	} {
		if got := kind.String(); got != want {
			t.Errorf("Kind(%d).String() = %q, want %q", uint8(kind), got, want)
		}
	}
}
