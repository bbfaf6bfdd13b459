package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"isthmus/integration_test/servers"
)

// install brings the named parts onto this machine by apt, as root or by sudo; without either it says what to run.
func install(ctx context.Context, names ...string) error {
	err := servers.Missing(names...)
	var missing *servers.NotInstalled
	if !errors.As(err, &missing) {
		return err
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("needed here: %s; this machine has no apt-get, so install them in its own way", strings.Join(missing.Packages, " "))
	}
	var sudo []string
	if os.Geteuid() != 0 {
		if _, err := exec.LookPath("sudo"); err != nil {
			return missing // its text is the command
		}
		sudo = []string{"sudo"}
	}
	say("Installing %s …", strings.Join(missing.Packages, " "))
	for _, command := range [][]string{{"apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "update"}, missing.Command()} {
		command = append(append(sudo, "env", "DEBIAN_FRONTEND=noninteractive"), command...)
		say("  %s", strings.Join(command, " "))
		run := exec.CommandContext(ctx, command[0], command[1:]...)
		run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr // sudo may ask for a password
		if err := run.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
		}
	}
	say("Debian may have started services of these packages for the whole machine. The demo does not use them;\n"+
		"to turn them off: systemctl disable --now %s", strings.Join(names, " "))
	return servers.Missing(names...)
}
