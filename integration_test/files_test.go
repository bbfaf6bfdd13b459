package integration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// changed gives the path of a copy of a configuration in which one text is replaced by another.
func changed(t *testing.T, path, text, with string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), text) {
		t.Fatalf("the configuration has no %q", text)
	}
	copied := filepath.Join(t.TempDir(), "isthmus.yaml")
	if err := os.WriteFile(copied, []byte(strings.Replace(string(content), text, with, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

func appendTransport(t *testing.T, path, lines string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(lines); err != nil {
		t.Fatal(err)
	}
}
