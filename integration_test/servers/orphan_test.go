package servers_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/servers"
)

// parentVariable makes this test binary a parent that starts a server in the folder it names, tells its address and waits.
const parentVariable = "ISTHMUS_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentVariable); dir != "" {
		bePatientParent(dir)
	}
	os.Exit(m.Run())
}

func bePatientParent(dir string) {
	server, err := servers.Ngircd(context.Background(), dir, servers.Options{})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println("ready", server.Plain)
	select {}
}

func TestAServerDiesWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has a parent-death signal")
	}
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"="+servers.ForTest(t).Dir("orphan"))
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	address, ready := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if !ready || !answers(address) {
		t.Fatalf("the parent says %q, %v", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed

	deadline := time.After(10 * time.Second)
	for tick := time.NewTicker(10 * time.Millisecond); answers(address); {
		select {
		case <-deadline:
			t.Fatalf("%s still answers after its parent's death", address)
		case <-tick.C:
		}
	}
}
