package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"isthmus/configs"
	"isthmus/core"
	"isthmus/core/component"
	"isthmus/core/person"
	"isthmus/transports"
	"isthmus/transports/discord"
	"isthmus/transports/irc"
	"isthmus/transports/loopback"
	"isthmus/transports/slack"
)

// drivers is the list of all the networks; nothing else names one.
var drivers = map[string]func(options map[string]any) (transports.Driver, error){
	"irc": func(options map[string]any) (transports.Driver, error) {
		var c irc.Config
		if err := configs.Decode(options, &c); err != nil {
			return nil, err
		}
		return irc.New(c)
	},
	"discord": func(options map[string]any) (transports.Driver, error) {
		var c discord.Config
		if err := configs.Decode(options, &c); err != nil {
			return nil, err
		}
		return discord.New(c)
	},
	"loopback": func(options map[string]any) (transports.Driver, error) {
		var c struct {
			loopback.Config `mapstructure:",squash"`
			// State is the folder where the networks are kept over restarts; empty for none.
			State string `mapstructure:"state"`
		}
		if err := configs.Decode(options, &c); err != nil {
			return nil, err
		}
		if c.State != "" {
			keep, err := openFolder(c.State)
			if err != nil {
				return nil, err
			}
			c.Keep = keep
		}
		return loopback.New(c.Config)
	},
	"slack": func(options map[string]any) (transports.Driver, error) {
		var c slack.Config
		if err := configs.Decode(options, &c); err != nil {
			return nil, err
		}
		return slack.New(c)
	},
}

// transport makes of the configuration what the core takes.
func transport(t configs.Transport) (core.Transport, error) {
	newDriver := drivers[t.Kind]
	if newDriver == nil {
		return core.Transport{}, fmt.Errorf("transport %s: there is no kind %q; the kinds are %s", t.Domain, t.Kind,
			strings.Join(slices.Sorted(maps.Keys(drivers)), ", "))
	}
	driver, err := newDriver(t.Options)
	if err != nil {
		return core.Transport{}, fmt.Errorf("transport %s: %w", t.Domain, err)
	}
	private, err := t.Private()
	if err != nil {
		return core.Transport{}, fmt.Errorf("transport %s: %w", t.Domain, err)
	}
	policy, err := policyOf(t, driver)
	if err != nil {
		return core.Transport{}, fmt.Errorf("transport %s: %w", t.Domain, err)
	}
	return core.Transport{
		Driver:    driver,
		Component: component.Config{Domain: t.Domain, Secret: t.Secret, Server: t.Server},
		Policy:    policy, PrivateNetworks: private, StayByDefault: t.PersistentByDefault,
	}, nil
}

// policyOf is who may use a transport. The driver finds the networks that are not for all: a name with a mistake must not leave one open.
func policyOf(t configs.Transport, driver transports.Driver) (person.Policy, error) {
	p := person.Policy{People: t.People, Operators: t.Operators, RegistrationRequired: t.RegistrationRequired, Relays: t.RelayPeople,
		Limits: person.Limits{Networks: *t.Limits.Networks, Rooms: *t.Limits.Rooms, Stanzas: *t.Limits.Stanzas}}
	switch list := person.List(t.Registration); {
	case slices.Equal(t.Registration, []string{configs.Open}):
	case slices.Equal(t.Registration, []string{configs.Closed}):
		p.Registration = &person.List{}
	default:
		p.Registration = &list
	}
	for key, people := range t.NetworkPeople {
		scope, err := driver.Scope(key)
		if err != nil {
			return p, fmt.Errorf("network_people: %w", err)
		}
		if p.Networks == nil {
			p.Networks = map[transports.Scope]person.List{}
		}
		p.Networks[scope] = people
	}
	return p, nil
}
