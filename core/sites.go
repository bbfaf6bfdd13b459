package core

import (
	"context"
	"net"
	"net/http"

	"isthmus/core/web"
	"isthmus/transports"

	"golang.org/x/sync/errgroup"
)

// sites are the listeners of HTTP, each nil where there is none.
type sites struct {
	public  *web.Server
	private *web.Private
	// at are the opened listeners: public, private.
	at [2]net.Listener
}

// openSites opens the listeners: what is wrong with them shows before anything else is begun.
func openSites(c Config) (*sites, error) {
	s := &sites{}
	var err error
	if c.Web != nil {
		if s.public, err = web.New(*c.Web, c.Log); err != nil {
			return nil, err
		}
		if s.at[0], err = s.public.Listen(); err != nil {
			return nil, err
		}
		c.Log.Info("Listening for the web.", "address", c.Web.Listen, "url", c.Web.URL)
	}
	if c.Private != "" {
		s.private = web.NewPrivate(c.Private, c.Log)
		if s.at[1], err = s.private.Listen(); err != nil {
			s.close()
			return nil, err
		}
		c.Log.Info("Listening for the operator: metrics and profiles.", "address", c.Private)
	}
	return s, nil
}

// close closes what is not served yet.
func (s *sites) close() {
	for _, l := range s.at {
		if l != nil {
			_ = l.Close()
		}
	}
}

// pages lets a transport's driver serve pages of its own, below the domain's name.
func (s *sites) pages(domain string, driver transports.Driver) {
	own, ok := driver.(transports.WebDriver)
	if !ok || s.public == nil {
		return
	}
	path := "/transport/" + domain
	s.public.Handle(path+"/", http.StripPrefix(path, own.Pages(s.public.URL(path))))
}

func (s *sites) measure(m *metrics) {
	if s.private != nil {
		s.private.Metrics().MustRegister(m)
	}
}

// serve serves until ctx ends.
func (s *sites) serve(ctx context.Context, group *errgroup.Group) {
	if s.public != nil {
		group.Go(func() error { return s.public.Serve(ctx, s.at[0]) })
	}
	if s.private != nil {
		group.Go(func() error { return s.private.Serve(ctx, s.at[1]) })
	}
}
