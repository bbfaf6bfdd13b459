// Command packages prints the Debian packages that the tests need and this machine does not have, on one line. With
// -check it fails instead, with the command that installs them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"isthmus/integration_test/servers"
)

func main() {
	check := flag.Bool("check", false, "fail when something is missing")
	flag.Parse()
	err := servers.Missing(servers.Known()...)
	var missing *servers.NotInstalled
	switch {
	case errors.As(err, &missing) && !*check:
		fmt.Println(strings.Join(missing.Packages, " "))
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
