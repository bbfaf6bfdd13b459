package servers

import (
	"io"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// process is one run of a program. Its goroutine is the only one that waits for it.
type process struct {
	running *os.Process
	done    chan struct{} // closed when it and its descendants have ended
	status  error         // how it ended; to be read after done
}

// launch starts the command on a goroutine that keeps its thread until the command ends: the kernel sends the
// parent-death signal when the THREAD that started a child ends (prctl(2), PR_SET_PDEATHSIG).
func launch(command *exec.Cmd) (*process, error) {
	// Every descendant holds the writing end of this pipe, so its reading end tells when the last has gone. PostgreSQL
	// cannot start again while a backend of a killed server lives.
	gone, held, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	command.ExtraFiles = append(command.ExtraFiles, held)
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer gone.Close()
		err := command.Start()
		held.Close()
		p.running = command.Process
		started <- err
		if err != nil {
			return
		}
		p.status = command.Wait()
		_ = syscall.Kill(-p.running.Pid, syscall.SIGKILL) // what is left of its process group
		_ = gone.SetReadDeadline(time.Now().Add(stopWithin))
		_, _ = io.Copy(io.Discard, gone)
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// signal sends to the process itself. One that has ended gets nothing, and neither does a later owner of its number.
func (p *process) signal(signal os.Signal) {
	_ = p.running.Signal(signal) // the one error is that it has ended, which done tells
}

// killGroup kills the process and its children, which share its process group.
func (p *process) killGroup() {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.running.Pid, syscall.SIGKILL) // fails only if it ended just now
	}
}

// account is a user of this machine whom a server runs as where it refuses to run as root.
type account struct{ uid, gid int }

// unlessRoot gives the named system user when this process is root, and nil (run as we are) when it is not.
func unlessRoot(name string) (*account, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	found, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(found.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(found.Gid)
	if err != nil {
		return nil, err
	}
	return &account{uid: uid, gid: gid}, nil
}

// own hands files to the account; a nil account leaves them as they are.
func (a *account) own(paths ...string) error {
	if a == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, a.uid, a.gid); err != nil {
			return err
		}
	}
	return nil
}
