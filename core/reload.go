package core

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"

	"isthmus/transports"
)

// Reading is a configuration that was read anew, checked, and is to be put in force.
type Reading struct {
	Keep     Keep
	Contacts []string
	// Transports are those at work that are still there, by domain. Of each the policy and the private networks count, and the driver
	// where its options have changed, else it is nil.
	Transports map[string]Transport
	// Relays are all that shall be.
	Relays []Relay
	// Changed are the keys whose change is put in force, Restart those for which the gateway must be restarted.
	Changed, Restart []string
}

// Reloaded is what a reading led to.
type Reloaded struct {
	Changed, Restart []string
	// Out are the people who lost connections by it, as bare JIDs.
	Out []string
	// Problem is why something of it cannot be put in force, nil where all could.
	Problem error
}

// reloads carries out the wish to read the configuration anew, one after another.
type reloads struct {
	read      func() (Reading, error)
	wishes    chan chan<- answer
	signals   <-chan os.Signal
	retention *retention
	relays    *relays
	log       *slog.Logger
}

type answer struct {
	Reloaded
	err error
}

func newReloads(c Config) *reloads {
	return &reloads{read: c.Reread, wishes: make(chan chan<- answer), signals: c.Reloads, log: c.Log,
		retention: &retention{store: c.Store, log: c.Log, keep: c.Keep, changed: make(chan Keep, 1)}}
}

// run waits for wishes until ctx ends.
func (r *reloads) run(ctx context.Context, services []*service) {
	for {
		select {
		case <-r.signals:
			r.reload(ctx, services)
		case wish := <-r.wishes:
			wish <- r.reload(ctx, services)
		case <-ctx.Done():
			return
		}
	}
}

// ask has the configuration read anew, and says what came of it.
func (r *reloads) ask(ctx context.Context) (Reloaded, error) {
	wish := make(chan answer, 1)
	select {
	case r.wishes <- wish:
	case <-ctx.Done():
		return Reloaded{}, ctx.Err()
	}
	select {
	case a := <-wish:
		return a.Reloaded, a.err
	case <-ctx.Done():
		return Reloaded{}, ctx.Err()
	}
}

var errNotReadable = errors.New("there is no configuration file to read")

// reload reads and puts in force. What has a mistake changes nothing.
func (r *reloads) reload(ctx context.Context, services []*service) answer {
	if r.read == nil {
		return answer{err: errNotReadable}
	}
	fresh, err := r.read()
	if err != nil {
		r.log.Error("The configuration was read again and has a mistake. Nothing was changed.", "error", err)
		return answer{err: err}
	}
	done := Reloaded{Changed: fresh.Changed, Restart: fresh.Restart}
	r.retention.change(fresh.Keep)
	for _, s := range services {
		if t, ok := fresh.Transports[s.face.jid.Domain]; ok {
			restart, out := s.reload(ctx, t, fresh.Contacts)
			for _, key := range restart {
				done.Restart = append(done.Restart, s.face.jid.Domain+": options: "+key)
			}
			done.Out = append(done.Out, out...)
		}
	}
	if done.Problem = r.relays.reload(ctx, fresh.Relays); done.Problem != nil { // after the drivers, for it may need a network that is new
		r.log.Error("A relay in the configuration cannot work.", "error", done.Problem)
	}
	slices.Sort(done.Out)
	done.Out = slices.Compact(done.Out)
	if len(done.Changed)+len(done.Restart) == 0 {
		r.log.Info("The configuration was read again. Nothing in it has changed.")
		return answer{Reloaded: done}
	}
	r.log.Info("The configuration was read again.", "changed", strings.Join(done.Changed, ", "), "people_put_out", len(done.Out))
	if len(done.Restart) > 0 {
		r.log.Warn("What has changed here holds after a restart only.", "keys", strings.Join(done.Restart, ", "))
	}
	return answer{Reloaded: done}
}

// reload puts in force what can change while the transport works.
func (s *service) reload(ctx context.Context, t Transport, contacts []string) (restart, out []string) {
	s.guard.allowed.Store(&t.PrivateNetworks)
	if t.Driver != nil {
		if driver, ok := s.driver.(transports.Reloader); ok {
			restart = driver.Reload(t.Driver)
		} else {
			restart = []string{"all of them"}
		}
	}
	was := s.policy.Swap(&t.Policy)
	s.face.contacts.Store(&contacts)
	out = s.hub.Reload(ctx, t.Policy)
	s.roster.follow(*was, t.Policy, s.face.available)
	s.comeBack() // those who are let in again
	return restart, out
}
