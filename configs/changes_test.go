package configs

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChangesTellWhatHoldsAtOnceAndWhatNeedsARestart(t *testing.T) {
	was, err := load(t, with())
	if err != nil {
		t.Fatal(err)
	}
	same, err := load(t, with())
	if err != nil {
		t.Fatal(err)
	}
	if now, restart := Changes(was, same); now != nil || restart != nil {
		t.Errorf("nothing has changed, and yet %q, %q", now, restart)
	}
	is, err := load(t, with("/tmp/x.db", "/tmp/y.db", "level: warn", "level: debug", "s3cret", "other", "keep_days: 30", "keep_days: 31",
		"Example.ORG", "example.com", "archive:", "files: {cache_days: 3}\narchive:", "    people", "    limits: {rooms: 5}\n    people")+`
  - kind: irc
    domain: irc2.example.org
    server: tcp://127.0.0.1:5347
    secret: s3cret
`)
	if err != nil {
		t.Fatal(err)
	}
	now, restart := Changes(was, is)
	if diff := cmp.Diff([]string{"archive", "log: level", "irc.example.org: people", "irc.example.org: limits"}, now); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"store", "files", "irc.example.org: secret", "transports: irc2.example.org (new)"}, restart); diff != "" {
		t.Error(diff)
	}
	for _, key := range append(liveKeys, liveTransportKeys...) { // a key that is not there would never be in force
		if top, _, _ := strings.Cut(key, ":"); !slices.Contains(keysOf(Config{}), top) && !slices.Contains(keysOf(Transport{}), key) {
			t.Errorf("there is no key %q", key)
		}
	}
	if _, restart := Changes(is, was); restart[len(restart)-1] != "transports: irc2.example.org (removed)" {
		t.Errorf("%q", restart)
	}
}

func keysOf(config any) (keys []string) {
	t := reflect.TypeOf(config)
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("mapstructure"))
	}
	return keys
}
