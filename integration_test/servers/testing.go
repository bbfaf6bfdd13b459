package servers

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// Starter starts servers that live as long as a test. Its methods end the test where a server is not installed or does
// not start, and show the end of the server's log when the test has failed.
type Starter struct {
	t testing.TB
}

// ForTest gives the starter of a test.
func ForTest(t testing.TB) Starter { return Starter{t} }

// Prosody starts Prosody; see the function of that name.
func (s Starter) Prosody(options Options) *Server {
	s.t.Helper()
	return s.start("prosody", Prosody, options)
}

// Ejabberd starts ejabberd; see the function of that name.
func (s Starter) Ejabberd(options Options) *Server {
	s.t.Helper()
	return s.start("ejabberd", Ejabberd, options)
}

// InspIRCd starts InspIRCd; see the function of that name.
func (s Starter) InspIRCd(options Options) *Server {
	s.t.Helper()
	return s.start("inspircd", InspIRCd, options)
}

// InspIRCdLeaf starts a second InspIRCd; see the function of that name.
func (s Starter) InspIRCdLeaf(uplink *Server) *Server {
	s.t.Helper()
	return s.start("inspircd", func(ctx context.Context, dir string, _ Options) (*Server, error) {
		return InspIRCdLeaf(ctx, dir, uplink)
	}, Options{})
}

// Anope starts the services of an InspIRCd; see the function of that name.
func (s Starter) Anope(uplink *Server) *Server {
	s.t.Helper()
	return s.start("anope", func(ctx context.Context, dir string, _ Options) (*Server, error) { return Anope(ctx, dir, uplink) }, Options{})
}

// Ngircd starts ngircd; see the function of that name.
func (s Starter) Ngircd(options Options) *Server {
	s.t.Helper()
	return s.start("ngircd", Ngircd, options)
}

// NgircdLeaf starts a second ngircd; see the function of that name.
func (s Starter) NgircdLeaf(uplink *Server) *Server {
	s.t.Helper()
	return s.start("ngircd", func(ctx context.Context, dir string, _ Options) (*Server, error) { return NgircdLeaf(ctx, dir, uplink) }, Options{})
}

// Postgres starts PostgreSQL; see the function of that name.
func (s Starter) Postgres(options Options) *Server {
	s.t.Helper()
	return s.start("postgresql", Postgres, options)
}

func (s Starter) start(name string, start func(context.Context, string, Options) (*Server, error), options Options) *Server {
	s.t.Helper()
	if err := Missing(name); err != nil {
		s.t.Fatal(err)
	}
	server, err := start(s.t.Context(), s.Dir(name), options)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			s.t.Error(err)
		}
		if s.t.Failed() {
			s.t.Log(server.LogTail())
		}
	})
	return server
}

// Dir makes a folder that goes with the test. Unlike T.TempDir's it can be entered by other users, as which the servers
// run that refuse to be root.
func (s Starter) Dir(name string) string {
	s.t.Helper()
	dir, err := os.MkdirTemp("", "isthmus-"+filepath.Base(name)+"-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			s.t.Error(err)
		}
	})
	return dir
}
