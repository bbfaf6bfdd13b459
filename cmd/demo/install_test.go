package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a PATH with only the named programs: scripts that note how they were called. Installing by its apt-get
// brings npm.
func machine(t *testing.T, programs ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Symlink("/usr/bin/env", filepath.Join(dir, "env")); err != nil {
		t.Fatal(err)
	}
	scripts := map[string]string{
		"sudo":    `exec "$@"`,
		"apt-get": fmt.Sprintf(`echo "$@" >> %[1]s/calls; case "$*" in install*) echo > %[1]s/npm; /bin/chmod 755 %[1]s/npm;; esac`, dir),
	}
	for _, name := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+scripts[name]+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return dir
}

func TestWhatIsMissingIsInstalledByApt(t *testing.T) {
	dir := machine(t, "apt-get", "sudo")
	if err := install(t.Context(), "npm"); err != nil {
		t.Fatal(err)
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	want := "-qq -o DPkg::Lock::Timeout=120 update\ninstall -y --no-install-recommends npm\n"
	if string(calls) != want {
		t.Errorf("apt-get was called with\n%swant\n%s", calls, want)
	}
	if err := install(t.Context(), "npm"); err != nil {
		t.Errorf("with all there: %v", err)
	}
}

func TestAMachineWithoutAptIsToldWhatItNeeds(t *testing.T) {
	machine(t)
	if err := install(t.Context(), "npm"); err == nil || !strings.Contains(err.Error(), "needed here: npm") {
		t.Errorf("got %v", err)
	}
}
