package media

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func put(t *testing.T, c *Cache, name, content string) {
	t.Helper()
	d, err := c.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := io.WriteString(d, content); err != nil {
		t.Fatal(err)
	}
	if err := d.Keep(name); err != nil {
		t.Fatal(err)
	}
}

func has(c *Cache, name string) bool {
	f, ok := c.Open(name)
	if ok {
		f.Close()
	}
	return ok
}

func TestTheCacheStaysWithinItsBound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	c, err := OpenCache(dir, 10)
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, "a", "1234")
	put(t, c, "b", "1234")
	reading, ok := c.Open("a") // so that b was not used for longer
	if !ok {
		t.Fatal("a is gone")
	}
	defer reading.Close()
	put(t, c, "c", "1234")
	if !has(c, "a") || has(c, "b") || !has(c, "c") {
		t.Error("what was not used for the longest did not go")
	}
	put(t, c, "d", "1234567890")
	if used, files := c.Size(); used != 10 || files != 1 {
		t.Errorf("%d bytes in %d files", used, files)
	}
	if content, err := io.ReadAll(reading); err != nil || string(content) != "1234" {
		t.Errorf("what was being read is %q, %v", content, err)
	}
	d, err := c.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(d, "12345678901"); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheCacheOutlivesTheProcessWithoutDrafts(t *testing.T) {
	dir := t.TempDir()
	c, err := OpenCache(dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, "old", "1234")
	put(t, c, "new", "12345")
	draft, err := c.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer draft.file.Close()
	past := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "old"), past, past); err != nil {
		t.Fatal(err)
	}
	c, err = OpenCache(dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	if used, files := c.Size(); used != 9 || files != 2 {
		t.Errorf("%d bytes in %d files", used, files)
	}
	c.Expire(time.Now().Add(-24 * time.Hour))
	if has(c, "old") || !has(c, "new") {
		t.Error("age was not looked at")
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, draftPrefix+"*"))
	if len(left)+len(hidden) != 1 || !strings.HasSuffix(left[0], "new") {
		t.Errorf("left: %q %q", left, hidden)
	}
}

func TestACheckOfTheCacheChangesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, ok := range map[string]bool{dir: true, filepath.Join(dir, "new"): true, filepath.Join(dir, "none", "new"): false, file: false} {
		if err := CheckCache(path); (err == nil) != ok {
			t.Errorf("%s: %v", path, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}
