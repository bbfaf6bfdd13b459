package main

import (
	"fmt"
	"log/slog"
	"reflect"

	"isthmus/configs"
	"isthmus/core"
)

// rereading reads the configuration again while the gateway works. The core calls it from one goroutine.
type rereading struct {
	path          string
	started, last *configs.Config
	level         *slog.LevelVar
}

// read checks the file as at the start. What has a mistake changes nothing.
func (r *rereading) read() (core.Reading, error) {
	c, err := configs.Load(r.path)
	if err != nil {
		return core.Reading{}, err
	}
	reading := core.Reading{Keep: keep(c.Archive), Contacts: c.Contacts, Transports: map[string]core.Transport{}, Relays: relays(c.Relays)}
	for _, t := range c.Transports {
		ready, err := transport(t)
		if err != nil {
			return core.Reading{}, fmt.Errorf("the configuration %s: %w", r.path, err)
		}
		old, started := r.last.Transport(t.Domain), r.started.Transport(t.Domain)
		if started == nil || started.Kind != t.Kind {
			continue // it waits for the restart
		}
		if old != nil && reflect.DeepEqual(old.Options, t.Options) && reflect.DeepEqual(started.Options, t.Options) {
			ready.Driver = nil
		}
		reading.Transports[t.Domain] = ready
	}
	reading.Changed, _ = configs.Changes(r.last, c)
	_, reading.Restart = configs.Changes(r.started, c)
	r.level.Set(levelOf(c.Log))
	r.last = c
	return reading, nil
}
