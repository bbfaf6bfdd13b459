package configs

import "reflect"

// Changes tells how a configuration that was read again differs from the one at work, by the names of keys: what can be put in
// force while the gateway runs, and what needs a restart.
func Changes(was, is *Config) (now, restart []string) {
	note := func(list *[]string, key string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			*list = append(*list, key)
		}
	}
	note(&restart, "store", was.Store, is.Store)
	note(&restart, "key_file", was.KeyFile, is.KeyFile)
	note(&restart, "web", was.Web, is.Web)
	note(&restart, "files", was.Files, is.Files)
	note(&restart, "log: format", was.Log.Format, is.Log.Format)
	note(&now, "log: level", was.Log.Level, is.Log.Level)
	note(&now, "archive", was.Archive, is.Archive)
	note(&now, "contacts", was.Contacts, is.Contacts)
	for i := range was.Transports {
		old := &was.Transports[i]
		fresh := is.Transport(old.Domain)
		if fresh == nil {
			restart = append(restart, "transports: "+old.Domain+" (removed)")
			continue
		}
		in := old.Domain + ": "
		note(&restart, in+"kind", old.Kind, fresh.Kind)
		note(&restart, in+"server", old.Server, fresh.Server)
		note(&restart, in+"secret", old.Secret, fresh.Secret)
		note(&now, in+"people", old.People, fresh.People)
		note(&now, in+"operators", old.Operators, fresh.Operators)
		note(&now, in+"registration", old.Registration, fresh.Registration)
		note(&now, in+"registration_required", old.RegistrationRequired, fresh.RegistrationRequired)
		note(&now, in+"network_people", old.NetworkPeople, fresh.NetworkPeople)
		note(&now, in+"limits", old.Limits, fresh.Limits)
		note(&now, in+"private_networks", old.PrivateNetworks, fresh.PrivateNetworks)
		note(&now, in+"options", old.Options, fresh.Options)
	}
	for i := range is.Transports {
		if domain := is.Transports[i].Domain; was.Transport(domain) == nil {
			restart = append(restart, "transports: "+domain+" (new)")
		}
	}
	return now, restart
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
