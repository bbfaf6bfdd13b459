package configs

import (
	"reflect"
	"slices"
)

// What can be put in force while the gateway runs; all other keys need a restart.
var (
	liveKeys          = []string{"log: level", "archive", "contacts", "relays"}
	liveTransportKeys = []string{"people", "registration", "registration_required", "network_people", "relay_people", "limits", "operators", "private_networks", "options"}
)

// Changes tells how a configuration that was read again differs from the one at work, by the names of keys: what can be put in
// force while the gateway runs, and what needs a restart.
func Changes(was, is *Config) (now, restart []string) {
	sort := func(prefix string, keys, live []string) {
		for _, key := range keys {
			if slices.Contains(live, key) {
				now = append(now, prefix+key)
			} else {
				restart = append(restart, prefix+key)
			}
		}
	}
	sort("", differing(*was, *is, "transports", "log"), liveKeys)
	for _, key := range differing(was.Log, is.Log) {
		sort("", []string{"log: " + key}, liveKeys)
	}
	for i := range was.Transports {
		old := &was.Transports[i]
		if fresh := is.Transport(old.Domain); fresh != nil {
			sort(old.Domain+": ", differing(*old, *fresh, "secret_file"), liveTransportKeys) // what it says is in secret
			continue
		}
		restart = append(restart, "transports: "+old.Domain+" (removed)")
	}
	for i := range is.Transports {
		if domain := is.Transports[i].Domain; was.Transport(domain) == nil {
			restart = append(restart, "transports: "+domain+" (new)")
		}
	}
	return now, restart
}

// differing are the keys in which two structs differ, but for some.
func differing(a, b any, except ...string) (keys []string) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		key := x.Type().Field(i).Tag.Get("mapstructure")
		if !slices.Contains(except, key) && !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Transport finds the transport of a domain; nil where there is none.
func (c *Config) Transport(domain string) *Transport {
	for i := range c.Transports {
		if c.Transports[i].Domain == domain {
			return &c.Transports[i]
		}
	}
	return nil
}
