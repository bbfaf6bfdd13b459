package integration_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A newcomer runs the demo, opens the page, logs in, joins the room, talks with someone on IRC, sends a picture, and stops it all.
func TestANewcomerTriesTheDemoInABrowser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	demo := filepath.Join(dir, "demo")
	if out, err := exec.Command("go", "build", "-race", "-o", demo, "../cmd/demo").CombinedOutput(); err != nil {
		t.Fatalf("building the demo: %v\n%s", err, out)
	}
	page := runDemo(t, demo, filepath.Join(dir, "state"))
	picture := filepath.Join(dir, "photo.png")
	if err := os.WriteFile(picture, photo(t), 0o600); err != nil {
		t.Fatal(err)
	}
	browse(t, "lobby.mjs", page, filepath.Join(dir, "page.png"), "--user", "alice", "--file", picture)
	browse(t, "lobby.mjs", page, filepath.Join(dir, "page.png"), "--user", "bob", "--say", "bye", "--answer", "bye", "--absent", "ida")
	browse(t, "contacts.mjs", page, dir) // the contact list, a talk, a correction, a file
}

// runDemo starts the demo and gives the address of its page; at the end it is stopped as Ctrl-C does.
func runDemo(t *testing.T, demo, state string) (page string) {
	t.Helper()
	command := exec.Command(demo, "-free-ports", "-state", state)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(5*time.Minute, func() { _ = command.Process.Kill() })
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGINT)
		_, _ = io.Copy(io.Discard, out)
		if err := command.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
		timer.Stop()
	})
	var said []string
	address := regexp.MustCompile(`http://localhost:\d+/`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := address.FindString(lines.Text()); found != "" {
			page = found
		}
		said = append(said, lines.Text())
		if strings.Contains(lines.Text(), "Ctrl-C") { // the last that it says
			break
		}
	}
	if page == "" {
		t.Fatalf("the demo gave no address of its page:\n%s", strings.Join(said, "\n"))
	}
	return page
}

func browse(t *testing.T, walk, page, screenshot string, args ...string) {
	t.Helper()
	command := exec.Command("node", append([]string{walk, page, screenshot}, args...)...)
	command.Dir = "browser"
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
