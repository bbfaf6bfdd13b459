package account

import "testing"

func TestTheNetworkCanTellPeopleApart(t *testing.T) {
	const domain = "irc.example.org"
	if got := PersonName(jid("alice@example.org"), domain); got != "alice" {
		t.Errorf("one of the own people is %q", got)
	}
	seen := map[string]string{"alice": "alice@example.org"}
	for _, who := range []string{"alice@example.net", "al.ice@example.org", "élise@example.org", "дора@example.org", "bob@a.example", "bob@b.example"} {
		name := PersonName(jid(who), domain)
		if before, taken := seen[name]; taken || len(name) > 9 {
			t.Errorf("%s is %q, as is %q", who, name, before)
		}
		seen[name] = who
	}
}
