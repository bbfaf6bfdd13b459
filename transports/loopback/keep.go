package loopback

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Keeper keeps the networks over restarts. It is called by one goroutine at a time.
type Keeper interface {
	// Load gives what Save was given last under the name; nil where there is nothing.
	Load(name string) ([]byte, error)
	// Save keeps data under a name, or with nil forgets what was kept. A name has letters, digits, dots and hyphens.
	Save(name string, data []byte) error
}

// saveEvery is how much may be lost when the process is killed.
const saveEvery = 5 * time.Second

// load takes up the networks as they were kept.
func (d *Driver) load() error {
	if d.config.Keep == nil {
		return nil
	}
	for scope, n := range d.networks {
		data, err := d.config.Keep.Load(string(scope))
		if err != nil {
			return fmt.Errorf("the state of the network %s cannot be read: %w", scope, err)
		}
		if data == nil {
			continue
		}
		if err := json.Unmarshal(data, n); err != nil {
			return fmt.Errorf("the state of the network %s is damaged; remove it to begin anew: %w", scope, err)
		}
		for i := range n.Files {
			if n.Files[i].data, err = d.config.Keep.Load(n.fileName(n.Files[i])); err != nil {
				return fmt.Errorf("a file of the network %s cannot be read: %w", scope, err)
			}
			n.Files[i].kept = true
		}
		n.wake()
	}
	return nil
}

func (n *network) fileName(f file) string { return string(n.scope) + "-" + string(f.ID) }

// save keeps the networks where something has happened since the last time.
func (d *Driver) save() error {
	if d.config.Keep == nil {
		return nil
	}
	var failed error
	for scope, n := range d.networks {
		if !n.changed {
			continue
		}
		if err := n.save(d.config.Keep); err != nil {
			failed = errors.Join(failed, fmt.Errorf("the state of the network %s cannot be kept: %w", scope, err))
			continue
		}
		n.changed = false
	}
	return failed
}

func (n *network) save(in Keeper) error {
	for i := range n.Files {
		if f := &n.Files[i]; !f.kept {
			if err := in.Save(n.fileName(*f), f.data); err != nil {
				return err
			}
			f.kept = true
		}
	}
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := in.Save(string(n.scope), data); err != nil {
		return err
	}
	for ; len(n.dropped) > 0; n.dropped = n.dropped[1:] { // now nothing refers to them
		if err := in.Save(n.fileName(n.dropped[0]), nil); err != nil {
			return err
		}
	}
	return nil
}

// wake makes of what was kept what is true after a restart: nobody has a connection.
func (n *network) wake() {
	for _, r := range n.Rooms {
		for id := range r.Members {
			if u := n.Users[id]; u == nil || !u.ByHand && !n.can.Durable {
				delete(r.Members, id)
			}
		}
	}
}
