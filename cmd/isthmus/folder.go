package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// folder keeps data in files, by their names (loopback.Keeper).
type folder string

// openFolder makes the folder where it is missing.
func openFolder(path string) (folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("state: %w", err)
	}
	return folder(path), nil
}

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

// Load reads a file; nil is one that is not there.
func (f folder) Load(name string) ([]byte, error) {
	data, err := os.ReadFile(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Save writes a file whole or not at all, or removes it.
func (f folder) Save(name string, data []byte) error {
	if data == nil {
		if err := os.Remove(f.path(name)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	unfinished := f.path(name) + ".new"
	if err := os.WriteFile(unfinished, data, 0o600); err != nil {
		return err
	}
	return os.Rename(unfinished, f.path(name))
}
