package loopback

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
)

// serveControl lets other processes drive the networks through a unix socket, until ctx ends. Whoever can open the socket
// can do everything, so it is the owner's alone.
func (d *Driver) serveControl(ctx context.Context) error {
	path := d.config.Control
	// A socket that is there is from a process that was killed, unless somebody answers.
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return fmt.Errorf("control: another process has the socket %s", path)
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("control: %w", err)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		listener.Close()
		return fmt.Errorf("control: %w", err)
	}
	all := methods(&remote{driver: d, people: map[handle]*Person{}})
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	var served sync.WaitGroup
	defer served.Wait()
	for {
		socket, err := listener.Accept()
		if err != nil {
			return nil // closed, as ctx has ended
		}
		served.Go(func() {
			defer context.AfterFunc(ctx, func() { socket.Close() })()
			defer socket.Close()
			serve(all, socket)
		})
	}
}
