// Package loopback is a complete network in memory behind the contract: with it, everything that the core does can be tried
// without anyone else's network, and it is the model for drivers of networks that have more than lines.
//
// One goroutine, Driver.Run, owns the state of all networks. Everyone on them acts through a client: the session of a
// gateway's account, or a Person whom a test or the demo drives by hand. What happens is put into the queues of the clients
// that may see it, and each client emits from its queue in order.
package loopback

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"isthmus/transports"
)

// call is something for the owner of the networks to do; done is closed afterwards.
type call struct {
	do   func()
	done chan struct{}
}

// Driver serves the networks of one Config.
type Driver struct {
	config   Config
	scopes   []string
	networks map[transports.Scope]*network // of the goroutine of Run

	calls chan call     // to the goroutine of Run
	ended chan struct{} // closed when it has ended
	// keeping is held while something happens and, with Config.Sync, until it is kept: clients hear of it afterwards.
	keeping sync.RWMutex
}

// New makes a driver. Its errors name the field of the configuration that is wrong, and say what to write.
func New(config Config) (*Driver, error) {
	can, err := config.capabilities()
	if err != nil {
		return nil, err
	}
	d := &Driver{config: config, scopes: config.Scopes, networks: map[transports.Scope]*network{}, calls: make(chan call), ended: make(chan struct{})}
	if len(d.scopes) == 0 {
		d.scopes = []string{"loopback"}
	}
	for _, scope := range d.scopes {
		d.networks[transports.Scope(scope)] = newNetwork(d, can, transports.Scope(scope))
	}
	return d, d.load()
}

// About describes the driver.
func (d *Driver) About() transports.About {
	about := transports.About{Kind: "loopback", Name: "Loopback", Sigils: "#", Open: !d.config.Logins,
		StableIDs: d.config.IDs == "" || d.config.IDs == stableIDs}
	if d.config.Logins {
		about.Flows = flows
	}
	return about
}

// Run owns the networks until ctx ends, or until they cannot be kept.
func (d *Driver) Run(ctx context.Context) error {
	control := make(chan error, 1)
	if d.config.Control != "" {
		ctx, stop := context.WithCancel(ctx)
		finished := make(chan struct{})
		defer func() { stop(); <-finished }()
		go func() {
			defer close(finished)
			control <- d.serveControl(ctx)
		}()
	}
	if d.config.Residents {
		ctx, stop := context.WithCancel(ctx)
		left := make(chan struct{})
		defer func() { stop(); <-left }()
		go func() {
			defer close(left)
			d.populate(ctx)
		}()
	}
	defer close(d.ended) // before the others are waited for, who may be asking for something
	saving := time.NewTicker(saveEvery)
	defer saving.Stop()
	for {
		select {
		case c := <-d.calls:
			if err := d.obey(c); err != nil {
				return err
			}
		case err := <-control:
			if err != nil {
				return err
			}
		case <-saving.C:
			if err := d.save(); err != nil {
				return err
			}
		case <-ctx.Done():
			for _, n := range d.networks {
				for id := range n.questions {
					n.giveUp(id, offline("The network has ended."))
				}
			}
			return d.save()
		}
	}
}

func (d *Driver) obey(c call) error {
	d.keeping.Lock()
	defer d.keeping.Unlock()
	defer close(c.done)
	c.do()
	if d.config.Sync {
		return d.save()
	}
	return nil
}

// ask has the owner of the networks do something, and returns when it is done. A Fault tells that it was not.
func (d *Driver) ask(ctx context.Context, do func()) error {
	if ctx.Err() != nil {
		return notSent()
	}
	done := make(chan struct{})
	select {
	case d.calls <- call{do, done}:
		<-done
		return nil
	case <-d.ended:
		return offline("The network has ended.")
	case <-ctx.Done():
		return notSent()
	}
}

// Scope finds a network by its name.
func (d *Driver) Scope(key string) (transports.Scope, error) {
	scope := strings.ToLower(key)
	if d.networks[transports.Scope(scope)] == nil {
		return "", fault(transports.NotFound, "There is no network %s here. There is: %s.", key, strings.Join(d.scopes, ", "))
	}
	return transports.Scope(scope), nil
}

// Check finds nothing wrong: there are no fields to fill in.
func (*Driver) Check([]transports.Field, transports.Options) error { return nil }

// Open makes a session.
func (d *Driver) Open(account transports.Account, env transports.Env) (transports.Session, error) {
	scope, err := d.Scope(string(account.Scope))
	if err != nil {
		return nil, err
	}
	return &Session{driver: d, network: d.networks[scope], account: account, http: env.HTTP}, nil
}

func fault(kind transports.FaultKind, format string, values ...any) *transports.Fault {
	return &transports.Fault{Kind: kind, Text: fmt.Sprintf(format, values...)}
}

func offline(text string) *transports.Fault {
	return &transports.Fault{Kind: transports.Offline, Text: text}
}

func notSent() *transports.Fault {
	return offline("It was not sent: the gateway gave it up before its turn came.")
}
