package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// need is what one server, client or tool takes from the machine: Debian's packages, and files (as patterns) or programs
// whose presence shows that they are installed.
type need struct {
	packages, programs, files []string
}

var needs = map[string]need{
	"prosody":    {packages: []string{"prosody", "prosody-modules"}, programs: []string{"prosody"}, files: []string{"/usr/lib/prosody/modules/mod_privilege"}},
	"ejabberd":   {packages: []string{"ejabberd"}, programs: []string{"erl"}, files: []string{ejabberdLibrary}},
	"inspircd":   {packages: []string{"inspircd"}, programs: []string{"inspircd"}},
	"anope":      {packages: []string{"anope"}, programs: []string{"anope"}},
	"biboumi":    {packages: []string{"biboumi"}, programs: []string{"biboumi"}},
	"ngircd":     {packages: []string{"ngircd"}, programs: []string{"ngircd"}},
	"postgresql": {packages: []string{"postgresql"}, files: []string{postgresPrograms + "/postgres"}},
	"slixmpp":    {packages: []string{"python3-slixmpp"}, files: []string{"/usr/bin/python3", "/usr/lib/python3/dist-packages/slixmpp"}},
	"chromium":   {packages: []string{"chromium", "fonts-dejavu-core"}, programs: []string{"chromium"}},
	"npm":        {packages: []string{"npm"}, programs: []string{"npm"}},
	// What go test -race is linked with: the race detector needs cgo.
	"gcc": {packages: []string{"gcc", "libc6-dev"}, programs: []string{"gcc"}, files: []string{"/usr/include/stdlib.h"}},
}

// Known gives the names that Missing and Packages understand, in order.
func Known() []string {
	var names []string
	for name := range needs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// NotInstalled says which packages are not on this machine.
type NotInstalled struct {
	Packages []string // Debian's names
}

// Error names the line that installs what is missing.
func (e *NotInstalled) Error() string {
	return "not installed here: " + strings.Join(e.Packages, " ") + "; as root: " + strings.Join(e.Command(), " ")
}

// Command is the command that installs what is missing, to be run as root.
func (e *NotInstalled) Command() []string {
	return append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, e.Packages...)
}

// Missing gives a *NotInstalled for those of the named parts that are not on this machine, and nil when all are.
func Missing(names ...string) error {
	var packages []string
	for _, name := range names {
		wanted, known := needs[name]
		if !known {
			return fmt.Errorf("servers.Missing: no part is called %q; known are %s", name, strings.Join(Known(), ", "))
		}
		if !wanted.present() {
			packages = append(packages, wanted.packages...)
		}
	}
	if packages == nil {
		return nil
	}
	return &NotInstalled{Packages: packages}
}

func (n need) present() bool {
	for _, name := range n.programs {
		if _, err := program(name); err != nil {
			return false
		}
	}
	for _, pattern := range n.files {
		if newest(pattern) == "" {
			return false
		}
	}
	return true
}

// program finds a program in PATH or where Debian keeps servers, which is not in the PATH of ordinary users.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	path := filepath.Join("/usr/sbin", name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is neither in PATH nor in /usr/sbin", name)
	}
	return path, nil
}

// newest gives the last of the files that fit the pattern, or "" when none does.
func newest(pattern string) string {
	found, _ := filepath.Glob(pattern)
	if len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}
