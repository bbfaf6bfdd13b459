// Command packages prints the Debian packages that the tests need and this machine does not have, on one line.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"isthmus/integration_test/servers"
)

func main() {
	err := servers.Missing(servers.Known()...)
	var missing *servers.NotInstalled
	switch {
	case errors.As(err, &missing):
		fmt.Println(strings.Join(missing.Packages, " "))
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
