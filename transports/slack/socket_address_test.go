package slack

import "testing"

func TestASocketIsOpenedAtTheConfiguredServer(t *testing.T) {
	const named = "wss://wss-primary.slack.com/link/?ticket=1&app_id=A1"
	for base, want := range map[string]string{
		"":                        named,
		"ws://127.0.0.1:8001":     "ws://127.0.0.1:8001/link/?ticket=1&app_id=A1",
		"wss://slack.example/up/": "wss://slack.example/up/link/?ticket=1&app_id=A1",
	} {
		c := Config{Socket: base}
		if got, err := c.socket(named); err != nil || got != want {
			t.Errorf("with %q it is %q (%v), want %q", base, got, err, want)
		}
	}
}
