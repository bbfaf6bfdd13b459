package servers

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"text/template"
)

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.tmpl"))

// render writes the configuration file templates/<name>.tmpl into dir, for its owner alone to read, and gives its path.
func render(dir, name string, owner *account, data any) (string, error) {
	path := filepath.Join(dir, name)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return "", err
	}
	defer file.Close()
	if err := templates.ExecuteTemplate(file, name+".tmpl", data); err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	return path, owner.own(path)
}

// unconfined copies a program into dir and gives the copy's path. Debian's packages of InspIRCd and Anope bring AppArmor
// profiles that let the programs at their own paths, and only there, read nothing but their own folders in /etc.
func unconfined(name, dir string) (string, error) {
	installed, err := program(name)
	if err != nil {
		return "", err
	}
	// By cp, since a program cannot start while a fork of ours still holds it open for writing. The destination goes first:
	// a demo that was killed may still run it.
	path := filepath.Join(dir, name)
	if output, err := exec.Command("cp", "--remove-destination", installed, path).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copy %s to %s: %w\n%s", installed, path, err, output)
	}
	return path, nil
}

// folder makes dir (and dir/part for each part), hands them to their owner and gives dir as an absolute path.
func folder(dir string, owner *account, parts ...string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for _, part := range append([]string{""}, parts...) {
		path := filepath.Join(dir, part)
		if err := os.MkdirAll(path, 0o755); err != nil {
			return "", err
		}
		if err := owner.own(path); err != nil {
			return "", err
		}
	}
	return dir, nil
}
