// Package web is the gateway's side of HTTP: one public listener on which others register what they serve, and a private one for the
// operator. It knows neither people nor accounts.
package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/net/netutil"
)

const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	idleTimeout   = time.Minute
	// writeTimeout is how long a client may take for one piece of an answer, however long the whole is.
	writeTimeout   = 30 * time.Second
	stopTimeout    = 2 * time.Second
	maxHeader      = 16 << 10
	maxBody        = 1 << 20
	maxConnections = 1000
)

// Config says where to listen, and how the world finds it.
type Config struct {
	// Listen is "host:port", or "unix:/path" for a reverse proxy on the same machine.
	Listen string
	// URL is the public address of what is served, such as https://gateway.example.org or https://example.org/gateway.
	URL string
	// Certificate and Key are files in PEM for TLS, both empty where a reverse proxy does it. They are read again when they change.
	Certificate, Key string
}

// Server is a listener and what is served on it.
type Server struct {
	config Config
	base   *url.URL
	routes *http.ServeMux
	log    *slog.Logger
}

// New makes a server. Routes are registered before Run.
func New(c Config, log *slog.Logger) (*Server, error) {
	base, err := ParseURL(c.URL)
	if err != nil {
		return nil, err
	}
	return &Server{config: c, base: base, routes: http.NewServeMux(), log: log}, nil
}

// ParseURL reads the public address of a server.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("%q is not a public address such as https://gateway.example.org", text)
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// Handle registers what is served for a pattern of net/http.
func (s *Server) Handle(pattern string, handler http.Handler) { s.routes.Handle(pattern, handler) }

// URL is the public address of a path.
func (s *Server) URL(path string) string { return s.base.JoinPath(path).String() }

// Listen opens the listener: what is wrong with it shows before anything else is begun.
func (s *Server) Listen() (net.Listener, error) {
	l, err := listen(s.config.Listen)
	if err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(s.config.Listen, "unix:"); ok {
		if err := os.Chmod(path, 0o666); err != nil { //nolint:gosec // the proxy is another user, and what is served is public
			l.Close()
			return nil, fmt.Errorf("cannot open %s to the reverse proxy: %w", path, err)
		}
	}
	if s.config.Certificate == "" {
		return l, nil
	}
	pair := &keyPair{certificate: s.config.Certificate, key: s.config.Key}
	if _, err := pair.get(nil); err != nil {
		l.Close()
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: pair.get}), nil
}

// Check tells whether the server could listen.
func (s *Server) Check() error {
	l, err := s.Listen()
	if err != nil {
		return err
	}
	return l.Close()
}

// Serve serves on a listener of Listen until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	var handler http.Handler = s.routes
	if s.base.Path != "" { // a proxy may pass the whole path on, or what follows the prefix
		handler = optionalPrefix(s.base.Path, s.routes)
	}
	return serve(ctx, netutil.LimitListener(l, maxConnections), patient(handler), s.log)
}

func listen(address string) (net.Listener, error) {
	network := "tcp"
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
		if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
			_ = os.Remove(path) // of an earlier run: while that runs, a second gateway cannot get this far
		}
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return l, nil
}

func serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		ending, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		if server.Shutdown(ending) != nil {
			server.Close()
		}
	})
	err := server.Serve(l)
	if stop() || !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped
	return nil
}

// patient has slow clients fetch large answers, but none that takes nothing. It bounds what they send.
func patient(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		handler.ServeHTTP(&patientWriter{ResponseWriter: w, control: http.NewResponseController(w)}, r)
	})
}

type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *patientWriter) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // a connection without deadlines is none of ours
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func optionalPrefix(prefix string, handler http.Handler) http.Handler {
	stripped := http.StripPrefix(prefix, handler)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, prefix+"/") {
			stripped.ServeHTTP(w, r)
			return
		}
		handler.ServeHTTP(w, r)
	})
}
