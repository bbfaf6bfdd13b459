// Package servers starts private copies of real servers on loopback, each in a folder of its own: Prosody,
// ejabberd, InspIRCd, Anope, ngircd and PostgreSQL. The tests and the demo share it. It works as root and as an
// ordinary user, leaves nothing running when the parent dies (Linux), and touches no system configuration.
package servers

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// startWithin bounds the wait for a server to answer, when the context has no nearer deadline.
	startWithin = 2 * time.Minute
	// stopWithin bounds the wait for a server that was asked to end before it is killed.
	stopWithin = 20 * time.Second
	// pollEvery is how often a condition on another process is looked at again.
	pollEvery = 20 * time.Millisecond
)

// Program says how to run one server and how to know that it is ready.
type Program struct {
	Name    string       // what messages call it
	Dir     string       // where its output is written (<Name>.out); absolute
	Command []string     // path and arguments
	Env     []string     // added to this process's own environment
	WorkDir string       // empty for Dir
	Log     string       // the server's own log file, empty if it writes to its output only
	Listens []string     // host:port addresses that it will listen on
	Stop    os.Signal    // asks it to end; nil for SIGTERM
	Says    string       // what its log says when it is ready; empty for nothing
	Ready   func() error // a condition beyond listening, asked again until it gives nil; nil for none

	account *account // the user to run as, when root must not
}

// Server is one running server. Its methods are to be called from one goroutine at a time; Done and the fields may
// be read from any. Addresses are host:port on loopback and stay the same across Start, Kill and Restart.
type Server struct {
	Name string // the program's name
	Dir  string // its private folder: configuration, data, logs
	Log  string // its own log file, or its output where it has none

	C2S        string            // XMPP clients, without TLS required
	Component  string            // XEP-0114, the first component asked for
	Components map[string]string // XEP-0114, the address for each component domain
	HTTP       string            // XMPP: WebSocket, BOSH, files
	Plain      string            // IRC without TLS
	TLS        string            // IRC with TLS
	Links      string            // IRC server links
	URL        string            // PostgreSQL connection URL

	Certificate string // PEM file of the self-signed certificate, for localhost and *.localhost
	Fingerprint string // SHA-256 of its DER form, in lower-case hex

	program  Program
	process  *process
	logStart int64 // how long the log was when the server was last started
}

// Run starts a program and waits until it is ready. The context bounds the start alone; the program lives until Stop,
// Kill or the death of this process.
func Run(ctx context.Context, program Program) (*Server, error) {
	return (&Server{}).run(ctx, program)
}

func (s *Server) run(ctx context.Context, program Program) (*Server, error) {
	s.Name, s.Dir, s.Log, s.program = program.Name, program.Dir, program.Log, program
	if s.Log == "" {
		s.Log = s.outputPath()
	}
	if err := s.Start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Start runs the server again after Stop or Kill, on the same ports and data, and waits until it is ready. An error
// carries the end of the server's log.
func (s *Server) Start(ctx context.Context) error {
	for _, address := range s.program.Listens {
		if err := mustBeFree(address); err != nil {
			return fmt.Errorf("start %s: %w", s.Name, err)
		}
	}
	output, err := os.OpenFile(s.outputPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("start %s: %w", s.Name, err)
	}
	defer output.Close()
	s.logStart = fileSize(s.Log)

	command := exec.Command(s.program.Command[0], s.program.Command[1:]...)
	command.Env = append(os.Environ(), s.program.Env...)
	command.Dir = s.program.WorkDir
	if command.Dir == "" {
		command.Dir = s.Dir
	}
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = childAttributes(s.program.account)
	if s.process, err = launch(command); err != nil {
		return fmt.Errorf("start %s: %w", s.Name, err)
	}
	if err := s.awaitReady(ctx); err != nil {
		s.Kill()
		return fmt.Errorf("start %s: %w\n%s", s.Name, err, s.LogTail())
	}
	return nil
}

func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for tick := time.NewTicker(pollEvery); ; {
		pending := s.readiness(ctx)
		if pending == nil {
			return nil
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("it ended by itself (%v)", s.process.status)
		case <-ctx.Done():
			return fmt.Errorf("%w while waiting until it is ready: %w", context.Cause(ctx), pending)
		case <-tick.C:
		}
	}
}

func (s *Server) readiness(ctx context.Context) error {
	var dialer net.Dialer
	for _, address := range s.program.Listens {
		connection, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		connection.Close()
	}
	if s.program.Says != "" && !strings.Contains(textFrom(s.Log, s.logStart), s.program.Says) {
		return fmt.Errorf("%s does not say %q", s.Log, s.program.Says)
	}
	if s.program.Ready != nil {
		return s.program.Ready()
	}
	return nil
}

// Stop asks the server to end and waits for it. One that does not end in time is killed, and that is an error. The exit
// status does not matter: InspIRCd with a TLS listener dies of SIGSEGV on SIGTERM. Stopping one that has ended is no error.
func (s *Server) Stop() error {
	if s.process == nil {
		return nil
	}
	ask := s.program.Stop
	if ask == nil {
		ask = syscall.SIGTERM
	}
	s.process.signal(ask)
	select {
	case <-s.process.done:
		return nil
	case <-time.After(stopWithin):
		s.Kill()
		return fmt.Errorf("stop %s: it did not end within %v of %v and was killed\n%s", s.Name, stopWithin, ask, s.LogTail())
	}
}

// Kill ends the server and all of its process group with SIGKILL, as a crash would, and waits for it.
func (s *Server) Kill() {
	if s.process == nil {
		return
	}
	s.process.killGroup()
	<-s.process.done
}

// Restart stops the server and starts it again on the same ports and data.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.Start(ctx)
}

// Signal sends a signal to the program.
func (s *Server) Signal(signal os.Signal) { s.process.signal(signal) }

// Done is closed when the run that the last Start began has ended.
func (s *Server) Done() <-chan struct{} { return s.process.done }

// LogTail gives the last few kilobytes of what the server wrote: its log and its output.
func (s *Server) LogTail() string {
	tail := fileTail(s.outputPath())
	if s.Log != s.outputPath() {
		tail = fileTail(s.Log) + tail
	}
	return tail
}

func (s *Server) outputPath() string { return filepath.Join(s.Dir, s.Name+".out") }

func fileTail(path string) string {
	const most = 4 << 10
	text := textFrom(path, max(0, fileSize(path)-most))
	if text == "" {
		return ""
	}
	return fmt.Sprintf("--- the end of %s:\n%s\n", path, text)
}

// fileSize gives 0 for a file that is not there.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// textFrom gives what a file holds from an offset on, as far as it can be read.
func textFrom(path string, offset int64) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, _ := io.ReadAll(io.NewSectionReader(file, offset, math.MaxInt64-offset))
	return string(text)
}

// PID is the number of the process that the last Start began.
func (s *Server) PID() int { return s.process.running.Pid }
