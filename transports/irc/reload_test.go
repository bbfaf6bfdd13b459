package irc

import (
	"slices"
	"testing"

	"isthmus/transports"
)

func reloadable(t *testing.T, c Config) *Driver {
	t.Helper()
	d, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReloadedOptionsHoldForTheNextConnection(t *testing.T) {
	play(t, Network{Password: "old"}, func(s *script) {
		s.expect("CAP LS 302", "PASS :old", "NICK alice", "USER alice 0 * :alice")
		driver := s.session.(*Session).driver
		if restart := driver.Reload(reloadable(t, Config{Networks: []Network{{Host: host, Plain: true, Password: "new"}}, Realname: "Someone"})); restart != nil {
			t.Errorf("a restart is said to be needed for %q", restart)
		}
		s.stop()
		s.server.Close()
		s.finish()
		s.run()
		s.expect("CAP LS 302", "PASS :new", "NICK alice", "USER alice 0 * :Someone")
		driver.Reload(reloadable(t, Config{}))
		s.stop()
		s.server.Close()
		s.finish()
		s.run()
		s.fault(transports.Forbidden, "does not connect to "+host)
	})
}

func TestAReloadSaysWhatNeedsARestart(t *testing.T) {
	driver := reloadable(t, Config{})
	if _, err := driver.Scope("irc.example.net"); err == nil {
		t.Fatal("a network that nobody named is let through")
	}
	limiter := driver.turns.of(endpoint{address: "irc.example.net:6697"})
	restart := driver.Reload(reloadable(t, Config{Any: true, ConnectRate: 3, Identd: "127.0.0.1:1113"}))
	if !slices.Equal(restart, []string{"identd"}) {
		t.Errorf("a restart is needed for %q", restart)
	}
	if _, err := driver.Scope("irc.example.net"); err != nil {
		t.Error(err)
	}
	if restart := driver.Reload(reloadable(t, Config{Fixed: "irc.example.net"})); len(restart) != 1 || driver.About().Fixed != "" {
		t.Errorf("addresses would mean something else: %q", restart)
	}
	if limiter.Limit() != 3 || limiter.Burst() != 6 {
		t.Errorf("%v a second, %d at once", limiter.Limit(), limiter.Burst())
	}
}
