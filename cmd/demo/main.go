// Command demo shows Isthmus at work on one machine: a private XMPP server, a private IRC network with someone on it,
// Isthmus between them and a web client in a page. Everything listens on loopback and lives in one folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	state := flag.String("state", "", "folder for the demo's data (default .demo in the checkout)")
	free := flag.Bool("free-ports", false, "listen on ports that the kernel picks, so that several demos can run")
	flag.Parse()
	if *free {
		if err := ports.PickFree(); err != nil {
			fmt.Fprintln(os.Stderr, "demo:", err)
			os.Exit(1)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)                                  // a second signal ends this process at once, and the kernel ends its children
	if err := show(ctx, *state); err != nil && ctx.Err() == nil { // what fails because it was stopped is no news
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// show prepares everything, starts everything, and stops everything when the context ends or a part does.
func show(ctx context.Context, state string) error {
	checkout, err := findCheckout(ctx)
	if err != nil {
		return err
	}
	if state == "" {
		state = filepath.Join(checkout, ".demo")
	}
	if state, err = filepath.Abs(state); err != nil {
		return err
	}
	if err := os.MkdirAll(state, 0o755); err != nil {
		return err
	}
	if err := install(ctx, "prosody", "inspircd"); err != nil {
		return err
	}
	isthmus, err := build(ctx, checkout, state)
	if err != nil {
		return err
	}
	webRoot, pageReady, err := preparePage(ctx, state)
	if err != nil {
		return err
	}

	parts := &parts{ended: make(chan error, 1)}
	defer parts.stop()
	if err := parts.start(ctx, state, webRoot, isthmus); err != nil {
		return err
	}
	if err := writeWelcome(os.Stdout, state, pageReady); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-parts.ended:
		return err
	}
}

// findCheckout gives the folder of go.mod.
func findCheckout(ctx context.Context) (string, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("ask go for the checkout: %w", err)
	}
	file := strings.TrimSpace(string(output))
	if filepath.Base(file) != "go.mod" {
		return "", errors.New("run the demo inside a checkout of Isthmus: it builds Isthmus from source")
	}
	return filepath.Dir(file), nil
}

// build makes the isthmus binary in the state folder and gives its path.
func build(ctx context.Context, checkout, state string) (string, error) {
	say("Building Isthmus …")
	binary := filepath.Join(state, "isthmus")
	command := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/isthmus")
	command.Dir = checkout
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build isthmus: %w\n%s", err, output)
	}
	return binary, nil
}

func say(format string, values ...any) { fmt.Printf(format+"\n", values...) }
