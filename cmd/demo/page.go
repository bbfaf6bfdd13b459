package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"isthmus/integration_test/servers"
)

// The web client Converse.js comes by npm, in exactly the version of the lock file. The file leaves out what Converse.js
// depends on: its dist folder has all of that built in, and npm 9, which Debian has, fails on its workspaces.
//
//go:embed web/package.json web/package-lock.json
var webPackage embed.FS

// preparePage makes the folder that Prosody serves: the pages and the web client. Without npm, or where npm fails, all
// else runs, and the page says what is missing.
func preparePage(ctx context.Context, state string) (webRoot string, ready bool, err error) {
	client := filepath.Join(state, "web")
	if err := installClient(ctx, client); err != nil {
		say("The web client is not there: %v", err)
	} else {
		ready = true
	}
	webRoot = filepath.Join(state, "www")
	if err := os.MkdirAll(webRoot, 0o755); err != nil {
		return "", false, err
	}
	v := values(state)
	v["PageReady"] = ready
	for _, page := range []string{"index.html", "chat.html"} {
		if err := writeFile(filepath.Join(webRoot, page), page+".tmpl", v); err != nil {
			return "", false, err
		}
	}
	link := filepath.Join(webRoot, "converse")
	if err := os.RemoveAll(link); err != nil {
		return "", false, err
	}
	return webRoot, ready, os.Symlink(filepath.Join(client, "node_modules", "converse.js", "dist"), link)
}

// installClient runs npm in dir, unless what the lock file names was installed there before.
func installClient(ctx context.Context, dir string) error {
	lock, err := webPackage.ReadFile("web/package-lock.json")
	if err != nil {
		return err
	}
	done := filepath.Join(dir, "installed.json") // a copy of the lock file that was installed
	if installed, err := os.ReadFile(done); err == nil && bytes.Equal(installed, lock) {
		return nil
	}
	if err := servers.Missing("npm"); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := webPackage.ReadFile("web/" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	say("Fetching the web client (Converse.js) by npm …")
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund",
		"--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000") // by default it tries for minutes where there is no network
	npm.Dir = dir
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in %s: %w\n%s", dir, err, output)
	}
	return os.WriteFile(done, lock, 0o644)
}
