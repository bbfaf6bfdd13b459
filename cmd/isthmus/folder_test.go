package main

import (
	"path/filepath"
	"testing"
)

func TestAFolderKeepsAndForgets(t *testing.T) {
	f, err := openFolder(filepath.Join(t.TempDir(), "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	load := func(want string, there bool) {
		t.Helper()
		data, err := f.Load("name")
		if string(data) != want || (data != nil) != there || err != nil {
			t.Errorf("loaded %q, %v", data, err)
		}
	}
	save := func(data []byte) {
		t.Helper()
		if err := f.Save("name", data); err != nil {
			t.Error(err)
		}
	}
	load("", false)
	save([]byte("one"))
	save([]byte("two"))
	load("two", true)
	save([]byte{})
	load("", true)
	save(nil)
	save(nil)
	load("", false)
}
